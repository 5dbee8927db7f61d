"""Making text from files and servers safe to show: no control characters, no endless strings."""

from __future__ import annotations

SHOWN = 120  # characters of a foreign string worth showing in a message


def clean(text: str | bytes, limit: int = SHOWN) -> str:
    """Drop what is not printable and shorten to `limit` characters.

    Bytes are read as UTF-8, what is not UTF-8 becomes U+FFFD. Terminal escapes lose their ESC and
    with it their effect; bidirectional overrides and line separators are not printable either.
    """
    if isinstance(text, bytes):
        text = text[: 4 * limit + 4].decode("utf-8", errors="replace")
    text = text[: 4 * limit + 4]
    if not text.isprintable():  # seldom
        shown = (" " if char.isspace() else char for char in text)
        text = "".join(char for char in shown if char.isprintable())
    text = text.strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"
