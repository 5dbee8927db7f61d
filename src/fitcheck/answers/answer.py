"""The answer to a question about models, cards and formats: one record, or a table of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fitcheck.answers.query import Query
    from fitcheck.records.result import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a Query comes to.

    `varies` names the nouns that have several values, in the order of DESIGN ("gpu", "format",
    "model"); empty for one verdict. `results` is ready to show, best first. `hidden` counts the
    results left out of a table by default (too big), `notes` hold for the whole answer.
    """

    query: Query
    varies: tuple[str, ...]
    results: tuple[Estimate, ...]
    hidden: int = 0
    any_fits: bool = False
    notes: tuple[str, ...] = ()
    data_date: str = ""

    def __iter__(self) -> Iterator[Estimate]:
        return iter(self.results)
