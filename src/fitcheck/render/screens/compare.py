"""Several answers as one table: GPUs, formats or models for one question, or any mix of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.render.screens.memory import fullest
from fitcheck.render.screens.quality import WORSE_BY, quality_cell, quality_notes
from fitcheck.render.screens.verdicts import look_of, verdict
from fitcheck.render.text import numbers
from fitcheck.render.text.blocks import Notes, TableNotes, Title
from fitcheck.render.text.spans import Span, joined
from fitcheck.render.text.table import Bar, Cell, Column, Table, number, words
from fitcheck.render.text.theme import NOT_APPLICABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fitcheck.records.result import Estimate
    from fitcheck.render.text.blocks import Block
    from fitcheck.render.text.spans import Line


def comparison(
    results: Sequence[Estimate], *, varies: Sequence[str], notes: Sequence[str] = ()
) -> list[Block]:
    """Give the screen of several estimates; `varies` names what differs: model, gpu, format."""
    if not results:
        return [Notes(notes or ("nothing to show",))]
    columns = _columns(results, varies)
    table = Table(
        [column for column, _ in columns], [[cell(e) for _, cell in columns] for e in results]
    )
    shared = [note for note in results[0].notes if all(note in e.notes for e in results)]
    of_columns = {WORSE_BY: quality_notes(results)} if "format" in varies else {}
    return [
        Title(_title(results, varies)),
        table,
        TableNotes(table, [*shared, *notes], of_columns),
    ]


def _title(results: Sequence[Estimate], varies: Sequence[str]) -> Line:
    """Give what is the same in all rows: `qwen3-32b · q4_k_m · 8,192 tokens · needs 21.3 GiB`."""
    first = results[0]

    def same(read: Callable[[Estimate], object]) -> bool:
        return all(read(e) == read(first) for e in results)

    parts: list[Span | str] = []
    if "model" not in varies:
        parts.append(Span(first.model.id, "strong"))
    if "format" not in varies:
        parts.append(Span(first.format.id, "" if parts else "strong"))
    if "gpu" not in varies:
        parts.append(Span(first.gpu.name, "" if parts else "strong"))
    most = numbers.count(max(e.context_tokens for e in results))
    times = f"{first.concurrency} × " if first.concurrency > 1 else ""
    up_to = "" if same(lambda e: e.context_tokens) else "up to "
    parts.append(f"{times}{up_to}{most} tokens")
    if same(lambda e: e.kv_format) and first.kv_format not in ("f16", "bf16", "auto"):
        parts.append(f"KV {first.kv_format}")
    if same(lambda e: e.runtime):
        parts.append(first.runtime)
    if _same_need(results, varies):
        parts.append(f"needs {numbers.gib(first.memory.needed_bytes)} GiB")
    return joined(parts)


def _same_need(results: Sequence[Estimate], varies: Sequence[str]) -> bool:
    """Tell whether all rows need the same memory as written, so that the title can say it once."""
    return (
        tuple(varies) == ("gpu",)
        and len({numbers.gib(e.memory.needed_bytes) for e in results}) == 1
    )


def _columns(
    results: Sequence[Estimate], varies: Sequence[str]
) -> list[tuple[Column, Callable[[Estimate], Cell]]]:
    """Give the columns of a table and how each reads a result.

    Columns that never drop: the names, the speed, the verdict. The higher `drop`, the sooner a
    column goes where the terminal is narrow.
    """
    columns: list[tuple[Column, Callable[[Estimate], Cell]]] = []
    add = columns.append
    if "model" in varies:
        add((words("model"), lambda e: e.model.id))
        add((number("params", drop=3), lambda e: numbers.parameters(e.model.total_params)))
    if "format" in varies:
        add((words("format"), lambda e: e.format.id))
        add((number("bits", drop=2), lambda e: numbers.bits(e.format.bits_per_weight)))
    if "gpu" in varies:
        add((words("GPU"), lambda e: e.gpu.id))
        add((number("GiB", drop=2), lambda e: numbers.whole_gib(e.memory.capacity_bytes)))
        add((number("GB/s", drop=4), lambda e: numbers.bandwidth(e.gpu.bandwidth_bytes_per_s)))
    if not _same_need(results, varies):
        add(
            (
                number("needs" if "gpu" in varies else "GiB", drop=1),
                lambda e: numbers.gib(e.memory.needed_bytes),
            )
        )
    # Beside formats the paper matters more than the picture.
    add((words("of card", drop=7 if "format" in varies else 5), _share))
    if "gpu" in varies:
        add((number("free", drop=3), lambda e: numbers.signed_gib(e.memory.free_bytes)))
    add((number("tok/s"), _speed))
    if "format" in varies:
        add((number(WORSE_BY, drop=4), quality_cell(results)))
    add((words("verdict"), verdict))
    if "format" in varies and any(e.format.papers for e in results):
        add((words("described in", drop=6), _papers))
    return columns


def _share(estimate: Estimate) -> Bar:
    memory = fullest(estimate)
    share = memory.needed_bytes / memory.usable_bytes if memory.usable_bytes > 0 else None
    return Bar(share, look_of(estimate).style)


def _speed(estimate: Estimate) -> str:
    decode = estimate.decode
    if decode is None:
        return NOT_APPLICABLE
    return numbers.span(decode.tokens_per_s_low, decode.tokens_per_s_high)


def _papers(estimate: Estimate) -> Line | str:
    papers = estimate.format.papers
    if not papers:
        return NOT_APPLICABLE
    return (Span(papers[0].id, "", papers[0].url),)
