"""The list of papers, and the description of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.render.text.blocks import Facts, Notes, Stack, Title
from fitcheck.render.text.spans import Span, joined, line
from fitcheck.render.text.table import Table, number, words
from fitcheck.render.text.theme import NOT_APPLICABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fitcheck.records.format_facts import PaperFacts
    from fitcheck.render.text.blocks import Block

FIELDS = (
    "id",
    "title",
    "authors",
    "year",
    "venue",
    "level",
    "arxiv",
    "url",
    "pdf_url",
    "hf_url",
    "claims",
    "takeaways",
    "formats",
    "kv_formats",
    "aliases",
    "notes",
)
_MOST_FORMATS = 12


def papers_table(papers: Sequence[PaperFacts]) -> list[Block]:
    """Give the list of papers."""
    table = Table(
        [
            words("paper"),
            number("year"),
            words("level", drop=1),
            words("arXiv", drop=2),
            words("title", drop=3),
        ],
        [
            [
                Span(paper.id, "", paper.url),
                str(paper.year),
                paper.level or NOT_APPLICABLE,
                paper.arxiv,
                paper.title,
            ]
            for paper in papers
        ],
    )
    return [table]


def paper_card(paper: PaperFacts) -> list[Block]:
    """Give the description of one paper."""
    right = joined([str(paper.year), paper.level])
    title = Title(Span(paper.id, "strong"), right, rule=True)
    formats = ", ".join(paper.formats[:_MOST_FORMATS])
    if len(paper.formats) > _MOST_FORMATS:
        formats += f" and {len(paper.formats) - _MOST_FORMATS} more"
    facts = Facts(
        [
            ("title", paper.title),
            ("authors", ", ".join(paper.authors)),
            ("venue", paper.venue),
            ("says", [line(claim) for claim in paper.claims]),
            ("means", [line(takeaway) for takeaway in paper.takeaways]),
            ("formats", formats),
            ("KV cache", ", ".join(paper.kv_formats)),
        ]
    )
    links = Facts(
        [
            ("arXiv", Span(paper.url, "", paper.url)),
            ("PDF", Span(paper.pdf_url, "", paper.pdf_url)),
            ("HF", Span(paper.hf_url, "", paper.hf_url)),
            ("also", ", ".join(name for name in paper.aliases if name != paper.title)),
        ]
    )
    blocks: list[Block] = [Stack([title, facts]), links]
    if paper.notes:
        blocks.append(Notes(paper.notes))
    return blocks
