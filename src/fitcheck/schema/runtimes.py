"""One runtime as written in `data/runtimes.yaml`: its rules by name, its constants with sources."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from fitcheck.units import GB, GIB, KIB, MIB

_RUNTIMES = Path(__file__).parents[1] / "estimator" / "runtimes"
_CONFIG = ConfigDict(extra="forbid", frozen=True, strict=True)

Text = Annotated[str, Field(min_length=1)]
Url = Annotated[str, Field(pattern=r"^https?://\S+$")]
Backend = Literal["cuda", "rocm", "vulkan", "metal", "sycl", "xpu", "cpu", "tpu", "neuron", "hpu"]

_SCALES = {
    "bytes": 1,
    "kib": KIB,
    "mib": MIB,
    "gib": GIB,
    "gb": GB,
    "tokens": 1,
    "share": 1,
    "count": 1,
    "bytes_per_s": 1,
    "ms": 1e-3,
}


class SourceRow(BaseModel):
    """Where figures come from; `of` says which."""

    model_config = _CONFIG

    of: Text
    title: Text
    url: Url | None = None


class ConstantRow(BaseModel):
    """One constant: its value and spread in `unit`, and where it is from."""

    model_config = _CONFIG

    value: Annotated[float, Field(ge=0)]
    low: Annotated[float, Field(ge=0)] | None = None
    high: Annotated[float, Field(ge=0)] | None = None
    unit: Literal[
        "bytes", "kib", "mib", "gib", "gb", "tokens", "share", "count", "bytes_per_s", "ms"
    ]
    source: Text
    note: Text | None = None

    @model_validator(mode="after")
    def _in_order(self) -> ConstantRow:
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        if not low <= self.value <= high:
            raise ValueError("value must lie between low and high")
        if self.unit == "share" and high > 1:
            raise ValueError("a share is at most 1")
        return self

    def compile(self) -> dict[str, object]:
        """Return value and spread in base units."""
        scale = _SCALES[self.unit]
        numbers = {"value": self.value, "low": self.low, "high": self.high}
        row: dict[str, object] = {
            name: _plain(number * scale) for name, number in numbers.items() if number is not None
        }
        row["source"] = self.source
        if self.note:
            row["note"] = self.note
        return row


class RuntimeRow(BaseModel):
    """One runtime: which rules of memory it follows, where it runs, and its constants.

    `engine` is the runtime whose engine it ships: it runs what that one runs, on its own backends.
    """

    model_config = _CONFIG

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
    name: Text
    version: Text
    rules: Annotated[str, Field(pattern=r"^[a-z0-9_]+([.]rules)?$")]
    engine: Text | None = None
    kernels: str = Field(default="", description="whose kernels it runs, where not its own")
    default_kv: Text
    backends: tuple[Backend, ...] = Field(strict=False, min_length=1)
    constants: dict[str, ConstantRow] = Field(default_factory=dict)
    aliases: tuple[Text, ...] = Field(default=(), strict=False)
    sources: tuple[SourceRow, ...] = Field(strict=False, min_length=1)
    notes: tuple[Text, ...] = Field(default=(), strict=False)

    @field_validator("rules")
    @classmethod
    def _there_are_rules(cls, name: str) -> str:
        path = _RUNTIMES.joinpath(*name.split(".")).with_suffix(".py")
        if not path.is_file():
            raise ValueError(f"there is no module `{name}` in estimator/runtimes")
        return name

    def compile(self) -> dict[str, object]:
        """Return the run-time record's fields, constants in base units.

        `families` and `kv_formats` are derived from other tables (schema/derive.py).
        """
        row: dict[str, object] = {
            "id": self.id,
            "name": self.name,
            "version": self.version,
            "rules": self.rules,
            "kernels": self.kernels or self.engine or self.id,
            "default_kv": self.default_kv,
            "backends": list(self.backends),
            "constants": {name: constant.compile() for name, constant in self.constants.items()},
            "sources": [[source.of, source.title, source.url or ""] for source in self.sources],
        }
        if self.engine:
            row["engine"] = self.engine
        if self.aliases:
            row["aliases"] = list(self.aliases)
        if self.notes:
            row["notes"] = list(self.notes)
        return row


def _plain(number: float) -> float | int:
    return int(number) if number == int(number) else number
