"""Reports as JSON (`fitcheck/1`) and as JSON Lines, one result a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fitcheck import __version__
from fitcheck.render.outputs.fields import plain_value, tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fitcheck.render.report import Report

SCHEMA = "fitcheck/1"


def json_text(report: Report) -> str:
    """Give the whole report as one JSON document."""
    document = {
        "schema": SCHEMA,
        "fitcheck": __version__,
        "data": report.data_date or None,
        "query": plain_value(report.query),
        **{key: plain_value(item) for key, item in (report.extra or {}).items()},
        "results": [tree(result, report.fields) for result in report.results],
    }
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def jsonl_lines(report: Report) -> Iterator[str]:
    """Give each result as one line of JSON, as it comes."""
    for result in report.results:
        yield json.dumps(tree(result, report.fields), allow_nan=False) + "\n"
