"""A model in a format under a runtime and settings: all of an estimate that no card changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fitcheck.estimator.images import tower_bytes
from fitcheck.estimator.speed import decode_work
from fitcheck.estimator.tensors import expand
from fitcheck.estimator.weights import store, summarize

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fitcheck.estimator.model_run import ModelRun
    from fitcheck.estimator.speed import DecodeWork
    from fitcheck.records.format import Format, StorageType
    from fitcheck.records.model import Model
    from fitcheck.records.runtime import Runtime
    from fitcheck.records.settings import Settings
    from fitcheck.records.weights import Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """What has to lie in memory and what one step has to read, before any card is named.

    `decode` and `decode_full` are `None` where a file's architecture is unknown.
    """

    run: ModelRun
    format: Format
    weights: Weights
    decode: DecodeWork | None
    decode_full: DecodeWork | None

    @property
    def model(self) -> Model:
        """The model."""
        return self.run.model

    @property
    def runtime(self) -> Runtime:
        """The runtime."""
        return self.run.runtime

    @property
    def settings(self) -> Settings:
        """The settings, resolved."""
        return self.run.settings


def prepare(
    run: ModelRun, format_: Format, *, storage_types: Mapping[str, StorageType]
) -> Workload:
    """Store a model's tensors in a format and add up what a step reads of them."""
    model, settings = run.model, run.settings
    architecture = model.architecture
    if architecture is None or (model.stored and format_.id == model.stored_format):
        stored = model.stored
    else:  # a file asked about in another format than its own is described anew
        tensors = expand(architecture) if model.stored else run.tensors
        stored = store(architecture, tensors, format_, storage_types, imatrix=settings.imatrix)
    rule = run.runtime.memory_rule
    weights = summarize(architecture, stored, storage_types, runtime_memory_rule=rule)
    if settings.images:
        tower = tower_bytes(model, settings.images, runtime_memory_rule=rule)
        weights = replace(weights, device_bytes=weights.device_bytes + tower)
    if architecture is None:
        return Workload(run=run, format=format_, weights=weights, decode=None, decode_full=None)
    decode, decode_full = (
        decode_work(
            weights,
            architecture,
            storage_types=storage_types,
            kv_read_bytes=read_bytes,
            depth=depth,
            concurrency=settings.concurrency,
        )
        for depth, read_bytes in (
            (settings.depth, run.read_bytes),
            (settings.context, run.read_bytes_full),
        )
    )
    return Workload(
        run=run, format=format_, weights=weights, decode=decode, decode_full=decode_full
    )
