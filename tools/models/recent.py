"""Architectures of 2026 with hyper-connections, pooled indexers or residual gates."""

from __future__ import annotations

from typing import Any

from models.tensors import Arch, Ref, add, is_moe, norms, part, tensor

_STREAMS = 4


def hyper_connections(arch: Arch) -> None:
    """Several residual streams, mixed before and after attention and feed-forward."""
    wide, mixes = _STREAMS * arch["hidden"], (2 + _STREAMS) * _STREAMS
    for place in ("attn", "ffn"):
        add(
            arch,
            tensor(f"hc_{place}_fn.weight", wide, mixes),
            tensor(f"hc_{place}_base.weight", mixes, kind="norm"),
            tensor(f"hc_{place}_scale.weight", 3, kind="norm"),
        )


def pooled_indexer(block: Arch, *, hidden: int, rank: int, heads: int, dim: int, pool: int) -> None:
    """Give a block an indexer whose keys are pooled: one cached for every `pool` tokens."""
    block["mixers"].append(
        {
            "kind": "custom",
            "label": f"indexer of {pool} tokens pooled into one",
            "key_width": dim,
            "tokens_per_entry": pool,
            "tensors": [
                tensor("indexer.k_norm.weight", dim, kind="norm"),
                tensor("indexer.k_norm.bias", dim, kind="bias"),
                tensor("indexer.proj.weight", hidden, heads),
                tensor("indexer.attn_k.weight", hidden, dim),
                tensor("indexer.attn_q_b.weight", rank, heads * dim),
                tensor("indexer_compressor_gate.weight", hidden, dim),
                tensor("indexer_compressor_ape.weight", dim, pool, kind="norm"),
            ],
        }
    )


def glm5_next(arch: Arch, ref: Ref) -> None:
    """Kimi delta attention and latent attention over pooled keys, with hyper-connections."""
    about = ref["attention"]["mla_dsa"]
    for block in arch["blocks"]:
        mixer = block["mixers"][0]
        if mixer["kind"] == "mla":
            mixer["indexer_heads"] = mixer["indexer_dim"] = 0
            pooled_indexer(
                block,
                hidden=arch["hidden"],
                rank=about["q_lora_rank"],
                heads=about["indexer_heads"],
                dim=about["indexer_head_dim"],
                pool=about["indexer_pool"],
            )
    hyper_connections(arch)


def dots3_note(arch: Arch, ref: Ref) -> None:
    """Latent attention with a gate a head; in a window the latent and the heads are wider."""
    part("mla", gate="head")(arch, ref)
    add(arch, tensor("attn_k_norm.weight", 64, kind="norm"))
    about = ref["attention"]
    for block in arch["blocks"]:
        if block["name"].startswith("window"):
            block["mixers"][0] |= {
                "window": about["sliding_window"],
                "kv_rank": about["mla_dsa"]["swa_kv_lora_rank"],
                "nope_dim": 192,
                "heads": 64,
            }


def qwen4_exp(arch: Arch, ref: Ref) -> None:
    """Residual streams mixed by low-rank maps, an indexer, and a table of n-grams."""
    hidden, rank = arch["hidden"], 320
    wide = _STREAMS * hidden
    about = ref["attention"]["mla_dsa"]
    heads, dim, pool = about["indexer_heads"], about["indexer_head_dim"], about["indexer_pool"]
    norms()(arch, ref)
    for place in ("attn", "ffn"):
        add(
            arch,
            tensor(f"hc_{place}_norm.weight", hidden, _STREAMS, kind="norm"),
            tensor(f"hc_{place}_down.weight", wide, rank),
            tensor(f"hc_{place}_up.weight", rank, wide),
            tensor(f"hc_{place}_inject.weight", wide, _STREAMS),
        )
    arch["output_norm"] = False
    table = ref["per_layer_embedding_params"]
    arch.setdefault("extra_tensors", []).extend(
        [
            tensor("output_hc_norm.weight", hidden, _STREAMS, kind="norm"),
            tensor("output_hc_down.weight", wide, rank),
            tensor("output_hc_up.weight", rank, wide),
            tensor("per_layer_token_embd.weight", 160, table // 160, kind="lookup"),
        ]
    )
    for block in arch["blocks"]:
        if block["name"].startswith("full"):
            block["mixers"].append(
                {
                    "kind": "custom",
                    "label": f"indexer of {pool} tokens compressed into one",
                    "key_width": dim,
                    "tokens_per_entry": pool,
                    "tensors": [
                        tensor("indexer.q_proj.weight", hidden, heads * dim),
                        tensor("indexer.k_proj.weight", hidden, dim),
                        tensor("indexer.q_norm.weight", dim, kind="norm"),
                        tensor("indexer.k_norm.weight", dim, kind="norm"),
                    ],
                }
            )
    first = arch["blocks"][0]
    later: dict[str, Any] = {**first, "extra_tensors": list(first["extra_tensors"])}
    first["name"] = "first"
    first["extra_tensors"] = [
        *first["extra_tensors"],
        tensor("ple_key.weight", hidden, wide),
        tensor("ple_value.weight", hidden, hidden),
        tensor("ple_norm_key.weight", hidden, _STREAMS, kind="norm"),
        tensor("ple_norm_query.weight", hidden, _STREAMS, kind="norm"),
        tensor("ple_norm_conv.weight", hidden, _STREAMS, kind="norm"),
        tensor("ple_conv1d.weight", 4, wide, kind="conv"),
    ]
    arch["blocks"].insert(1, later)
    arch["layout"] = "first, 2 delta, full, 11 (3 delta, full)"


def muse_spark(arch: Arch, ref: Ref) -> None:
    """Gated residuals, norms after each part, experts behind a narrower projection."""
    hidden, narrow = arch["hidden"], ref["moe"]["expert_latent_size"]
    norms("attn_norm", "ffn_norm", "post_ffw_norm")(arch, ref)
    add(
        arch,
        tensor("attn_residual_gate.weight", hidden, kind="norm"),
        tensor("ffn_residual_gate.weight", hidden, kind="norm"),
        tensor("ffn_latent_norm.weight", narrow, kind="norm"),
        tensor("ffn_post_expert_norm.weight", narrow, kind="norm"),
        blocks=is_moe,
    )


def mistral_large4(arch: Arch, ref: Ref) -> None:
    """Norm the indexer's input, scale each head; every fourth layer has no positions."""
    heads, indexers = ref["n_heads"], ref["attention"]["mla_dsa"]["indexer_heads"]
    add(
        arch,
        tensor("indexer.q_norm.weight", arch["hidden"], kind="norm"),
        tensor("indexer.q_norm.bias", arch["hidden"], kind="bias"),
        tensor("indexer.scale.weight", indexers, kind="norm"),
        tensor("indexer.scale.bias", indexers, kind="norm"),
        tensor("attn_scale.weight", heads, kind="norm"),
        tensor("attn_scale.bias", heads, kind="norm"),
    )
    moe = arch["blocks"][1]
    mixer = moe["mixers"][0]
    whole = {**mixer, "nope_dim": mixer["nope_dim"] + mixer["rope_dim"], "rope_dim": 0}
    arch["blocks"].append({**moe, "name": "moe-no-positions", "mixers": [whole]})
    arch["layout"] = "dense, 2 moe, moe-no-positions, 17 (3 moe, moe-no-positions)"
