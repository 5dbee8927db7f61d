"""The derivation of one answer: each formula with the numbers in it, and where it is from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.devices.usable_memory import usable_memory
from fitcheck.estimator.speed import decode_parts
from fitcheck.records.result import Quantity, Step

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
        formula=(
            _count(weights.parameters),
            " parameters × ",
            Quantity(weights.bits_per_weight, "mean bits"),
            " ÷ 8",
        ),
        result=(Quantity(weights.total_bytes, "B"), " = ", _memory(weights.total_bytes)),
        source=source,
    )
    shares = sorted(weights.bytes_by_storage.items(), key=lambda item: -item[1])
    for storage, size in shares:
        count = weights.parameters_by_storage[storage]
        bits = size * 8 / count if count else 0.0
        yield Step(
            what=f"  {storage}",
            formula=(
                _count(count),
                " × ",
                Quantity(bits, "bits"),
                " ÷ 8, ",
                Quantity(size / weights.total_bytes, "share"),
            ),
            result=(_memory(size),),
        )
    if weights.host_bytes:
        yield Step(
            what="  on the card",
            formula=(_memory(weights.host_bytes), " of embeddings stay in system RAM"),
            result=(_memory(weights.device_bytes),),
        )


def _cache(workload: Workload, target: Target) -> Iterator[Step]:
    cache = workload.run.cache(target.cards[0].card)
    if cache is None:
        return
    source = next((s.url for s in workload.runtime.sources if s.url), "")
    for group in cache.groups:
        what = "state" if group.state else "KV cache"
        size = _memory(group.group_bytes)
        yield Step(what=what, formula=_group(group), result=(size,), source=source)


def _group(group: KvGroup) -> tuple[str | Quantity, ...]:
    layers = (f"{group.label}: ", _count(group.layers), " layers × ")
    streams = (_count(group.streams), " sequences × ") if group.streams > 1 else ()
    key = Quantity(group.key_row_bytes, "B")
    if group.state:
        return (*layers, *streams, key)
    cells = (_count(group.cells), " cells × ")
    if not group.value_row_bytes:
        return (*layers, *streams, *cells, key)
    row = ("(", _count(group.key_row_bytes), " + ", _count(group.value_row_bytes), ") B")
    return (*layers, *streams, *cells, *row)


def _buffers(estimate: Estimate, workload: Workload, target: Target) -> Iterator[Step]:
    buffer = workload.run.buffer(target.cards[0].card)
    if buffer is not None:
        yield Step(
            what="compute buffer",
            formula=(f"widest point: {buffer.bound_by}, micro-batch {workload.settings.ubatch}",),
            result=(_memory(estimate.memory.compute_buffer_bytes),),
        )
    yield Step(
        what="runtime overhead",
        formula=(
            f"context and workspaces of {workload.runtime.name}, ",
            _count(estimate.gpu.count),
            " card(s)",
        ),
        result=(_memory(estimate.memory.runtime_overhead_bytes),),
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
        formula=tuple(each for part in parts if part for each in (" + ", Quantity(part, "GiB")))[
            1:
        ],
        result=(_memory(memory.needed_bytes),),
    )
    yield Step(
        what="free",
        formula=(
            Quantity(memory.usable_bytes, "GiB"),
            " - ",
            Quantity(memory.needed_bytes, "GiB"),
        ),
        result=(_memory(memory.free_bytes), f": {estimate.verdict}"),
    )


def _decode(decode: Decode, workload: Workload, target: Target) -> Iterator[Step]:
    full = decode.depth_tokens == workload.settings.context
    works = workload.decode_full if full else workload.decode
    if works is None:
        return
    work = works.together
    label = f"decode at {decode.depth_tokens:,}"
    bandwidth = decode.tokens_per_s_ceiling * work.read_bytes / work.concurrency
    batch = (" × ", _count(work.concurrency)) if work.concurrency > 1 else ()
    yield Step(
        what=label,
        formula=(Quantity(bandwidth, "GB/s"), " ÷ ", Quantity(work.read_bytes, "GB"), *batch),
        result=(Quantity(decode.tokens_per_s_ceiling, "tok/s"), " at most"),
    )
    costs = target.cards[0].decode_costs
    if target.device.count == 1:
        for part, seconds in decode_parts(work, costs).items():
            if seconds > 0:
                taken = Quantity(seconds, "ms")
                yield Step(what=f"  {_PARTS[part]}", formula=(), result=(taken,))
    yield Step(
        what="  likely",
        formula=(
            f"from measurements of this {costs.basis}"
            if costs.basis != "global"
            else "from measurements of other cards",
        ),
        result=(
            Quantity(decode.tokens_per_s_low, "speed"),
            "–",
            Quantity(decode.tokens_per_s_high, "tok/s"),
        ),
    )


def _count(number: int) -> Quantity:
    return Quantity(number, "count")


def _memory(size: int) -> Quantity:
    return Quantity(size, "memory")
