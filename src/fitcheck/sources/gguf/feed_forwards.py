"""Recognises a layer's feed-forwards (dense, routed experts) by the tensors it has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fitcheck.records.parts import FeedForward, MixtureOfExperts
from fitcheck.sources.gguf.facts import UnknownLayoutError

if TYPE_CHECKING:
    from fitcheck.sources.gguf.layer import Layer

_SINGLE_EXPERT = re.compile(r"^ffn_(gate|up|down)\.(\d+)\.weight$")


def feed_forwards(layer: Layer, active_experts: int) -> tuple[FeedForward | MixtureOfExperts, ...]:
    """Name the feed-forwards of a layer; claims their tensors. Raises UnknownLayoutError."""
    found: list[FeedForward | MixtureOfExperts] = []
    if layer.has("channel_mix_key"):
        found.append(_channel_mix(layer))
    if layer.has("ffn_up"):
        found.append(_dense(layer))
    if layer.has("ffn_down_exps"):
        found.append(_experts(layer, active_experts))
    elif any(_SINGLE_EXPERT.match(name) for name in layer.shapes):
        found.append(_single_experts(layer, active_experts))
    return tuple(found)


def _channel_mix(layer: Layer) -> FeedForward:
    """RWKV's feed-forward; before version 7 it has a gate of its own, left among the extras."""
    layer.claim("channel_mix_key", "channel_mix_value", "channel_mix_lerp_k")
    return FeedForward(size=layer.width("channel_mix_key", 1), gated=False, channel_mix=True)


def _dense(layer: Layer) -> FeedForward:
    size, rows = layer.width("ffn_down", 0), layer.width("ffn_up", 1)
    fused = rows == 2 * size
    bias = layer.has_bias("ffn_up") or layer.has_bias("ffn_down")
    gated = fused or layer.has("ffn_gate")
    layer.claim("ffn_gate", "ffn_up", "ffn_down")
    return FeedForward(size=size, gated=gated, bias=bias, fused=fused)


def _experts(layer: Layer, active: int) -> MixtureOfExperts:
    shape = layer.shape("ffn_down_exps")
    if len(shape) != 3 or not 0 < active <= shape[2]:  # noqa: PLR2004
        raise UnknownLayoutError(f"layer {layer.index} runs {active} of {shape} experts")
    shared = layer.shape("ffn_down_shexp")
    found = MixtureOfExperts(
        experts=shape[2],
        active=active,
        size=shape[0],
        gated=layer.has("ffn_gate_exps") or layer.has("ffn_gate_up_exps"),
        bias=layer.has_bias("ffn_down_exps"),
        shared_size=shared[0] if shared else 0,
        shared_gated=layer.has("ffn_gate_shexp") or not shared,
        shared_gate=layer.has("ffn_gate_inp_shexp"),
        router_bias=layer.has_bias("exp_probs_b") or layer.has("exp_probs_b"),
        latent=_latent(layer),
        latent_norm=layer.has("ffn_routed_norm"),
        fused=layer.has("ffn_gate_up_exps"),
        zero_experts=_zero_experts(layer, shape[2]),
    )
    layer.claim(
        "ffn_gate_inp", "ffn_gate_exps", "ffn_up_exps", "ffn_down_exps", "ffn_gate_up_exps",
        "exp_probs_b", "ffn_gate_shexp", "ffn_up_shexp", "ffn_down_shexp", "ffn_gate_inp_shexp",
        "ffn_latent_down", "ffn_latent_up", "ffn_routed_down", "ffn_routed_up", "ffn_routed_norm",
    )  # fmt: skip
    return found


def _zero_experts(layer: Layer, experts: int) -> int:
    router = layer.shape("ffn_gate_inp")
    return max(router[1] - experts, 0) if len(router) == 2 else 0  # noqa: PLR2004


def _latent(layer: Layer) -> int:
    for name in ("ffn_latent_down", "ffn_routed_down"):
        if layer.has(name):
            return layer.width(name, 1)
    return 0


def _single_experts(layer: Layer, active: int) -> MixtureOfExperts:
    """Files from before 2024-04 hold each expert apart."""
    count = 1 + max(int(m[2]) for name in layer.shapes if (m := _SINGLE_EXPERT.match(name)))
    if not 0 < active <= count:
        raise UnknownLayoutError(f"layer {layer.index} runs {active} of {count} experts")
    size = layer.width("ffn_down.0", 0)
    layer.claim("ffn_gate_inp", *(f"ffn_{part}.{n}" for part in ("gate", "up", "down")
                                  for n in range(min(count, 1024))))  # fmt: skip
    return MixtureOfExperts(experts=count, active=active, size=size)
