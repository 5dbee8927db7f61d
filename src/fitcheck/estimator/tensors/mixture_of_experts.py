"""The tensors of a mixture of experts: router, routed experts stacked, shared experts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.tensors.tensor import Part, bias, matrix, vector

if TYPE_CHECKING:
    from fitcheck.records.parts import MixtureOfExperts


def mixture_of_experts(part: MixtureOfExperts, hidden: int) -> list[Part]:
    """List the router [hidden, experts], the experts [in, out, experts] and the shared experts.

    With `latent` the experts work on that width, between a projection down and one up.
    """
    outputs = part.experts + part.zero_experts
    tensors = [] if part.own_router else [matrix("ffn_gate_inp", hidden, outputs, "router")]
    if part.bias:
        tensors.append(bias("ffn_gate_inp", outputs))
    if part.router_bias:
        tensors.append(bias("exp_probs_b", outputs))
    width = part.latent or hidden
    if part.latent:
        name = "ffn_routed" if part.latent_norm else "ffn_latent"
        tensors += [
            matrix(f"{name}_down", hidden, part.latent),
            matrix(f"{name}_up", part.latent, hidden),
        ]
        if part.latent_norm:
            tensors.append(vector("ffn_routed_norm", part.latent))
    if part.fused:
        projections = [("ffn_gate_up_exps", width, part.size * 2)]
    elif part.gated:
        projections = [("ffn_gate_exps", width, part.size), ("ffn_up_exps", width, part.size)]
    else:
        projections = [("ffn_up_exps", width, part.size)]
    projections.append(("ffn_down_exps", part.size, width))
    for name, inputs, width_out in projections:
        shape = (inputs, width_out, part.experts)
        tensors.append(Part(name=f"{name}.weight", shape=shape, kind="expert"))
        if part.bias:
            biases = (width_out, part.experts)
            tensors.append(Part(name=f"{name}.bias", shape=biases, kind="expert"))
    if part.shared_size:
        tensors += _shared_experts(part, hidden)
    return tensors


def _shared_experts(part: MixtureOfExperts, hidden: int) -> list[Part]:
    kind = "shared_expert"
    tensors = []
    if part.shared_gate:
        tensors.append(vector("ffn_gate_inp_shexp", hidden, kind="router"))
    if part.shared_gated:
        tensors.append(matrix("ffn_gate_shexp", hidden, part.shared_size, kind))
    tensors += [
        matrix("ffn_up_shexp", hidden, part.shared_size, kind),
        matrix("ffn_down_shexp", part.shared_size, hidden, kind),
    ]
    return tensors
