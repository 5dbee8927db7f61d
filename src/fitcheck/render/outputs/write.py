"""A report in the form asked for: a table, JSON, JSON lines, CSV, TSV or Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fitcheck.render.report import Report
    from fitcheck.render.text.terminal import Terminal


DRAWN = ("table", "md")  # made for eyes, on a terminal or a page


def write(report: Report, output: str, terminal: Terminal | None) -> Iterable[str]:
    """Return a report as chunks of text in one of the OUTPUTS, to be written one after another.

    What is DRAWN needs the terminal it is drawn on.
    """
    if output in ("json", "jsonl"):
        from fitcheck.render.outputs.json import json_text, jsonl_lines

        return [json_text(report)] if output == "json" else jsonl_lines(report)
    if output in ("csv", "tsv"):
        from fitcheck.render.outputs.csv import csv_lines

        return csv_lines(report, separator="," if output == "csv" else "\t")
    assert terminal is not None  # noqa: S101  # what is DRAWN needs one
    if output == "md":
        from fitcheck.render.text.markdown import to_markdown

        return [to_markdown(report.screen(), terminal._replace(width=None, links=True))]
    from fitcheck.render.text.blocks import draw
    from fitcheck.render.text.terminal import to_text

    return [to_text(draw(report.screen(), terminal), terminal)]
