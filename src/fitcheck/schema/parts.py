"""The layer parts as they are written in a table: the run-time parts with their fields checked."""

from __future__ import annotations

from functools import reduce
from inspect import get_annotations
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator

from fitcheck.records import parts as records
from fitcheck.records.record import REQUIRED, fields
from fitcheck.records.tensors import KINDS  # noqa: TC001  # pydantic reads it at run time


class PartRow(BaseModel):
    """What every part has in common: no unknown field, no conversion of types."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @model_validator(mode="after")
    def _check(self) -> PartRow:
        heads, kv_heads = getattr(self, "heads", 0), getattr(self, "kv_heads", 0)
        if kv_heads and heads % kv_heads:
            raise ValueError(f"{heads} heads do not divide into {kv_heads} KV heads")
        experts, active = getattr(self, "experts", 0), getattr(self, "active", 0)
        if active > experts:
            raise ValueError(f"{active} of {experts} experts cannot be active")
        return self

    def compile(self) -> dict[str, object]:
        """Return the fields that differ from their defaults."""
        return self.model_dump(mode="json", exclude_defaults=True)


class ExtraTensorRow(PartRow):
    """A tensor written out: GGUF name with its suffix, shape with the row length first."""

    name: str = Field(min_length=1)
    shape: tuple[Annotated[int, Field(gt=0)], ...] = Field(strict=False, min_length=1, max_length=4)
    kind: Literal[KINDS] = "linear"  # type: ignore[valid-type]  # the kinds are told in one place
    gguf: bool = True
    hf: bool = True


_CHOICES: dict[tuple[str, str], object] = {
    ("Attention", "qk_norm"): Literal["", "head", "full", "per_head"],
    ("Attention", "gate"): Literal["", "fused", "head", "full"],
    ("LatentAttention", "gate"): Literal["", "head", "full"],
    ("Attention", "bias"): Annotated[str, Field(pattern="^q?k?v?o?$")],
    ("LatentAttention", "bias"): Annotated[str, Field(pattern="^q?k?v?o?$")],
    ("CustomMixer", "tensors"): tuple[ExtraTensorRow, ...],
}


def _row_class(part: type) -> type[PartRow]:
    """Build the checking class of a part from its record: same fields, same defaults."""
    hints = get_annotations(part, globals=vars(records), eval_str=True)
    columns: dict[str, Any] = {}
    for field in fields(part):
        if field.name == "kind":
            columns["kind"] = (Literal[field.default], ...)
            continue
        kind = _CHOICES.get((part.__name__, field.name), hints[field.name])
        if kind is int:
            kind = Annotated[int, Field(ge=0)]
        default = ... if field.default is REQUIRED else field.default
        strict = False if field.name == "tensors" else None
        columns[field.name] = (kind, Field(default, strict=strict))
    doc = (part.__doc__ or "").strip()
    return create_model(f"{part.__name__}Row", __base__=PartRow, __doc__=doc, **columns)


_ROWS = {kind: _row_class(part) for kind, part in records.PARTS.items()}
_FEED_FORWARDS = ("dense", "moe")

if TYPE_CHECKING:
    MixerRow: TypeAlias = PartRow
    FeedForwardRow: TypeAlias = PartRow
else:
    MixerRow = Annotated[
        reduce(or_, [row for kind, row in _ROWS.items() if kind not in _FEED_FORWARDS]),
        Field(discriminator="kind"),
    ]
    FeedForwardRow = Annotated[
        reduce(or_, [_ROWS[kind] for kind in _FEED_FORWARDS]), Field(discriminator="kind")
    ]
