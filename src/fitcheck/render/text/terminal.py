"""What the output can show: colour, width, signs and links, decided once; and writing to it."""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from typing import TYPE_CHECKING, NamedTuple, TextIO

from fitcheck.patterns import pattern
from fitcheck.render.text import theme
from fitcheck.render.text.spans import Span, line, trimmed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from fitcheck.render.text.spans import Line, Words

# C0 and C1 controls and the characters that reorder text: never let a name steer the terminal.
_CONTROLS = pattern("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


class Terminal(NamedTuple):
    """What the output can show. `width` None: not a terminal, so natural width."""

    width: int | None = None
    color: bool = False
    links: bool = False
    unicode: bool = True

    def clean(self, words: Words) -> Line:
        """Give a line as it can be shown: no control characters, ASCII if it must be, URLs.

        A link that cannot be followed is spelled out where the output is not a terminal.
        """
        spans: list[Span] = []
        for span in line(words):
            text = _CONTROLS.sub("", span.text)
            url = _CONTROLS.sub("", span.url)
            if url and not self.links:
                if self.width is None and url not in text:
                    text = url if url.startswith(f"https://{text}/") else f"{text} {url}"
                url = ""
            spans.append(span._replace(text=self.signs(text), url=url))
        return tuple(spans)

    def signs(self, text: str) -> str:
        """Replace the signs that the output cannot encode."""
        if self.unicode or text.isascii():
            return text
        letters = unicodedata.normalize("NFKD", text.translate(theme.ASCII))
        kept = "".join(c for c in letters if not unicodedata.combining(c))
        return kept.encode("ascii", "replace").decode("ascii")


def decide(
    stream: TextIO, *, color: str = "auto", environ: Mapping[str, str] = os.environ
) -> Terminal:
    """Decide once what a stream can show.

    Colour: `--color`, then NO_COLOR, then FORCE_COLOR or CLICOLOR_FORCE, then whether it is a
    terminal that is not dumb (https://no-color.org, https://force-color.org). Links need a
    terminal with colour and no NO_HYPERLINKS.
    """
    tty = stream.isatty()
    dumb = environ.get("TERM") == "dumb"
    forced = environ.get("FORCE_COLOR") or environ.get("CLICOLOR_FORCE")
    if color in ("always", "never"):
        colored = color == "always"
    elif environ.get("NO_COLOR"):
        colored = False
    elif forced and forced != "0":
        colored = True
    else:
        colored = tty and not dumb and forced != "0"
    if colored and tty and sys.platform == "win32":
        os.system("")  # noqa: S605, S607  # makes the Windows console read escape sequences
    return Terminal(
        width=shutil.get_terminal_size().columns if tty else None,
        color=colored,
        links=colored and tty and not dumb and not environ.get("NO_HYPERLINKS"),
        unicode=can_encode(theme.PROBE, stream.encoding) and not _plain_locale(environ),
    )


def _plain_locale(environ: Mapping[str, str]) -> bool:
    """Tell whether the user chose the C locale: Python writes UTF-8 there, the terminal may not."""
    if environ.get("PYTHONIOENCODING") or environ.get("PYTHONUTF8"):
        return False
    names = (environ.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    return next((name for name in names if name), "") in ("C", "POSIX")


def can_encode(text: str, encoding: str | None) -> bool:
    """Tell whether a stream of this encoding can carry the text."""
    try:
        text.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def to_text(content: Iterable[Words], terminal: Terminal) -> str:
    """Turn cleaned lines into text, with escape sequences if the terminal has colour."""
    paint = _painter() if terminal.color else None
    rows: list[str] = []
    for words in content:
        spans = trimmed(line(words))
        rows.append("".join(paint(span) if paint else span.text for span in spans))
    return "".join(f"{row}\n" for row in rows).replace("\N{NO-BREAK SPACE}", " ")


def _painter() -> Callable[[Span], str]:
    # Only rich's styles: its console would cost 50 ms, wraps pipes and stamps links at random.
    from rich.color import ColorSystem
    from rich.style import Style

    styles = {name: Style.parse(look) for name, look in theme.STYLES.items()}

    def paint(span: Span) -> str:
        style = styles.get(span.style)
        text = style.render(span.text, color_system=ColorSystem.STANDARD) if style else span.text
        return f"\x1b]8;;{span.url}\x1b\\{text}\x1b]8;;\x1b\\" if span.url else text

    return paint
