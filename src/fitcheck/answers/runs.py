"""The runs of a Query: settings resolved against model and runtime, workloads and targets kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from fitcheck.answers.settings import kv_format_for, runtime_for, settings_for
from fitcheck.errors import UsageError
from fitcheck.estimate.assess import assess
from fitcheck.estimate.largest_context import largest_context
from fitcheck.estimate.target import prepare_target
from fitcheck.estimate.workload import prepare

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fitcheck.answers.query import Query
    from fitcheck.catalog import Catalog
    from fitcheck.estimate.target import Target
    from fitcheck.estimate.workload import Workload
    from fitcheck.records.format import Format, StorageType
    from fitcheck.records.gpu import Device
    from fitcheck.records.model import Model
    from fitcheck.records.result import Estimate
    from fitcheck.records.runtime import Runtime
    from fitcheck.records.settings import Settings


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
        self.storage_types: dict[str, StorageType] = {
            record.id: record for record in catalog.storage_types.all()
        }
        self._targets: dict[tuple[Device, str, Settings], Target] = {}
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
        for device in devices:
            target = self.target(device, workload.runtime, workload.settings)
            yield Run(assess(workload, target), workload, target)

    def workload(self, model: Model, format_: Format) -> Workload:
        """Prepare a model in a format under the query's settings."""
        runtime = runtime_for(self.query, self.catalog, format_)
        settings, notes = settings_for(self.query, model, runtime)
        for note in notes:
            self._notes.setdefault(note)
        kv_format = kv_format_for(self.query, self.catalog, runtime)
        return prepare(
            model, format_, runtime, settings, kv_format, storage_types=self.storage_types
        )

    def target(self, device: Device, runtime: Runtime, settings: Settings) -> Target:
        """Prepare a device under a runtime."""
        key = (device, runtime.id, settings)
        if key not in self._targets:
            self._targets[key] = prepare_target(device, runtime, settings, self.catalog.calibration)
        return self._targets[key]

    def target_of(self, device: Device, workload: Workload) -> Target:
        """Prepare another device for a workload."""
        return self.target(device, workload.runtime, workload.settings)

    def variant(
        self, workload: Workload, *, kv: str | None = None, context: int | None = None
    ) -> Workload:
        """Prepare a workload again with another KV format or context."""
        settings = workload.settings
        if context is not None:
            settings = replace(settings, context=context, depth=min(settings.depth, context))
        kv_format = self.catalog.kv_formats.get(kv) if kv else workload.kv_format
        return prepare(
            workload.model,
            workload.format,
            workload.runtime,
            settings,
            kv_format,
            storage_types=self.storage_types,
        )

    def largest_context(self, workload: Workload, target: Target) -> int | None:
        """Find the most tokens of context that fit beside the weights; `None` if unknown."""
        architecture = workload.model.architecture
        if architecture is None:
            return None
        settings = workload.settings
        budget = target.usable_bytes - target.overhead_bytes - workload.weights.device_bytes
        return largest_context(
            architecture,
            rule=workload.runtime.memory_rule,
            budget_bytes=budget,
            limit=max(workload.model.max_context, settings.context),
            key_storage=workload.key_storage,
            value_storage=workload.value_storage,
            concurrency=settings.concurrency,
            slots=settings.slots,
            unified=bool(settings.unified_kv),
            ubatch=settings.ubatch,
            flash_attention=settings.flash_attention,
            swa_full=settings.swa_full,
            cards=target.device.count,
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
