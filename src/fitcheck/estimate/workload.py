"""A model in a format under a runtime and settings: all of an estimate that no card changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fitcheck.estimate.buffers import compute_buffer
from fitcheck.estimate.kv_cache import kv_cache, kv_read_bytes
from fitcheck.estimate.parameters import active_parameters, total_parameters
from fitcheck.estimate.speed import decode_work
from fitcheck.estimate.tensors import expand
from fitcheck.estimate.weights import store, summarize

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fitcheck.estimate.speed import DecodeWork
    from fitcheck.records.buffers import ComputeBuffer
    from fitcheck.records.format import Format, KvFormat, StorageType
    from fitcheck.records.kv_cache import KvCache
    from fitcheck.records.model import Model
    from fitcheck.records.runtime import Runtime
    from fitcheck.records.settings import Settings
    from fitcheck.records.weights import Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """What has to lie in memory and what one step has to read, before any card is named.

    `cache`, `decode` and `decode_full` are `None` where a file's architecture is unknown: its
    weights are exact, its cache and speed are not known.
    """

    model: Model
    format: Format
    runtime: Runtime
    settings: Settings
    kv_format: KvFormat
    key_storage: StorageType
    value_storage: StorageType
    total_params: int
    active_params: int
    weights: Weights
    cache: KvCache | None
    compute_buffer: ComputeBuffer | None
    decode: DecodeWork | None
    decode_full: DecodeWork | None


def prepare(
    model: Model,
    format_: Format,
    runtime: Runtime,
    settings: Settings,
    kv_format: KvFormat,
    *,
    storage_types: Mapping[str, StorageType],
) -> Workload:
    """Expand, store and add up a model in a format; raises UsageError where the two do not meet."""
    architecture = model.architecture
    key = storage_types[kv_format.key_storage]
    value = storage_types[kv_format.value_storage]
    if model.stored:
        stored = model.stored
        tensors = tuple(item.tensor for item in stored)
    else:
        assert architecture is not None  # noqa: S101  # only a file's can be unknown
        tensors = expand(architecture)
        stored = store(architecture, tensors, format_, storage_types, imatrix=settings.imatrix)
    weights = summarize(
        architecture, stored, storage_types, runtime_memory_rule=runtime.memory_rule
    )
    total = total_parameters(tensors)
    if architecture is None:
        return Workload(
            model=model,
            format=format_,
            runtime=runtime,
            settings=settings,
            kv_format=kv_format,
            key_storage=key,
            value_storage=value,
            total_params=total,
            active_params=total,
            weights=weights,
            cache=None,
            compute_buffer=None,
            decode=None,
            decode_full=None,
        )
    cache = kv_cache(
        architecture,
        rule=runtime.memory_rule,
        context=settings.context,
        key_storage=key,
        value_storage=value,
        concurrency=settings.concurrency,
        slots=settings.slots,
        unified=bool(settings.unified_kv),
        ubatch=settings.ubatch,
        flash_attention=settings.flash_attention,
        swa_full=settings.swa_full,
    )

    buffer = compute_buffer(
        architecture,
        rule=runtime.memory_rule,
        context=settings.context,
        key_storage=key,
        value_storage=value,
        concurrency=settings.concurrency,
        slots=settings.slots,
        unified=bool(settings.unified_kv),
        ubatch=settings.ubatch,
        flash_attention=settings.flash_attention,
        swa_full=settings.swa_full,
    )

    def work_at(depth: int) -> DecodeWork:
        read = kv_read_bytes(architecture, depth=depth, key_storage=key, value_storage=value)
        return decode_work(
            weights,
            architecture,
            storage_types=storage_types,
            kv_read_bytes=read,
            depth=depth,
            concurrency=settings.concurrency,
        )

    return Workload(
        model=model,
        format=format_,
        runtime=runtime,
        settings=settings,
        kv_format=kv_format,
        key_storage=key,
        value_storage=value,
        total_params=total,
        active_params=active_parameters(architecture, tensors),
        weights=weights,
        cache=cache,
        compute_buffer=buffer,
        decode=work_at(settings.depth),
        decode_full=work_at(settings.context),
    )
