"""The list of models, and the description of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.render.text import numbers
from fitcheck.render.text.blocks import Facts, Notes, Stack, Title
from fitcheck.render.text.spans import Line, Span, joined, line
from fitcheck.render.text.table import Table, number, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fitcheck.records.model_facts import ModelFacts, ModelRow
    from fitcheck.render.text.blocks import Block

ROW_FIELDS = (
    "id",
    "name",
    "family",
    "total_params",
    "active_params",
    "max_context_tokens",
    "attention",
    "released",
    "license",
    "modalities",
    "confidence",
    "source",
)
FACT_FIELDS = (
    "id",
    "name",
    "family",
    "repo",
    "released",
    "license",
    "modalities",
    "confidence",
    "native_format",
    "max_context_tokens",
    "total_params",
    "active_params",
    "parameters",
    "layers",
    "kv_bytes_per_token",
    "caches",
    "sizes",
    "aliases",
    "sources",
    "notes",
)


def models_table(rows: Sequence[ModelRow]) -> list[Block]:
    """Give the list of models."""
    table = Table(
        [
            words("model"),
            number("params"),
            number("active"),
            number("context", drop=1),
            words("attention", drop=3),
            words("released", drop=2),
            words("license", drop=4),
        ],
        [
            [
                row.id,
                numbers.parameters(row.total_params),
                numbers.parameters(row.active_params) if is_sparse(row) else "–",
                numbers.count(row.max_context_tokens),
                row.attention,
                row.released or "–",
                row.license or "–",
            ]
            for row in rows
        ],
    )
    return [table]


def is_sparse(model: ModelRow | ModelFacts) -> bool:
    """Tell whether fewer parameters work on a token than the model has."""
    return model.active_params < model.total_params * 0.95


def model_card(facts: ModelFacts) -> list[Block]:
    """Give the description of one model."""
    size = f"{numbers.parameters(facts.total_params)} parameters"
    if is_sparse(facts):
        size += f", {numbers.parameters(facts.active_params)} active"
    title = Title(joined([Span(facts.id, "strong"), facts.name]), size, rule=True)
    most = Facts(
        [
            ("layers", [line(words_) for words_ in facts.layers]),
            ("context", _context(facts)),
            ("cache", _cache(facts)),
            ("sizes", _sizes(facts)),
            ("params", _parts(facts)),
        ]
    )
    origin = Facts(
        [
            ("released", facts.released or ""),
            ("license", facts.license),
            ("inputs", ", ".join(facts.modalities)),
            ("published", joined([facts.repo, f"weights in {facts.native_format}"], ", ")),
            ("also", ", ".join(facts.aliases)),
            ("source", [line(Span(s.title or s.url, "", s.url)) for s in facts.sources]),
        ]
    )
    blocks: list[Block] = [Stack([title, most]), origin]
    notes = list(facts.notes)
    if facts.confidence == "low":
        notes.insert(0, "the shapes of this model are not confirmed")
    if notes:
        blocks.append(Notes(notes))
    return blocks


def _context(facts: ModelFacts) -> str:
    return f"{numbers.count(facts.max_context_tokens)} tokens at most"


def _cache(facts: ModelFacts) -> list[Line]:
    lines: list[Line] = []
    per_token = facts.kv_bytes_per_token
    if per_token:
        lines.append(line(f"{numbers.memory(per_token)} per token in f16"))
    elif per_token == 0:
        lines.append(line("does not grow with the context"))
    state = next((c.recurrent_state_bytes for c in facts.caches), 0)
    sizes = [
        f"{numbers.memory(cache.kv_cache_bytes)} at {numbers.count(cache.context_tokens)}"
        for cache in facts.caches
        if cache.kv_cache_bytes
    ]
    if sizes:
        lines.append(line(", ".join(sizes)))
    if state:
        lines.append(line(f"{numbers.memory(state)} recurrent state a sequence"))
    return lines


def _sizes(facts: ModelFacts) -> Table:
    return Table(
        [words("format"), number("GiB"), number("bits")],
        [
            [
                size.format,
                f"{numbers.gib(size.total_bytes)} GiB",
                f"{numbers.bits(size.bits_per_weight)} bits a weight",
            ]
            for size in facts.sizes
        ],
        header=False,
    )


def _parts(facts: ModelFacts) -> Table:
    return Table(
        [words("part"), number("parameters"), number("share", drop=1)],
        [
            [
                part,
                numbers.parameters(count),
                Span(numbers.percent(count / facts.total_params), "dim"),
            ]
            for part, count in facts.parameters.items()
        ],
        header=False,
    )
