"""The memory of one answer: a bar of its parts against what the card can use, and the sum below."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fitcheck.render.text import theme
from fitcheck.render.text.blocks import SCREEN, room
from fitcheck.render.text.spans import Line, Span, Words, fold, line, pad

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fitcheck.render.text.terminal import Terminal

LABEL_COLUMNS = 14  # sign and label
SIZE_COLUMNS = 9  # `  4.6 GiB`


class Part(NamedTuple):
    """One part of the memory; parts with the same sign are neighbours in the bar."""

    sign: str
    label: str
    amount_bytes: int
    amount: str
    remark: Words = ""
    style: str = ""


class MemoryBar(NamedTuple):
    """A block: the bar, a line for each part, and the sum.

    The bar's scale is what is usable, with the card's edge at its end; what needs more runs past
    the edge, and the scale is then what is needed. `sums` are further lines under the sum: label,
    amount, remark.
    """

    parts: Sequence[Part]
    usable_bytes: int
    total: str
    total_remark: Words
    sums: Sequence[tuple[str, str, Words]] = ()

    def draw(self, terminal: Terminal) -> list[Line]:
        """Give the lines."""
        rows = [
            (
                line(Span(terminal.signs(part.sign), part.style), " ", part.label),
                part.amount,
                part.remark,
            )
            for part in self.parts
        ]
        rows.append((line("  needed"), self.total, self.total_remark))
        rows += [(line(f"  {label}"), amount, remark) for label, amount, remark in self.sums]
        lines = [
            self.bar(terminal, SCREEN if terminal.width is None else min(SCREEN, terminal.width))
        ]
        sizes = max(SIZE_COLUMNS, *(len(amount) for _, amount, _ in rows))
        columns = LABEL_COLUMNS + sizes + 3
        available = room(terminal)
        for label, amount, remark in rows:
            pieces = fold(
                terminal.clean(remark), None if available is None else available - columns
            )
            for index, piece in enumerate(pieces):
                start = (
                    line(pad("", columns))
                    if index
                    else line(
                        pad(terminal.clean(label), LABEL_COLUMNS),
                        pad(amount, sizes, "right"),
                        "   ",
                    )
                )
                lines.append(line(start, piece))
        return lines

    def bar(self, terminal: Terminal, columns: int) -> Line:
        """Give the bar: parts in proportion, then what is free, the edge where the card ends."""
        inner = columns - 1  # the edge takes one column
        needed = sum(part.amount_bytes for part in self.parts)
        scale = max(needed, self.usable_bytes, 1)
        free_sign = theme.BAR_FREE if terminal.unicode else theme.ASCII_BAR_FREE
        cells = [
            Span(terminal.signs(part.sign), part.style)
            for part, count in zip(self.parts, self._columns(inner, scale), strict=True)
            for _ in range(count)
        ]
        edge = inner
        if needed > self.usable_bytes:
            edge = max(1, min(inner - 1, round(inner * self.usable_bytes / scale)))
        cells += [Span(free_sign, "dim")] * (inner - len(cells))
        cells.insert(edge, Span(terminal.signs(theme.BAR_EDGE)))
        return _merged(cells)

    def _columns(self, inner: int, scale: int) -> list[int]:
        """Share the bar's columns among the parts; what is there takes one at least."""
        counts: list[int] = []
        end_bytes, end = 0, 0
        for part in self.parts:
            end_bytes += part.amount_bytes
            stop = round(inner * end_bytes / scale)
            if part.amount_bytes > 0:
                stop = max(stop, end + 1)
            stop = min(stop, inner)
            counts.append(max(0, stop - end))
            end = max(end, stop)
        return counts

    def markdown(self, terminal: Terminal) -> list[str]:
        """Give the parts as a table; the bar stays on the terminal."""
        from fitcheck.render.text.markdown import cell_text

        rows = [(part.label, part.amount, part.remark) for part in self.parts]
        rows.append(("needed", self.total, self.total_remark))
        rows += self.sums
        return [
            "| memory | | |",
            "|---|--:|---|",
            *(
                f"| {label} | {amount.strip()} | {cell_text(terminal.clean(remark))} |"
                for label, amount, remark in rows
            ),
        ]


def _merged(cells: list[Span]) -> Line:
    spans: list[Span] = []
    for cell in cells:
        if spans and spans[-1].style == cell.style:
            spans[-1] = Span(spans[-1].text + cell.text, cell.style)
        else:
            spans.append(cell)
    return tuple(spans)
