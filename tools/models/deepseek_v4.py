"""DeepSeek V4: a window and compressed tokens beyond it, one cached vector for all heads."""

from __future__ import annotations

from typing import Any

from models.layout import write_layout
from models.tensors import Arch, Ref, tensor


def deepseek_v4(arch: Arch, ref: Ref) -> None:
    """One cached vector a token for all heads, compressed 4 or 128 times beyond the window."""
    about = ref["attention"]["mla_dsa"]
    hidden, heads, wide = arch["hidden"], ref["n_heads"], ref["head_dim"]
    rank, groups, out = about["q_lora_rank"], about["o_groups"], about["o_lora_rank"]
    streams = about["hyper_connections"]
    mixes = (2 + streams) * streams
    core = [
        tensor("attn_sinks.weight", heads, kind="norm"),
        tensor("attn_q_a.weight", hidden, rank),
        tensor("attn_q_a_norm.weight", rank, kind="norm"),
        tensor("attn_q_b.weight", rank, heads * wide),
        tensor("attn_kv.weight", hidden, wide),
        tensor("attn_kv_a_norm.weight", wide, kind="norm"),
        tensor("attn_output_a.weight", heads * wide // groups, out, groups),
        tensor("attn_output_b.weight", groups * out, hidden),
    ]
    for place in ("attn", "ffn"):
        core += [
            tensor(f"hc_{place}_fn.weight", streams * hidden, mixes),
            tensor(f"hc_{place}_base.weight", mixes, kind="norm"),
            tensor(f"hc_{place}_scale.weight", 3, kind="norm"),
        ]
    moe = arch["blocks"][0]["feed_forwards"][0]
    kinds = [kind for kind, n in ref["attention"]["layer_types_rle"] for _ in range(n)]
    names = []
    blocks: dict[str, Arch] = {}
    short = {"sliding_window": "window", "csa_compress4": "csa", "hca_compress128": "hca"}
    for layer, kind in enumerate(kinds):
        hashed = layer < 3
        name = short[kind] + ("-hash" if hashed else "")
        names.append(name)
        blocks[name] = _v4_block(arch, ref, name, core, moe, kind=kind, hashed=hashed)
    arch["blocks"] = list(blocks.values())
    arch["layout"] = write_layout(names)
    arch.setdefault("extra_tensors", []).extend(
        [
            tensor("output_hc_fn.weight", streams * hidden, streams),
            tensor("output_hc_base.weight", streams, kind="norm"),
            tensor("output_hc_scale.weight", 1, kind="norm"),
        ]
    )


def _v4_block(
    arch: Arch, ref: Ref, name: str, core: list[Arch], moe: Arch, *, kind: str, hashed: bool
) -> Arch:
    about = ref["attention"]["mla_dsa"]
    hidden, wide = arch["hidden"], ref["head_dim"]
    window: dict[str, Any] = {
        "kind": "custom",
        "label": "sliding-window attention, one vector for keys and values",
        "key_width": wide,
        "window": 128,
        "tensors": core,
    }
    mixers = [window]
    if kind != "sliding_window":
        ratio, times = (4, 2) if kind == "csa_compress4" else (128, 1)
        mixers.append(
            {
                "kind": "custom",
                "label": f"attention to {ratio} tokens compressed into one",
                "key_width": wide,
                "tokens_per_entry": ratio,
                "tensors": _compressor("attn", hidden, wide, ratio, times),
            }
        )
    if kind == "csa_compress4":
        narrow, heads = about["indexer_head_dim"], about["indexer_heads"]
        mixers.append(
            {
                "kind": "custom",
                "label": "indexer of the compressed tokens",
                "key_width": narrow,
                "tokens_per_entry": 4,
                "tensors": [
                    tensor("indexer.proj.weight", hidden, heads),
                    tensor("indexer.attn_q_b.weight", about["q_lora_rank"], heads * narrow),
                    *_compressor("indexer", hidden, narrow, 4, 2),
                ],
            }
        )
    block: Arch = {"name": name, "mixers": mixers, "feed_forwards": [dict(moe)]}
    if hashed:
        block["feed_forwards"][0]["router_bias"] = False
        used = ref["moe"]["experts_per_token"]
        block["extra_tensors"] = [
            tensor("ffn_gate_tid2eid.weight", used, ref["vocab_size"], kind="lookup", hf=False)
        ]
    return block


def _compressor(place: str, hidden: int, wide: int, ratio: int, times: int) -> list[Arch]:
    return [
        tensor(f"{place}_compressor_kv.weight", hidden, times * wide),
        tensor(f"{place}_compressor_gate.weight", hidden, times * wide),
        tensor(f"{place}_compressor_ape.weight", times * wide, ratio, kind="norm"),
        tensor(f"{place}_compressor_norm.weight", wide, kind="norm"),
    ]
