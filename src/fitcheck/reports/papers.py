"""The papers → a Report: the list of them, or those named described."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.answers.papers import describe_papers, list_papers
from fitcheck.render.screens import papers as screens
from fitcheck.reports.listing import View, listing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fitcheck.answers.papers import PaperQuery
    from fitcheck.render.report import Report


def papers_report(query: PaperQuery, *, filters: Mapping[str, object]) -> Report:
    """Return the report of the papers asked about."""
    return listing(
        "papers",
        query.names,
        listed=View(lambda: list_papers(query), screens.FIELDS, screens.papers_table),
        described=View(
            lambda: describe_papers(query),
            screens.FIELDS,
            lambda papers: [block for paper in papers for block in screens.paper_card(paper)],
        ),
        filters=filters,
        folders=query.data_folders,
    )
