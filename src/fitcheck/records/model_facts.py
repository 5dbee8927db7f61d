"""What a model is, as data: the rows of the list of models, and the description of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.record import record

if TYPE_CHECKING:
    from fitcheck.records.sources import Source


@record
class ModelRow:
    """One line of the list of models. Active parameters work on one token."""

    id: str
    name: str
    family: str
    total_params: int
    active_params: int
    max_context_tokens: int
    attention: str  # short: GQA, MLA, GQA + SWA, Mamba-2 + GQA …
    released: str | None
    license: str
    modalities: tuple[str, ...]
    confidence: str
    source: str


@record
class CacheAt:
    """What llama.cpp reserves for one sequence of that many tokens, in f16."""

    context_tokens: int
    kv_cache_bytes: int
    recurrent_state_bytes: int


@record
class SizeIn:
    """What the model comes to in a format."""

    format: str
    bits_per_weight: float
    total_bytes: int


@record
class ModelFacts:
    """The description of one model.

    `layers` tells its layers in words, one line a kind; `parameters` counts the checkpoint by part.
    `kv_bytes_per_token` is what a further token takes once windows are full, in f16.
    """

    id: str
    name: str
    family: str
    repo: str
    released: str | None
    license: str
    modalities: tuple[str, ...]
    confidence: str
    native_format: str
    max_context_tokens: int
    total_params: int
    active_params: int
    parameters: dict[str, int]
    layers: tuple[str, ...]
    kv_bytes_per_token: int | None
    caches: tuple[CacheAt, ...]
    sizes: tuple[SizeIn, ...]
    aliases: tuple[str, ...]
    sources: tuple[Source, ...]
    notes: tuple[str, ...]
