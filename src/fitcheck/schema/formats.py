"""One quantization format as written in `data/formats.yaml`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fitcheck.schema.citation import CitationRow, Text, Url  # noqa: TC001  # pydantic reads them

_CONFIG = ConfigDict(extra="forbid", frozen=True, strict=True)
Bits = Annotated[float, Field(gt=0.5, le=32)]
_TEST = r"(cuda|rocm|metal|vulkan|sycl|xpu|tpu|neuron|hpu|gfx[0-9a-f]*)((>=|<)\d+\.\d)?"
_HARDWARE = rf"^(any|{_TEST}( {_TEST})*)$"
Value = str | int | float | bool


class SupportRow(BaseModel):
    """What a runtime does with the format on some hardware; the first match counts.

    A line without a source rests on the format's own.
    """

    model_config = _CONFIG

    runtime: Text
    hardware: Annotated[str, Field(pattern=_HARDWARE)]
    level: Literal["native", "emulated", "unsupported"]
    how: Text
    version: str = ""
    source: Url | None = None


class QualityRow(BaseModel):
    """One published quality figure, with the conditions it was measured under."""

    model_config = _CONFIG

    model: Text
    metric: Text
    value: Annotated[float, Field(ge=-100, le=100_000)]
    baseline: float | None = None
    dataset: str = ""
    conditions: str = ""
    source: Text
    url: Url | None = None


class FormatRow(BaseModel):
    """A format; `records.format.Format` says what the fields mean."""

    model_config = _CONFIG

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
    name: Text
    family: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9#.-]*$")]
    listed: bool = True
    same_as: Text | None = None
    rule: Literal["gguf", "ik", "linear", "uniform", "average"]
    storage: Text
    rest: Text = "bf16"
    parameters: dict[str, Value | list[str]] | None = None
    weight_bits: Bits
    activation_bits: Annotated[int, Field(ge=1, le=32)] | None = None
    description: Text
    derivation: str = ""
    unquantized: Text
    default_runtime: Text
    papers: tuple[Text, ...] = Field(default=(), strict=False)
    support: tuple[SupportRow, ...] = Field(strict=False, min_length=1)
    quality: tuple[QualityRow, ...] = Field(default=(), strict=False)
    aliases: tuple[Text, ...] = Field(default=(), strict=False)
    shared_names: tuple[Text, ...] = Field(default=(), strict=False)
    sources: tuple[CitationRow, ...] = Field(strict=False, min_length=1)
    notes: tuple[Text, ...] = Field(default=(), strict=False)

    @model_validator(mode="after")
    def _consistent(self) -> FormatRow:
        if self.rule == "average" and not {"bits", "head_bits"} <= set(self.parameters or {}):
            raise ValueError("the rule `average` needs `parameters` with `bits` and `head_bits`")
        return self

    def compile(self) -> dict[str, object]:
        """Return the run-time record's fields but `runtimes`, which schema/derive.py adds."""
        row = self.model_dump(exclude_defaults=True, exclude={"sources", "support", "quality"})
        own = next((source.url for source in self.sources if source.url), "")
        row["support"] = [
            [line.runtime, line.hardware, line.level, line.how, line.version, line.source or own]
            for line in self.support
        ]
        row["quality"] = [line.model_dump(exclude_defaults=True) for line in self.quality]
        row["sources"] = [source.compile() for source in self.sources]
        return {field: value for field, value in row.items() if value not in ([], ())}
