"""The recurrent mixers of a configuration (state spaces, linear attention), by the keys it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.parts import (
    GatedDeltaNet,
    KimiDelta,
    LightningAttention,
    Mamba1,
    Mamba2,
    Mixer,
    RgLru,
    Rwkv7,
)
from fitcheck.sources.hf.config import UnknownConfigError

if TYPE_CHECKING:
    from fitcheck.sources.hf.config import Config
    from fitcheck.sources.hf.shape import Shape


def recurrence(config: Config, common: Shape, layer: int) -> Mixer:
    """Give the recurrence of one layer. Raises UnknownConfigError."""
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
    if config.model_type == "recurrent_gemma":
        return RgLru(
            width=config.integer("lru_width", default=common.hidden),
            conv=config.integer("conv1d_width", default=4),
            heads=common.heads[layer],
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
        return mamba2(config, common)
    if config.raw("state_size", "ssm_state_size", "mamba_d_state"):
        return _mamba1(config, common)
    raise UnknownConfigError(f"the recurrence of `{config.model_type}` is not known")


def mamba2(config: Config, common: Shape) -> Mamba2:
    """Give Mamba-2 as the configuration counts it."""
    expand = config.integer("mamba_expand", "expand", default=2)
    inner = config.integer("mamba_d_ssm", default=expand * common.hidden)
    heads = config.integer("mamba_num_heads", "mamba_n_heads", "num_heads", "n_heads")
    head_dim = config.integer("mamba_head_dim", "mamba_d_head", "head_dim", default=0)
    if head_dim:
        inner = heads * head_dim
    groups = config.integer("n_groups", "mamba_n_groups", default=1)
    if not groups or not heads:
        raise UnknownConfigError("the heads or groups of its state space are 0")
    return Mamba2(
        inner=inner,
        state=config.integer("ssm_state_size", "mamba_d_state", "state_size", default=128),
        conv=config.integer("conv_kernel", "mamba_d_conv", default=4),
        heads=heads,
        groups=groups,
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
