"""The published measurements: every row possible, sourced, and about something we know."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import pytest
from pydantic import ValidationError

from fitcheck.catalog import load
from fitcheck.estimator.evidence import (
    SAME_ARCHITECTURE,
    SAME_MODEL,
    SAME_SIZE,
    Question,
    may_be_near,
    nearest,
)
from fitcheck.records.benchmark import Benchmark
from fitcheck.records.record import as_dict, replace
from fitcheck.schema.benchmarks import BenchmarkRow

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))


@pytest.fixture(scope="module")
def rows():
    return [row for card in load().benchmarks.all() for row in card]


def test_every_row_names_a_card_and_a_page(rows) -> None:
    catalog = load()
    assert len(rows) > 7000
    assert all(row.gpu in catalog.gpus for row in rows)
    assert all(row.url.startswith("http") for row in rows)
    assert all(row.source for row in rows)


def test_no_row_is_faster_than_the_bandwidth_allows() -> None:
    from speed_rows import over_ceiling  # a script's module, found through the path above

    assert over_ceiling() == []


@pytest.mark.parametrize(
    "change",
    [
        {"tokens_per_s": "0"},
        {"tokens_per_s": "fast"},
        {"url": "a colleague"},
        {"phase": "both"},
        {"date": "last week"},
        {"colour": "red"},
        {"count": "0"},
        {"gpu": ""},
    ],
)
def test_a_row_that_cannot_be_is_refused(change) -> None:
    row = {
        "gpu": "rtx-4090", "model": "llama-3-8b", "parameters_b": "8.03", "active_b": "8.03",
        "format": "q4_k_m", "runtime": "llama.cpp", "phase": "decode", "tokens_per_s": "127.7",
        "date": "2024-05", "source": "xiongjiedai", "url": "https://github.com/x",
    }  # fmt: skip
    BenchmarkRow.model_validate(row)
    with pytest.raises(ValidationError):
        BenchmarkRow.model_validate(row | change)


def bench(**fields):
    defaults = {
        "gpu": "rtx-4090", "model": "llama-3-8b", "format": "q4_k_m", "runtime": "llama.cpp",
        "backend": "cuda", "phase": "decode", "tokens_per_s": 127.0, "parameters_b": 8.03,
        "active_b": 8.03, "date": "2024-05", "url": "https://example.org", "depth": 0,
    }  # fmt: skip
    return Benchmark(**(defaults | fields))


QUESTION = Question(
    gpu="rtx-4090",
    cousins=frozenset({"rtx-4080"}),
    models=frozenset({"llama-3-8b"}),
    parameters_b=8.03,
    active_b=8.03,
    format="q4_k_m",
    runtime="llama.cpp",
    backend="cuda",
    depth=512,
)


def test_the_nearest_measurements_come_first() -> None:
    found = nearest(
        QUESTION,
        [
            bench(gpu="rtx-4080"),
            bench(model="qwen3-8b", parameters_b=8.19, active_b=8.19),
            bench(format="f16"),
            bench(),
            bench(gpu="rtx-3090"),
            bench(model="qwen3-30b-a3b", parameters_b=30.5, active_b=3.3),
            bench(phase="prefill"),
            bench(count=2),
        ],
        kernels=load().kernels,
    )
    assert [one.match for one in found] == [SAME_MODEL, SAME_SIZE, SAME_ARCHITECTURE]
    assert found[0].format == "q4_k_m"


def test_the_newer_and_the_clean_are_preferred() -> None:
    old, new, marked = (
        bench(tokens_per_s=1.0),
        bench(date="2026-01", tokens_per_s=2.0),
        bench(date="2026-05", tokens_per_s=3.0, mark="power-limited"),
    )
    (found, *_) = nearest(QUESTION, [old, marked, new], kernels=load().kernels)
    assert found.tokens_per_s == 2.0


def test_what_is_not_read_could_not_have_been_near(rows) -> None:
    measured = load().benchmarks
    for row in rows[::97]:
        question = replace(
            QUESTION,
            gpu=row.gpu,
            cousins=frozenset({"rtx-3090", "a100-sxm4-80gb"} - {row.gpu}),
            models=frozenset({row.model}),
            parameters_b=row.parameters_b * 1.05,
            active_b=row.active_b * 0.95,
            runtime=row.runtime,
        )
        cards = (row.gpu, *sorted(question.cousins))
        all_of_them = [each for card in cards for each in measured.get(card)]
        near = partial(may_be_near, question)
        read = [each for card in cards for each in measured.get(card, near)]
        assert len(read) < len(all_of_them)
        found = [
            [as_dict(one) for one in nearest(question, rows, kernels=load().kernels, limit=20)]
            for rows in (all_of_them, read)
        ]
        assert found[0] == found[1]
