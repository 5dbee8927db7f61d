"""The runs of a Query: settings resolved against model and runtime, workloads and targets kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fitcheck.answers.settings import kv_format_for, runtime_for, settings_for
from fitcheck.errors import UsageError
from fitcheck.estimator.assess import assess
from fitcheck.estimator.largest_context import largest_context
from fitcheck.estimator.model_run import cache_settings, prepare_run
from fitcheck.estimator.target import prepare_target
from fitcheck.estimator.workload import prepare
from fitcheck.records.record import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fitcheck.answers.query import Query
    from fitcheck.catalog import Catalog
    from fitcheck.estimator.model_run import ModelRun
    from fitcheck.estimator.target import Target
    from fitcheck.estimator.workload import Workload
    from fitcheck.records.format import Format
    from fitcheck.records.gpu import Device
    from fitcheck.records.model import Model
    from fitcheck.records.result import Estimate
    from fitcheck.records.settings import Settings

_KEPT_TARGETS = 64  # lists of targets, one for each runtime and context in use


class Run(NamedTuple):
    """An estimate with what it came from, so that it can be completed without repeating work."""

    estimate: Estimate
    workload: Workload
    target: Target


class Runs:
    """Prepares each (model, format) once and each (device, runtime) once, and pairs them."""

    def __init__(self, query: Query, catalog: Catalog, *, several_cards: bool = True) -> None:
        self._several_cards = several_cards  # whether any device of the question, or an offer, has
        self.query = query
        self.catalog = catalog
        self.storage_types = catalog.storage_types.by_id()
        self._runs: dict[tuple[str, str], ModelRun] = {}
        self._targets: dict[tuple[str, Settings, int], list[Target]] = {}
        self._skipped: dict[str, list[str]] = {}
        self._notes: dict[str, None] = {}

    def assess(
        self, model: Model, format_: Format, devices: Sequence[Device], *, must_run: bool
    ) -> Iterator[Run]:
        """Assess one model in one format on each device.

        A format the asked runtime cannot run, or a KV format the runtime does not keep, is an error
        where it is the whole question (`must_run`); in a table it is left out and told in a note.
        """
        try:
            workload = self.workload(model, format_)
        except UsageError as error:
            if must_run:
                raise
            self._skipped.setdefault(error.message, []).append(format_.id)
            return
        for target in self.targets(devices, workload):
            yield Run(assess(workload, target), workload, target)

    def workload(self, model: Model, format_: Format) -> Workload:
        """Prepare a model in a format under the query's settings."""
        runtime = runtime_for(self.query, self.catalog, format_)
        run = self._runs.get((model.id, runtime.id))
        if run is None or run.model is not model:  # two files may go by one name
            settings, notes = settings_for(self.query, model, runtime)
            self._notes.update(dict.fromkeys(notes))
            kv_format = kv_format_for(self.query, self.catalog, runtime)
            run = prepare_run(
                model,
                runtime,
                settings,
                kv_format,
                storage_types=self.storage_types,
                several_cards=self._several_cards,
            )
            # The last model's only: a sweep over all of them stays in constant memory.
            if self._runs and next(iter(self._runs))[0] != model.id:
                self._runs.clear()
            self._runs[model.id, runtime.id] = run
        return prepare(run, format_, storage_types=self.storage_types)

    def targets(self, devices: Sequence[Device], workload: Workload) -> list[Target]:
        """Prepare devices under a workload's runtime; the last list is kept for the next format."""
        key = (workload.runtime.id, workload.settings, id(devices))
        found = self._targets.get(key)
        if found is None:
            found = [self.target(device, workload) for device in devices]
            if len(self._targets) > _KEPT_TARGETS:
                self._targets.clear()
            self._targets[key] = found
        return found

    def target(self, device: Device, workload: Workload) -> Target:
        """Prepare a device under a workload's runtime and settings."""
        return prepare_target(device, workload.runtime, workload.settings, self.catalog.calibration)

    def variant(
        self, workload: Workload, *, kv: str | None = None, context: int | None = None
    ) -> Workload:
        """Prepare a workload again with another KV format or context."""
        settings = workload.settings
        if context is not None:
            settings = replace(settings, context=context, depth=min(settings.depth, context))
        run = prepare_run(
            workload.model,
            workload.runtime,
            settings,
            self.catalog.kv_formats.get(kv) if kv else workload.run.kv_format,
            storage_types=self.storage_types,
        )
        return prepare(run, workload.format, storage_types=self.storage_types)

    def largest_context(self, workload: Workload, target: Target) -> int | None:
        """Find the most tokens of context that fit beside the weights; `None` if unknown."""
        architecture = workload.model.architecture
        if architecture is None:
            return None
        run = workload.run
        budget = target.usable_bytes - target.overhead_bytes - workload.weights.device_bytes
        return largest_context(
            architecture,
            budget_bytes=budget,
            limit=max(workload.model.max_context, workload.settings.context),
            cards=target.device.count,
            **cache_settings(
                run.runtime, run.settings, key=run.key_storage, value=run.value_storage
            ),
        )

    def skipped_hint(self) -> str:
        """Say why formats were left out, for an error."""
        return "; ".join(self._skipped)

    def notes(self) -> tuple[str, ...]:
        """Give the notes that hold for the whole answer."""
        skipped = [
            f"left out, {message}: {', '.join(dict.fromkeys(ids))}"
            for message, ids in self._skipped.items()
        ]
        return (*self._notes, *skipped)
