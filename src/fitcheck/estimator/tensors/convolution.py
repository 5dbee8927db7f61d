"""The tensors of gated short convolutions (LFM2) and of Griffin's recurrent unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.tensors.tensor import Part, bias, matrix

if TYPE_CHECKING:
    from fitcheck.records.parts import RgLru, ShortConv


def short_conv(part: ShortConv, hidden: int) -> list[Part]:
    """List in (3 × hidden), a convolution of `kernel` taps a channel, and out.

    Source: https://huggingface.co/docs/transformers/model_doc/lfm2
    """
    tensors = [
        matrix("shortconv.conv", part.kernel, hidden, "conv"),
        matrix("shortconv.in_proj", hidden, 3 * hidden),
        matrix("shortconv.out_proj", hidden, hidden),
    ]
    if part.bias:
        tensors += [
            bias("shortconv.conv", hidden),
            bias("shortconv.in_proj", 3 * hidden),
            bias("shortconv.out_proj", hidden),
        ]
    return tensors


def rg_lru(part: RgLru, hidden: int) -> list[Part]:
    """List two inputs, a convolution, the block-diagonal gates, the decay, and out.

    Each gate is one width ÷ heads square a head. Source: https://arxiv.org/abs/2402.19427
    """
    wide = part.width // part.heads
    gate = (wide, wide, part.heads)
    tensors: list[Part] = []
    for name in ("rec_x", "rec_y"):
        tensors += [matrix(name, hidden, part.width), bias(name, part.width)]
    tensors += [
        matrix("rec_conv1d", part.conv, part.width, "conv"),
        bias("rec_conv1d", part.width),
        Part(name="rec_input_gate.weight", shape=gate),
        Part(name="rec_input_gate.bias", shape=(part.width,), kind="bias"),
        Part(name="rec_gate.weight", shape=gate),
        Part(name="rec_gate.bias", shape=(part.width,), kind="bias"),
        Part(name="rec_decay", shape=(part.width,), kind="state"),
        matrix("rec_output", part.width, hidden),
        bias("rec_output", hidden),
    ]
    return tensors
