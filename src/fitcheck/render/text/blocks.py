"""What a screen is made of: title, facts, paragraph, list; each draws itself as text or Markdown.

A screen is a list of blocks with an empty line between them; tables are in `table`, the memory bar
of one card in `card`. Blocks hold finished words: nothing here computes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from fitcheck.render.text import theme
from fitcheck.render.text.spans import Line, Span, Words, fold, line, pad, plain, width
from fitcheck.render.text.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fitcheck.render.text.terminal import Terminal

SCREEN = 78  # how wide a screen of sentences is, however wide the terminal


class Block(Protocol):
    """A part of a screen."""

    def draw(self, terminal: Terminal) -> list[Line]:
        """Give the lines for a terminal."""

    def markdown(self, terminal: Terminal) -> list[str]:
        """Give the lines of Markdown."""


def room(terminal: Terminal) -> int | None:
    """Tell how many columns sentences may take: None where the output is not a terminal."""
    return None if terminal.width is None else min(terminal.width, SCREEN)


class Title(NamedTuple):
    """The first line: what was asked on the left, the answer on the right; a rule if asked for."""

    left: Words
    right: Words = ""
    rule: bool = False

    def draw(self, terminal: Terminal) -> list[Line]:
        """Give one line, or two where both sides do not fit beside each other; then the rule."""
        left, right = terminal.clean(self.left), terminal.clean(self.right)
        both = width(left) + 2 + width(right) if right else width(left)
        columns = SCREEN if terminal.width is None else min(terminal.width, max(SCREEN, both))
        if not right:
            lines = fold(left, terminal.width)
        elif both <= columns or terminal.width is None:
            columns = max(columns, both)
            lines = [line(pad(left, columns - width(right)), right)]
        else:
            lines = [*fold(left, columns), pad(right, columns, "right")]
        if self.rule:
            lines.append(line(Span(terminal.signs(theme.RULE) * columns, "dim")))
        return lines

    def markdown(self, terminal: Terminal) -> list[str]:
        """Give a heading."""
        from fitcheck.render.text.markdown import inline

        right = f" · {inline(terminal.clean(self.right))}" if width(self.right) else ""
        return [f"**{inline(plain(terminal.clean(self.left)))}**{right}"]


class Stack(NamedTuple):
    """Blocks right under each other, without the empty line that stands between others."""

    blocks: Sequence[Block]

    def draw(self, terminal: Terminal) -> list[Line]:
        """Give the lines of all."""
        return [row for block in self.blocks for row in block.draw(terminal)]

    def markdown(self, terminal: Terminal) -> list[str]:
        """Give the lines of all, apart: Markdown needs an empty line between them."""
        chunks = [block.markdown(terminal) for block in self.blocks]
        return [
            row for index, chunk in enumerate(chunks) for row in ([""] if index else []) + chunk
        ]


class Facts(NamedTuple):
    """Labelled lines, values in one column: `decode    102–136 tok/s likely`.

    A value may be several lines, each folded under itself, or a table without a header. Facts
    without a value are left out.
    """

    rows: Sequence[tuple[str, Words | Sequence[Line] | Table]]
    label_columns: int = 10

    def draw(self, terminal: Terminal) -> list[Line]:
        """Give the lines."""
        labels = [terminal.clean(label) for label, value in self.rows if _says_something(value)]
        columns = max([self.label_columns, *(width(label) + 2 for label in labels)])
        available = room(terminal)
        inner = None if available is None else available - columns
        lines: list[Line] = []
        for label, value in self.rows:
            for index, piece in enumerate(_pieces(value, terminal._replace(width=inner))):
                start = "" if index else terminal.clean(label)
                lines.append(line(pad(start, columns), piece))
        return lines

    def markdown(self, terminal: Terminal) -> list[str]:
        """Give a list."""
        from fitcheck.render.text.markdown import inline

        lines: list[str] = []
        for label, value in self.rows:
            pieces = [inline(piece) for piece in _pieces(value, terminal)]
            if pieces:
                lines.append(f"- {label}: " + "; ".join(" ".join(p.split()) for p in pieces))
        return lines


def _says_something(value: Words | Sequence[Line] | Table) -> bool:
    return bool(value.rows if isinstance(value, Table) else _lines_of(value))


def _pieces(value: Words | Sequence[Line] | Table, terminal: Terminal) -> list[Line]:
    """Give a value's lines, folded to the terminal's width."""
    if isinstance(value, Table):
        return value.draw(terminal) if value.rows else []
    lines = (terminal.clean(words) for words in _lines_of(value))
    return [piece for words in lines for piece in fold(words, terminal.width)]


def _lines_of(value: Words | Sequence[Line]) -> list[Line]:
    if isinstance(value, str | Span):
        value = line(value)
    if not value:
        return []
    if isinstance(value[0], Span):
        return [line(*value)]
    return [line(*words) for words in value if words]


class Paragraph(NamedTuple):
    """A sentence or more, folded between words; `style` for the whole of it."""

    content: Words
    style: str = ""

    def draw(self, terminal: Terminal) -> list[Line]:
        """Give the lines."""
        content = terminal.clean(self.content)
        if self.style:
            content = tuple(Span(s.text, s.style or self.style, s.url) for s in content)
        return fold(content, room(terminal))

    def markdown(self, terminal: Terminal) -> list[str]:
        """Give one line."""
        from fitcheck.render.text.markdown import inline

        return [inline(terminal.clean(self.content))]


class Notes(NamedTuple):
    """Remarks under an answer, dimmed, each on its own line."""

    notes: Sequence[str]

    def draw(self, terminal: Terminal) -> list[Line]:
        """Give the lines; the continuation of a folded note is indented."""
        lines: list[Line] = []
        available = room(terminal)
        for note in self.notes:
            content = terminal.clean(Span(note, "dim"))
            pieces = fold(content, None if available is None else available - 2)
            lines += [line("  " if index else "", piece) for index, piece in enumerate(pieces)]
        return lines

    def markdown(self, terminal: Terminal) -> list[str]:
        """Give a list."""
        from fitcheck.render.text.markdown import inline

        # Backticks in a note are meant: they mark what can be typed.
        notes = (inline(terminal.clean(note)).replace("\\`", "`") for note in self.notes)
        return [f"- {note}" for note in notes]


class TableNotes(NamedTuple):
    """Remarks under a table; those of a column are left out where the column is."""

    table: Table
    notes: Sequence[str]
    of_columns: Mapping[str, Sequence[str]]

    def draw(self, terminal: Terminal) -> list[Line]:
        """Give the lines."""
        shown = (t for t in self.of_columns if self.table.shows(t, terminal))
        return Notes([*self.notes, *(n for title in shown for n in self.of_columns[title])]).draw(
            terminal
        )

    def markdown(self, terminal: Terminal) -> list[str]:
        """Give a list of all."""
        every = [note for notes in self.of_columns.values() for note in notes]
        return Notes([*self.notes, *every]).markdown(terminal)


def draw(blocks: Sequence[Block], terminal: Terminal) -> list[Line]:
    """Draw a screen: its blocks with an empty line between them; empty blocks leave no gap."""
    lines: list[Line] = []
    for block in blocks:
        drawn = block.draw(terminal)
        if drawn:
            lines += [line(), *drawn] if lines else drawn
    return lines
