"""Every combination of models, formats and cards, streamed: the fast path of ten million cells.

What depends on the model and format is worked out once for each pair, what depends on the card once
for each card; a cell is then a few additions and one dot product. The functions are those of one
answer (`estimator/assess.py`), and a test compares the two in every field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fitcheck.answers.query import Query
from fitcheck.answers.runs import Runs
from fitcheck.catalog import load
from fitcheck.errors import UsageError
from fitcheck.estimator.assess import RUNNING
from fitcheck.estimator.placement.shares import whole_share
from fitcheck.estimator.placement.verdict import verdict_of
from fitcheck.estimator.speed import batch_seconds
from fitcheck.estimator.support import support_on
from fitcheck.records.gpu import Device

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from fitcheck.catalog import Catalog
    from fitcheck.estimator.placement.shares import Share
    from fitcheck.estimator.target import Target
    from fitcheck.estimator.workload import Workload
    from fitcheck.records.format import Format
    from fitcheck.records.gpu import Gpu
    from fitcheck.records.model import Model

_WHOLE = (1.0,)  # the share of the layers that the one card of a cell has


class Cell(NamedTuple):
    """One cell of a sweep. Speed and ceiling are `None` where nothing runs; bytes and tok/s."""

    model: str
    format: str
    gpu: str
    verdict: str
    needed_bytes: int
    free_bytes: int
    tokens_per_s: float | None
    tokens_per_s_ceiling: float | None


class _Place(NamedTuple):
    """One card as the cells of a runtime see it."""

    target: Target
    kind: Hashable
    support: str
    overhead_bytes: int


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
    runs = Runs(query or Query(), catalog)
    devices = [Device((gpu,)) for gpu in (gpus or catalog.gpus.all())]
    chosen = list(formats or catalog.formats.all())
    places: dict[tuple[str, str, object], list[_Place]] = {}
    for model in models or catalog.models.all():
        for format_ in chosen:
            try:
                pairs = runs.workloads(model, format_, devices)
            except UsageError:
                continue
            for workload, group in pairs:
                # Settings of another model differ in the context only, which no card depends on.
                key = (workload.runtime.id, format_.id, len(group))
                if key not in places:
                    places[key] = _places(workload, runs.targets(group, workload))
                yield from _cells(workload, places[key])


def _places(workload: Workload, targets: Sequence[Target]) -> list[_Place]:
    return [
        _Place(
            target,
            workload.rules.card_class(target.cards[0].card),
            support_on(
                workload.format,
                workload.runtime,
                target.device.gpus,
                backend=workload.settings.backend,
            ).level,
            workload.overhead_bytes(target.cards[0]),
        )
        for target in targets
    ]


def _cells(workload: Workload, places: Sequence[_Place]) -> Iterator[Cell]:
    works = workload.decode
    if works is None:
        return
    model_id, format_id = workload.model.id, workload.format.id
    held: dict[Hashable, Share] = {}
    work, alone = works.together, works.alone
    read_bytes, concurrency = work.read_bytes, work.concurrency
    for place in places:
        card = place.target.cards[0]
        share = held.get(place.kind)
        if share is None:
            share = held[place.kind] = whole_share(workload, card)
        fixed = share.weights_bytes + share.compute_buffer_bytes + place.overhead_bytes
        needed = fixed + share.kv_cache_bytes + share.recurrent_state_bytes
        usable = workload.budget(card, fixed_bytes=fixed)
        verdict = verdict_of(needed_bytes=needed, usable_bytes=usable)
        if place.support == "unsupported":
            verdict = "unsupported"
        speed = ceiling = None
        if verdict in RUNNING and place.support != "unknown" and place.target.measured:
            ceiling = concurrency / (read_bytes / card.decode_costs.bandwidth_bytes_per_s)
            seconds = batch_seconds(work, alone, (card.decode_costs,), _WHOLE)
            speed = min(concurrency / seconds, ceiling)
        yield Cell(
            model_id,
            format_id,
            card.gpu.id,
            verdict,
            needed,
            usable - needed,
            speed,
            ceiling,
        )
