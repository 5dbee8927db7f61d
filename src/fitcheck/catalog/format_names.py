"""The words for formats → a Format."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fitcheck.catalog.catalog import Table
    from fitcheck.records.format import Format


def resolve_format(word: str, formats: Table[Format]) -> Format:
    """Give the format a word means. Raises UnknownNameError, AmbiguousNameError."""
    return formats.resolve(word)
