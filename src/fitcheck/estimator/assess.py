"""A workload on a target: where it lies, the verdict, and the speeds, as one Estimate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.placement.offload import offloaded_decode
from fitcheck.estimator.placement.plan import plan
from fitcheck.estimator.speed import (
    batch_seconds,
    bound_by,
    ceiling_seconds,
    likely_range,
    prefill,
)
from fitcheck.estimator.support import support_on
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
    from fitcheck.estimator.placement.plan import Plan
    from fitcheck.estimator.target import Target
    from fitcheck.estimator.workload import Workload, Works

RUNNING = ("fits", "tight", "offload")


def assess(workload: Workload, target: Target) -> Estimate:
    """Judge a workload on a target.

    Card by card: weights + KV cache + recurrent state + compute buffer + runtime overhead ≤ what
    the runtime may take of it; the worst card decides. What the runtime cannot run on these cards
    is `unsupported`, whatever the memory. Speeds are given for what is known to run.
    """
    backing = support_on(
        workload.format,
        workload.runtime,
        target.device.gpus,
        backend=workload.settings.backend,
    )
    placed = plan(workload, target)
    level, how = backing.level, backing.how
    if placed.refusal:
        level, how = "unsupported", placed.refusal
    verdict = "unsupported" if level == "unsupported" else placed.verdict
    quoted = verdict in RUNNING and level != "unknown" and has_speed(placed, target)
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
            support=level,
            support_how=how,
        ),
        gpu=GpuPart(
            id=target.device.id,
            name=target.device.name,
            count=target.device.count,
            bandwidth_bytes_per_s=target.bandwidth_bytes_per_s,
        ),
        runtime=workload.runtime.id,
        backend=target.backend,
        context_tokens=settings.context,
        concurrency=settings.concurrency,
        kv_format=workload.run.kv_format.id,
        verdict=verdict,
        memory=memory_of(workload, target, placed),
        decode=decode_of(workload, target, placed, workload.decode) if quoted else None,
        decode_full_context=(
            decode_of(workload, target, placed, workload.decode_full) if quoted else None
        ),
        prefill=(prefill_of(workload, target, placed) if quoted and verdict != "offload" else None),
        max_context_tokens=None,
        cards=placed.cards,
        host=placed.host,
    )


def has_speed(placed: Plan, target: Target) -> bool:
    """Tell whether a speed can be stood by.

    Not for cards that share every layer, whose exchange of activations is not modelled, and not on
    a backend nobody measured.
    """
    return placed.split != "tensor" and target.measured


def memory_of(workload: Workload, target: Target, placed: Plan) -> Memory:
    """Add up what a workload needs on all cards; the parts sum to `needed_bytes`."""
    cards = placed.cards
    needed = sum(card.needed_bytes for card in cards)
    usable = sum(card.usable_bytes for card in cards)
    return Memory(
        weights_bytes=sum(card.weights_bytes for card in cards),
        kv_cache_bytes=sum(card.kv_cache_bytes for card in cards),
        recurrent_state_bytes=sum(card.recurrent_state_bytes for card in cards),
        compute_buffer_bytes=sum(card.compute_buffer_bytes for card in cards),
        runtime_overhead_bytes=sum(card.runtime_overhead_bytes for card in cards),
        needed_bytes=needed,
        capacity_bytes=sum(card.capacity_bytes for card in target.cards),
        usable_bytes=usable,
        free_bytes=usable - needed,
        weights_host_bytes=placed.host.weights_bytes,
        weights_total_bytes=workload.weights.total_bytes,
    )


def decode_of(
    workload: Workload, target: Target, placed: Plan, works: Works | None
) -> Decode | None:
    """Estimate decoding at one depth; tok/s over all sequences, no range above the ceiling."""
    if works is None:
        return None
    work = works.together
    on_cards = sum(placed.layer_shares)
    shares = [share / on_cards for share in placed.layer_shares]
    costs = [card.decode_costs for card in target.cards]
    ceiling = work.concurrency / ceiling_seconds(work, costs, shares)
    seconds = batch_seconds(work, works.alone, costs, shares)
    if placed.verdict == "offload":
        return offloaded_decode(
            work, on_cards=on_cards, seconds=seconds, ceiling=ceiling, depth=works.depth
        )
    speed = min(work.concurrency / seconds, ceiling)
    low, high = likely_range(
        speed, kind=work.kind, ranges=costs[0].ranges, ceiling_tokens_per_s=ceiling
    )
    if workload.model.confidence == "low":
        low, high = low * 0.8, min(high * 1.25, ceiling)
    return Decode(
        depth_tokens=works.depth,
        tokens_per_s=speed,
        tokens_per_s_low=low,
        tokens_per_s_high=high,
        tokens_per_s_ceiling=ceiling,
        bytes_per_token=round(work.read_bytes / work.concurrency),
        bound_by=bound_by(work, costs[0]),
    )


def prefill_of(workload: Workload, target: Target, placed: Plan) -> Prefill | None:
    """Estimate the prompt: tok/s, and the time to its first token (prompt + one decode step)."""
    work = workload.prompt_work()
    if work is None or workload.decode is None:
        return None
    settings, shares = workload.settings, placed.layer_shares
    times = [prefill(work, card.prefill_costs) for card in target.cards]
    seconds = sum(share * time.seconds for share, time in zip(shares, times, strict=True))
    speed = settings.prompt / seconds
    costs = [card.decode_costs for card in target.cards]
    step = batch_seconds(workload.decode.together, workload.decode.alone, costs, shares)
    first = times[0]
    return Prefill(
        prompt_tokens=settings.prompt,
        tokens_per_s=speed,
        tokens_per_s_low=speed * first.tokens_per_s_low / first.tokens_per_s,
        tokens_per_s_high=speed * first.tokens_per_s_high / first.tokens_per_s,
        ttft_s=seconds + step,
    )
