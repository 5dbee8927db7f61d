"""A model as it is written in `data/models/`: what must be there, and what it may be."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fitcheck.schema.layout import layer_count, read_layout
from fitcheck.schema.parts import (  # noqa: TC001  # pydantic reads them at run time
    ExtraTensorRow,
    FeedForwardRow,
    MixerRow,
)

_STRICT = ConfigDict(extra="forbid", frozen=True, strict=True)
_MOST_PARAMS = 10**13
_MOST_CONTEXT = 2 * 10**8


class SourceRow(BaseModel):
    """A citation; `of` says what it supports."""

    model_config = _STRICT
    title: str = Field(min_length=1)
    url: str = Field("", pattern=r"^(https?://.*)?$")
    of: str = "model"


class BesideRow(BaseModel):
    """Numbers the published count holds that are no parameters of the model (or, < 0, lacks)."""

    model_config = _STRICT
    what: str = Field(min_length=1)
    count: int


class BlockRow(BaseModel):
    """One kind of layer: mixers, feed-forwards, norms as wide as the hidden state."""

    model_config = _STRICT
    name: str = Field(pattern=r"^[A-Za-z][\w+.-]*$")
    mixers: tuple[MixerRow, ...] = Field((), strict=False)
    feed_forwards: tuple[FeedForwardRow, ...] = Field((), strict=False)
    norms: tuple[str, ...] = Field(("attn_norm", "ffn_norm"), strict=False)
    extra_tensors: tuple[ExtraTensorRow, ...] = Field((), strict=False)

    def compile(self) -> dict[str, object]:
        """Give the fields that differ from their defaults."""
        row: dict[str, object] = {"name": self.name}
        if self.mixers:
            row["mixers"] = [part.compile() for part in self.mixers]
        if self.feed_forwards:
            row["feed_forwards"] = [part.compile() for part in self.feed_forwards]
        if self.norms != ("attn_norm", "ffn_norm"):
            row["norms"] = list(self.norms)
        if self.extra_tensors:
            row["extra_tensors"] = [tensor.compile() for tensor in self.extra_tensors]
        return row


class ArchitectureRow(BaseModel):
    """The blocks and their order, and what lies outside them; widths in elements."""

    model_config = _STRICT
    gguf: str = ""
    hf: str = ""
    hidden: int = Field(gt=0, le=10**6)
    vocabulary: int = Field(gt=0, le=10**8)
    gguf_vocabulary: int = Field(0, ge=0)
    embedding_width: int = Field(0, ge=0)
    tied: bool = False
    norm_bias: bool = False
    output_norm: bool = True
    output_bias: bool = False
    positions: int = Field(0, ge=0)
    blocks: tuple[BlockRow, ...] = Field(strict=False, min_length=1)
    layout: str = Field(min_length=1)
    mtp_layout: str = ""
    mtp_in_gguf: bool = False
    extra_tensors: tuple[ExtraTensorRow, ...] = Field((), strict=False)
    mtp_tensors: tuple[ExtraTensorRow, ...] = Field((), strict=False)

    @model_validator(mode="after")
    def _check(self) -> ArchitectureRow:
        names = tuple(block.name for block in self.blocks)
        if len(set(names)) < len(names):
            raise ValueError("two blocks have the same name")
        used = {i for runs in self._layouts(names) for _, run in runs for i in run}  # type: ignore[attr-defined]
        for index, name in enumerate(names):
            if index not in used:
                raise ValueError(f"block `{name}` is in no layout")
        return self

    def _layouts(self, names: tuple[str, ...]) -> list[list[list[object]]]:
        return [read_layout(text, names) for text in (self.layout, self.mtp_layout) if text]

    def compile(self) -> dict[str, object]:
        """Give the architecture with its layouts run-length encoded."""
        names = tuple(block.name for block in self.blocks)
        row: dict[str, object] = {"gguf": self.gguf, "hf": self.hf}
        row |= self.model_dump(
            mode="json",
            exclude_defaults=True,
            exclude={"blocks", "layout", "mtp_layout", "extra_tensors", "mtp_tensors"},
        )
        row["blocks"] = [block.compile() for block in self.blocks]
        row["layout"] = read_layout(self.layout, names)
        if self.mtp_layout:
            row["mtp_layout"] = read_layout(self.mtp_layout, names)
        for name in ("extra_tensors", "mtp_tensors"):
            if tensors := getattr(self, name):
                row[name] = [tensor.compile() for tensor in tensors]
        return row

    @property
    def layers(self) -> int:
        """How many layers, multi-token prediction left out."""
        return layer_count(self._layouts(tuple(block.name for block in self.blocks))[0])


class ModelRow(BaseModel):
    """One set of weights: names, architecture, and what is published of it."""

    model_config = _STRICT
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")
    name: str = Field(min_length=1)
    family: str = Field(min_length=1)
    repo: str = ""
    released: str | None = Field(None, pattern=r"^\d{4}(-\d\d(-\d\d)?)?$")
    license: str = ""
    modalities: tuple[Literal["text", "vision", "audio", "video"], ...] = Field(
        ("text",), strict=False
    )
    max_context: int = Field(gt=0, le=_MOST_CONTEXT)
    native_format: str = "bf16"
    published_params: int | None = Field(None, gt=0, le=_MOST_PARAMS)
    beside: tuple[BesideRow, ...] = Field((), strict=False)
    vision_params: int = Field(0, ge=0, le=10**11)
    audio_params: int = Field(0, ge=0, le=10**11)
    image_tokens: int | None = Field(None, gt=0, le=10**6)
    confidence: Literal["exact", "high", "medium", "low"] = "exact"
    architecture: ArchitectureRow
    aliases: tuple[Annotated[str, Field(min_length=1)], ...] = Field((), strict=False)
    shared_names: tuple[Annotated[str, Field(min_length=1)], ...] = Field((), strict=False)
    sources: tuple[SourceRow, ...] = Field(strict=False, min_length=1)
    notes: tuple[Annotated[str, Field(min_length=1)], ...] = Field((), strict=False)

    def compile(self) -> dict[str, object]:
        """Give the keyword arguments of `records.model.Model`, defaults left out."""
        row: dict[str, object] = {"id": self.id, "name": self.name, "family": self.family}
        row |= self.model_dump(
            mode="json",
            exclude_defaults=True,
            exclude={"architecture", "sources", "beside"},
        )
        if self.beside:
            row["beside_params"] = sum(beside.count for beside in self.beside)
        row["architecture"] = self.architecture.compile()
        row["sources"] = [[source.of, source.title, source.url] for source in self.sources]
        return row
