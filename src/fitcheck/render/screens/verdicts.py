"""A verdict in words: its sign, its word, its colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.render.text.spans import Span
from fitcheck.render.text.theme import UNKNOWN_VERDICT, VERDICT_LOOKS, VerdictLook

if TYPE_CHECKING:
    from fitcheck.records.result import Estimate


def look_of(estimate: Estimate) -> VerdictLook:
    """Give the look of an estimate's verdict; what the runtime cannot run does not look well."""
    if unsupported(estimate):
        return VerdictLook("✗", "unsupported", "bad")
    return VERDICT_LOOKS.get(estimate.verdict, UNKNOWN_VERDICT)


def unsupported(estimate: Estimate) -> bool:
    """Tell whether the runtime cannot run this format on this card, whatever the memory."""
    return estimate.format.support == "unsupported"


def verdict(estimate: Estimate) -> Span:
    """Give the verdict of an estimate: `✓ fits`."""
    look = look_of(estimate)
    return Span(f"{look.sign} {look.word}", look.style)


def verdict_word(name: str) -> Span:
    """Give a verdict by its name in JSON (`too_big`)."""
    look = VERDICT_LOOKS.get(name, UNKNOWN_VERDICT)
    return Span(f"{look.sign} {look.word}", look.style)
