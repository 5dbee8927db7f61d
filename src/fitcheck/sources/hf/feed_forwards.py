"""The feed-forward of one layer of a configuration: dense, or routed experts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.parts import FeedForward, MixtureOfExperts
from fitcheck.sources.hf.config import UnknownConfigError

if TYPE_CHECKING:
    from fitcheck.sources.hf.config import Config
    from fitcheck.sources.hf.shape import Shape
    from fitcheck.sources.hf.traits import Traits


def feed_forward(
    config: Config, common: Shape, traits: Traits, *, sparse: bool, layer: int
) -> FeedForward | MixtureOfExperts:
    """Give the feed-forward of one layer. Raises UnknownConfigError."""
    if sparse:
        return _experts(config, traits)
    size = config.per_layer(
        "intermediate_size_mlp", "intermediate_size", "ffn_dim", "n_inner", "ffn_hidden_size",
        layers=common.layers, default=4 * common.hidden,
    )[layer]  # fmt: skip
    if config.model_type == "lfm2" and config.flag("block_auto_adjust_ff_dim", default=True):
        multiple = max(config.integer("block_multiple_of", default=256), 1)
        factor = config.raw("block_ffn_dim_multiplier")
        scaled = int(2 * size / 3 * (factor if isinstance(factor, (int, float)) else 1))
        size = -(-scaled // multiple) * multiple
    if config.model_type == "rwkv7":
        return FeedForward(size=size, gated=False, channel_mix=True)
    if config.model_type == "recurrent_gemma":  # states both halves of the gated one
        size //= 2
    bias = traits.ffn_bias or config.flag("mlp_bias")
    return FeedForward(size=size, gated=traits.gated, bias=bias, fused=traits.fused_ffn)


def _experts(config: Config, traits: Traits) -> MixtureOfExperts:
    inside = config.inside("ffn_config")
    if inside:  # DBRX
        return MixtureOfExperts(
            experts=inside.integer("moe_num_experts"),
            active=inside.integer("moe_top_k"),
            size=inside.integer("ffn_hidden_size"),
        )
    experts = config.integer(
        "num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts"
    )
    active = config.integer(
        "num_experts_per_tok", "num_experts_per_token", "moe_k", "moe_topk", "top_k_experts",
        "moe_top_k",
    )  # fmt: skip
    if not 0 < active <= experts:
        raise UnknownConfigError(f"{active} of {experts} experts are active")
    size = config.integer("moe_intermediate_size", "expert_ffn_hidden_size", default=0)
    size = size or config.integer("intermediate_size", "ffn_dim")
    shared = config.integer(
        "shared_expert_intermediate_size", "shared_intermediate_size", "share_expert_dim",
        "moe_shared_expert_intermediate_size", default=0,
    )  # fmt: skip
    count = config.integer(
        "n_shared_experts", "num_shared_experts", "moe_num_shared_experts", "num_shared_expert",
        default=0,
    )  # fmt: skip
    shared = shared * max(count, 1) if shared else count * size
    if config.model_type == "llama4":
        shared = size
    return MixtureOfExperts(
        experts=experts,
        active=active,
        size=size,
        gated=traits.gated,
        bias=traits.expert_bias,
        shared_size=shared,
        shared_gated=traits.gated,
        shared_gate=traits.shared_gate,
        router_bias=traits.router_bias,
        latent=config.integer("moe_latent_size", "routed_expert_hidden_size", default=0),
    )
