"""Where a figure comes from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A citation: what it supports (`of`), its title and, where there is one, its URL."""

    of: str
    title: str
    url: str = ""
