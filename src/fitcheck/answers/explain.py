"""The derivation of one answer: each formula with the numbers in it, and where it is from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.devices.usable_memory import usable_memory
from fitcheck.estimator.speed import decode_parts
from fitcheck.records.result import Step
from fitcheck.units import GB, GIB, MIB

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fitcheck.estimator.target import Target
    from fitcheck.estimator.workload import Workload
    from fitcheck.records.kv_cache import KvGroup
    from fitcheck.records.result import Decode, Estimate

_PARTS = {
    "weights": "reading weights",
    "unpacking": "unpacking",
    "kv_cache": "reading cache",
    "launches": "launches",
    "attention": "attention",
}


def explain(estimate: Estimate, workload: Workload, target: Target) -> tuple[Step, ...]:
    """Derive an estimate line by line: weights, cache, buffers, usable memory, speed."""
    steps = [
        *_weights(workload),
        *_cache(workload, target),
        *_buffers(estimate, workload, target),
        *_usable(workload, target),
        *_fit(estimate),
    ]
    for decode in (estimate.decode, estimate.decode_full_context):
        if decode is not None:
            steps += _decode(decode, workload, target)
    return tuple(steps)


def _weights(workload: Workload) -> Iterator[Step]:
    weights = workload.weights
    source = next((s.url for s in workload.format.sources if s.url), "")
    yield Step(
        what="weights",
        formula=f"{weights.parameters:,} parameters × {weights.bits_per_weight:.3f} bits ÷ 8",
        result=f"{weights.total_bytes:,} B = {_gib(weights.total_bytes)}",
        source=source,
    )
    shares = sorted(weights.bytes_by_storage.items(), key=lambda item: -item[1])
    for storage, size in shares:
        count = weights.parameters_by_storage[storage]
        bits = size * 8 / count if count else 0.0
        yield Step(
            what=f"  {storage}",
            formula=f"{count:,} × {bits:.4g} bits ÷ 8, {size / weights.total_bytes:.1%}",
            result=_gib(size),
        )
    if weights.host_bytes:
        yield Step(
            what="  on the card",
            formula=f"{_gib(weights.host_bytes)} of embeddings stay in system RAM",
            result=_gib(weights.device_bytes),
        )


def _cache(workload: Workload, target: Target) -> Iterator[Step]:
    cache = workload.run.cache(target.cards[0].card)
    if cache is None:
        return
    source = next((s.url for s in workload.runtime.sources if s.url), "")
    for group in cache.groups:
        what = "state" if group.state else "KV cache"
        yield Step(what=what, formula=_group(group), result=_gib(group.group_bytes), source=source)


def _group(group: KvGroup) -> str:
    layers = f"{group.layers} layers × "
    streams = f"{group.streams} sequences × " if group.streams > 1 else ""
    if group.state:
        return f"{group.label}: {layers}{streams}{group.key_row_bytes:,} B"
    row = f"({group.key_row_bytes:,} + {group.value_row_bytes:,}) B"
    if not group.value_row_bytes:
        row = f"{group.key_row_bytes:,} B"
    return f"{group.label}: {layers}{streams}{group.cells:,} cells × {row}"


def _buffers(estimate: Estimate, workload: Workload, target: Target) -> Iterator[Step]:
    buffer = workload.run.buffer(target.cards[0].card)
    if buffer is not None:
        yield Step(
            what="compute buffer",
            formula=f"widest point: {buffer.bound_by}, micro-batch {workload.settings.ubatch}",
            result=_gib(estimate.memory.compute_buffer_bytes),
        )
    yield Step(
        what="runtime overhead",
        formula=f"context and workspaces of {workload.runtime.name}, {estimate.gpu.count} card(s)",
        result=_gib(estimate.memory.runtime_overhead_bytes),
    )


def _usable(workload: Workload, target: Target) -> Iterator[Step]:
    settings = workload.settings
    for gpu in dict.fromkeys(target.device.gpus):
        yield from usable_memory(
            gpu,
            system=settings.system,
            display=settings.display,
            unified_memory_bytes=settings.unified_memory_bytes,
        ).steps


def _fit(estimate: Estimate) -> Iterator[Step]:
    memory = estimate.memory
    parts = (
        memory.weights_bytes,
        memory.kv_cache_bytes,
        memory.recurrent_state_bytes,
        memory.compute_buffer_bytes,
        memory.runtime_overhead_bytes,
    )
    yield Step(
        what="needed",
        formula=" + ".join(f"{part / GIB:.2f}" for part in parts if part),
        result=_gib(memory.needed_bytes),
    )
    yield Step(
        what="free",
        formula=f"{memory.usable_bytes / GIB:.2f} - {memory.needed_bytes / GIB:.2f}",
        result=f"{_gib(memory.free_bytes)}: {estimate.verdict}",
    )


def _decode(decode: Decode, workload: Workload, target: Target) -> Iterator[Step]:
    full = decode.depth_tokens == workload.settings.context
    works = workload.decode_full if full else workload.decode
    if works is None:
        return
    work = works.together
    label = f"decode at {decode.depth_tokens:,}"
    bandwidth = decode.tokens_per_s_ceiling * work.read_bytes / work.concurrency / GB
    read = work.read_bytes / GB
    batch = f" × {work.concurrency}" if work.concurrency > 1 else ""
    yield Step(
        what=label,
        formula=f"{bandwidth:,.0f} GB/s ÷ {read:.3f} GB{batch}",
        result=f"{decode.tokens_per_s_ceiling:.1f} tok/s at most",
    )
    costs = target.cards[0].decode_costs
    if target.device.count == 1:
        for part, seconds in decode_parts(work, costs).items():
            if seconds > 0:
                yield Step(what=f"  {_PARTS[part]}", formula="", result=f"{seconds * 1e3:.3f} ms")
    yield Step(
        what="  likely",
        formula=f"from measurements of this {costs.basis}"
        if costs.basis != "global"
        else "from measurements of other cards",
        result=f"{decode.tokens_per_s_low:.1f}–{decode.tokens_per_s_high:.1f} tok/s",
    )


def _gib(size: int) -> str:
    return f"{size / GIB:.2f} GiB" if abs(size) >= GIB // 10 else f"{size / MIB:.1f} MiB"
