"""The tensors of a mixture of experts: router, routed experts stacked, shared experts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimate.tensors.tensor import Part, bias, matrix, vector

if TYPE_CHECKING:
    from fitcheck.records.parts import MixtureOfExperts


def mixture_of_experts(part: MixtureOfExperts, hidden: int) -> list[Part]:
    """List the router [hidden, experts], the experts [in, out, experts] and the shared experts.

    With `latent` the experts work on that width, between a projection down and one up.
    """
    tensors = [matrix("ffn_gate_inp", hidden, part.experts, "router")]
    if part.bias:
        tensors.append(bias("ffn_gate_inp", part.experts))
    if part.router_bias:
        tensors.append(bias("exp_probs_b", part.experts))
    width = part.latent or hidden
    if part.latent:
        tensors += [
            matrix("ffn_latent_down", hidden, part.latent),
            matrix("ffn_latent_up", part.latent, hidden),
        ]
    projections = [("ffn_up_exps", width, part.size), ("ffn_down_exps", part.size, width)]
    if part.gated:
        projections.insert(0, ("ffn_gate_exps", width, part.size))
    for name, inputs, outputs in projections:
        shape = (inputs, outputs, part.experts)
        tensors.append(Part(name=f"{name}.weight", shape=shape, kind="expert"))
        if part.bias:
            biases = (outputs, part.experts)
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
