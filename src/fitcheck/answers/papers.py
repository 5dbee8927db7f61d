"""Papers: the list of them, and what one says and means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.catalog import load
from fitcheck.errors import UsageError
from fitcheck.records.format_facts import PaperFacts
from fitcheck.records.record import record

if TYPE_CHECKING:
    from fitcheck.catalog import Catalog
    from fitcheck.records.paper import Paper

LEVELS = ("starter", "intermediate", "advanced")


@record
class PaperQuery:
    """What is asked of the papers; `None` is "not said"."""

    names: tuple[str, ...] | None = None
    level: str | None = None
    data_folders: tuple[str, ...] = ()


def list_papers(query: PaperQuery) -> tuple[PaperFacts, ...]:
    """List the papers, those of the reading list first, by level. Raises UsageError."""
    catalog = load(query.data_folders)
    papers = catalog.papers.all()
    if query.level is not None:
        level = query.level.casefold()
        if level not in (*LEVELS, "curated"):
            raise UsageError(
                f"no paper is of the level `{query.level}`",
                f"`--level` takes {', '.join(LEVELS)}, or curated for all three",
            )
        papers = tuple(p for p in papers if p.level and level in (p.level, "curated"))
    ordered = sorted(papers, key=lambda p: LEVELS.index(p.level) if p.level else len(LEVELS))
    formats, kv_formats = _described(catalog)
    return tuple(_facts(paper, formats, kv_formats) for paper in ordered)


def describe_papers(query: PaperQuery) -> tuple[PaperFacts, ...]:
    """Describe the papers named: by id, title or arXiv number. Raises UnknownNameError."""
    catalog = load(query.data_folders)
    formats, kv_formats = _described(catalog)
    return tuple(
        _facts(catalog.papers.resolve(name), formats, kv_formats) for name in query.names or ()
    )


def _described(catalog: Catalog) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Give the formats and KV formats that each paper describes."""
    formats: dict[str, list[str]] = {}
    for form in catalog.formats.all():
        for key in form.papers if form.listed else ():
            formats.setdefault(key, []).append(form.id)
    kv_formats: dict[str, list[str]] = {}
    for kv in catalog.kv_formats.all():
        for key in kv.papers:
            kv_formats.setdefault(key, []).append(kv.id)
    return formats, kv_formats


def _facts(
    paper: Paper, formats: dict[str, list[str]], kv_formats: dict[str, list[str]]
) -> PaperFacts:
    return PaperFacts(
        id=paper.id,
        title=paper.title,
        authors=paper.authors,
        year=paper.year,
        venue=paper.venue,
        level=paper.level,
        arxiv=paper.arxiv,
        url=paper.url,
        pdf_url=paper.pdf_url,
        hf_url=paper.hf_url,
        claims=paper.claims,
        takeaways=paper.takeaways,
        formats=tuple(formats.get(paper.id, ())),
        kv_formats=tuple(kv_formats.get(paper.id, ())),
        aliases=paper.aliases,
        notes=paper.notes,
    )
