"""A runtime: the program that runs the model, as far as memory and speed differ by it."""

from __future__ import annotations

from typing import Any

from fitcheck.records.record import field, record
from fitcheck.records.sources import Source


@record
class Constant:
    """A sourced constant of a runtime: value in base units, the spread seen, where it is from."""

    value: float
    low: float | None = None
    high: float | None = None
    source: str = ""
    note: str = ""


@record
class Runtime:
    """A runtime: the module of its rules (in `estimator/runtimes/`) and the constants they read."""

    id: str
    name: str
    version: str  # the version these rules were read from
    kernels: str  # whose kernels run: its own, or those of the engine it runs
    rules: str  # "llama_cpp.rules", "vllm.rules", "exllama" …
    engine: str = ""  # the runtime whose engine it ships
    families: tuple[str, ...] = ()  # format families it runs
    kv_formats: tuple[str, ...] = ("f16",)
    default_kv: str = "f16"
    backends: tuple[str, ...] = ("cuda",)
    constants: dict[str, Constant] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()

    def amount(self, name: str) -> int:
        """Return a constant that counts whole things: bytes, tokens. Raises KeyError."""
        return int(self.constants[name].value)

    def share(self, name: str) -> float:
        """Return a constant that is a share of one. Raises KeyError."""
        return self.constants[name].value


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
