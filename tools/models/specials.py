"""What single models and architectures have beyond the rules: extra norms, gates, tables, MTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import deepseek_v4, hybrids, recent
from models.tensors import (
    Arch,
    Ref,
    add,
    both,
    embedding_norm,
    is_moe,
    norms,
    part,
    rope_factors,
    tensor,
)

if TYPE_CHECKING:
    from collections.abc import Callable

# Models trained with Llama 3's rope scaling: the converter writes one factor a frequency.
LLAMA3_ROPE = {
    "llama-3.1-8b", "llama-3.1-70b", "llama-3.1-405b", "llama-3.2-1b", "llama-3.2-3b",
    "llama-3.3-70b", "llama-3.2-11b-vision", "llama-3.2-90b-vision",
    "deepseek-r1-distill-llama-8b", "deepseek-r1-distill-llama-70b",
    "nemotron-nano-8b-v1", "nemotron-nano-4b-v1.1", "llama-3.3-nemotron-super-49b",
    "exaone-3.5-2.4b", "exaone-3.5-7.8b", "exaone-3.5-32b", "exaone-4.0-1.2b", "exaone-4.0-32b",
    "exaone-4.5-33b", "apertus-8b", "apertus-70b", "cwm-32b", "llama-4-scout",
}  # fmt: skip


def amend(arch: Arch, ref: Ref) -> None:
    """Add to an architecture what its Transformers class or the model itself has besides."""
    by_class = CLASSES.get(ref["architecture"])
    if by_class:
        by_class(arch, ref)
    by_model = MODELS.get(ref["id"])
    if by_model:
        by_model(arch, ref)
    if ref["id"] in LLAMA3_ROPE:
        rope_factors(arch, "rope_freqs", ref["head_dim"] // 2)


def bias_unpublished(arch: Arch, ref: Ref) -> None:
    """Leave the router's bias out of the published count; llama.cpp's file has it."""
    part("moe", router_bias=False)(arch, ref)
    experts = ref["moe"]["n_experts"]
    add(arch, tensor("exp_probs_b.bias", experts, kind="bias", hf=False), blocks=is_moe)


def xielu(arch: Arch, _: Ref) -> None:
    """Apertus' activation has two learned numbers a layer; llama.cpp keeps them as metadata."""
    add(arch, tensor("ffn_act.alphas", 2, kind="state", gguf=False))


def falcon(arch: Arch, ref: Ref) -> None:
    """Falcon 40B and 180B norm attention and feed-forward apart."""
    if ref["id"] in ("falcon-40b", "falcon-180b"):
        norms("attn_norm", "attn_norm_2")(arch, ref)


def beside_experts(norm: str = "") -> Callable[[Arch, Ref], None]:
    """Put a dense feed-forward beside the experts."""

    def change(arch: Arch, ref: Ref) -> None:
        size = ref["moe"]["dense_ffn_in_parallel"]
        for block in arch["blocks"]:
            block["feed_forwards"].insert(0, {"kind": "dense", "size": size})
            if norm:
                block["norms"] = [*block["norms"], norm]

    return change


def bitnet(arch: Arch, ref: Ref) -> None:
    """Norms before the output and down projections."""
    add(
        arch,
        tensor("attn_sub_norm.weight", arch["hidden"], kind="norm"),
        tensor("ffn_sub_norm.weight", ref["ffn_hidden"], kind="norm"),
    )


def minimax_m3(arch: Arch, _: Ref) -> None:
    """Add the indexer of sparse attention to the layers with experts."""
    hidden = arch["hidden"]
    indexer = {
        "kind": "custom",
        "label": "indexer",
        "key_width": 128,
        "tensors": [
            tensor("indexer.q_proj.weight", hidden, 512),
            tensor("indexer.k_proj.weight", hidden, 128),
            tensor("indexer.q_norm.weight", 128, kind="norm"),
            tensor("indexer.k_norm.weight", 128, kind="norm"),
        ],
    }
    for block in filter(is_moe, arch["blocks"]):
        block["mixers"].append(indexer)


def muse_glimmer(arch: Arch, ref: Ref) -> None:
    """Norms after attention and feed-forward; QK-norms of ones that only llama.cpp stores."""
    norms("attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm")(arch, ref)
    add(
        arch,
        tensor("attn_q_norm.weight", 128, kind="norm", hf=False),
        tensor("attn_k_norm.weight", 128, kind="norm", hf=False),
    )


def ends_with_embedding_norm(arch: Arch, _: Ref) -> None:
    """LFM2's last norm is stored under the name of an embedding norm."""
    arch["output_norm"] = False
    arch.setdefault("extra_tensors", []).append(
        tensor("token_embd_norm.weight", arch["hidden"], kind="norm")
    )


def long_rope(arch: Arch, ref: Ref) -> None:
    """Phi's long context: a short and a long factor a frequency."""
    if ref["id"] in (
        "phi-3-mini-128k",
        "phi-3.5-mini",
        "phi-3-medium-128k",
        "phi-4-mini",
        "phi-3.5-moe",
        "phi-4-multimodal",
    ):
        count = ref["head_dim"] // 2
        if ref["id"] in ("phi-4-mini", "phi-4-multimodal"):
            count = count * 3 // 4
        rope_factors(arch, "rope_factors_long", count)
        rope_factors(arch, "rope_factors_short", count)


def padded_embedding(arch: Arch, ref: Ref) -> None:
    """Gemma's checkpoint has 64 rows no token uses; the converter drops them."""
    if ref["vocab_size"] == 262208:
        arch["gguf_vocabulary"] = 262144


def nemotron_h(arch: Arch, ref: Ref) -> None:
    """llama.cpp has an architecture of its own for the models with experts."""
    if ref["moe"]:
        arch["gguf"] = "nemotron_h_moe"


def opt_350m(arch: Arch, _: Ref) -> None:
    """Narrow the embedding, project each way, and drop the last norm."""
    arch["embedding_width"] = 512
    arch["output_norm"] = False
    arch.setdefault("extra_tensors", []).extend(
        [
            tensor("embd_proj_in.weight", 512, arch["hidden"]),
            tensor("embd_proj_out.weight", arch["hidden"], 512),
        ]
    )


POST = norms("attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm")

CLASSES: dict[str, Callable[[Arch, Ref], None]] = {
    "bailing_hybrid": hybrids.bailing_hybrid,
    "deepseek_v4": deepseek_v4.deepseek_v4,
    "gemma3n": hybrids.gemma3n,
    "gemma4": hybrids.gemma4,
    "dots3_note": recent.dots3_note,
    "glm5_next": recent.glm5_next,
    "mistral_large4": recent.mistral_large4,
    "muse_spark": recent.muse_spark,
    "qwen4_exp": recent.qwen4_exp,
    "kimi_k3": hybrids.kimi_k3,
    "longcat_flash": hybrids.longcat,
    "mllama": hybrids.mllama,
    "nemotron-nas": hybrids.nemotron_nas,
    "recurrent_gemma": hybrids.recurrent_gemma,
    "rwkv7": hybrids.rwkv7,
    "zaya": hybrids.zaya,
    "apertus": xielu,
    "arctic": beside_experts("ffn_norm_exps"),
    "axk1": norms("attn_norm", "ffn_norm", "post_ffw_norm"),
    "bitnet": bitnet,
    "bloom": embedding_norm,
    "beam": both(POST, part("moe", router_bias=True), part("attention", sinks=True)),
    "falcon": falcon,
    "gemma3": padded_embedding,
    "grok": norms("attn_norm", "attn_output_norm", "ffn_norm", "layer_output_norm"),
    "grok2": both(
        beside_experts(), norms("attn_norm", "attn_output_norm", "ffn_norm", "post_ffw_norm")
    ),
    "kolibri1": both(POST, part("moe", router_bias=True)),
    "lfm2": ends_with_embedding_norm,
    "lfm2_moe": ends_with_embedding_norm,
    "lfm3": POST,
    "minimax_m3_vl": minimax_m3,
    "nemotron_h": nemotron_h,
    "muse_glimmer": muse_glimmer,
    "phi3": long_rope,
    "phi4mm": long_rope,
    "phimoe": long_rope,
    "solar_open": bias_unpublished,
}

MODELS: dict[str, Callable[[Arch, Ref], None]] = {
    "falcon-h1-0.5b": part("mamba2", norm=False),
    "granite-code-8b": both(part("attention", bias="qkvo"), part("dense", bias=True)),
    "opt-350m": opt_350m,
    "lfm2-8b-a1b": bias_unpublished,
}
