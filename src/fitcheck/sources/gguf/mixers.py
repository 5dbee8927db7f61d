"""Recognises how a layer mixes tokens (attention, state space …) by the tensors it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.parts import (
    Attention,
    CustomMixer,
    ExtraTensor,
    GatedDeltaNet,
    KimiDelta,
    LatentAttention,
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
    from fitcheck.sources.gguf.facts import Facts
    from fitcheck.sources.gguf.layer import Layer

_MATRIX = 2  # dimensions


class LayerFacts:
    """The counts a layer's mixers need, looked up once for all layers."""

    def __init__(self, facts: Facts, layers: int, windows: tuple[int, ...]) -> None:
        self.facts = facts
        self.windows = windows
        self.hidden = facts.integer("embedding_length")
        self.heads = facts.per_layer("attention.head_count", layers, 0)
        has_kv = facts.has("attention.head_count_kv")
        self.kv_heads = facts.per_layer("attention.head_count_kv", layers) if has_kv else self.heads
        heads = max(self.heads, default=0)
        default = self.hidden // heads if heads else 0
        self._key = facts.integer("attention.key_length", default)
        self._value = facts.integer("attention.value_length", default)
        self._key_swa = facts.integer("attention.key_length_swa", self._key)
        self._value_swa = facts.integer("attention.value_length_swa", self._value)
        own_cache = layers
        if facts.architecture == "gemma3n":  # llama.cpp: n_layer_kv_from_start
            own_cache = 20
        elif facts.architecture == "gemma4":
            own_cache = layers - facts.integer("attention.shared_kv_layers", 0)
        self.first_sharing_layer = own_cache

    def head_dims(self, layer: int) -> tuple[int, int]:
        """Give the widths of a key and of a value head."""
        if self.windows[layer]:
            return self._key_swa, self._value_swa
        return self._key, self._value


def mixers(layer: Layer, known: LayerFacts) -> tuple[Mixer, ...]:
    """Name the mixers of a layer; claims their tensors. Raises UnknownLayoutError."""
    found: list[Mixer] = []
    if layer.has("time_mix_key") or layer.has("time_mix_receptance"):
        found.append(_rwkv(layer, known))
    elif layer.has("ssm_conv1d_q") or layer.has("ssm_f_a"):
        found.append(_kimi_delta(layer, known))
    elif layer.has("ssm_ba") or layer.has("ssm_alpha"):
        found.append(_gated_delta_net(layer, known))
    elif layer.has("shortconv.conv"):
        found.append(_short_conv(layer, known))
    elif layer.has("attn_compressor_kv") or known.facts.architecture == "deepseek4":
        found += _compressed(layer, known)
    elif layer.has("attn_kv_a_mqa"):
        found.append(_latent(layer, known))
    elif known.facts.architecture == "minimax-01" and layer.has("attn_gate"):
        found.append(_lightning(layer, known))
    elif layer.has("attn_q") or layer.has("attn_qkv"):
        found.append(_attention(layer, known))
    if layer.has("ssm_in") and (not found or isinstance(found[0], Attention)):
        found.insert(0, _mamba(layer, known))
    return tuple(found)


def _attention(layer: Layer, known: LayerFacts) -> Attention:
    index = layer.index
    heads, kv_heads = known.heads[index], known.kv_heads[index]
    key, value = known.head_dims(index)
    if not heads or not key:
        raise UnknownLayoutError(f"layer {index} has attention but no heads")
    fused = layer.has("attn_qkv")
    has_key = fused or layer.has("attn_k")
    query_rows = 0 if fused else layer.width("attn_q", 1)
    source = "attn_qkv" if fused else "attn_q"
    gate = "fused" if query_rows == 2 * heads * key else ""
    if layer.has("attn_gate"):
        gate = "head" if layer.width("attn_gate", 1) == heads else "full"
    letters = "qkv" if layer.has_bias("attn_qkv") else ""
    for letter, name in zip("qkvo", ("attn_q", "attn_k", "attn_v", "attn_output"), strict=True):
        letters += letter if layer.has_bias(name) else ""
    norm = layer.shape("attn_q_norm")
    qk_norm = ""
    if norm:
        qk_norm = "per_head" if len(norm) == _MATRIX else "head" if norm[0] == key else "full"
    layer.claim("attn_q", "attn_qkv", "attn_output", "attn_gate", "attn_sinks", "attn_q_norm")
    shares = not has_key or index >= known.first_sharing_layer
    if not shares:  # some files keep the keys and values nothing reads
        layer.claim("attn_k", "attn_v", "attn_k_norm")
    width = layer.width(source, 0)
    return Attention(
        heads=heads,
        kv_heads=kv_heads or heads,
        head_dim=key,
        value_dim=0 if value == key else value,
        window=known.windows[index],
        chunked=known.facts.architecture == "llama4" and known.windows[index] > 0,
        bias=letters,
        qk_norm=qk_norm,
        gate=gate,
        sinks=layer.has("attn_sinks"),
        fused_qkv=fused,
        shares_kv=shares,
        key_is_value=has_key and not fused and not layer.has("attn_v"),
        input_width=0 if width == known.hidden else width,
    )


def _latent(layer: Layer, known: LayerFacts) -> LatentAttention:
    """MLA; files without `key_length_mla` are older than llama.cpp's cache of latents."""
    facts, index = known.facts, layer.index
    heads = known.heads[index]
    swa = "_swa" if known.windows[index] else ""
    rope = facts.integer("rope.dimension_count" + swa, facts.integer("rope.dimension_count", 0))
    key = facts.integer("attention.key_length_mla" + swa, 0)
    key = key or facts.integer("attention.key_length_mla", 0)
    value = facts.integer("attention.value_length_mla" + swa, 0)
    value = value or facts.integer("attention.value_length_mla", 0)
    layer.claim(
        "attn_q", "attn_q_a", "attn_q_a_norm", "attn_q_b", "attn_kv_a_mqa", "attn_kv_a_norm",
        "attn_kv_b", "attn_k_b", "attn_v_b", "attn_output", "indexer.k_norm", "indexer.proj",
        "indexer.attn_k", "indexer.attn_q_b",
    )  # fmt: skip
    absorbed = bool(key and value)
    if not absorbed:
        key, value = known.head_dims(index)
    if not rope or rope > key:
        raise UnknownLayoutError("`rope.dimension_count` is missing")
    indexed = layer.has("indexer.attn_k")
    letters = "q" if layer.has_bias("attn_q_a") else ""
    letters += "k" if layer.has_bias("attn_kv_a_mqa") else ""
    letters += "o" if layer.has_bias("attn_output") else ""
    gate = ""
    if layer.has("attn_gate"):
        gate = "head" if layer.width("attn_gate", 1) == heads else "full"
        layer.claim("attn_gate")
    return LatentAttention(
        heads=heads,
        kv_rank=layer.width("attn_kv_a_mqa", 1) - rope,
        nope_dim=key - rope,
        rope_dim=rope,
        value_dim=value,
        q_rank=layer.width("attn_q_a", 1) if layer.has("attn_q_a") else 0,
        window=known.windows[index],
        bias=letters,
        indexer_heads=facts.integer("attention.indexer.head_count") if indexed else 0,
        indexer_dim=facts.integer("attention.indexer.key_length") if indexed else 0,
        indexer_topk=facts.integer("attention.indexer.top_k", 0),
        gate=gate,
        absorbed=absorbed,
    )


def _compressed(layer: Layer, known: LayerFacts) -> list[Mixer]:
    """DeepSeek-V4: a window of single-head latents, and compressed ones of the whole context."""
    facts, index = known.facts, layer.index
    width, _ = known.head_dims(index)
    ratios = facts.array("attention.compress_ratios") or ()
    ratio = ratios[index] if index < len(ratios) else 0
    tensors = _written_out(layer, ("attn_", "indexer"))
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


def _written_out(layer: Layer, starts: tuple[str, ...]) -> tuple[ExtraTensor, ...]:
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


def _lightning(layer: Layer, known: LayerFacts) -> LightningAttention:
    layer.claim("attn_qkv", "attn_gate", "attn_output", "attn_norm_2")
    return LightningAttention(heads=known.heads[layer.index], head_dim=known.head_dims(0)[0])


def _mamba(layer: Layer, known: LayerFacts) -> Mamba1 | Mamba2:
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
    return Mamba2(
        inner=inner, state=state, conv=conv, heads=rank, groups=groups, conv_bias=conv_bias,
        projection_bias=projection_bias, norm=has_norm,
    )  # fmt: skip


def _gated_delta_net(layer: Layer, known: LayerFacts) -> GatedDeltaNet:
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


def _kimi_delta(layer: Layer, known: LayerFacts) -> KimiDelta:
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


def _short_conv(layer: Layer, known: LayerFacts) -> ShortConv:
    bias = layer.has_bias("shortconv.in_proj") or layer.has_bias("shortconv.conv")
    layer.claim("shortconv.conv", "shortconv.in_proj", "shortconv.out_proj")
    return ShortConv(kernel=known.facts.integer("shortconv.l_cache"), bias=bias)


def _rwkv(layer: Layer, known: LayerFacts) -> Rwkv7 | CustomMixer:
    facts = known.facts
    head = facts.integer("wkv.head_size")
    shifts = facts.integer("token_shift_count", 2)
    tensors = _written_out(layer, ("time_mix_",))
    if facts.architecture == "rwkv7":
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
