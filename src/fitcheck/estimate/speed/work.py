"""What decoding one step takes, as a vector of quantities: bytes, unpacked weights, launches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fitcheck.estimate.speed.classes import STORAGE_CLASSES, layer_counts, storage_class

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fitcheck.records.architecture import Architecture
    from fitcheck.records.format import StorageType
    from fitcheck.records.weights import Weights

# The work vector; `costs.py` gives the seconds of one unit of each, in this order.
QUANTITIES = (
    *(f"bytes_{name}" for name in STORAGE_CLASSES),  # weights read, bytes
    *(f"unpack_{name}" for name in STORAGE_CLASSES if name != "float"),  # weights unpacked
    "kv_bytes",  # cache and state read, bytes
    "attention_layers",
    "mla_layers",
    "recurrent_layers",
    "moe_layers",
    "step",  # once a step: embedding, head, sampling
)
WEIGHT_QUANTITIES = 2 * len(STORAGE_CLASSES) - 1
BYTE_QUANTITIES = len(STORAGE_CLASSES)


@dataclass(frozen=True, slots=True)
class DecodeWork:
    """The work of one decode step of `concurrency` sequences.

    `amounts` follows QUANTITIES. `read_bytes` is everything read from memory in the step (what the
    ceiling divides by), `flops` the multiplications and additions of its matrix products.
    `kind` names the class of question the likely range is looked up by.
    """

    amounts: tuple[float, ...]
    read_bytes: float
    kv_read_bytes: float
    flops: float
    concurrency: int = 1
    kind: str = "dense"


def decode_work(
    weights: Weights,
    architecture: Architecture,
    *,
    storage_types: Mapping[str, StorageType],
    kv_read_bytes: float,
    concurrency: int = 1,
) -> DecodeWork:
    """Add up one decode step: weights once, the distinct experts, every sequence's cache.

    `kv_read_bytes` is what one sequence's step reads of its cache and state. With concurrency B,
    a group of n experts of which k run reads n·(1 − (1 − k/n)^B) of them.
    """
    read = dict.fromkeys(STORAGE_CLASSES, 0.0)
    unpacked = dict.fromkeys(STORAGE_CLASSES, 0.0)
    total = float(weights.read_lookup_bytes * concurrency)
    for storage, amount in weights.read_bytes(concurrency).items():
        name = storage_class(storage)
        read[name] += amount
        unpacked[name] += amount * 8 / storage_types[storage].bits
        total += amount
    kv = float(kv_read_bytes) * concurrency
    attention, latent, recurrent, moe = layer_counts(architecture)
    amounts = (
        *read.values(),
        *(unpacked[name] for name in STORAGE_CLASSES if name != "float"),
        kv,
        float(attention),
        float(latent),
        float(recurrent),
        float(moe),
        1.0,
    )
    return DecodeWork(
        amounts=amounts,
        read_bytes=total + kv,
        kv_read_bytes=kv,
        flops=2.0 * weights.matmul_parameters_per_token * concurrency,
        concurrency=concurrency,
        kind=_kind(moe > 0, kv / max(total, 1.0)),
    )


def _kind(moe: bool, kv_share: float) -> str:
    depth = "deep" if kv_share > 0.15 else "short"
    return f"{'moe' if moe else 'dense'}_{depth}"
