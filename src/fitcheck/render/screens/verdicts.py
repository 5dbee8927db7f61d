"""A verdict in words: its sign, its word, its colour, and the doubt beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.render.text.spans import Span, line
from fitcheck.render.text.theme import UNKNOWN_VERDICT, VERDICT_LOOKS, VerdictLook

if TYPE_CHECKING:
    from fitcheck.records.result import Estimate
    from fitcheck.render.text.spans import Line


def look_of(estimate: Estimate) -> VerdictLook:
    """Return the look of an estimate's verdict."""
    return VERDICT_LOOKS.get(estimate.verdict, UNKNOWN_VERDICT)


def unsupported(estimate: Estimate) -> bool:
    """Tell whether the runtime cannot run this on these cards, whatever the memory."""
    return estimate.verdict == "unsupported"


def verdict(estimate: Estimate) -> Line:
    """Return the verdict of an estimate: `✓ fits`, or `✓ fits ? unknown` where no source tells.

    The memory is one thing, whether the runtime runs the format on that hardware another.
    """
    doubt = Span(f" {UNKNOWN_VERDICT.sign} {UNKNOWN_VERDICT.word}", UNKNOWN_VERDICT.style)
    told = verdict_word(estimate.verdict)
    return line(told, doubt) if estimate.format.support == "unknown" else line(told)


def verdict_word(name: str) -> Span:
    """Return a verdict by its name in JSON (`too_big`)."""
    look = VERDICT_LOOKS.get(name, UNKNOWN_VERDICT)
    return Span(f"{look.sign} {look.word}", look.style)
