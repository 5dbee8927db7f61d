"""Working memory of runtimes without a buffer of their own: PyTorch's and MLX's activations.

PyTorch keeps, at the widest point of a layer, tokens × 2 bytes × (feed-forward + 4 × hidden), and
f32 logits of the last token. ExLlama passes 2,048 tokens at a time, Transformers the prompt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.runtimes.vllm.compute_buffer import feed_forward_width
from fitcheck.records.buffers import ComputeBuffer
from fitcheck.units import GB

if TYPE_CHECKING:
    from fitcheck.records.architecture import Architecture

_ACTIVATION_BYTES = 2
_STREAM_WIDTHS = 4
_F32 = 4
# Peak of 32 measured runs of mlx-lm less their weights and cache: 0.42 to 0.54 GB, for models from
# 0.6 to 14 B parameters. https://github.com/enescingoz/mac-llm-bench
_MLX_BYTES = GB // 2


def plain_compute_buffer(architecture: Architecture, *, tokens: int) -> ComputeBuffer:
    """Size the activations of `tokens` passed at once, and one token's logits."""
    widest = max(feed_forward_width(block, architecture.hidden) for block in architecture.blocks)
    width = widest + _STREAM_WIDTHS * architecture.hidden
    size = tokens * _ACTIVATION_BYTES * width + _F32 * architecture.vocabulary
    return ComputeBuffer(device_bytes=size, bound_by="activations of one layer")


def mlx_compute_buffer() -> ComputeBuffer:
    """Give MLX's working memory: 0.5 GB, whatever the model (measured)."""
    return ComputeBuffer(device_bytes=_MLX_BYTES, bound_by="activations of one layer")
