"""A runtime: the program that runs the model, as far as memory and speed differ by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fitcheck.records.sources import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A sourced constant of a runtime: value in base units, the spread seen, where it is from."""

    value: float
    low: float | None = None
    high: float | None = None
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """A runtime's rules by name (each rule is a function in `estimate/`) and its constants."""

    id: str
    name: str
    version: str  # the version these rules were read from
    memory_rule: str  # "llama.cpp", "vllm", "exllama", "mlx", "transformers" …
    families: tuple[str, ...] = ()  # format families it runs
    kv_formats: tuple[str, ...] = ("f16",)
    default_kv: str = "f16"
    backends: tuple[str, ...] = ("cuda",)
    constants: dict[str, Constant] | None = None
    aliases: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()
