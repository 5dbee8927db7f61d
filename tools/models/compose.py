"""Composes the architecture of a model from a record of the reference table."""

from __future__ import annotations

from typing import Any

from models.layout import write_layout
from models.rules import RULES
from models.specials import amend

# The numbers are certain (the total matches), the order is not known.
UNORDERED = {
    "nemotron-3-nano-4b": [
        ("mamba2", 21),
        ("no_attention(ffn/moe or recurrent block)", 17),
        ("full", 4),
    ],
    "mimo-v2.5-pro": [
        ("full", 1),
        *[("sliding_window", 6), ("full", 1)] * 9,
        ("sliding_window", 6),
    ],
}

LAYER_NAMES = {
    "csa_compress4": "csa",
    "hca_compress128": "hca",
    "rg_lru": "recurrent",
    "full": "full",
    "full+sparse_indexer": "full",
    "mla_sliding_window": "window",
    "sliding_window": "window",
    "chunked": "chunked",
    "mla": "mla",
    "mla+dsa_indexer": "sparse",
    "mla+dsa_shared_indexer": "shared",
    "mamba1": "mamba",
    "mamba2": "mamba",
    "gated_deltanet": "delta",
    "kimi_delta_attention": "delta",
    "short_conv": "conv",
    "lightning_attention": "linear",
    "full_attention+mamba2_parallel": "layer",
    "no_attention(ffn/moe or recurrent block)": "ffn",
    "cross_attention(vision)": "cross",
}


def architecture(ref: dict[str, Any]) -> dict[str, Any]:
    """Compose the architecture of one reference record."""
    rule = RULES[ref["architecture"]]
    kinds = _kinds(ref)
    feeds = [_feed_kind(ref, rule, i) for i in range(ref["n_layers"])]
    names = []
    blocks: dict[str, dict[str, Any]] = {}
    several = len(set(kinds)) > 1
    for kind, feed in zip(kinds, feeds, strict=True):
        if kind.startswith("no_attention"):
            name = feed if len(set(kinds)) > 1 else "layer"
        elif len(set(feeds)) > 1 and ref["architecture"] != "nemotron_h":
            name = f"{LAYER_NAMES[kind]}-{feed}" if several else feed
        else:
            name = LAYER_NAMES[kind] if several else "layer"
        names.append(name)
        if name not in blocks:
            blocks[name] = _block(ref, rule, name, kind, feed)
    arch: dict[str, Any] = {
        "gguf": rule["gguf"],
        "hf": ref["architecture"],
        "hidden": ref["hidden_size"],
        "vocabulary": ref["vocab_size"],
        "tied": bool(ref["tie_embeddings"]),
        "norm_bias": rule.get("norm_bias", False),
        "output_norm": rule.get("output_norm", True),
        "output_bias": rule.get("output_bias", False),
        "positions": ref["max_context"] + rule.get("more_positions", 0)
        if rule.get("positions")
        else 0,
        "blocks": list(blocks.values()),
        "layout": write_layout(names),
        "mtp_in_gguf": rule.get("mtp_in_gguf", False),
    }
    amend(arch, ref)
    return arch


def _kinds(ref: dict[str, Any]) -> list[str]:
    """List the kinds of layers; where the order was not seen, in runs."""
    order = ref["attention"]["layer_types_rle"] or UNORDERED[ref["id"]]
    return [kind for kind, n in order for _ in range(n)]


def _feed_kind(ref: dict[str, Any], rule: dict[str, Any], layer: int) -> str:
    moe = ref["moe"]
    if not moe:
        return "dense"
    dense = moe.get("n_dense_ffn_layers") or 0
    every = rule.get("moe_every", 0)
    if every and dense:
        return "moe" if layer % every == every - 1 else "dense"
    return "dense" if layer < dense else "moe"


def _block(
    ref: dict[str, Any], rule: dict[str, Any], name: str, kind: str, feed: str
) -> dict[str, Any]:
    block: dict[str, Any] = {"name": name}
    mixers = _mixers(ref, rule, kind)
    if mixers:
        block["mixers"] = mixers
    alone = ref["architecture"] in ("nemotron_h", "mamba", "falcon_mamba", "mamba2")
    if not (alone and mixers):
        block["feed_forwards"] = [_feed_forward(ref, rule, feed)]
    block["norms"] = rule.get("norms", ("attn_norm", "ffn_norm"))
    return block


def _mixers(ref: dict[str, Any], rule: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    attention = ref["attention"]
    linear = attention["linear_or_ssm"] or {}
    if kind == "full_attention+mamba2_parallel":
        return [_mamba2(linear, rule), _attention(ref, rule, "full")]
    if kind in ("full", "full+sparse_indexer", "sliding_window", "chunked"):
        return [_attention(ref, rule, kind)]
    if kind.startswith("mla"):
        return [_latent(ref, rule, kind)]
    if kind == "mamba1":
        return [
            {
                "kind": "mamba1",
                "inner": linear["ssm_inner"],
                "state": linear["ssm_state"],
                "conv": linear["ssm_conv_kernel"],
                "dt_rank": linear["ssm_dt_rank"],
                "inner_norms": ref["architecture"] == "jamba",
            }
        ]
    if kind == "mamba2":
        return [_mamba2(linear, rule)]
    if kind == "gated_deltanet":
        return [
            {
                "kind": "gated_delta_net",
                "key_heads": linear["key_heads"],
                "value_heads": linear["value_heads"],
                "key_dim": linear["key_head_dim"],
                "value_dim": linear["value_head_dim"],
                "conv": linear["conv_kernel"],
                "split": rule.get("split", False),
            }
        ]
    if kind == "kimi_delta_attention":
        return [
            {
                "kind": "kimi_delta",
                "heads": linear["kda_heads"],
                "head_dim": linear["kda_head_dim"],
                "conv": linear["kda_conv_kernel"],
            }
        ]
    if kind == "short_conv":
        return [{"kind": "short_conv", "kernel": linear["conv_kernel"]}]
    if kind == "rg_lru":
        heads = ref["n_heads"]
        return [{"kind": "rg_lru", "width": linear["lru_width"], "conv": 4, "heads": heads}]
    if kind == "lightning_attention":
        return [{"kind": "lightning", "heads": ref["n_heads"], "head_dim": ref["head_dim"]}]
    return []


def _mamba2(linear: dict[str, Any], rule: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "mamba2",
        "inner": linear["ssm_heads"] * linear["ssm_head_dim"],
        "state": linear["ssm_state"],
        "conv": linear["ssm_conv_kernel"],
        "heads": linear["ssm_heads"],
        "groups": linear["ssm_groups"],
        "norm": rule.get("mamba_norm", True),
    }


def _attention(ref: dict[str, Any], rule: dict[str, Any], kind: str) -> dict[str, Any]:
    about = ref["attention"]
    full = about["full_attention_overrides"] or {}
    sliding = about["sliding_overrides"] or {}
    heads, kv_heads, head_dim = ref["n_heads"], ref["n_kv_heads"], ref["head_dim"]
    if kind == "full":
        head_dim = full.get("full_D", head_dim)
        kv_heads = full.get("full_KV", kv_heads)
    else:
        heads = sliding.get("swa_A", heads)
        kv_heads = sliding.get("swa_KV", kv_heads)
    part: dict[str, Any] = {"kind": "attention", "heads": heads, "kv_heads": kv_heads}
    part["head_dim"] = head_dim
    value_dim = (about["mla_dsa"] or {}).get("v_head_dim", 0)
    if value_dim and value_dim != head_dim:
        part["value_dim"] = value_dim
    if kind == "sliding_window":
        part["window"] = about["sliding_window"]
    if kind == "chunked":
        part |= {"window": about["chunk"], "chunked": True}
    part["bias"] = rule.get("bias", "") if "bias" in rule else ("qkv" if about["qkv_bias"] else "")
    part["qk_norm"] = _qk_norm(ref, rule)
    gate = about["output_gate"]
    part["gate"] = rule.get("gate", {"q": "fused", None: ""}.get(gate, gate))
    part["sinks"] = about["sinks"] == 1 or (about["sinks"] == "swa" and kind == "sliding_window")
    part["fused_qkv"] = rule.get("fused_qkv", False)
    part["key_is_value"] = bool(full.get("k_eq_v")) and kind == "full"
    return part


def _qk_norm(ref: dict[str, Any], rule: dict[str, Any]) -> str:
    stated = ref["attention"]["qk_norm"]
    if stated or ref["architecture"] == "qwen4_exp":
        return str(rule.get("qk_norm", stated))
    return ""


def _latent(ref: dict[str, Any], rule: dict[str, Any], kind: str) -> dict[str, Any]:
    mla = ref["attention"]["mla_dsa"]
    part = {
        "kind": "mla",
        "heads": ref["n_heads"],
        "kv_rank": mla["kv_lora_rank"],
        "nope_dim": mla["qk_nope_head_dim"],
        "rope_dim": mla["qk_rope_head_dim"],
        "value_dim": mla["v_head_dim"],
        "q_rank": mla.get("q_lora_rank") or 0,
        "gate": rule.get("mla_gate", ""),
        "absorbed": rule.get("absorbed", True),
    }
    if kind == "mla+dsa_shared_indexer":
        part["indexer_topk"] = mla.get("index_topk", 2048)
    if kind == "mla+dsa_indexer":
        part |= {
            "indexer_heads": mla["indexer_heads"],
            "indexer_dim": mla["indexer_head_dim"],
            "indexer_topk": mla.get("index_topk", 2048),
        }
    return part


def _feed_forward(ref: dict[str, Any], rule: dict[str, Any], feed: str) -> dict[str, Any]:
    gated = rule.get("gated", True)
    if feed == "dense":
        return {
            "kind": "dense",
            "size": ref["ffn_hidden"],
            "gated": gated,
            "bias": rule.get("ffn_bias", False),
            "fused": rule.get("ffn_fused", False),
        }
    moe = ref["moe"]
    return {
        "kind": "moe",
        "experts": moe["n_experts"],
        "active": moe["experts_per_token"],
        "size": moe["expert_ffn_size"],
        "gated": gated,
        "bias": rule.get("expert_bias", False),
        "shared_size": moe["shared_expert_ffn_total"] or 0,
        "shared_gated": gated,
        "shared_gate": rule.get("shared_gate", False),
        "router_bias": rule.get("router_bias", False),
        "latent": moe.get("expert_latent_size") or 0,
    }
