"""What to change when a model is too big: the nearest thing that does fit, each one tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.errors import FitcheckError
from fitcheck.estimator.assess import RUNNING, assess
from fitcheck.records.gpu import Device
from fitcheck.records.record import replace
from fitcheck.records.result import Offer

if TYPE_CHECKING:
    from fitcheck.answers.runs import Run, Runs
    from fitcheck.estimator.target import Target
    from fitcheck.estimator.workload import Workload
    from fitcheck.records.gpu import Gpu

USEFUL_CONTEXT = 2048  # a shorter one is no offer
CARD_COUNTS = (2, 3, 4, 6, 8)


def offers_for(run: Run, runs: Runs) -> tuple[Offer, ...]:
    """Offer one change at a time, each assessed as a question of its own before it is promised.

    In this order: the largest format of the same kind that fits; a KV format; a shorter context;
    the smallest card of the same maker; more of the same card.
    """
    _, workload, target = run
    tries = (
        _format(workload, target, runs),
        _kv_format(workload, target, runs),
        _context(workload, target, runs),
        _card(workload, target, runs),
        _count(workload, target, runs),
    )
    return tuple(offer for offer in tries if offer is not None)


def _format(workload: Workload, target: Target, runs: Runs) -> Offer | None:
    """Find the format of the same family with the most bits that fits."""
    fitting = []
    for format_ in runs.catalog.formats.all():
        same = format_.listed and format_.family == workload.format.family
        if not same or format_.id == workload.format.id or workload.model.stored:
            continue
        try:
            other = runs.workload(workload.model, format_, target.device)
        except FitcheckError:
            continue
        if other.weights.total_bytes >= workload.weights.total_bytes:
            continue
        # The format may belong to another runtime, which takes something else of the card.
        there = runs.target(target.device, other)
        offer = _offer("--format", format_.id, other, there)
        if offer is not None:
            fitting.append((other.weights.total_bytes, offer))
    best = max(fitting, key=lambda pair: (pair[1].verdict == "fits", pair[0]), default=None)
    return best[1] if best else None


def _kv_format(workload: Workload, target: Target, runs: Runs) -> Offer | None:
    """Find the KV format with the most bits that fits."""
    if runs.query.kv is not None or workload.run.ask is None:
        return None
    for key in ("q8_0", "fp8", "q4_0"):
        if key in workload.runtime.kv_formats:
            other = runs.variant(workload, kv=key)
            offer = _offer("--kv", key, other, target)
            if offer is not None:
                return offer
    return None


def _context(workload: Workload, target: Target, runs: Runs) -> Offer | None:
    """Find the largest context that fits, rounded down to a whole number of 1,024 tokens."""
    largest = runs.largest_context(workload, target) or 0
    context = largest // 1024 * 1024
    if not USEFUL_CONTEXT <= context < workload.settings.context:
        return None
    return _offer("--context", str(context), runs.variant(workload, context=context), target)


def _card(workload: Workload, target: Target, runs: Runs) -> Offer | None:
    """Find the smallest card of the same maker, and if there is none of any, that fits."""
    own = target.device.gpus[0]

    def nearness(gpu: Gpu) -> tuple[bool, bool, int, int]:
        return (
            gpu.vendor != own.vendor,
            gpu.segment in ("laptop", "embedded"),
            gpu.memory_bytes,
            -gpu.bandwidth_bytes_per_s,
        )

    larger = [gpu for gpu in runs.catalog.gpus.all() if gpu.memory_bytes > own.memory_bytes]
    for gpu in sorted(larger, key=nearness):
        if gpu.vendor != own.vendor and own.vendor in ("nvidia", "apple"):
            break
        offer = _on_device(Device((gpu,)), workload, runs)
        if offer is not None:
            return offer
    return None


def _count(workload: Workload, target: Target, runs: Runs) -> Offer | None:
    """Find how many of the same card it takes."""
    gpus = set(target.device.gpus)
    (gpu,) = gpus if len(gpus) == 1 else (None,)
    if gpu is None or gpu.unified_memory or gpu.segment == "described":
        return None
    for count in CARD_COUNTS:
        if count > target.device.count:
            offer = _on_device(Device((gpu,) * count), workload, runs)
            if offer is not None:
                return replace(offer, value=f"{count}x{gpu.id}")
    return None


def _on_device(device: Device, workload: Workload, runs: Runs) -> Offer | None:
    """Offer a device; a runtime that chooses its context by the memory chooses anew."""
    there = runs.workload(workload.model, workload.format, device)
    return _offer("--gpu", device.id, there, runs.target(device, there))


def _offer(flag: str, value: str, workload: Workload, target: Target) -> Offer | None:
    estimate = assess(workload, target)
    if estimate.verdict not in RUNNING:
        return None
    return Offer(
        flag=flag,
        value=value,
        verdict=estimate.verdict,
        needed_bytes=estimate.memory.needed_bytes,
        usable_bytes=estimate.memory.usable_bytes,
    )
