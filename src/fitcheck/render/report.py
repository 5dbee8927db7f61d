"""An answer ready to be written in any form: the data, the list of its fields, and its screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from fitcheck.render.text.blocks import Block
    from fitcheck.render.text.terminal import Terminal


class Report(NamedTuple):
    """What a command answers.

    `results` are records or mappings, one a result; `fields` the dotted paths that
    JSON, JSONL, CSV and TSV carry (`gpu.id`, `memory.needed_bytes`). `screen` makes the blocks
    that the terminal and Markdown show; it is called only when they are asked for.
    `query` is what was asked, for the JSON. `extra` holds further keys of the JSON's envelope.
    """

    query: Mapping[str, object]
    results: Iterable[object]
    fields: Sequence[str]
    screen: Callable[[], Sequence[Block]]
    data_date: str = ""
    extra: Mapping[str, object] | None = None


OUTPUTS = ("table", "json", "jsonl", "csv", "tsv", "md")


def write(report: Report, output: str, terminal: Terminal) -> Iterable[str]:
    """Give a report as chunks of text in one of OUTPUTS, ready to be written one after another."""
    if output in ("json", "jsonl"):
        from fitcheck.render.outputs.json import json_text, jsonl_lines

        return [json_text(report)] if output == "json" else jsonl_lines(report)
    if output in ("csv", "tsv"):
        from fitcheck.render.outputs.csv import csv_lines

        return csv_lines(report, separator="," if output == "csv" else "\t")
    if output == "md":
        from fitcheck.render.text.markdown import to_markdown

        return [to_markdown(report.screen(), terminal._replace(width=None, links=True))]
    from fitcheck.render.text.blocks import draw
    from fitcheck.render.text.terminal import to_text

    return [to_text(draw(report.screen(), terminal), terminal)]
