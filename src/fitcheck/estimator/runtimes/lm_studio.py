"""LM Studio's rules: llama.cpp's engine, no context beyond what the model was trained for.

Source: lms issue 499, the estimate of LM Studio against llama.cpp's own log
https://github.com/lmstudio-ai/lms/issues/499
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.runtimes.llama_cpp.rules import LlamaCpp
from fitcheck.estimator.runtimes.rules import Rules

if TYPE_CHECKING:
    from fitcheck.records.runtime import Runtime


class LmStudio(LlamaCpp):
    """The rules of LM Studio."""

    def spare_bytes(self, runtime: Runtime) -> int:
        """Return what keeps a card from being tight: what its own fit leaves is not known."""
        return Rules.spare_bytes(self, runtime)

    def held_context(self, context: int, *, trained: int) -> int:
        """Return no more than the model was trained for: the slider ends there."""
        return min(context, trained)


RULES = LmStudio()
