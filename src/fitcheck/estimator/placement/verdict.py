"""Need against what a card offers: `fits`, `tight` or `too_big`; of several cards the worst."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.units import MIB

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fitcheck.records.result import CardMemory

TIGHT_SHARE = 0.05
TIGHT_BYTES = 512 * MIB
_WORST_FIRST = ("too_big", "tight", "fits")


def verdict_of(*, needed_bytes: int, usable_bytes: int) -> str:
    """Return `fits`, `tight` or `too_big`.

    Tight: fits with less than 5 % of the usable memory, or less than 512 MiB, to spare.
    """
    free_bytes = usable_bytes - needed_bytes
    if free_bytes < 0:
        return "too_big"
    if free_bytes < TIGHT_BYTES or free_bytes < TIGHT_SHARE * usable_bytes:
        return "tight"
    return "fits"


def worst_verdict(cards: Iterable[CardMemory]) -> str:
    """Return the verdict of the card that is worst off: one that is too small stops them all."""
    found = {
        verdict_of(needed_bytes=card.needed_bytes, usable_bytes=card.usable_bytes) for card in cards
    }
    return next(verdict for verdict in _WORST_FIRST if verdict in found)
