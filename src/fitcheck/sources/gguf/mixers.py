"""Recognises how a layer mixes tokens (attention, state space …) by the tensors it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.parts import Attention, CustomMixer, LatentAttention, Mixer
from fitcheck.sources.gguf.facts import UnknownLayoutError
from fitcheck.sources.gguf.recurrences import (
    compressed,
    gated_delta_net,
    kimi_delta,
    lightning,
    mamba,
    rwkv,
    short_conv,
    written_out,
)

if TYPE_CHECKING:
    from fitcheck.sources.gguf.layer import Layer
    from fitcheck.sources.gguf.layer_facts import LayerFacts

_MATRIX = 2  # dimensions


def mixers(layer: Layer, known: LayerFacts) -> tuple[Mixer, ...]:
    """Name the mixers of a layer; claims their tensors. Raises UnknownLayoutError."""
    found: list[Mixer] = []
    if layer.has("time_mix_key") or layer.has("time_mix_receptance"):
        found.append(rwkv(layer, known))
    elif layer.has("ssm_conv1d_q") or layer.has("ssm_f_a"):
        found.append(kimi_delta(layer, known))
    elif layer.has("ssm_ba") or layer.has("ssm_alpha"):
        found.append(gated_delta_net(layer, known))
    elif layer.has("shortconv.conv"):
        found.append(short_conv(layer, known))
    elif layer.has("attn_compressor_kv") or known.facts.architecture == "deepseek4":
        found += compressed(layer, known)
    elif layer.has("attn_kv_a_mqa"):
        found.append(_latent(layer, known))
    elif known.facts.architecture == "minimax-01" and layer.has("attn_gate"):
        found.append(lightning(layer, known))
    elif layer.has("attn_q") or layer.has("attn_qkv"):
        found.append(_attention(layer, known))
    if layer.has("indexer.k_proj") or layer.has("indexer.attn_k"):
        found += _indexer(layer, known, found)
    if layer.has("ssm_in") and (not found or isinstance(found[0], Attention)):
        found.insert(0, mamba(layer, known))
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
    layer.claim("attn_out")  # Ollama's name of the output
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


def _indexer(layer: Layer, known: LayerFacts, found: list[Mixer]) -> list[Mixer]:
    """Name the key cache of block-sparse attention, one key a token, where MLA has not yet.

    Source: llama-memory-hybrid-idx.h, llama-kv-cache-msa.h of llama.cpp
    """
    if any(isinstance(part, LatentAttention) and part.indexer_heads for part in found):
        return []
    width = known.facts.integer("attention.indexer.key_length")
    tensors = written_out(layer, ("indexer",))
    return [CustomMixer(tensors=tensors, key_width=width, label="indexer")]


def _latent(layer: Layer, known: LayerFacts) -> LatentAttention:
    """MLA; files without `key_length_mla` are older than llama.cpp's cache of latents."""
    facts, index = known.facts, layer.index
    heads = known.heads[index]
    swa = "_swa" if known.windows[index] else ""
    width = layer.width("attn_kv_a_mqa", 1)
    rank = facts.integer("attention.kv_lora_rank" + swa, 0)
    rank = rank or facts.integer("attention.kv_lora_rank")
    rope = width - rank
    key = facts.integer("attention.key_length_mla" + swa, 0)
    key = key or facts.integer("attention.key_length_mla", 0)
    value = facts.integer("attention.value_length_mla" + swa, 0)
    value = value or facts.integer("attention.value_length_mla", 0)
    layer.claim(
        "attn_q", "attn_q_a", "attn_q_a_norm", "attn_q_b", "attn_kv_a_mqa", "attn_kv_a_norm",
        "attn_kv_b", "attn_k_b", "attn_v_b", "attn_output",
    )  # fmt: skip
    absorbed = bool(key and value)
    if not absorbed:
        key, value = known.head_dims(index)
    if not 0 <= rope <= key:
        raise UnknownLayoutError(f"layer {index} rotates {rope} of {key} values")
    pooled = facts.has("attention.indexer.kpool")  # caches keys of its own, beside this
    indexed = layer.has("indexer.attn_k") and not pooled
    if indexed:
        layer.claim("indexer.k_norm", "indexer.proj", "indexer.attn_k", "indexer.attn_q_b")
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
        # Layers with windows pick no tokens; others without an indexer take an earlier layer's.
        indexer_topk=0 if known.windows[index] else facts.integer("attention.indexer.top_k", 0),
        gate=gate,
        absorbed=absorbed,
    )
