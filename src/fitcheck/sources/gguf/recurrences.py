"""Recognises the mixers of a GGUF layer that are no plain attention, by the tensors it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.parts import (
    CustomMixer,
    ExtraTensor,
    GatedDeltaNet,
    KimiDelta,
    LightningAttention,
    Mamba1,
    Mamba2,
    Mixer,
    Rwkv7,
    ShortConv,
)
from fitcheck.sources.gguf.facts import UnknownLayoutError
from fitcheck.sources.gguf.kinds import kind_of

if TYPE_CHECKING:
    from fitcheck.sources.gguf.layer import Layer
    from fitcheck.sources.gguf.layer_facts import LayerFacts


def lightning(layer: Layer, known: LayerFacts) -> LightningAttention:
    """Lightning attention of MiniMax-Text-01."""
    layer.claim("attn_qkv", "attn_gate", "attn_output", "attn_norm_2")
    return LightningAttention(heads=known.heads[layer.index], head_dim=known.head_dims(0)[0])


def mamba(layer: Layer, known: LayerFacts) -> Mamba1 | Mamba2:
    """Mamba, or Mamba-2 if its heads share B and C in groups."""
    facts = known.facts
    inner, state = facts.integer("ssm.inner_size"), facts.integer("ssm.state_size")
    conv, rank = facts.integer("ssm.conv_kernel"), facts.integer("ssm.time_step_rank")
    conv_bias = layer.has_bias("ssm_conv1d")
    projection_bias = layer.has_bias("ssm_in")
    inner_norms = layer.has("ssm_dt_norm")
    has_norm, first = layer.has("ssm_norm"), layer.has("ssm_x")
    layer.claim(
        "ssm_in", "ssm_conv1d", "ssm_x", "ssm_dt", "ssm_a", "ssm_d", "ssm_out", "ssm_norm",
        "ssm_dt_norm", "ssm_b_norm", "ssm_c_norm",
    )  # fmt: skip
    groups = facts.integer("ssm.group_count", 0)
    if first and not groups:
        return Mamba1(
            inner=inner, state=state, conv=conv, dt_rank=rank, inner_norms=inner_norms,
            conv_bias=conv_bias, projection_bias=projection_bias,
        )  # fmt: skip
    if not groups or not rank:
        raise UnknownLayoutError("`ssm.group_count` or `ssm.time_step_rank` is 0")
    return Mamba2(
        inner=inner, state=state, conv=conv, heads=rank, groups=groups, conv_bias=conv_bias,
        projection_bias=projection_bias, norm=has_norm,
    )  # fmt: skip


def gated_delta_net(layer: Layer, known: LayerFacts) -> GatedDeltaNet:
    """Gated delta rule of Qwen3-Next and Qwen3.5."""
    facts = known.facts
    value_heads = facts.integer("ssm.time_step_rank")
    if not value_heads:
        raise UnknownLayoutError("`ssm.time_step_rank` is 0")
    split = layer.has("ssm_alpha")
    layer.claim(
        "attn_qkv", "attn_gate", "ssm_in", "ssm_ba", "ssm_alpha", "ssm_beta", "ssm_conv1d",
        "ssm_dt", "ssm_a", "ssm_norm", "ssm_out",
    )  # fmt: skip
    return GatedDeltaNet(
        key_heads=facts.integer("ssm.group_count"),
        value_heads=value_heads,
        key_dim=facts.integer("ssm.state_size"),
        value_dim=facts.integer("ssm.inner_size") // value_heads,
        conv=facts.integer("ssm.conv_kernel"),
        split=split,
    )


def kimi_delta(layer: Layer, known: LayerFacts) -> KimiDelta:
    """Kimi delta attention."""
    layer.claim(*(name.removesuffix(".weight").removesuffix(".bias") for name in layer.shapes
                  if name.startswith("ssm_")), "attn_q", "attn_k", "attn_v", "attn_output",
                "attn_gate")  # fmt: skip
    facts = known.facts
    return KimiDelta(
        heads=known.heads[layer.index],
        head_dim=facts.integer("kda.head_dim"),
        conv=facts.integer("ssm.conv_kernel", 4),
        full_decay=not layer.has("ssm_f_b"),
        full_gate=not layer.has("ssm_g_b"),
    )


def short_conv(layer: Layer, known: LayerFacts) -> ShortConv:
    """Gated short convolution of LFM2."""
    bias = layer.has_bias("shortconv.in_proj") or layer.has_bias("shortconv.conv")
    layer.claim("shortconv.conv", "shortconv.in_proj", "shortconv.out_proj")
    return ShortConv(kernel=known.facts.integer("shortconv.l_cache"), bias=bias)


def rwkv(layer: Layer, known: LayerFacts) -> Rwkv7 | CustomMixer:
    """RWKV time mixing; before version 7 written out tensor by tensor."""
    facts = known.facts
    head = facts.integer("wkv.head_size")
    shifts = facts.integer("token_shift_count", 2)
    tensors = written_out(layer, ("time_mix_",))
    if facts.architecture == "rwkv7":
        layer.width("channel_mix_key", 1)  # its feed-forward must be there too
        return Rwkv7(
            head_dim=head,
            decay_rank=layer.width("time_mix_w1", 1),
            iclr_rank=layer.width("time_mix_a1", 1),
            value_rank=layer.width("time_mix_v1", 1) if layer.has("time_mix_v1") else 0,
            gate_rank=layer.width("time_mix_g1", 1),
        )
    return CustomMixer(
        tensors=tensors,
        state_elements=known.hidden * (head + shifts),
        label=f"{facts.architecture} time mixing",
    )


def compressed(layer: Layer, known: LayerFacts) -> list[Mixer]:
    """DeepSeek-V4: a window of single-head latents, and compressed ones of the whole context."""
    facts, index = known.facts, layer.index
    width, _ = known.head_dims(index)
    ratios = facts.array("attention.compress_ratios") or ()
    ratio = ratios[index] if index < len(ratios) else 0
    tensors = written_out(layer, ("attn_", "indexer"))
    label = "sliding-window attention, one vector for keys and values"
    found: list[Mixer] = [
        CustomMixer(tensors=tensors, key_width=width, window=known.windows[index], label=label)
    ]
    if ratio > 1:
        label = f"attention to {ratio} tokens compressed into one"
        found.append(CustomMixer(key_width=width, tokens_per_entry=ratio, label=label))
        if layer.has("indexer.attn_q_b") or layer.has("indexer.proj"):
            keys = facts.integer("attention.indexer.key_length")
            label = "indexer of the compressed tokens"
            found.append(CustomMixer(key_width=keys, tokens_per_entry=ratio, label=label))
    return found


def written_out(layer: Layer, starts: tuple[str, ...]) -> tuple[ExtraTensor, ...]:
    """Claim the tensors whose names start so, for a mixer that lists them itself."""
    norms = ("attn_norm.", "post_attention_norm.")
    names = [
        name for name in layer.shapes if name.startswith(starts) and not name.startswith(norms)
    ]
    layer.claimed.update(names)
    return tuple(
        ExtraTensor(
            name=name,
            shape=layer.shapes[name],
            kind=kind_of(f"blk.0.{name}", layer.shapes[name], first_mtp_layer=-1),
        )
        for name in names
    )
