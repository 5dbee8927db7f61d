"""The sweep: its cells are the answers, no speed is above its ceiling, and batches pay."""

from __future__ import annotations

from random import Random

import pytest

from fitcheck.answers.query import Query
from fitcheck.answers.runs import Runs
from fitcheck.answers.sweep import Cell, sweep
from fitcheck.catalog import load
from fitcheck.errors import UsageError
from fitcheck.estimator.assess import assess
from fitcheck.records.gpu import Device
from fitcheck.records.result import VERDICTS

PARTS = 2  # the models are dealt out, so that workers share them
STEP = 12
CATALOG = load()
GPUS = CATALOG.gpus.all()


@pytest.mark.parametrize("part", range(PARTS))
def test_no_speed_is_above_its_ceiling(part: int) -> None:
    """Every model and format, each on a twelfth of the cards, another twelfth by turns."""
    models = CATALOG.models.all()[part::PARTS]
    wrong = []
    cells = answered = 0
    for turn, model in enumerate(models):
        for cell in sweep([model], GPUS[turn % STEP :: STEP], catalog=CATALOG):
            cells += 1
            speed = cell.tokens_per_s
            if speed is not None:
                answered += 1
                if not 0 < speed <= cell.tokens_per_s_ceiling:
                    wrong.append(cell)
            if cell.verdict != "unsupported" and (cell.free_bytes < 0) != (
                cell.verdict == "too_big"
            ):
                wrong.append(cell)
            if speed is not None and cell.verdict in ("too_big", "unsupported"):
                wrong.append(cell)
    assert wrong[:5] == []
    # Runtimes refuse some pairs; most of the tables must have been seen all the same.
    assert cells > 0.8 * len(models) * len(CATALOG.formats) * len(GPUS) / STEP
    assert answered > 0.15 * cells


@pytest.mark.parametrize("concurrency", [1, 3])
def test_a_cell_is_the_answer(concurrency: int) -> None:
    """Every field of 600 random cells equals that of the question asked alone."""
    chance = Random(5)  # noqa: S311  # the same examples every time
    query = Query(concurrency=concurrency)
    runs = Runs(query, CATALOG)
    seen: set[str] = set()
    for _ in range(600):
        model = CATALOG.models.get(chance.choice(CATALOG.models.ids()))
        form = CATALOG.formats.get(chance.choice(CATALOG.formats.ids()))
        gpu = chance.choice(GPUS)
        cells = list(sweep([model], [gpu], [form], query=query, catalog=CATALOG))
        device = Device((gpu,))
        try:
            workload = runs.workload(model, form, device)
        except UsageError:
            assert cells == []
            continue
        answer = assess(workload, runs.target(device, workload))
        decode = answer.decode
        assert cells == [
            Cell(
                model=answer.model.id,
                format=answer.format.id,
                gpu=answer.gpu.id,
                verdict=answer.verdict,
                needed_bytes=answer.memory.needed_bytes,
                free_bytes=answer.memory.free_bytes,
                tokens_per_s=decode.tokens_per_s if decode else None,
                tokens_per_s_ceiling=decode.tokens_per_s_ceiling if decode else None,
            )
        ]
        seen.add(answer.verdict)
    assert seen == set(VERDICTS) - {"offload"}


def test_cells_together_are_the_cells_apart() -> None:
    """What is remembered between cells never leaks from one model, format or card to another."""
    models = [CATALOG.models.get(key) for key in ("llama-3.1-8b", "smollm2-135m", "gemma-3-27b")]
    formats = [CATALOG.formats.get(key) for key in ("q4_k_m", "awq-4bit-g128", "mlx-4bit-g64")]
    gpus = GPUS[::40]
    together = list(sweep(models, gpus, formats, catalog=CATALOG))
    apart = [
        cell
        for model in models
        for form in formats
        for gpu in gpus
        for cell in sweep([model], [gpu], [form], catalog=CATALOG)
    ]
    assert together == apart


@pytest.mark.parametrize("concurrency", [2, 8])
def test_sequences_together_are_never_slower_than_one_after_the_other(concurrency: int) -> None:
    models = [CATALOG.models.get(key) for key in CATALOG.models.ids()[::40]]
    together = sweep(models, GPUS[::5], query=Query(concurrency=concurrency), catalog=CATALOG)
    alone = {cell[:3]: cell for cell in sweep(models, GPUS[::5], catalog=CATALOG)}
    slower = [
        cell
        for cell in together
        if cell.tokens_per_s is not None
        and cell.tokens_per_s < (alone[cell[:3]].tokens_per_s or 0) * (1 - 1e-9)
    ]
    assert slower[:5] == []


def test_a_card_without_fast_halves_still_gains_from_a_batch() -> None:
    """A GTX 1070 went from 179 to 27 tok/s with a second sequence."""
    model, gpu = CATALOG.models.get("bloom-1b1"), CATALOG.gpus.get("gtx-1070")
    form = CATALOG.formats.get("q4_k_m")
    speeds = [
        next(sweep([model], [gpu], [form], query=Query(concurrency=n), catalog=CATALOG))
        for n in (1, 2)
    ]
    assert speeds[1].tokens_per_s >= speeds[0].tokens_per_s


def test_a_sweep_of_part_of_the_tables() -> None:
    model, gpu = CATALOG.models.get("phi-4"), CATALOG.gpus.get("rtx-4090")
    formats = [CATALOG.formats.get(key) for key in ("q4_k_m", "q8_0")]
    cells = list(sweep([model], [gpu], formats))
    assert [(cell.model, cell.format, cell.gpu) for cell in cells] == [
        ("phi-4", "q4_k_m", "rtx-4090"),
        ("phi-4", "q8_0", "rtx-4090"),
    ]
    assert all(cell.verdict in VERDICTS for cell in cells)
