"""A Query → an Answer: one record, or a table of them, ordered and cut as asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.answers.complete import complete
from fitcheck.answers.ranking import keep, order
from fitcheck.answers.resolve import find_devices, find_formats, find_models, own_formats
from fitcheck.answers.runs import Runs
from fitcheck.catalog import load
from fitcheck.errors import UsageError
from fitcheck.estimator.assess import RUNNING
from fitcheck.records.record import record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fitcheck.answers.query import Query
    from fitcheck.catalog import Catalog
    from fitcheck.records.result import Estimate

MOST_COMBINATIONS = 200_000  # about 2 kB each, and seconds to minutes
MOST_PAIRS = 20_000  # of a model and a format; each takes about a millisecond to expand and store


@record
class Answer:
    """What a Query comes to.

    `varies` names the nouns with several values, of "model", "gpu" and "format"; it is empty for
    one verdict. `results` is ready to show. `hidden` counts results left out of a ranking because
    they are too big or cannot run, `cut` those beyond the limit. `notes` hold for the whole answer.
    """

    query: Query
    varies: tuple[str, ...]
    results: tuple[Estimate, ...]
    hidden: int = 0
    cut: int = 0
    any_fits: bool = False
    notes: tuple[str, ...] = ()
    data_date: str = ""

    def __iter__(self) -> Iterator[Estimate]:
        return iter(self.results)


def _on_this_machine(query: Query) -> Query:
    """Take a question about this machine's GPUs with its own RAM and system."""
    if query.gpus is None or [word.casefold() for word in query.gpus] != ["local"]:
        return query
    from fitcheck.answers.local import with_local_machine

    return with_local_machine(query)


def answer(query: Query) -> Answer:
    """Answer a question about models, cards and formats.

    A noun left out is ranked over the whole catalogue; nouns given several values make a table in
    the order typed. Raises UsageError where the words or numbers make no question.
    """
    query = _on_this_machine(query)
    catalog = load(query.data_folders)
    models = find_models(query, catalog)
    devices = find_devices(query, catalog)
    formats = find_formats(query, catalog, models, devices)
    ranked = _ranked(query, formats=len(formats))
    if "model" in ranked and "gpu" in ranked:
        raise UsageError(
            "that would compare everything with everything",
            "name a model or a card: `fitcheck model llama-3.1-8b`, `fitcheck model --gpu rtx4090`",
        )
    combinations = len(models) * len(devices) * len(formats)
    if combinations > MOST_COMBINATIONS or len(models) * len(formats) > MOST_PAIRS:
        raise UsageError(
            f"that makes {combinations:,} combinations, more than a table can hold",
            "name fewer models, cards or formats; `fitcheck.estimate_many` streams any number",
        )
    runs = Runs(query, catalog)
    single = len(models) * len(devices) * len(formats) == 1
    found = [
        run
        for model in models
        for format_ in own_formats(query, catalog, model, formats)
        for run in runs.assess(model, format_, devices, must_run=single)
    ]
    if not found:
        raise UsageError(
            "nothing is left to compare", runs.skipped_hint() or "name other formats or runtimes"
        )
    shown_formats = {run.estimate.format.id for run in found}
    varies = tuple(
        noun
        for noun, count in (
            ("model", len(models)),
            ("gpu", len(devices)),
            ("format", max(len(formats), len(shown_formats))),
        )
        if count > 1
    )
    any_fits = any(runs_here(run.estimate) for run in found)
    results, hidden = keep(found, query, ranked=bool(ranked))
    results = order(results, query, varies=varies, ranked=bool(ranked))
    shown = results[: query.limit] if query.limit else results
    alone = len(found) == 1
    finished = tuple(
        complete(run, runs, alone=alone, details=alone or query.complete) for run in shown
    )
    return Answer(
        query=query,
        varies=varies,
        results=finished,
        hidden=hidden,
        cut=len(results) - len(shown),
        any_fits=any_fits,
        notes=runs.notes(),
        data_date=catalog.date,
    )


def runs_here(estimate: Estimate) -> bool:
    """Tell whether an estimate counts as fitting: it has room, and the runtime runs it."""
    return estimate.verdict in RUNNING


def _ranked(query: Query, *, formats: int) -> tuple[str, ...]:
    """Name the nouns the query left open."""
    described = query.vram_bytes is not None or query.bandwidth_bytes_per_s is not None
    left_out = []
    if query.models is None and not query.installed and query.params is None:
        left_out.append("model")
    if query.gpus is None and not described:
        left_out.append("gpu")
    if query.formats is None and formats > 1:
        left_out.append("format")
    return tuple(left_out)


def catalog_of(query: Query) -> Catalog:
    """Load the catalogue a query is answered from."""
    return load(query.data_folders)
