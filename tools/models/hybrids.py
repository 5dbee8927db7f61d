"""Architectures whose layers are put together by hand: Gemma 3n and 4, RWKV, LongCat, Zaya."""

from __future__ import annotations

from models.layout import write_layout
from models.tensors import Arch, Ref, add, embedding_norm, part, rope_factors, tensor

_PER_LAYER = 256  # width of the per-layer embedding of Gemma 3n and 4
_ALTUP = 4
_LAUREL = 64


def gemma4(arch: Arch, ref: Ref) -> None:
    """Shared K and V in the last layers, per-layer embeddings, a scale a layer, experts beside."""
    shared = ref["attention"]["kv_shared_layers"]
    _share_kv(arch, ref, shared)
    add(arch, tensor("layer_output_scale.weight", 1, kind="state"))
    rope_factors(arch, "rope_freqs", 256)
    if ref["per_layer_embedding_params"]:
        _per_layer_embedding(arch, ref["n_layers"], ref["vocab_size"])
    if ref["id"] == "gemma-4-e2b":
        for block in arch["blocks"]:
            if block["name"].startswith("shared"):
                block["feed_forwards"][0]["size"] *= 2
    if ref["moe"]:
        hidden, experts = arch["hidden"], ref["moe"]["n_experts"]
        for block in arch["blocks"]:
            block["feed_forwards"][0]["fused"] = True
            block["feed_forwards"].insert(
                0, {"kind": "dense", "size": ref["moe"]["dense_ffn_in_parallel"]}
            )
            more = ("post_ffw_norm_1", "pre_ffw_norm_2", "post_ffw_norm_2")
            block["norms"] = [*block["norms"], *more]
        add(
            arch,
            tensor("ffn_gate_inp.scale", hidden, kind="router"),
            tensor("ffn_down_exps.scale", experts, kind="router"),
        )


def gemma3n(arch: Arch, ref: Ref) -> None:
    """Alternating updates over four streams, LAuReL, per-layer embeddings, shared K and V."""
    hidden, layers = arch["hidden"], ref["n_layers"]
    _share_kv(arch, ref, ref["attention"]["kv_shared_layers"])
    _per_layer_embedding(arch, layers, 262144, padded=ref["vocab_size"])
    arch["extra_tensors"] += [
        tensor("altup_proj.weight", hidden, hidden, _ALTUP - 1),
        tensor("altup_unembd_proj.weight", hidden, hidden, _ALTUP - 1),
    ]
    add(
        arch,
        tensor("altup_correct_coef.weight", _ALTUP, _ALTUP),
        tensor("altup_correct_scale.weight", hidden, kind="norm"),
        tensor("altup_predict_coef.weight", _ALTUP, _ALTUP**2),
        tensor("altup_router.weight", hidden, _ALTUP),
        tensor("altup_router_norm.weight", hidden, kind="norm"),
        tensor("laurel_l.weight", hidden, _LAUREL),
        tensor("laurel_r.weight", _LAUREL, hidden),
        tensor("laurel_post_norm.weight", hidden, kind="norm"),
    )


def _share_kv(arch: Arch, ref: Ref, shared: int) -> None:
    """Turn the last layers into ones that read an earlier cache; their K and V lie unused."""
    if not shared:
        return
    kinds = [kind for kind, n in ref["attention"]["layer_types_rle"] for _ in range(n)]
    names = {"sliding_window": "window", "full": "full"}
    first = len(kinds) - shared
    for block in list(arch["blocks"]):
        mixer = block["mixers"][0]
        width = mixer["kv_heads"] * mixer["head_dim"]
        arch["blocks"].append(
            {
                **block,
                "name": f"shared-{block['name']}",
                "mixers": [{**mixer, "shares_kv": True}],
                "feed_forwards": [dict(part) for part in block["feed_forwards"]],
                "extra_tensors": [
                    tensor("attn_k.weight", arch["hidden"], width, kind="unused"),
                    tensor("attn_v.weight", arch["hidden"], width, kind="unused"),
                    tensor("attn_k_norm.weight", mixer["head_dim"], kind="unused"),
                ],
            }
        )
    arch["layout"] = write_layout(
        [names[kind] if i < first else f"shared-{names[kind]}" for i, kind in enumerate(kinds)]
    )


def _per_layer_embedding(arch: Arch, layers: int, rows: int, *, padded: int = 0) -> None:
    hidden, width = arch["hidden"], _PER_LAYER * layers
    tables = [tensor("per_layer_token_embd.weight", width, rows, kind="lookup")]
    if padded:  # llama.cpp's converter gives it a row for every token
        tables[0]["gguf"] = False
        tables.append(tensor("per_layer_token_embd.weight", width, padded, kind="lookup", hf=False))
    arch.setdefault("extra_tensors", []).extend(
        [
            *tables,
            tensor("per_layer_model_proj.weight", hidden, width),
            tensor("per_layer_proj_norm.weight", _PER_LAYER, kind="norm"),
        ]
    )
    add(
        arch,
        tensor("inp_gate.weight", hidden, _PER_LAYER),
        tensor("proj.weight", _PER_LAYER, hidden),
        tensor("post_norm.weight", hidden, kind="norm"),
    )


def rwkv7(arch: Arch, ref: Ref) -> None:
    """Ranks by the rule in llama.cpp's converter; the first layer has no value to mix with.

    The G1 checkpoints store the first layer's value maps all the same.
    """
    hidden = arch["hidden"]
    stored = "-g1-" in ref["id"]

    def rank(exponent: float, factor: float) -> int:
        ranks: int = round(hidden**exponent * factor / 32)
        return max(1, ranks) * 32

    mixer: Arch = {
        "kind": "rwkv7",
        "head_dim": 64,
        "decay_rank": rank(0.5, 1.8),
        "iclr_rank": rank(0.5, 1.8),
        "value_rank": rank(0.5, 1.3),
        "gate_rank": rank(0.8, 0.6),
    }
    if ref["id"] == "rwkv-7-g1-13.3b":  # as the published count tells
        mixer |= {"decay_rank": 192, "iclr_rank": 192, "value_rank": 128, "gate_rank": 384}
    block = arch["blocks"][0]
    block["mixers"] = [mixer]
    block["feed_forwards"] = [
        {"kind": "dense", "size": ref["ffn_hidden"], "gated": False, "channel_mix": True}
    ]
    first = {**block, "name": "first", "mixers": [{**mixer, "value_rank": 0}]}
    unused = mixer["iclr_rank"]
    first["extra_tensors"] = []
    if stored:
        rank_v = mixer["value_rank"]
        first["extra_tensors"] = [
            tensor("time_mix_v0.weight", hidden, kind="state", gguf=False),
            tensor("time_mix_v1.weight", hidden, rank_v, gguf=False),
            tensor("time_mix_v2.weight", rank_v, hidden, gguf=False),
        ]
    first["extra_tensors"] += [
        tensor("time_mix_v0.weight", hidden, kind="state", hf=False),
        tensor("time_mix_v1.weight", hidden, unused, hf=False),
        tensor("time_mix_v2.weight", unused, hidden, hf=False),
    ]
    arch["blocks"] = [first, block]
    arch["layout"] = f"first, {ref['n_layers'] - 1} layer"
    embedding_norm(arch, ref)


def recurrent_gemma(arch: Arch, ref: Ref) -> None:
    """Two recurrent layers for each layer of local attention; biases in the feed-forward."""
    part("attention", bias="o")(arch, ref)
    part("dense", bias=True)(arch, ref)


def longcat(arch: Arch, _: Ref) -> None:
    """Each layer is two: attention and a dense feed-forward each, experts beside the first."""
    block = arch["blocks"][0]
    experts = {**block["feed_forwards"][0], "zero_experts": 256}
    dense = {"kind": "dense", "size": 12288}
    arch["blocks"] = [
        {**block, "name": "first", "feed_forwards": [dense, experts]},
        {**block, "name": "second", "feed_forwards": [dense]},
    ]
    arch["layout"] = "28 (first, second)"


def kimi_k3(arch: Arch, ref: Ref) -> None:
    """Gate the output of both kinds of attention; experts in a latent, scores for residuals."""
    hidden = arch["hidden"]
    part("kimi_delta", full_gate=True)(arch, ref)
    part("mla", gate="full")(arch, ref)
    part("moe", latent_norm=True)(arch, ref)
    add(
        arch,
        tensor("attn_res_score.weight", hidden, kind="norm"),
        tensor("ffn_res_score.weight", hidden, kind="norm"),
    )
    score = tensor("output_res_score.weight", hidden, kind="norm")
    arch.setdefault("extra_tensors", []).append(score)


def bailing_hybrid(arch: Arch, ref: Ref) -> None:
    """Full maps of decay and gate; one gate a head in latent attention."""
    part("kimi_delta", full_gate=True, full_decay=True)(arch, ref)
    part("mla", gate="head")(arch, ref)


def nemotron_nas(arch: Arch, ref: Ref) -> None:
    """Feed-forwards of many sizes, and layers without attention."""
    kinds = [kind for kind, n in ref["attention"]["layer_types_rle"] for _ in range(n)]
    attention = arch["blocks"][0]["mixers"]
    names = []
    blocks: dict[str, Arch] = {}
    for kind, size in zip(kinds, ref["ffn_hidden"], strict=True):
        name = f"full-{size}" if kind == "full" else f"no-attention-{size}"
        names.append(name)
        blocks[name] = {"name": name, "feed_forwards": [{"kind": "dense", "size": size}]}
        if kind == "full":
            blocks[name]["mixers"] = attention
        else:
            blocks[name]["norms"] = ["ffn_norm"]
    arch["blocks"] = list(blocks.values())
    arch["layout"] = write_layout(names)


def mllama(arch: Arch, _: Ref) -> None:
    """Layers that attend to the image alone; eight more rows in the embedding."""
    hidden = arch["hidden"]
    for block in arch["blocks"]:
        if block["name"] == "cross":
            heads = hidden // 128
            block["mixers"] = [
                {
                    "kind": "custom",
                    "label": "cross-attention to the image",
                    "tensors": [
                        tensor("cross_attn_q.weight", hidden, heads * 128),
                        tensor("cross_attn_k.weight", hidden, 1024),
                        tensor("cross_attn_v.weight", hidden, 1024),
                        tensor("cross_attn_o.weight", heads * 128, hidden),
                        tensor("cross_attn_q_norm.weight", 128, kind="norm"),
                        tensor("cross_attn_k_norm.weight", 128, kind="norm"),
                        tensor("cross_attn_gates", 2, kind="state"),
                    ],
                }
            ]
    arch.setdefault("extra_tensors", []).append(
        tensor("token_embd_image.weight", hidden, 8, kind="embedding")
    )


def zaya(arch: Arch, ref: Ref) -> None:
    """Attention with convolutions over Q and K, a router that is a small network."""
    hidden, query, key, heads = arch["hidden"], 1024, 256, 10
    wide = query + key
    part("moe", own_router=True)(arch, ref)
    rank, classes = 256, 17
    scales = [
        tensor(f"{place}_residual_{what}", hidden, kind="norm")
        for place in ("attn", "ffn")
        for what in ("scale.weight", "scale.bias", "hidden_scale.weight", "hidden_scale.bias")
    ]
    router = [
        tensor("ffn_gate_inp_down.weight", hidden, rank, kind="router"),
        tensor("ffn_gate_inp_down.bias", rank, kind="router"),
        tensor("ffn_gate_inp_norm.weight", rank, kind="router"),
        tensor("ffn_gate_inp_1.weight", rank, rank, kind="router"),
        tensor("ffn_gate_inp_1.bias", rank, kind="router"),
        tensor("ffn_gate_inp_2.weight", rank, rank, kind="router"),
        tensor("ffn_gate_inp_2.bias", rank, kind="router"),
        tensor("ffn_gate_inp.weight", rank, classes, kind="router"),
    ]
    add(
        arch,
        tensor("attn_conv1d.weight", 2, wide, kind="conv"),
        tensor("attn_conv1d.bias", wide, kind="bias"),
        tensor("attn_conv1d_grouped.weight", 2, 128, 128, heads, kind="conv"),
        tensor("attn_conv1d_grouped.bias", wide, kind="bias"),
        tensor("attn_temperature", 2, kind="state"),
        *router,
        *scales,
    )
    block = arch["blocks"][0]
    later = {**block, "name": "layer", "extra_tensors": list(block["extra_tensors"])}
    later["extra_tensors"].append(tensor("ffn_gate_inp_state_scale.weight", rank, kind="router"))
    block["name"] = "first"
    arch["blocks"] = [block, later]
    arch["layout"] = f"first, {ref['n_layers'] - 1} layer"
    arch.setdefault("extra_tensors", []).extend(
        [
            tensor("input_scale.weight", hidden, kind="norm"),
            tensor("input_scale.bias", hidden, kind="norm"),
        ]
    )


def unordered(arch: Arch, counts: dict[str, int]) -> None:
    """Lay out layers whose numbers are known but not their order."""
    arch["layout"] = ", ".join(f"{n} {name}" for name, n in counts.items())
