"""The mixers of one layer of a configuration: attention of its kind, or a recurrence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.parts import Attention, LatentAttention, Mixer, ShortConv
from fitcheck.sources.hf import layer_types as kinds
from fitcheck.sources.hf.config import UnknownConfigError
from fitcheck.sources.hf.recurrences import mamba2, recurrence

if TYPE_CHECKING:
    from fitcheck.sources.hf.config import Config
    from fitcheck.sources.hf.shape import Shape
    from fitcheck.sources.hf.traits import Traits


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
        return (recurrence(config, common, layer),)
    if kind == kinds.BOTH:
        return (mamba2(config, common), _attention(config, common, traits, kinds.FULL, layer))
    if config.raw("kv_lora_rank"):
        return (_latent(config, common, layer),)
    return (_attention(config, common, traits, kind, layer),)


def _attention(config: Config, common: Shape, traits: Traits, kind: str, layer: int) -> Attention:
    heads, kv_heads, head_dim = common.heads[layer], common.kv_heads[layer], common.head_dim
    window = 0
    if kind == kinds.SLIDING:
        window = config.integer(
            "sliding_window", "sliding_window_size", "window_size", "attention_window_size"
        )
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
