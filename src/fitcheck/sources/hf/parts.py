"""The parts of one layer of a configuration: its mixers and its feed-forward."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fitcheck.records.parts import (
    Attention,
    FeedForward,
    GatedDeltaNet,
    KimiDelta,
    LatentAttention,
    LightningAttention,
    Mamba1,
    Mamba2,
    Mixer,
    MixtureOfExperts,
    Rwkv7,
    ShortConv,
)
from fitcheck.sources.hf import layer_types as kinds
from fitcheck.sources.hf.config import UnknownConfigError

if TYPE_CHECKING:
    from fitcheck.sources.hf.config import Config
    from fitcheck.sources.hf.traits import Traits


@dataclass(frozen=True, slots=True)
class Shape:
    """The counts every layer shares, read once."""

    hidden: int
    layers: int
    heads: tuple[int, ...]
    kv_heads: tuple[int, ...]
    head_dim: int
    first_sharing_layer: int


def shape(config: Config) -> Shape:
    """Read what every layer shares. Raises UnknownConfigError."""
    hidden = config.integer("hidden_size", "n_embd", "d_model", "hidden_dim")
    layers = config.integer("num_hidden_layers", "n_layer", "n_layers", "num_layers")
    if not 0 < layers <= 512 or not hidden:  # noqa: PLR2004  # LLAMA_MAX_LAYERS
        raise UnknownConfigError(f"it claims {layers} layers")
    heads = config.per_layer(
        "num_attention_heads", "n_head", "n_heads", "num_heads", layers=layers, default=0
    )
    attention = config.inside("attn_config")
    if config.raw("multi_query") is True and not config.flag("new_decoder_architecture"):
        kv_heads = (1,) * layers
    elif attention and attention.raw("kv_n_heads"):
        kv_heads = (attention.integer("kv_n_heads"),) * layers
    elif config.raw("num_key_value_heads", "num_kv_heads", "multi_query_group_num", "n_head_kv"):
        kv_heads = config.per_layer(
            "num_key_value_heads", "num_kv_heads", "multi_query_group_num", "n_head_kv",
            layers=layers,
        )  # fmt: skip
    else:
        kv_heads = heads
    most = max(heads)
    head_dim = config.integer(
        "head_dim", "attention_head_dim", "kv_channels", default=hidden // most if most else 0
    )
    shared = config.integer("num_kv_shared_layers", default=0)
    return Shape(hidden, layers, heads, kv_heads, head_dim, layers - min(shared, layers))


def mixers(
    config: Config, common: Shape, traits: Traits, kind: str, layer: int
) -> tuple[Mixer, ...]:
    """Give the mixers of one layer. Raises UnknownConfigError."""
    if kind == kinds.NOTHING:
        return ()
    if kind == kinds.CONV:
        kernel = config.integer("conv_L_cache", "conv_l_cache", default=3)
        return (ShortConv(kernel=kernel, bias=config.flag("conv_bias")),)
    if kind == kinds.LINEAR:
        return (_linear(config, common, layer),)
    if kind == kinds.BOTH:
        return (_mamba2(config, common), _attention(config, common, traits, kinds.FULL, layer))
    if config.raw("kv_lora_rank"):
        return (_latent(config, common, layer),)
    return (_attention(config, common, traits, kind, layer),)


def _attention(config: Config, common: Shape, traits: Traits, kind: str, layer: int) -> Attention:
    heads, kv_heads, head_dim = common.heads[layer], common.kv_heads[layer], common.head_dim
    window = 0
    if kind == kinds.SLIDING:
        window = config.integer("sliding_window", "sliding_window_size", "window_size")
        heads = config.integer(
            "swa_num_attention_heads", "num_sliding_attention_heads", default=heads
        )
        kv_heads = config.integer("swa_num_key_value_heads", default=kv_heads)
        head_dim = config.integer("swa_head_dim", default=head_dim)
        if window >= config.integer("max_position_embeddings", default=2**40):
            window = 0  # as wide as the longest context: none
    elif kind == kinds.CHUNKED:
        window = config.integer("attention_chunk_size", default=8192)
    elif kind == kinds.FULL:
        head_dim = config.integer("global_head_dim", default=head_dim)
        if config.flag("attention_k_eq_v"):
            kv_heads = config.integer("num_global_key_value_heads", default=kv_heads)
    if not heads or not head_dim:
        raise UnknownConfigError("`num_attention_heads` is missing")
    flagged = config.flag("attention_bias", "qkv_bias", "use_bias", "add_qkv_bias", "use_qkv_bias")
    bias = "".join(sorted({*traits.bias, *(traits.flag_bias if flagged else "")}, key="qkvo".index))
    if config.raw("attention_bias", "use_bias") is False:
        bias = "" if traits.gguf != "gpt-oss" else bias
    qk_norm = traits.qk_norm
    if config.raw("use_qk_norm", "qk_layernorm") is not None:
        on = config.flag("use_qk_norm", "qk_layernorm")
        qk_norm = (qk_norm or ("per_head" if traits.gguf == "command-r" else "head")) if on else ""
        if traits.gguf == "llama4":
            qk_norm = ""  # a norm without weights
    value = config.integer("v_head_dim", default=head_dim)
    return Attention(
        heads=heads,
        kv_heads=kv_heads or heads,
        head_dim=head_dim,
        value_dim=0 if value == head_dim else value,
        window=window,
        chunked=kind == kinds.CHUNKED,
        bias=bias,
        qk_norm=qk_norm,
        gate=traits.gate,
        sinks=traits.sinks,
        fused_qkv=traits.fused_qkv,
        shares_kv=layer >= common.first_sharing_layer,
        key_is_value=kind == kinds.FULL and config.flag("attention_k_eq_v"),
    )


def _latent(config: Config, common: Shape, layer: int) -> LatentAttention:
    indexed = config.raw("index_n_heads") is not None
    return LatentAttention(
        heads=common.heads[layer],
        kv_rank=config.integer("kv_lora_rank"),
        nope_dim=config.integer("qk_nope_head_dim"),
        rope_dim=config.integer("qk_rope_head_dim"),
        value_dim=config.integer("v_head_dim"),
        q_rank=config.integer("q_lora_rank", default=0),
        indexer_heads=config.integer("index_n_heads", default=0),
        indexer_dim=config.integer("index_head_dim") if indexed else 0,
        indexer_topk=config.integer("index_topk", default=2048) if indexed else 0,
    )


def _linear(config: Config, common: Shape, layer: int) -> Mixer:
    """Recognise a recurrence by the keys its configuration has."""
    kda = config.inside("linear_attn_config")
    if kda:
        return KimiDelta(
            heads=kda.integer("num_heads"),
            head_dim=kda.integer("head_dim"),
            conv=kda.integer("short_conv_kernel_size", default=4),
        )
    if config.raw("linear_num_heads") or config.model_type == "bailing_hybrid":
        return KimiDelta(
            heads=config.integer("linear_num_heads", default=common.heads[layer]),
            head_dim=config.integer("linear_head_dim", default=common.head_dim),
            conv=config.integer("linear_conv_kernel_dim", "short_conv_kernel_size", default=4),
        )
    if config.raw("linear_num_value_heads"):
        return GatedDeltaNet(
            key_heads=config.integer("linear_num_key_heads"),
            value_heads=config.integer("linear_num_value_heads"),
            key_dim=config.integer("linear_key_head_dim"),
            value_dim=config.integer("linear_value_head_dim"),
            conv=config.integer("linear_conv_kernel_dim", default=4),
            split=config.model_type.startswith("qwen3_5"),
        )
    if config.model_type in ("minimax", "minimax_text_01"):
        return LightningAttention(heads=common.heads[layer], head_dim=common.head_dim)
    if config.model_type == "rwkv7":
        return Rwkv7(
            head_dim=config.integer("head_dim", default=64),
            decay_rank=config.integer("decay_low_rank_dim"),
            iclr_rank=config.integer("a_low_rank_dim"),
            value_rank=config.integer("v_low_rank_dim"),
            gate_rank=config.integer("gate_low_rank_dim"),
        )
    if config.raw("mamba_num_heads", "mamba_n_heads") or config.model_type == "mamba2":
        return _mamba2(config, common)
    if config.raw("state_size", "ssm_state_size", "mamba_d_state"):
        return _mamba1(config, common)
    raise UnknownConfigError(f"the recurrence of `{config.model_type}` is not known")


def _mamba2(config: Config, common: Shape) -> Mamba2:
    expand = config.integer("mamba_expand", "expand", default=2)
    inner = config.integer("mamba_d_ssm", default=expand * common.hidden)
    heads = config.integer("mamba_num_heads", "mamba_n_heads", "num_heads", "n_heads")
    head_dim = config.integer("mamba_head_dim", "mamba_d_head", "head_dim", default=0)
    if head_dim:
        inner = heads * head_dim
    return Mamba2(
        inner=inner,
        state=config.integer("ssm_state_size", "mamba_d_state", "state_size", default=128),
        conv=config.integer("conv_kernel", "mamba_d_conv", default=4),
        heads=heads,
        groups=config.integer("n_groups", "mamba_n_groups", default=1),
        conv_bias=config.flag("use_conv_bias", "mamba_conv_bias", default=True),
        projection_bias=config.flag("mamba_proj_bias"),
        norm=config.flag("mamba_rms_norm", default=True),
    )


def _mamba1(config: Config, common: Shape) -> Mamba1:
    expand = config.integer("mamba_expand", "expand", default=2)
    return Mamba1(
        inner=config.integer("intermediate_size", default=expand * common.hidden)
        if config.model_type != "jamba"
        else expand * common.hidden,
        state=config.integer("state_size", "mamba_d_state", "ssm_state_size", default=16),
        conv=config.integer("conv_kernel", "mamba_d_conv", default=4),
        dt_rank=config.integer("time_step_rank", "mamba_dt_rank", default=-(-common.hidden // 16)),
        inner_norms=config.model_type == "jamba",
        conv_bias=config.flag("use_conv_bias", "mamba_conv_bias", default=True),
        projection_bias=config.flag("use_bias", "mamba_proj_bias"),
    )


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
