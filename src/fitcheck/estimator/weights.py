"""Weights: tensors × format → bytes stored, where they lie, and the bytes a decoded token reads."""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import TYPE_CHECKING

from fitcheck.errors import FitcheckError
from fitcheck.estimator.quantizers.packing import packed_bytes
from fitcheck.estimator.quantizers.remember import remember_last
from fitcheck.records.parts import MixtureOfExperts
from fitcheck.records.tensors import StoredTensor
from fitcheck.records.weights import ExpertReads, Loading, Weights
from fitcheck.units import round_up

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fitcheck.records.architecture import Architecture
    from fitcheck.records.format import Format, StorageType
    from fitcheck.records.tensors import Tensor

_UNREAD = frozenset({"unused", "mtp", "vision", "audio"})  # a text token does not pass these
_LOOKED_UP = frozenset({"embedding", "lookup"})
_NOT_MULTIPLIED = frozenset({"norm", "bias"})
_ONE = (1, 1)  # experts, active: a tensor that is always read


def store(
    architecture: Architecture,
    tensors: Sequence[Tensor],
    form: Format,
    storage_types: Mapping[str, StorageType],
    *,
    imatrix: bool = True,
) -> tuple[StoredTensor, ...]:
    """Give every tensor the format keeps, with its storage type and its bytes.

    The rule is the format's own (`estimator/mixing/`). GGUF formats store the tensors of
    llama.cpp's file, all others those of the Hugging Face checkpoint. Raises FitcheckError on an
    unknown rule.
    """
    if form.rule in ("gguf", "ik"):
        kept = _in_gguf(tensors)
    else:
        kept = [tensor for tensor in tensors if tensor.hf]
    # Each rule is imported when a format has it: a question needs one of the five.
    if form.rule == "gguf":
        from fitcheck.estimator.quantizers.gguf import preset_types

        types = preset_types(architecture, kept, form, storage_types, imatrix=imatrix)
    elif form.rule == "ik":
        from fitcheck.estimator.quantizers.ik import ik_types

        types = ik_types(architecture, kept, form, storage_types, imatrix=imatrix)
    elif form.rule == "linear":
        from fitcheck.estimator.quantizers.linear import linear_types

        types = linear_types(architecture, kept, form)
    elif form.rule == "uniform":
        from fitcheck.estimator.quantizers.uniform import uniform_types

        types = uniform_types(architecture, kept, form, storage_types)
    elif form.rule == "average":
        from fitcheck.estimator.quantizers.average import average_stored

        return tuple(average_stored(kept, form, storage_types))
    else:
        raise FitcheckError(
            f"format `{form.id}` names the rule `{form.rule}`, which fitcheck does not know",
            "rules are gguf, ik, linear, uniform and average",
        )
    stored = []
    sizes: dict[tuple[tuple[int, ...], str], int] = {}
    for tensor, storage in zip(kept, types, strict=True):
        key = tensor.shape, storage
        if key not in sizes:
            sizes[key] = packed_bytes(tensor.shape, storage_types[storage])
        stored.append(StoredTensor(tensor, storage, sizes[key]))
    return tuple(stored)


@remember_last
def _in_gguf(tensors: Sequence[Tensor]) -> list[Tensor]:
    return [tensor for tensor in tensors if tensor.gguf]


def summarize(
    architecture: Architecture | None,
    stored: Sequence[StoredTensor],
    storage_types: Mapping[str, StorageType],
    *,
    loading: Loading,
) -> Weights:
    """Add stored tensors up: bytes by place and by storage type, and bytes read a decoded token.

    Where they lie (`runtime_memory_rule`):
    llama.cpp keeps tables rows are looked up in (token embedding and the like) in system RAM, and
    a tied table a second time on the card, as the head; ExLlama keeps the embedding in system RAM
    too. Other runtimes hold everything on the card. Prediction (MTP) layers are not loaded.
    Source: llama.cpp, LLM_TENSOR_LAYER_INPUT in src/llama-arch.cpp
    https://github.com/ggml-org/llama.cpp/blob/0c1e57098bba43ac29e6e3b677cdceebdd22334f/src/llama-arch.cpp

    What a token reads: every dense matrix once, k of n routed experts, a row of each table that is
    looked up; a tied table once, as the head. Prediction layers and towers are not read.
    """
    has_head = any(item.tensor.kind == "output" for item in stored)
    llama, lookups_on_host = loading.padded_rows, loading.lookups_on_host
    total = device = host = parameters = lookup = head_parameters = head_bytes = 0
    by_storage: dict[str, int] = {}
    parameters_by_storage: dict[str, int] = {}
    dense: dict[str, int] = {}
    experts: dict[tuple[int, int], dict[str, int]] = {}
    multiplied = 0.0
    active_experts = _active_experts(architecture)
    alike = Counter(
        (
            item.tensor.kind,
            item.tensor.shape,
            item.storage,
            item.stored_bytes,
            active_experts.get(item.tensor.layer, _ONE) if item.tensor.kind == "expert" else _ONE,
        )
        for item in stored
    )
    for (kind, shape, storage, one_size, group), count in alike.items():
        size, elements = one_size * count, prod(shape) * count
        total += size
        parameters += elements
        by_storage[storage] = by_storage.get(storage, 0) + size
        parameters_by_storage[storage] = parameters_by_storage.get(storage, 0) + elements
        is_head = kind == "output" or (kind == "embedding" and not has_head)
        if kind in _LOOKED_UP:
            lookup += size // (shape[1] if len(shape) > 1 else 1)
        on_card = size
        if llama:
            on_card = _cuda_bytes(one_size, shape[0], storage_types[storage]) * count
        if kind in _LOOKED_UP and lookups_on_host:
            host += size
            device += on_card if is_head else 0
        elif kind != "mtp":
            device += on_card
        if is_head:
            head_parameters += elements
            head_bytes += size
        if kind in _UNREAD or (kind in _LOOKED_UP and not is_head):
            continue
        if kind == "expert":
            read = experts.setdefault(group, {})
            multiplied += elements * group[1] / group[0]
        else:
            read = dense
            multiplied += 0 if kind in _NOT_MULTIPLIED else elements
        read[storage] = read.get(storage, 0) + size
    layer_bytes = [0] * (architecture.layers if architecture else 0)
    output = 0
    for item in stored:
        tensor = item.tensor
        if tensor.kind == "mtp" or (
            tensor.kind in _LOOKED_UP
            and lookups_on_host
            and (has_head or tensor.kind != "embedding")
        ):
            continue
        one = (
            _cuda_bytes(item.stored_bytes, tensor.shape[0], storage_types[item.storage])
            if llama
            else item.stored_bytes
        )
        if 0 <= tensor.layer < len(layer_bytes):
            layer_bytes[tensor.layer] += one
        elif (
            tensor.kind == "output"
            or tensor.name.startswith("output")
            or (tensor.kind == "embedding" and not has_head)
        ):
            output += one
    return Weights(
        layer_bytes=tuple(layer_bytes),
        output_bytes=output,
        other_bytes=device - sum(layer_bytes) - output,
        total_bytes=total,
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
