"""`--explain`: every formula with its numbers, and the numbered sources it stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.render.text.blocks import Facts, Paragraph, Stack
from fitcheck.render.text.numbers import NBSP
from fitcheck.render.text.quantities import said
from fitcheck.render.text.spans import Line, Span, line

if TYPE_CHECKING:
    from fitcheck.records.result import Estimate
    from fitcheck.render.text.blocks import Block


def explain(estimate: Estimate) -> list[Block]:
    """Give the derivation of an estimate: what, formula = result, and sources by number."""
    numbers_of: dict[str, int] = {}
    rows: list[tuple[str, Line]] = []
    before = ""
    for step in estimate.explain:
        mark = ""
        if step.source:
            mark = f"{NBSP}[{numbers_of.setdefault(step.source, len(numbers_of) + 1)}]"
        equals = f" ={NBSP}" if step.formula and step.result else ""
        result = Span(said(step.result).replace(" ", NBSP), "strong")
        rows.append(
            (
                "" if step.what == before else step.what,
                line(said(step.formula), equals, result, Span(mark, "dim")),
            )
        )
        before = step.what
    blocks: list[Block] = [Facts(rows)] if rows else []
    if numbers_of:
        blocks.append(
            Stack([Paragraph(f"[{number}]{NBSP}{source}") for source, number in numbers_of.items()])
        )
    return blocks
