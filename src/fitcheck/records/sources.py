"""Where a figure comes from."""

from __future__ import annotations

from fitcheck.records.record import record


@record(eq=True, kw_only=False)
class Source:
    """A citation: what it supports (`of`), its title and, where there is one, its URL."""

    of: str
    title: str
    url: str = ""
