"""A runtime: the program that runs the model, as far as memory and speed differ by it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fitcheck.records.sources import Source


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Constant:
    """A sourced constant of a runtime: value in base units, the spread seen, where it is from."""

    value: float
    low: float | None = None
    high: float | None = None
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Runtime:
    """A runtime's rules by name (each rule is a function in `estimator/`) and its constants.

    `memory_rule` picks the rules of cache, buffers and overhead; a runtime that runs another's
    engine (Ollama, LM Studio: llama.cpp) has the other's rule and its own defaults.
    """

    id: str
    name: str
    version: str  # the version these rules were read from
    memory_rule: str  # "llama.cpp", "vllm", "exllamav2", "exllamav3", "mlx", "transformers" …
    families: tuple[str, ...] = ()  # format families it runs
    kv_formats: tuple[str, ...] = ("f16",)
    default_kv: str = "f16"
    backends: tuple[str, ...] = ("cuda",)
    constants: dict[str, Constant] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()

    def constant(self, name: str, default: float) -> float:
        """Give a constant's value, or `default` where the runtime states none."""
        known = self.constants.get(name)
        return known.value if known else default


def read_runtime(row: dict[str, Any]) -> Runtime:
    """Decode a compiled record: lists become tuples, constants and sources their records."""
    fields = dict(row)
    for name in ("families", "kv_formats", "backends", "aliases", "notes"):
        if name in fields:
            fields[name] = tuple(fields[name])
    fields["sources"] = tuple(Source(*source) for source in fields.get("sources", ()))
    fields["constants"] = {
        name: Constant(**constant) for name, constant in fields.get("constants", {}).items()
    }
    return Runtime(**fields)
