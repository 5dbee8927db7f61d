"""The quantization formats → a Report: the list of them, or those named described."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.answers.formats import describe_formats, list_formats
from fitcheck.render.screens import formats as screens
from fitcheck.reports.listing import View, is_listing, listing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fitcheck.answers.formats import FormatQuery
    from fitcheck.render.report import Report


def formats_report(query: FormatQuery, *, filters: Mapping[str, object]) -> Report:
    """Return the report of the formats asked about."""
    found = list_formats(query) if is_listing(query.names) else None
    return listing(
        "formats",
        query.names,
        listed=View(
            lambda: found.rows if found else (),
            screens.ROW_FIELDS,
            lambda rows: screens.formats_table(rows, found.hidden if found else 0),
        ),
        described=View(
            lambda: describe_formats(query),
            screens.FACT_FIELDS,
            lambda facts: [block for item in facts for block in screens.format_card(item)],
        ),
        filters=filters,
        folders=query.data_folders,
    )
