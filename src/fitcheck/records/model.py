"""A model: its architecture and what a person wants to know of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitcheck.records.architecture import Architecture, read_architecture
from fitcheck.records.record import record
from fitcheck.records.sources import Source

if TYPE_CHECKING:
    from fitcheck.records.tensors import StoredTensor


@record
class Model:
    """One set of weights. `architecture` is None only where a file's is unknown.

    `stored` is set when the tensors were read from a file: the format is then the file's own.
    `vision_params` and `audio_params` count the towers; `mtp_params` the prediction layers.
    `confidence` is exact, high, medium or low: how far the shapes are confirmed.
    `image_tokens` is the most tokens one image takes. `beside_params` are counted in
    `published_params` though they are no parameters of the model: rotary buffers, scales of FP8
    weights, a stored copy of a tied head.
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
    beside_params: int = 0
    image_tokens: int | None = None
    confidence: str = "exact"
    stored: tuple[StoredTensor, ...] = ()
    stored_format: str = ""
    aliases: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()


def read_model(row: dict[str, Any]) -> Model:
    """Decode a compiled record; the towers are told to the architecture too."""
    fields = dict(row)
    architecture = dict(fields["architecture"])
    for name in ("vision_params", "audio_params"):
        if name in fields:
            architecture[name] = fields[name]
    fields["architecture"] = read_architecture(architecture)
    for name in ("modalities", "aliases", "notes"):
        if name in fields:
            fields[name] = tuple(fields[name])
    if "sources" in fields:
        fields["sources"] = tuple(Source(*source) for source in fields["sources"])
    return Model(**fields)
