"""Composes multi-token prediction layers: the block they repeat, and what wraps it."""

from __future__ import annotations

import copy
from typing import Any

from models.tensors import tensor

from fitcheck.estimator.tensors import expand
from fitcheck.records.architecture import Architecture, read_architecture
from fitcheck.schema.models import ArchitectureRow

Arch = dict[str, Any]
# The published count of these is not split; the prediction layer is taken to repeat this block.
NEAREST = {"glm5_next": "sparse-moe", "qwen4_exp": "full"}


def read(arch: Arch) -> Architecture:
    """Compile and decode an authored architecture."""
    return read_architecture(ArchitectureRow.model_validate(arch).compile())


def add_mtp(arch: Arch, ref: dict[str, Any]) -> None:
    """Find the block that, with the usual wrapping, comes to the reference's count.

    The wrapping is eh_proj (2 × hidden → hidden) and norms of the embedding, of the hidden state
    and before the head; some checkpoints add copies of the embedding and of the head.
    Raises ValueError where nothing fits.
    """
    layers = ref["mtp_layers"] or 0
    if not ref["mtp_params"]:
        return
    wanted = ref["mtp_params"] / layers
    _extra_block(arch, ref)
    hidden, vocabulary = ref["hidden_size"], ref["vocab_size"]
    table = hidden * vocabulary
    base = 2 * hidden * hidden + 3 * hidden
    head = tensor("nextn.shared_head_head.weight", hidden, vocabulary, kind="output")
    embed = tensor("nextn.embed_tokens.weight", hidden, vocabulary, kind="embedding")
    wraps = {
        0: [],
        2 * table: [embed, head],
        table: [head],
        -hidden: None,
    }
    if ref["architecture"] in ("longcat_flash", "dots3_note"):
        wraps[table] = [embed]
    if ref["architecture"] == "deepseek_v4":
        streams = 4
        wraps[streams * hidden * streams + streams + 1] = [
            tensor("nextn.hc_head_fn.weight", streams * hidden, streams),
            tensor("nextn.hc_head_base.weight", streams, kind="norm"),
            tensor("nextn.hc_head_scale.weight", 1, kind="norm"),
        ]
    unpublished = (ref["moe"] or {}).get("n_experts", 0)
    for index in reversed(range(len(arch["blocks"]))):
        rest = wanted - base - _elements(arch, index)
        if ref["architecture"] == "nemotron_h":
            rest += unpublished  # the router's bias is not in the published count
        name = arch["blocks"][index]["name"]
        if rest in wraps or NEAREST.get(ref["architecture"]) == name:
            more = wraps.get(rest, [])
            tensors = [
                tensor("nextn.eh_proj.weight", 2 * hidden, hidden),
                tensor("nextn.enorm.weight", hidden, kind="norm"),
                tensor("nextn.hnorm.weight", hidden, kind="norm"),
            ]
            if more is not None:
                tensors += [tensor("nextn.shared_head_norm.weight", hidden, kind="norm"), *more]
            arch["mtp_layout"] = f"{layers} {name}" if layers > 1 else name
            arch["mtp_tensors"] = tensors
            _drop_unused(arch)
            return
    raise ValueError(f"{ref['id']}: no block fits {wanted} MTP parameters")


def _elements(arch: Arch, index: int) -> int:
    """Count one block."""
    probe = copy.deepcopy(arch)
    probe["blocks"] = [probe["blocks"][index]]
    probe["layout"] = probe["blocks"][0]["name"]
    probe.pop("mtp_layout", None)
    return sum(t.elements for t in expand(read(probe)) if t.layer == 0 and t.hf)


def _extra_block(arch: Arch, ref: dict[str, Any]) -> None:
    """Add the block that only prediction layers have."""
    blocks = {block["name"]: block for block in arch["blocks"]}
    if ref["architecture"] in ("mimo_v2_flash", "mimo_v2"):
        arch["blocks"].append(
            {
                "name": "mtp",
                "mixers": blocks["window-moe"]["mixers"],
                "feed_forwards": blocks["full-dense"]["feed_forwards"],
                "norms": blocks["full-dense"]["norms"],
            }
        )
    elif ref["architecture"] == "nemotron_h":
        arch["blocks"].append(
            {
                "name": "mtp",
                "mixers": blocks["full"]["mixers"],
                "feed_forwards": blocks["moe"]["feed_forwards"],
                "norms": ["attn_norm", "post_attention_norm"],
            }
        )
    elif ref["architecture"] == "dots3_note":
        arch["blocks"].append(
            {
                **blocks["window-moe"],
                "name": "mtp",
                "feed_forwards": blocks["sparse-dense"]["feed_forwards"],
            }
        )
    elif ref["architecture"] == "deepseek_v4":
        plain = blocks.get("hca") or blocks["csa"]
        arch["blocks"].append(
            {"name": "mtp", "mixers": plain["mixers"][:1], "feed_forwards": plain["feed_forwards"]}
        )
    elif ref["architecture"] in ("step3p5", "step3p7"):
        arch["blocks"].append(
            {
                "name": "mtp",
                "mixers": blocks["window-moe"]["mixers"],
                "feed_forwards": blocks["full-dense"]["feed_forwards"],
                "norms": blocks["full-dense"]["norms"],
            }
        )


def _drop_unused(arch: Arch) -> None:
    used = arch["layout"] + " " + arch["mtp_layout"]
    words = used.replace("(", " ").replace(")", " ").replace(",", " ").split()
    arch["blocks"] = [block for block in arch["blocks"] if block["name"] in words]
