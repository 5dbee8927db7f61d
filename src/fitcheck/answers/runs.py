"""The runs of a Query: settings resolved against model and runtime, workloads and targets kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fitcheck.answers.settings import kv_format_for, runtime_for, settings_for
from fitcheck.errors import UsageError
from fitcheck.estimator.assess import assess
from fitcheck.estimator.largest_context import largest_context
from fitcheck.estimator.model_run import prepare_run
from fitcheck.estimator.runtimes import rules_of
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

    def __init__(self, query: Query, catalog: Catalog) -> None:
        self.query = query
        self.catalog = catalog
        self.storage_types = catalog.storage_types.by_id()
        self._runs: dict[tuple[str, str, int | None], ModelRun] = {}
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
            pairs = self.workloads(model, format_, devices)
        except UsageError as error:
            if must_run:
                raise
            self._skipped.setdefault(error.message, []).append(format_.id)
            return
        for workload, group in pairs:
            for target in self.targets(group, workload):
                yield Run(assess(workload, target), workload, target)

    def workloads(
        self, model: Model, format_: Format, devices: Sequence[Device]
    ) -> list[tuple[Workload, Sequence[Device]]]:
        """Prepare a model in a format for devices, those that hold the same context together.

        A runtime may choose its context by the memory there is. Raises UsageError.
        """
        groups: dict[int | None, list[Device]] = {}
        for device in devices:
            groups.setdefault(self._own_context(format_, device), []).append(device)
        if len(groups) == 1:
            return [(self.workload(model, format_, devices[0]), devices)]
        return [(self.workload(model, format_, group[0]), group) for group in groups.values()]

    def workload(self, model: Model, format_: Format, device: Device | None = None) -> Workload:
        """Prepare a model in a format under the query's settings, as the runtime runs it there."""
        runtime = runtime_for(self.query, self.catalog, format_)
        own = self._own_context(format_, device) if device else None
        run = self._runs.get((model.id, runtime.id, own))
        if run is None or run.model is not model:  # two files may go by one name
            memory_bytes = _memory(device) if device else 0
            settings, notes = settings_for(self.query, model, runtime, memory_bytes=memory_bytes)
            self._notes.update(dict.fromkeys(notes))
            kv_format = kv_format_for(self.query, self.catalog, runtime)
            run = prepare_run(model, runtime, settings, kv_format, storage_types=self.storage_types)
            # The last model's only: a sweep over all of them stays in constant memory.
            if self._runs and next(iter(self._runs))[0] != model.id:
                self._runs.clear()
            self._runs[model.id, runtime.id, own] = run
        return prepare(run, format_, storage_types=self.storage_types)

    def _own_context(self, format_: Format, device: Device) -> int | None:
        """Return the context the runtime chooses by itself on a device; `None`: it does not."""
        if self.query.context is not None:
            return None
        runtime = runtime_for(self.query, self.catalog, format_)
        return rules_of(runtime).default_context(runtime, memory_bytes=_memory(device))

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
            settings = replace(
                settings,
                context=context,
                depth=min(settings.depth, context),
                prompt=min(settings.prompt, context),
            )
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
        if workload.model.architecture is None:
            return None
        limit = max(workload.model.max_context, workload.settings.context)
        return largest_context(workload, target, limit=limit)

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


def _memory(device: Device) -> int:
    return sum(gpu.memory_bytes for gpu in device.gpus)
