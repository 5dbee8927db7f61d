"""How meaning looks: styles by name, verdict signs and words, glyphs and their ASCII stand-ins."""

from __future__ import annotations

from typing import NamedTuple

# Styles as rich spells them. Every screen must read the same without them.
STYLES = {
    "good": "green",
    "warn": "yellow",
    "bad": "red",
    "accent": "cyan",
    "strong": "bold",
    "dim": "dim",
    "error": "bold red",
    "hint": "bold cyan",
}


class VerdictLook(NamedTuple):
    """A verdict on screen: always a sign, a word and a style, never a colour alone."""

    sign: str
    word: str
    style: str


VERDICT_LOOKS = {
    "fits": VerdictLook("✓", "fits", "good"),
    "tight": VerdictLook("!", "tight", "warn"),
    "offload": VerdictLook("~", "offload", "warn"),
    "too_big": VerdictLook("✗", "too big", "bad"),
    "unsupported": VerdictLook("✗", "unsupported", "bad"),
}
UNKNOWN_VERDICT = VerdictLook("?", "unknown", "dim")

# What stands in for a sign where stdout cannot encode it. Applied before anything is measured.
ASCII = str.maketrans(
    {
        "✓": "ok",
        "✗": "x",
        "█": "#",
        "▓": "=",
        "▒": "+",
        "▚": "%",
        "│": "|",
        "─": "-",
        "━": "=",
        "╌": ".",
        "·": "-",
        "•": "*",
        "–": "-",
        "—": "-",
        "−": "-",
        "×": "x",
        "÷": "/",
        "±": "+/-",
        "≈": "~",
        "≤": "<=",
        "≥": ">=",
        "→": "->",
        "Σ": "sum",
        "µ": "u",
        "…": "...",
        "‘": "'",
        "’": "'",
        "“": '"',
        "”": '"',
        "\N{NO-BREAK SPACE}": " ",
        "\N{NARROW NO-BREAK SPACE}": " ",
    }
)
# A terminal that can show these can show every sign we draw.
PROBE = "✓✗█▓▚▒│─━╌·–×÷≥→"

# The parts of the memory bar. They differ by glyph, so they can be told apart without colour.
BAR_WEIGHTS, BAR_KV, BAR_STATE, BAR_BUFFERS, BAR_FREE, BAR_EDGE = "█", "▓", "▚", "▒", "·", "│"
ASCII_BAR_FREE = "."
ROW_FILLED, ROW_EMPTY = "━", "╌"
RULE = "─"
NOT_APPLICABLE = "–"
