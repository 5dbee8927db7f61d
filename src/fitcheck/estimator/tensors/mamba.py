"""The tensors of Mamba and Mamba-2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.tensors.tensor import Part, bias, matrix, vector

if TYPE_CHECKING:
    from fitcheck.records.parts import Mamba1, Mamba2


def mamba1(part: Mamba1, hidden: int) -> list[Part]:
    """List in (2 × inner), convolution, x → (dt, B, C), dt, A [state, inner], D and out.

    Source: https://arxiv.org/abs/2312.00752
    """
    tensors = [matrix("ssm_in", hidden, 2 * part.inner)]
    if part.projection_bias:
        tensors.append(bias("ssm_in", 2 * part.inner))
    tensors.append(matrix("ssm_conv1d", part.conv, part.inner, "conv"))
    if part.conv_bias:
        tensors.append(bias("ssm_conv1d", part.inner))
    tensors += [
        matrix("ssm_x", part.inner, part.dt_rank + 2 * part.state),
        matrix("ssm_dt", part.dt_rank, part.inner),
        bias("ssm_dt", part.inner),
        Part(name="ssm_a", shape=(part.state, part.inner), kind="state"),
        Part(name="ssm_d", shape=(part.inner,), kind="state"),
    ]
    if part.inner_norms:
        tensors += [
            vector("ssm_dt_norm", part.dt_rank),
            vector("ssm_b_norm", part.state),
            vector("ssm_c_norm", part.state),
        ]
    tensors.append(matrix("ssm_out", part.inner, hidden))
    if part.projection_bias:
        tensors.append(bias("ssm_out", hidden))
    return tensors


def mamba2(part: Mamba2, hidden: int) -> list[Part]:
    """List in (2 × inner + 2 × groups × state + heads), convolution, dt, A, D, norm and out.

    Source: https://arxiv.org/abs/2405.21060
    """
    convolved = part.inner + 2 * part.groups * part.state
    projected = part.inner + convolved + part.heads
    tensors = [matrix("ssm_in", hidden, projected)]
    if part.projection_bias:
        tensors.append(bias("ssm_in", projected))
    tensors.append(matrix("ssm_conv1d", part.conv, convolved, "conv"))
    if part.conv_bias:
        tensors.append(bias("ssm_conv1d", convolved))
    tensors += [
        Part(name="ssm_dt.bias", shape=(part.heads,), kind="state"),
        Part(name="ssm_a", shape=(1, part.heads), kind="state"),
        Part(name="ssm_d", shape=(1, part.heads), kind="state"),
    ]
    if part.norm:
        tensors.append(matrix("ssm_norm", part.inner // part.groups, part.groups, "norm"))
    tensors.append(matrix("ssm_out", part.inner, hidden))
    if part.projection_bias:
        tensors.append(bias("ssm_out", hidden))
    return tensors
