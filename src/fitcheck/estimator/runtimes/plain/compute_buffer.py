"""Working memory of runtimes without a buffer of their own: PyTorch's activations.

PyTorch keeps, at the widest point of a layer, tokens × 2 bytes × (feed-forward + 4 × hidden), and
f32 logits of the last token.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.buffers import ComputeBuffer
from fitcheck.records.parts import FeedForward

if TYPE_CHECKING:
    from fitcheck.records.architecture import Architecture, Block

ONE_LAYER = "activations of one layer"
_ACTIVATION_BYTES = 2
_STREAM_WIDTHS = 4
_F32 = 4


def plain_compute_buffer(architecture: Architecture, *, tokens: int) -> ComputeBuffer:
    """Size the activations of `tokens` passed at once, and one token's logits."""
    widest = max(feed_forward_width(block, architecture.hidden) for block in architecture.blocks)
    width = widest + _STREAM_WIDTHS * architecture.hidden
    size = tokens * _ACTIVATION_BYTES * width + _F32 * architecture.vocabulary
    return ComputeBuffer(device_bytes=size, bound_by=ONE_LAYER)


def feed_forward_width(block: Block, hidden: int) -> int:
    """Count the values a token holds at the widest point of a block's feed-forwards."""
    widths = [0]
    for part in block.feed_forwards:
        if isinstance(part, FeedForward):
            widths.append((3 if part.gated else 2) * part.size)
        else:
            inner = part.latent or hidden
            gates = 2 if part.gated else 1
            routed = part.active * (max(gates * part.size, inner) + part.size)
            widths.append(routed + 3 * part.shared_size)
    return max(widths)
