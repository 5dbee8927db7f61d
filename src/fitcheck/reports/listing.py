"""Records listed, or described where they are named: cards, formats, papers and models alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fitcheck.catalog import load
from fitcheck.errors import UsageError
from fitcheck.render.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fitcheck.render.text.blocks import Block

Names = tuple[str, ...] | None


class View(NamedTuple):
    """How records are found and shown: all of them, or those named."""

    results: Callable[[], Sequence[Any]]
    fields: Sequence[str]
    screen: Callable[[Sequence[Any]], Sequence[Block]]


def is_listing(names: Names) -> bool:
    """Tell whether all records are meant: none was named, or `all`."""
    return names in (None, ("all",))


def listing(
    noun: str,
    names: Names,
    *,
    listed: View,
    described: View,
    filters: Mapping[str, object] | None = None,
    query: Mapping[str, object] | None = None,
    folders: tuple[str, ...] = (),
) -> Report:
    """Return the report of the list of records, or of those named.

    `filters` are the options that choose among the list, `None` where one was not given; `query`
    is what was asked, for the JSON: the names and the filters, where it is not said. Raises
    UsageError where names are given and a filter too.
    """
    given = {key: value for key, value in (filters or {}).items() if value is not None}
    if given and not is_listing(names):
        flag = next(iter(given)).replace("_", "-")
        raise UsageError(
            f"`--{flag}` filters the list of {noun}", "leave the names out, or the filter"
        )
    view = listed if is_listing(names) else described
    results = view.results()
    return Report(
        query={noun: list(names or ()), **given} if query is None else query,
        results=results,
        fields=view.fields,
        screen=lambda: view.screen(results),
        data_date=load(folders).date,
    )
