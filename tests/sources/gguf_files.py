"""Writes GGUF headers of catalogue models with the `gguf` package, as llama.cpp's converter."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import gguf
import numpy as np

from fitcheck.estimator.tensors import expand

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from fitcheck.records.architecture import Architecture
    from fitcheck.records.model import Model
    from fitcheck.records.tensors import StoredTensor, Tensor

# The converter writes which layers slide for these; for the others llama.cpp knows the pattern.
FLAGS = {
    "gemma4", "mimo2", "step35", "granite_swa", "dots3note", "spark2_5", "maple", "mellum",
    "exaone4", "exaone-moe", "olmo2", "cohere2moe", "laguna", "afmoe", "muse-glimmer",
}  # fmt: skip
WINDOWS = FLAGS | {"gemma2", "gemma3", "gemma3n", "gpt-oss", "cohere2", "llama4", "phi3", "lfm2"}


def write_model(
    path: Path,
    model: Model,
    *,
    stored: Sequence[StoredTensor] | None = None,
    parts: int = 1,
    vocabulary: int = 8,
    endian: gguf.GGUFEndian = gguf.GGUFEndian.LITTLE,
) -> list[Path]:
    """Write the header(s) of a file that holds `stored`, or all tensors in F16."""
    architecture = model.architecture
    typed = [(item.tensor, item.storage) for item in stored] if stored is not None else [
        (tensor, "f16" if len(tensor.shape) > 1 else "f32")
        for tensor in expand(architecture) if tensor.gguf
    ]  # fmt: skip
    items = [
        (name, tensor.shape, storage) for tensor, storage in typed for name in file_names(tensor)
    ]
    share = -(-len(items) // parts)
    paths = []
    for number in range(parts):
        name = path.name
        if parts > 1:
            name = f"{path.stem}-{number + 1:05d}-of-{parts:05d}.gguf"
        writer = gguf.GGUFWriter(path.parent / name, architecture.gguf, endianess=endian)
        if number == 0:
            for key, value in metadata(model).items():
                add(writer, f"{architecture.gguf}.{key}", value)
            writer.add_name(model.name)
            writer.add_token_list([f"t{i}" for i in range(vocabulary)])
            writer.add_token_merges([f"a{i} b{i}" for i in range(vocabulary)])
        if parts > 1:
            writer.add_uint16("split.no", number)
            writer.add_uint16("split.count", parts)
            writer.add_int32("split.tensors.count", len(items))
        for item in items[number * share : (number + 1) * share]:
            add_tensor(writer, *item)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
        writer.close()
        paths.append(path.parent / name)
    return paths


def add(writer: gguf.GGUFWriter, key: str, value: Any) -> None:
    if isinstance(value, bool):
        writer.add_bool(key, value)
    elif isinstance(value, list):
        writer.add_array(key, value)
    else:
        writer.add_uint32(key, value)


def file_names(tensor: Tensor) -> list[str]:
    """Give the names equal tensors have in a file, one a layer."""
    return [f"blk.{layer}.{tensor.name}" for layer in tensor.layers] or [tensor.name]


def add_tensor(writer: gguf.GGUFWriter, name: str, widths: tuple[int, ...], storage: str) -> None:
    kind = gguf.GGMLQuantizationType[storage.upper()]
    block, size = gguf.GGML_QUANT_SIZES[kind]
    shape = tuple(reversed(widths))
    nbytes = math.prod(shape) // block * size
    if block == 1:
        dtype = {"f32": np.float32, "f16": np.float16}.get(storage)
        if dtype is not None:
            writer.add_tensor_info(name, shape, np.dtype(dtype), nbytes)
            return
    bytes_shape = gguf.quant_shape_to_byte_shape(shape, kind)
    writer.add_tensor_info(name, bytes_shape, np.dtype(np.uint8), nbytes, raw_dtype=kind)


def metadata(model: Model) -> dict[str, Any]:
    """Give the keys below the architecture's name."""
    architecture: Architecture = model.architecture
    keys: dict[str, Any] = {"embedding_length": architecture.hidden}
    mtp = len(architecture.mtp_layout) if architecture.mtp_in_gguf else 0
    keys["block_count"] = architecture.layers + mtp
    if mtp:
        keys["nextn_predict_layers"] = mtp
    keys["context_length"] = model.max_context
    order = architecture.layout + (architecture.mtp_layout if mtp else ())
    blocks = [architecture.blocks[i] for i in order]
    heads, kv_heads, flags, used = [], [], [], []
    for block in blocks:
        attention = [
            m for m in block.mixers if m.kind in ("attention", "mla", "lightning", "kimi_delta")
        ]
        recurrent = [m for m in block.mixers if m.kind not in ("attention", "mla")]
        heads.append(attention[0].heads if attention else 0)
        kv = [m for m in block.mixers if m.kind in ("attention", "mla")]
        kv_heads.append(
            getattr(kv[0], "kv_heads", 1) if kv and not (recurrent and not attention) else 0
        )
        windows = [getattr(m, "window", 0) for m in block.mixers]
        flags.append(any(windows))
        for mixer in block.mixers:
            keys |= part_keys(mixer, architecture)
        experts = [part for part in block.feed_forwards if part.kind == "moe"]
        used.append(experts[0].active if experts else 0)
        if experts:
            keys["expert_count"] = experts[0].experts
    if architecture.gguf == "deepseek4":
        keys |= compressed_keys(blocks)
    most = max(heads)
    if most:
        keys["attention.head_count"] = _one_or_all([h or most for h in heads])
        keys["attention.head_count_kv"] = _one_or_all(kv_heads)
    if any(used):
        keys["expert_used_count"] = max(used)
    if any(flags) and architecture.gguf in WINDOWS:
        if architecture.gguf in FLAGS:
            keys["attention.sliding_window_pattern"] = [bool(flag) for flag in flags]
    elif architecture.gguf != "deepseek4":
        keys.pop("attention.sliding_window", None)
    shared = sum(getattr(m, "shares_kv", False) for b in blocks for m in b.mixers)
    if shared and architecture.gguf == "gemma4":
        keys["attention.shared_kv_layers"] = shared
    return keys


def compressed_keys(blocks: list[Any]) -> dict[str, Any]:
    """DeepSeek-V4: tokens that are compressed into one, for each layer."""
    ratios = [max(m.tokens_per_entry for m in block.mixers) for block in blocks]
    indexer = [m.key_width for b in blocks for m in b.mixers if m.label.startswith("indexer")]
    first = blocks[0].mixers[0]
    return {
        "attention.head_count": 64,
        "attention.head_count_kv": 1,
        "attention.key_length": first.key_width,
        "attention.value_length": first.key_width,
        "attention.sliding_window": first.window,
        "attention.indexer.key_length": indexer[0],
        "attention.compress_ratios": [ratio if ratio > 1 else 0 for ratio in ratios],
    }


def _one_or_all(values: list[int]) -> int | list[int]:
    return values[0] if len(set(values)) == 1 else values


def part_keys(mixer: Any, architecture: Architecture) -> dict[str, Any]:
    if mixer.kind == "attention":
        value = mixer.value_dim or mixer.head_dim
        if mixer.window:
            keys = {"attention.sliding_window": mixer.window}
            if any(m.head_dim != mixer.head_dim for b in architecture.blocks for m in b.mixers
                   if m.kind == "attention" and not m.window):  # fmt: skip
                return keys | {"attention.key_length_swa": mixer.head_dim,
                               "attention.value_length_swa": value}  # fmt: skip
            return keys | {"attention.key_length": mixer.head_dim, "attention.value_length": value}
        return {"attention.key_length": mixer.head_dim, "attention.value_length": value}
    if mixer.kind == "mla":
        end = "_swa" if mixer.window else ""
        key = mixer.nope_dim + mixer.rope_dim
        keys = {f"attention.kv_lora_rank{end}": mixer.kv_rank}
        if mixer.absorbed:
            keys |= {
                "attention.key_length": mixer.kv_rank + mixer.rope_dim,
                "attention.value_length": mixer.kv_rank,
                f"attention.key_length_mla{end}": key,
                f"attention.value_length_mla{end}": mixer.value_dim,
            }
        else:
            keys |= {"attention.key_length": key, "attention.value_length": mixer.value_dim}
        if mixer.window:
            keys["attention.sliding_window"] = mixer.window
        if mixer.indexer_heads:
            keys |= {
                "attention.indexer.head_count": mixer.indexer_heads,
                "attention.indexer.key_length": mixer.indexer_dim,
                "attention.indexer.top_k": mixer.indexer_topk,
            }
        return keys
    if mixer.kind == "mamba1":
        return {
            "ssm.inner_size": mixer.inner, "ssm.state_size": mixer.state,
            "ssm.conv_kernel": mixer.conv, "ssm.time_step_rank": mixer.dt_rank,
        }  # fmt: skip
    if mixer.kind == "mamba2":
        return {
            "ssm.inner_size": mixer.inner, "ssm.state_size": mixer.state,
            "ssm.conv_kernel": mixer.conv, "ssm.time_step_rank": mixer.heads,
            "ssm.group_count": mixer.groups,
        }  # fmt: skip
    if mixer.kind == "gated_delta_net":
        return {
            "ssm.inner_size": mixer.value_dim * mixer.value_heads,
            "ssm.state_size": mixer.key_dim, "ssm.conv_kernel": mixer.conv,
            "ssm.time_step_rank": mixer.value_heads, "ssm.group_count": mixer.key_heads,
        }  # fmt: skip
    if mixer.kind == "kimi_delta":
        return {"kda.head_dim": mixer.head_dim, "ssm.conv_kernel": mixer.conv}
    if mixer.kind == "custom" and mixer.label.startswith("indexer"):
        pooled = {"attention.indexer.kpool": 16} if architecture.gguf == "glm5-next" else {}
        return {"attention.indexer.key_length": mixer.key_width, **pooled}
    if mixer.kind == "short_conv":
        return {"shortconv.l_cache": mixer.kernel}
    if mixer.kind == "rwkv7":
        return {
            "wkv.head_size": mixer.head_dim,
            "attention.value_residual_mix_lora_rank": mixer.value_rank,
        }
    if mixer.kind == "lightning":
        return {"attention.key_length": mixer.head_dim, "attention.value_length": mixer.head_dim}
    return {}
