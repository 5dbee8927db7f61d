"""No speed above the ceiling: every model × every format × every card of the tables."""

from __future__ import annotations

import pytest

from fitcheck.answers.sweep import sweep
from fitcheck.catalog import load
from fitcheck.records.result import VERDICTS

PARTS = 8  # the models are dealt out, so that workers share them


@pytest.mark.parametrize("part", range(PARTS))
def test_no_speed_is_above_its_ceiling(part: int) -> None:
    catalog = load()
    models = catalog.models.all()[part::PARTS]
    above = []
    cells = answered = 0
    for cell in sweep(models, catalog=catalog):
        cells += 1
        speed = cell.tokens_per_s
        if speed is not None:
            answered += 1
            if not 0 < speed <= cell.tokens_per_s_ceiling:
                above.append(cell)
        elif cell.verdict != "too_big":
            above.append(cell)
        if (cell.free_bytes < 0) != (cell.verdict == "too_big"):
            above.append(cell)
    assert above[:5] == []
    # Runtimes refuse some pairs; most of the tables must have been seen all the same.
    assert cells > 0.8 * len(models) * len(catalog.formats) * len(catalog.gpus)
    assert answered > 0.2 * cells


def test_a_sweep_of_part_of_the_tables() -> None:
    catalog = load()
    model, gpu = catalog.models.get("phi-4"), catalog.gpus.get("rtx-4090")
    formats = [catalog.formats.get(key) for key in ("q4_k_m", "q8_0")]
    cells = list(sweep([model], [gpu], formats))
    assert [(cell.model, cell.format, cell.gpu) for cell in cells] == [
        ("phi-4", "q4_k_m", "rtx-4090"),
        ("phi-4", "q8_0", "rtx-4090"),
    ]
    assert all(cell.verdict in VERDICTS for cell in cells)
