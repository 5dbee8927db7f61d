"""Making text from files and servers safe to show: no control characters, no endless strings."""

from __future__ import annotations

import unicodedata

SHOWN = 120  # characters of a foreign string worth showing in a message
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})  # controls, overrides, separators


def clean(text: str | bytes, limit: int = SHOWN) -> str:
    """Drop control, format and surrogate characters and shorten to `limit` characters.

    Bytes are read as UTF-8, what is not UTF-8 becomes U+FFFD. Terminal escapes lose their ESC and
    with it their effect; bidirectional overrides (class Cf) go too.
    """
    if isinstance(text, bytes):
        text = text[: 4 * limit + 4].decode("utf-8", errors="replace")
    text = text[: 4 * limit + 4]
    if len(text) <= limit and text.isprintable():  # nearly always; the rest is slower
        return text.strip()
    kept = "".join(
        " " if char in "\t\n\r" else char
        for char in text
        if char in "\t\n\r"
        or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    ).strip()
    return kept if len(kept) <= limit else kept[: limit - 1] + "…"
