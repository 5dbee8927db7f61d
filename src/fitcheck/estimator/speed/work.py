"""What decoding one step takes, as quantities: bytes read, weights unpacked, kernels launched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.speed.classes import STORAGE_CLASSES
from fitcheck.estimator.speed.launches import attention_products, launches
from fitcheck.records.record import record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fitcheck.records.architecture import Architecture
    from fitcheck.records.format import StorageType
    from fitcheck.records.weights import Weights

# The quantities of a step; `costs.py` gives the seconds of one unit of each, in this order.
# Reading weights and unpacking them overlap; the rest adds to the slower of the two.
MEMORY = tuple(f"bytes_{name}" for name in STORAGE_CLASSES)
COMPUTE = (*(f"unpack_{name}" for name in STORAGE_CLASSES), "unpack_experts")
ADDED = (
    "kv_bytes",  # cache and state read
    "attention_plain",  # multiply-adds of attention
    "attention_latent",
    "launch_plain",  # kernel launches, by what they belong to
    "launch_latent",
    "launch_recurrent",
    "launch_experts",
    "step",  # once a step: sampling, the host's turn
)
DEEP = 0.15  # a cache above this share of the bytes read makes a question one of deep context


@record(kw_only=False)
class DecodeWork:
    """The work of one decode step of `concurrency` sequences.

    `memory`, `compute` and `added` follow MEMORY, COMPUTE and ADDED. `read_bytes` is everything
    read from memory in the step (what the ceiling divides by), `flops` the operations of its
    matrix products. `kind` is the class of question the likely range is looked up by.
    """

    memory: tuple[float, ...]
    compute: tuple[float, ...]
    added: tuple[float, ...]
    read_bytes: float
    kv_read_bytes: float
    flops: float
    concurrency: int = 1
    kind: str = "dense_short"


def decode_work(
    weights: Weights,
    architecture: Architecture,
    *,
    storage_types: Mapping[str, StorageType],
    kv_read_bytes: float,
    depth: int = 0,
    concurrency: int = 1,
) -> DecodeWork:
    """Add up one decode step: weights once, the distinct experts, every sequence's cache.

    `kv_read_bytes` is what one sequence's step reads of its cache and state at `depth`. With
    concurrency B, a group of n experts of which k run reads n·(1 − (1 − k/n)^B) of them.
    """
    read = dict.fromkeys(STORAGE_CLASSES, 0.0)
    unpacked = dict.fromkeys(STORAGE_CLASSES, 0.0)
    for storage, amount in weights.read_bytes(concurrency).items():
        name = storage_types[storage].speed_class
        read[name] += amount
        unpacked[name] += amount * 8 / storage_types[storage].bits
    experts = sum(
        size * group.share(concurrency) * 8 / storage_types[storage].bits
        for group in weights.read_experts
        for storage, size in group.bytes_by_storage.items()
    )
    kv = float(kv_read_bytes) * concurrency
    plain, latent, recurrent, routed = launches(architecture)
    attention, latent_attention = attention_products(architecture, depth=depth)
    total = sum(read.values()) + weights.read_lookup_bytes * concurrency
    return DecodeWork(
        memory=tuple(read.values()),
        compute=(*unpacked.values(), experts),
        added=(
            kv,
            attention * concurrency,
            latent_attention * concurrency,
            plain,
            latent,
            recurrent,
            routed,
            1.0,
        ),
        read_bytes=total + kv,
        kv_read_bytes=kv,
        flops=2.0 * weights.matmul_parameters_per_token * concurrency,
        concurrency=concurrency,
        kind=question_kind(moe=bool(experts), deep=kv > DEEP * total),
    )


def question_kind(*, moe: bool, deep: bool) -> str:
    """Name the class of question a likely range is looked up by."""
    return f"{'moe' if moe else 'dense'}_{'deep' if deep else 'short'}"
