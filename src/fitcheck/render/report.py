"""An answer ready to be written in any form: the data, the list of its fields, and its screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from fitcheck.render.text.blocks import Block

OUTPUTS = ("table", "json", "jsonl", "csv", "tsv", "md")


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
