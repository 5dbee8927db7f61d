"""Screens as Markdown: the same words, tables as tables, links as links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fitcheck.render.text.spans import Words, line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fitcheck.render.text.blocks import Block
    from fitcheck.render.text.terminal import Terminal

_SPECIAL = re.compile(r"([\\`*_\[\]<>])")


def inline(words: Words) -> str:
    """Give a line as Markdown: special characters escaped, links spelled as links."""
    parts: list[str] = []
    for span in line(words):
        text = _SPECIAL.sub(r"\\\1", span.text)
        if span.url:
            target = span.url.replace(" ", "%20").replace(")", "%29")
            text = f"[{text}]({target})"
        elif span.style == "strong":
            text = f"**{text}**"
        parts.append(text)
    return "".join(parts).replace("\N{NO-BREAK SPACE}", " ")


def cell_text(words: Words) -> str:
    """Give the content of a table's cell: as `inline`, without the sign that ends a cell."""
    return inline(words).replace("|", "\\|").strip()


def to_markdown(blocks: Sequence[Block], terminal: Terminal) -> str:
    """Give a whole screen as Markdown, an empty line between blocks."""
    chunks = ["\n".join(block.markdown(terminal)) for block in blocks]
    return "\n\n".join(chunk for chunk in chunks if chunk) + "\n"
