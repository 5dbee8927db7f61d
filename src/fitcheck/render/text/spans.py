"""Text before it is drawn: spans with a style and a link, joined, measured, padded and folded."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Span(NamedTuple):
    """A run of text in one style (a name in `theme.STYLES`), linked to `url` if that is set."""

    text: str
    style: str = ""
    url: str = ""


Line: TypeAlias = tuple[Span, ...]
Words: TypeAlias = str | Span | Line


def line(*parts: Words) -> Line:
    """Join strings, spans and lines into one line."""
    spans: list[Span] = []
    for part in parts:
        if isinstance(part, str):
            spans.append(Span(part))
        elif isinstance(part, Span):
            spans.append(part)
        else:
            spans.extend(part)
    return tuple(span for span in spans if span.text)


def joined(parts: Iterable[Words], separator: str = " · ") -> Line:
    """Join the parts that are not empty with a separator."""
    spans: list[Span] = []
    for part in map(line, parts):
        if part:
            spans += [Span(separator), *part] if spans else part
    return tuple(spans)


def text_width(text: str) -> int:
    """Count the columns a text takes: wide East Asian characters two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )


def width(words: Words) -> int:
    """Count the columns of a line."""
    return sum(text_width(span.text) for span in line(words))


def pad(words: Words, columns: int, align: str = "left") -> Line:
    """Fill a line with spaces to a width, on its right (`left`-aligned) or on its left."""
    spaces = " " * max(0, columns - width(words))
    return line(words, spaces) if align == "left" else line(spaces, words)


def plain(words: Words) -> str:
    """Give the bare text of a line."""
    return "".join(span.text for span in line(words))


def trimmed(content: Line) -> Line:
    """Give a line without the spaces at its end."""
    spans = list(content)
    while spans:
        text = spans[-1].text.rstrip(" ")
        if text:
            return (*spans[:-1], spans[-1]._replace(text=text))
        spans.pop()
    return ()


def shorten(words: Words, columns: int) -> Line:
    """Cut a line to a width, its last column an ellipsis."""
    content = line(words)
    if width(content) <= columns:
        return content
    kept: list[Span] = []
    left = columns - 1
    for span in content:
        text = ""
        for character in span.text:
            left -= text_width(character)
            if left < 0:
                break
            text += character
        kept.append(span._replace(text=text))
        if left < 0:
            break
    return line(*kept, "…")


def fold(words: Words, columns: int | None) -> list[Line]:
    """Break a line between words so that each piece fits; a longer word stays whole."""
    content = line(words)
    if columns is None or width(content) <= columns:
        return [content]
    folded: list[Line] = []
    current: list[Span] = []
    used = 0
    for word in _words(content):
        taken = width(word)
        if current and used + 1 + taken > columns:
            folded.append(tuple(current))
            current, used = [], 0
        if current:
            # The space belongs to the word before it only where both are of one link or style.
            same = current[-1].style == word[0].style and current[-1].url == word[0].url
            current.append(Span(" ", current[-1].style, current[-1].url) if same else Span(" "))
            used += 1
        current += word
        used += taken
    return [*folded, tuple(current)]


def _words(content: Line) -> Iterator[Line]:
    word: list[Span] = []
    for span in content:
        for index, piece in enumerate(span.text.split(" ")):
            if index and word:
                yield tuple(word)
                word = []
            if piece:
                word.append(span._replace(text=piece))
    if word:
        yield tuple(word)
