"""A model under a runtime and settings: all of an estimate that neither format nor card changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fitcheck.estimator.parameters import active_parameters, total_parameters
from fitcheck.estimator.runtimes.old_buffers import compute_buffer
from fitcheck.estimator.runtimes.old_kv_cache import kv_cache, kv_read_bytes
from fitcheck.estimator.tensors import expand

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fitcheck.records.buffers import ComputeBuffer
    from fitcheck.records.format import KvFormat, StorageType
    from fitcheck.records.kv_cache import KvCache
    from fitcheck.records.model import Model
    from fitcheck.records.runtime import Runtime
    from fitcheck.records.settings import Settings
    from fitcheck.records.tensors import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRun:
    """Tensors, cache, state and buffers of a model under a runtime.

    `read_bytes` and `read_bytes_full` are what one sequence's step reads of cache and state, at the
    depth asked for and with the context full. `cache` and `compute_buffer` are `None` where a
    file's architecture is unknown: its weights are exact, the rest is not known.
    """

    model: Model
    runtime: Runtime
    settings: Settings
    kv_format: KvFormat
    key_storage: StorageType
    value_storage: StorageType
    tensors: tuple[Tensor, ...]
    total_params: int
    active_params: int
    cache: KvCache | None
    compute_buffer: ComputeBuffer | None
    read_bytes: int
    read_bytes_full: int


def prepare_run(
    model: Model,
    runtime: Runtime,
    settings: Settings,
    kv_format: KvFormat,
    *,
    storage_types: Mapping[str, StorageType],
    several_cards: bool = True,
) -> ModelRun:
    """Expand a model, size its cache and buffers. Raises UsageError where a setting cannot be.

    Without `several_cards` the buffers of cards that share the layers are not worked out.
    """
    architecture = model.architecture
    key = storage_types[kv_format.key_storage]
    value = storage_types[kv_format.value_storage]
    if model.stored:
        tensors = tuple(item.tensor for item in model.stored)
    else:
        assert architecture is not None  # noqa: S101  # only a file's can be unknown
        tensors = expand(architecture)
    total = total_parameters(tensors)
    active, read, read_full = total, 0, 0
    cache = buffer = None
    if architecture is not None:
        active = active_parameters(architecture, tensors)
        held = cache_settings(runtime, settings, key=key, value=value)
        cache = kv_cache(architecture, context=settings.context, **held)
        buffer = compute_buffer(
            architecture, context=settings.context, several_cards=several_cards, **held
        )
        read, read_full = (
            kv_read_bytes(architecture, depth=depth, key_storage=key, value_storage=value)
            for depth in (settings.depth, settings.context)
        )
    return ModelRun(
        model=model,
        runtime=runtime,
        settings=settings,
        kv_format=kv_format,
        key_storage=key,
        value_storage=value,
        tensors=tensors,
        total_params=total,
        active_params=active,
        cache=cache,
        compute_buffer=buffer,
        read_bytes=read,
        read_bytes_full=read_full,
    )


def cache_settings(
    runtime: Runtime, settings: Settings, *, key: StorageType, value: StorageType
) -> dict[str, Any]:
    """Give the arguments that `kv_cache`, `compute_buffer` and `largest_context` share."""
    return {
        "rule": runtime.memory_rule,
        "key_storage": key,
        "value_storage": value,
        "concurrency": settings.concurrency,
        "slots": settings.slots,
        "unified": bool(settings.unified_kv),
        "ubatch": settings.ubatch,
        "flash_attention": settings.flash_attention,
        "swa_full": settings.swa_full or bool(runtime.constant("full_windows", 0)),
        "backend": settings.backend or "cuda",
    }
