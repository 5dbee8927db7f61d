"""Every combination of models, formats and cards, streamed: the fast path of ten million cells.

What depends on the model and format is computed once for each pair, what depends on the card once
for each card; a cell is then a few additions and one dot product.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fitcheck.answers.query import Query
from fitcheck.answers.runs import Runs
from fitcheck.catalog import load
from fitcheck.errors import UsageError
from fitcheck.estimator.placement.verdict import verdict_of
from fitcheck.estimator.speed import decode_seconds
from fitcheck.records.gpu import Device

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fitcheck.catalog import Catalog
    from fitcheck.records.format import Format
    from fitcheck.records.gpu import Gpu
    from fitcheck.records.model import Model


class Cell(NamedTuple):
    """One cell of a sweep. The speed is `None` where nothing runs; bytes and tok/s."""

    model: str
    format: str
    gpu: str
    verdict: str
    needed_bytes: int
    free_bytes: int
    tokens_per_s: float | None
    tokens_per_s_ceiling: float


def sweep(
    models: Iterable[Model] | None = None,
    gpus: Iterable[Gpu] | None = None,
    formats: Iterable[Format] | None = None,
    *,
    query: Query | None = None,
    catalog: Catalog | None = None,
) -> Iterator[Cell]:
    """Stream the cells of models × formats × cards, in constant memory; all of them by default.

    Speeds are those at the query's depth. Pairs the runtime refuses are left out.
    """
    catalog = catalog or load()
    runs = Runs(query or Query(), catalog, several_cards=False)
    devices = [Device((gpu,)) for gpu in (gpus or catalog.gpus.all())]
    chosen = list(formats or catalog.formats.all())
    for model in models or catalog.models.all():
        for format_ in chosen:
            yield from _cells(model, format_, devices, runs)


def _cells(model: Model, format_: Format, devices: list[Device], runs: Runs) -> Iterator[Cell]:
    try:
        workload = runs.workload(model, format_)
    except UsageError:
        return
    work = workload.decode
    cache = workload.run.cache
    buffer = workload.run.compute_buffer
    if work is None or cache is None or buffer is None:
        return
    model_id, format_id = model.id, format_.id
    fixed = workload.weights.device_bytes + cache.total_bytes + buffer.device_bytes
    read_bytes, concurrency = work.read_bytes, work.concurrency
    for target in runs.targets(devices, workload):
        needed = fixed + target.overhead_bytes
        usable = target.usable_bytes
        verdict = verdict_of(needed_bytes=needed, usable_bytes=usable)
        ceiling = concurrency * target.bandwidth_bytes_per_s / read_bytes
        speed = None
        if verdict != "too_big":
            speed = min(concurrency / decode_seconds(work, target.decode_costs[0]), ceiling)
        yield Cell(
            model_id,
            format_id,
            target.device.gpus[0].id,
            verdict,
            needed,
            usable - needed,
            speed,
            ceiling,
        )
