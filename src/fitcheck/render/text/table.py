"""A table of text: right-aligned numbers, thin bars, columns that drop when there is no room."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from fitcheck.render.text import theme
from fitcheck.render.text.numbers import percent
from fitcheck.render.text.spans import Line, Span, Words, line, pad, plain, shorten, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fitcheck.render.text.terminal import Terminal

GAP = 2
UNLIMITED = 10**9  # columns, where the output is not a terminal
LEAST_COLUMNS = 8  # what a column keeps, however narrow the terminal
BAR_WIDTHS = (16, 12, 8)  # tried in this order before any column drops


class Bar(NamedTuple):
    """A cell that shows a share: a thin bar and the percentage. More than 1 fills it."""

    share: float | None
    style: str = ""


Cell: TypeAlias = "Words | Bar"


class Column(NamedTuple):
    """A column. `drop` > 0: may be left out where there is no room, the highest number first."""

    title: str
    align: str = "left"  # left or right
    drop: int = 0


def number(title: str, drop: int = 0) -> Column:
    """Make a right-aligned column."""
    return Column(title=title, align="right", drop=drop)


def words(title: str, drop: int = 0) -> Column:
    """Make a left-aligned column."""
    return Column(title=title, drop=drop)


class _Layout(NamedTuple):
    """The columns that fit, their cells as drawn, and their widths, by index."""

    kept: list[int]
    drawn: dict[int, list[Line]]
    widths: dict[int, int]


class Table(NamedTuple):
    """A block: a header and one line a row. Cells never wrap.

    Columns without any content are left out. Where even the columns that may not drop do not fit,
    the widest are cut with an ellipsis. Without a header it serves as a value among Facts.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    header: bool = True

    def draw(self, terminal: Terminal) -> list[Line]:
        """Give the table's lines."""
        if not self.columns:
            return []
        layout = self._layout(terminal)
        lines: list[Line] = []
        if self.header:
            titles = [terminal.clean(self.columns[i].title) for i in layout.kept]
            header = self._row(titles, layout)
            lines.append(tuple(Span(span.text, "strong") for span in header))
        columns = [layout.drawn[i] for i in layout.kept]
        lines += [self._row([cells[n] for cells in columns], layout) for n in range(len(self.rows))]
        return lines

    def shows(self, title: str, terminal: Terminal) -> bool:
        """Tell whether a column is there for a terminal, so that what explains it can be too."""
        return any(self.columns[i].title == title for i in self._layout(terminal).kept)

    def _layout(self, terminal: Terminal) -> _Layout:
        """Choose the columns that fit, and how wide each is."""
        kept = [i for i in range(len(self.columns)) if self._filled(i)]
        columns = {i: [row[i] for row in self.rows] for i in kept}
        cells = {
            i: [cell if isinstance(cell, Bar) else terminal.clean(cell) for cell in column]
            for i, column in columns.items()
        }
        titles = {i: width(terminal.clean(self.columns[i].title)) * self.header for i in kept}
        bar_widths = BAR_WIDTHS if terminal.width is not None else BAR_WIDTHS[:1]
        available = UNLIMITED if terminal.width is None else terminal.width
        while True:
            for bar_width in bar_widths:
                drawn = {i: _drawn(cells[i], bar_width, terminal) for i in kept}
                widths = {i: max([titles[i], *map(width, drawn[i])]) for i in kept}
                total = sum(widths.values()) + GAP * (len(kept) - 1)
                if total <= available:
                    return _Layout(kept, drawn, widths)
            droppable = [i for i in kept if self.columns[i].drop]
            if not droppable:
                return _Layout(kept, drawn, _squeezed(widths, total - available))
            kept.remove(max(droppable, key=lambda i: (self.columns[i].drop, i)))

    def _filled(self, index: int) -> bool:
        """Tell whether a column says anything; one that must stay always does."""
        if not self.columns[index].drop or not self.rows:
            return True
        cells = (row[index] for row in self.rows)
        return any(
            cell.share is not None
            if isinstance(cell, Bar)
            else plain(cell) not in ("", theme.NOT_APPLICABLE)
            for cell in cells
        )

    def _row(self, content: list[Line], layout: _Layout) -> Line:
        parts: list[Words] = []
        for position, (i, cell) in enumerate(zip(layout.kept, content, strict=True)):
            columns = layout.widths[i]
            parts.append(" " * GAP if position else "")
            parts.append(pad(shorten(cell, columns), columns, self.columns[i].align))
        return line(*parts)

    def markdown(self, terminal: Terminal) -> list[str]:
        """Give the table as Markdown, every column, links as links."""
        from fitcheck.render.text.markdown import cell_text

        head = "| " + " | ".join(cell_text(column.title) for column in self.columns) + " |"
        rule = "|" + "|".join("--:" if c.align == "right" else "---" for c in self.columns) + "|"
        body = [
            "| "
            + " | ".join(
                (percent(cell.share) if cell.share is not None else theme.NOT_APPLICABLE)
                if isinstance(cell, Bar)
                else cell_text(terminal.clean(cell))
                for cell in row
            )
            + " |"
            for row in self.rows
        ]
        return [head, rule, *body]


def _squeezed(widths: dict[int, int], excess: int) -> dict[int, int]:
    """Narrow the widest columns, a column of text at a time, until the excess is gone."""
    squeezed = dict(widths)
    for _ in range(excess):
        widest = max(squeezed, key=lambda i: squeezed[i])
        if squeezed[widest] <= LEAST_COLUMNS:
            break
        squeezed[widest] -= 1
    return squeezed


def _drawn(cells: Sequence[Line | Bar], bar_width: int, terminal: Terminal) -> list[Line]:
    return [_bar(cell, bar_width, terminal) if isinstance(cell, Bar) else cell for cell in cells]


def _bar(bar: Bar, columns: int, terminal: Terminal) -> Line:
    if bar.share is None:
        return line(terminal.signs(theme.NOT_APPLICABLE))
    filled = min(columns, max(0, round(bar.share * columns)))
    if bar.share < 1 and filled == columns:
        filled -= 1  # a full bar means there is no room left
    return line(
        Span(terminal.signs(theme.ROW_FILLED) * filled, bar.style),
        Span(terminal.signs(theme.ROW_EMPTY) * (columns - filled), "dim"),
        f"{percent(bar.share):>6}",
    )
