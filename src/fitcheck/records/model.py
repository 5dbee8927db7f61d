"""A model: its architecture and what a person wants to know of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fitcheck.records.architecture import Architecture
    from fitcheck.records.sources import Source
    from fitcheck.records.tensors import StoredTensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One set of weights. `architecture` is None only where a file's is unknown.

    `stored` is set when the tensors were read from a file: the format is then the file's own.
    `vision_params` and `audio_params` count the towers; `mtp_params` the prediction layers.
    `confidence` is exact, high, medium or low: how far the shapes are confirmed.
    """

    id: str
    name: str
    family: str
    architecture: Architecture | None
    max_context: int
    native_format: str = "bf16"  # as published: bf16, fp16, fp8, mxfp4 …
    repo: str = ""
    released: str | None = None
    license: str = ""
    modalities: tuple[str, ...] = ("text",)
    published_params: int | None = None
    vision_params: int = 0
    audio_params: int = 0
    mtp_params: int = 0
    image_tokens: int | None = None
    confidence: str = "exact"
    stored: tuple[StoredTensor, ...] = ()
    stored_format: str = ""
    aliases: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()
