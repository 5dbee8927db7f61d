"""What a format or a paper is, as data: the rows of their lists, and their descriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.record import record

if TYPE_CHECKING:
    from fitcheck.records.format import Quality, Support
    from fitcheck.records.result import PaperLink, QualityPart
    from fitcheck.records.sources import Source


@record
class FormatRow:
    """One line of the list of formats.

    `bits` are those of its own storage type, scales included; a model comes to more or less.
    `level` tells what the asked card does with it ("" where none was asked).
    """

    id: str
    name: str
    family: str
    bits: float
    activation_bits: int | None
    runtime: str
    runtimes: tuple[str, ...]
    level: str
    how: str
    quality: QualityPart | None
    papers: tuple[PaperLink, ...]
    description: str


@record
class SizeOf:
    """What a model comes to in the format."""

    model: str
    total_bytes: int
    bits_per_weight: float
    storage_share: dict[str, float]  # of the bytes, by storage type


@record
class FormatFacts:
    """The description of one format; `packing` derives the bits of its storage type in words."""

    id: str
    name: str
    family: str
    description: str
    bits: float
    weight_bits: float | None
    activation_bits: int | None
    storage: str
    packing: str
    derivation: str
    unquantized: str
    sizes: tuple[SizeOf, ...]
    runtimes: tuple[str, ...]
    default_runtime: str
    support: tuple[Support, ...]
    quality: tuple[Quality, ...]
    papers: tuple[PaperLink, ...]
    aliases: tuple[str, ...]
    sources: tuple[Source, ...]
    notes: tuple[str, ...]


@record
class PaperFacts:
    """A paper and the formats it describes."""

    id: str
    title: str
    authors: tuple[str, ...]
    year: int
    venue: str
    level: str
    arxiv: str
    url: str
    pdf_url: str
    hf_url: str
    claims: tuple[str, ...]
    takeaways: tuple[str, ...]
    formats: tuple[str, ...]
    kv_formats: tuple[str, ...]
    aliases: tuple[str, ...]
    notes: tuple[str, ...]
