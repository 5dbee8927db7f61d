"""A workload on a target: the memory by part, the verdict, and the speeds, as one Estimate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.placement.offload import offloaded_decode
from fitcheck.estimator.placement.verdict import offload, verdict_of
from fitcheck.estimator.speed import (
    bound_by,
    ceiling_seconds,
    likely_range,
    prefill,
    split_decode_seconds,
)
from fitcheck.estimator.support import support
from fitcheck.records.result import (
    Decode,
    Estimate,
    FormatPart,
    GpuPart,
    Memory,
    ModelPart,
    Prefill,
)

if TYPE_CHECKING:
    from fitcheck.estimator.placement.verdict import Offload
    from fitcheck.estimator.speed import DecodeWork
    from fitcheck.estimator.target import Target
    from fitcheck.estimator.workload import Workload


def assess(workload: Workload, target: Target) -> Estimate:
    """Judge a workload on a target.

    needed = weights on the card(s) + KV cache + recurrent state + compute buffer + runtime overhead
    ≤ usable memory. Speeds are given for what runs: not where the verdict is `too_big` or the
    runtime cannot run the format on this card.
    """
    gpu = target.device.gpus[0]
    backing = support(workload.format, workload.runtime.id, gpu)
    memory = memory_of(workload, target)
    verdict = verdict_of(needed_bytes=memory.needed_bytes, usable_bytes=memory.usable_bytes)
    placed: Offload | None = None
    if verdict == "too_big" and workload.settings.ram_bytes and workload.run.cache is not None:
        placed = _offload(workload, memory, workload.settings.ram_bytes)
        if placed is not None:
            verdict = "offload"
            memory = _offloaded_memory(memory, placed)
    runs = verdict != "too_big" and backing.level != "unsupported"
    settings = workload.settings
    return Estimate(
        model=ModelPart(
            id=workload.model.id,
            name=workload.model.name,
            total_params=workload.run.total_params,
            active_params=workload.run.active_params,
            source=next((s.url for s in workload.model.sources if s.url), ""),
            confidence=workload.model.confidence,
        ),
        format=FormatPart(
            id=workload.format.id,
            name=workload.format.name,
            bits_per_weight=workload.weights.bits_per_weight,
            stored_params=workload.weights.parameters,
            support=backing.level,
            support_how=backing.how,
        ),
        gpu=GpuPart(
            id=target.device.id,
            name=target.device.name,
            count=target.device.count,
            bandwidth_bytes_per_s=round(target.bandwidth_bytes_per_s),
        ),
        runtime=workload.runtime.id,
        backend=target.backend,
        context_tokens=settings.context,
        concurrency=settings.concurrency,
        kv_format=workload.run.kv_format.id,
        verdict=verdict,
        memory=memory,
        decode=decode_of(workload, target, workload.decode, settings.depth, placed)
        if runs
        else None,
        decode_full_context=decode_of(
            workload, target, workload.decode_full, settings.context, placed
        )
        if runs
        else None,
        prefill=prefill_of(workload, target) if runs and placed is None else None,
        max_context_tokens=None,
    )


def memory_of(workload: Workload, target: Target) -> Memory:
    """Add up what a workload needs on a target; the parts sum to `needed_bytes`."""
    weights = workload.weights
    cache = workload.run.cache
    kv_bytes = cache.kv_bytes if cache else 0
    state_bytes = cache.state_bytes if cache else 0
    buffer = workload.run.compute_buffer
    compute_bytes = buffer.on_cards(target.device.count) if buffer else 0
    needed = weights.device_bytes + kv_bytes + state_bytes + compute_bytes + target.overhead_bytes
    return Memory(
        weights_bytes=weights.device_bytes,
        kv_cache_bytes=kv_bytes,
        recurrent_state_bytes=state_bytes,
        compute_buffer_bytes=compute_bytes,
        runtime_overhead_bytes=target.overhead_bytes,
        needed_bytes=needed,
        capacity_bytes=target.capacity_bytes,
        usable_bytes=target.usable_bytes,
        free_bytes=target.usable_bytes - needed,
        weights_host_bytes=weights.host_bytes,
        weights_total_bytes=weights.total_bytes,
    )


def decode_of(
    workload: Workload,
    target: Target,
    work: DecodeWork | None,
    depth: int,
    placed: Offload | None = None,
) -> Decode | None:
    """Estimate decoding at one depth; tok/s over all sequences, no range above the ceiling."""
    if work is None:
        return None
    ceiling = work.concurrency / ceiling_seconds(work, target.bandwidth_bytes_per_s)
    seconds = split_decode_seconds(work, target.decode_costs, target.shares)
    if placed is not None:
        return offloaded_decode(work, seconds=seconds, ceiling=ceiling, depth=depth, placed=placed)
    costs = target.decode_costs[0]
    speed = min(work.concurrency / seconds, ceiling)
    low, high = likely_range(
        speed, kind=work.kind, ranges=costs.ranges, ceiling_tokens_per_s=ceiling
    )
    if workload.model.confidence == "low":
        low, high = low * 0.8, min(high * 1.25, ceiling)
    return Decode(
        depth_tokens=depth,
        tokens_per_s=speed,
        tokens_per_s_low=low,
        tokens_per_s_high=high,
        tokens_per_s_ceiling=ceiling,
        bytes_per_token=round(work.read_bytes / work.concurrency),
        bound_by=bound_by(work, costs),
    )


def prefill_of(workload: Workload, target: Target) -> Prefill | None:
    """Estimate the prompt: tok/s, and the time to its first token (prompt + one decode step)."""
    architecture = workload.model.architecture
    if architecture is None or workload.decode is None:
        return None
    settings = workload.settings
    times = [
        prefill(
            workload.weights,
            architecture,
            costs,
            tokens=settings.prompt,
            ubatch=settings.ubatch,
        )
        for costs in target.prefill_costs
    ]
    seconds = sum(share * time.seconds for share, time in zip(target.shares, times, strict=True))
    speed = settings.prompt / seconds
    step = split_decode_seconds(workload.decode, target.decode_costs, target.shares)
    first = times[0]
    return Prefill(
        prompt_tokens=settings.prompt,
        tokens_per_s=speed,
        tokens_per_s_low=speed * first.tokens_per_s_low / first.tokens_per_s,
        tokens_per_s_high=speed * first.tokens_per_s_high / first.tokens_per_s,
        ttft_s=seconds + step,
    )


def _offload(workload: Workload, memory: Memory, ram_bytes: int) -> Offload | None:
    architecture = workload.model.architecture
    assert architecture is not None  # noqa: S101  # there is a cache, so there is one
    return offload(
        layers=architecture.layers,
        weights_bytes=memory.weights_bytes,
        weights_always_host_bytes=memory.weights_host_bytes,
        kv_bytes=memory.kv_cache_bytes + memory.recurrent_state_bytes,
        fixed_bytes=memory.compute_buffer_bytes + memory.runtime_overhead_bytes,
        usable_bytes=memory.usable_bytes,
        ram_bytes=ram_bytes,
    )


def _offloaded_memory(memory: Memory, placed: Offload) -> Memory:
    cache_bytes = memory.kv_cache_bytes + memory.recurrent_state_bytes
    state = round(
        placed.kv_gpu_bytes * memory.recurrent_state_bytes / cache_bytes if cache_bytes else 0
    )
    fixed = memory.compute_buffer_bytes + memory.runtime_overhead_bytes
    needed = placed.weights_gpu_bytes + placed.kv_gpu_bytes + fixed
    return Memory(
        weights_bytes=placed.weights_gpu_bytes,
        kv_cache_bytes=placed.kv_gpu_bytes - state,
        recurrent_state_bytes=state,
        compute_buffer_bytes=memory.compute_buffer_bytes,
        runtime_overhead_bytes=memory.runtime_overhead_bytes,
        needed_bytes=needed,
        capacity_bytes=memory.capacity_bytes,
        usable_bytes=memory.usable_bytes,
        free_bytes=memory.usable_bytes - needed,
        weights_host_bytes=placed.weights_host_bytes,
        weights_total_bytes=memory.weights_total_bytes,
    )
