"""Ollama's rules: llama.cpp's engine, with a context of its own choice by the memory there is.

Source: Ollama (August 2026), envconfig and server/routes.go, llm/server.go
https://github.com/ollama/ollama
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.runtimes.llama_cpp.rules import LlamaCpp
from fitcheck.units import GIB

if TYPE_CHECKING:
    from fitcheck.records.runtime import Runtime


class Ollama(LlamaCpp):
    """The rules of Ollama."""

    def default_context(self, runtime: Runtime, *, memory_bytes: int) -> int | None:
        """Return the context by the memory of all cards: below 23 GiB, below 47 GiB, above."""
        if memory_bytes < 23 * GIB:
            return runtime.amount("default_context_below_23_gib")
        if memory_bytes < 47 * GIB:
            return runtime.amount("default_context_below_47_gib")
        return runtime.amount("default_context_above")

    def held_context(self, context: int, *, trained: int) -> int:
        """Return no more than the model was trained for: Ollama lowers a longer context."""
        return min(context, trained)

    def spare_bytes(self, runtime: Runtime) -> int:
        """Return what it keeps free on each card when it chooses layers."""
        return runtime.amount("minimum_memory")


RULES = Ollama()
