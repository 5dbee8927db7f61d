"""A paper that describes a format."""

from __future__ import annotations

from typing import Any

from fitcheck.records.record import record


@record
class Paper:
    """A paper: who, when, where, its links, its own claims, and what it means for a choice."""

    id: str  # short, as typed: "awq"
    title: str
    authors: tuple[str, ...]
    year: int
    venue: str = ""
    arxiv: str = ""
    url: str = ""
    pdf_url: str = ""
    hf_url: str = ""
    level: str = ""  # of the curated list: starter, intermediate, advanced; "" if not on it
    claims: tuple[str, ...] = ()  # the paper's own figures with their conditions
    takeaways: tuple[str, ...] = ()  # what it means for choosing a GPU or format
    aliases: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def read_paper(row: dict[str, Any]) -> Paper:
    """Decode a compiled record: lists become tuples."""
    fields = dict(row)
    for name in ("authors", "claims", "takeaways", "aliases", "notes"):
        if name in fields:
            fields[name] = tuple(fields[name])
    return Paper(**fields)
