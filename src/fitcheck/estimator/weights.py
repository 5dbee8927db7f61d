"""Weights: tensors × format → bytes stored, where they lie, and the bytes a decoded token reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.parts import MixtureOfExperts
from fitcheck.records.weights import ExpertReads, Loading, Weights
from fitcheck.units import round_up

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fitcheck.records.architecture import Architecture
    from fitcheck.records.format import StorageType
    from fitcheck.records.tensors import StoredTensor

_UNREAD = frozenset({"unused", "mtp", "vision", "audio"})  # a text token does not pass these
_LOOKED_UP = frozenset({"embedding", "lookup"})
_NOT_MULTIPLIED = frozenset({"norm", "bias"})
_ONE = (1, 1)  # experts, active: a tensor that is always read


def summarize(
    architecture: Architecture | None,
    stored: Sequence[StoredTensor],
    storage_types: Mapping[str, StorageType],
    *,
    loading: Loading,
) -> Weights:
    """Add stored tensors up: bytes by place and by storage type, and bytes read a decoded token.

    Where they lie (`loading`, one of the rules of a runtime):
    llama.cpp keeps tables rows are looked up in (token embedding and the like) in system RAM, and
    a tied table a second time on the card, as the head; ExLlama keeps the embedding in system RAM
    too. Other runtimes hold everything on the card. Prediction (MTP) layers are not loaded.
    Source: llama.cpp, LLM_TENSOR_LAYER_INPUT in src/llama-arch.cpp
    https://github.com/ggml-org/llama.cpp/blob/0c1e57098bba43ac29e6e3b677cdceebdd22334f/src/llama-arch.cpp

    What a token reads: every dense matrix once, k of n routed experts, a row of each table that is
    looked up; a tied table once, as the head. Prediction layers and towers are not read.
    """
    has_head = any(item.tensor.kind == "output" for item in stored)
    layers = architecture.layers if architecture else 0
    active_experts = _active_experts(architecture)
    device = host = parameters = lookup = head_parameters = head_bytes = 0
    layer_bytes = [0] * layers
    output = 0
    by_storage: dict[str, int] = {}
    parameters_by_storage: dict[str, int] = {}
    dense: dict[str, int] = {}
    experts: dict[tuple[int, int], dict[str, int]] = {}
    multiplied = 0.0
    for item in stored:
        tensor, storage, size = item.tensor, item.storage, item.stored_bytes
        kind, elements = tensor.kind, tensor.elements
        parameters += elements
        by_storage[storage] = by_storage.get(storage, 0) + size
        parameters_by_storage[storage] = parameters_by_storage.get(storage, 0) + elements
        is_head = kind == "output" or (kind == "embedding" and not has_head)
        on_card = item.each_bytes
        if loading.padded_rows:
            on_card = _cuda_bytes(on_card, tensor.shape[0], storage_types[storage])
        if kind in _LOOKED_UP:
            lookup += size // (tensor.shape[1] if len(tensor.shape) > 1 else 1)
        if kind in _LOOKED_UP and loading.lookups_on_host:
            host += size
            on_card = on_card if is_head else 0
        elif kind == "mtp":
            on_card = 0
        device += on_card * tensor.copies
        if tensor.layers and on_card:
            for layer in tensor.layers:
                if layer < layers:
                    layer_bytes[layer] += on_card
        elif is_head or tensor.name.startswith("output"):
            output += on_card
        if is_head:
            head_parameters += elements
            head_bytes += size
        if kind in _UNREAD or (kind in _LOOKED_UP and not is_head):
            continue
        if kind == "expert":
            each = elements // tensor.copies
            for layer in tensor.layers or (-1,):
                group = active_experts.get(layer, _ONE)
                read = experts.setdefault(group, {})
                read[storage] = read.get(storage, 0) + item.each_bytes
                multiplied += each * group[1] / group[0]
        else:
            dense[storage] = dense.get(storage, 0) + size
            multiplied += 0 if kind in _NOT_MULTIPLIED else elements
    return Weights(
        layer_bytes=tuple(layer_bytes),
        output_bytes=output,
        other_bytes=device - sum(layer_bytes) - output,
        total_bytes=sum(by_storage.values()),
        device_bytes=device,
        host_bytes=host,
        parameters=parameters,
        bytes_by_storage=by_storage,
        parameters_by_storage=parameters_by_storage,
        read_dense=dense,
        read_experts=tuple(
            ExpertReads(experts=count, active=active, bytes_by_storage=read)
            for (count, active), read in experts.items()
        ),
        read_lookup_bytes=lookup,
        matmul_parameters_per_token=round(multiplied),
        head_parameters=head_parameters,
        head_bytes=head_bytes,
    )


def _active_experts(architecture: Architecture | None) -> dict[int, tuple[int, int]]:
    """Give (experts, active) of each layer that has routed experts; none where it is unknown."""
    if architecture is None:
        return {}
    return {
        layer: (feed_forward.experts, feed_forward.active)
        for layer, block in enumerate(architecture.layer_blocks())
        for feed_forward in block.feed_forwards
        if isinstance(feed_forward, MixtureOfExperts)
    }


def _cuda_bytes(size: int, row: int, storage: StorageType) -> int:
    """Give the bytes llama.cpp's CUDA backend reserves for a tensor with rows of `row` columns.

    The last row of a quantized tensor is padded to 512 columns, each tensor to 128 bytes.
    Source: llama.cpp, ggml/src/ggml-cuda/ggml-cuda.cu (MATRIX_ROW_PADDING)
    https://github.com/ggml-org/llama.cpp/blob/0c1e57098bba43ac29e6e3b677cdceebdd22334f/ggml/src/ggml-cuda/ggml-cuda.cu
    """
    past = row % 512
    if storage.block_elements > 1 and past:
        size += (512 - past) // storage.block_elements * storage.block_bytes
    return round_up(size, 128)
