"""MLX: every matrix a group divides is quantized, the embedding table and the head included.

Source: mlx-lm `quantize_model`: modules with `to_quantized` whose last width is a multiple of the
group size. https://github.com/ml-explore/mlx-lm/blob/main/mlx_lm/utils.py
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimate.mixing.linear import is_matrix

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fitcheck.records.format import Format, StorageType
    from fitcheck.records.tensors import Tensor

_QUANTIZED = frozenset(
    {"embedding", "lookup", "output", "linear", "expert", "shared_expert", "router"}
)


def uniform_types(
    tensors: Sequence[Tensor], form: Format, storage_types: Mapping[str, StorageType]
) -> list[str]:
    """Give the storage type of each tensor: the format's, or 16 bit where no group fits."""
    storage = storage_types[form.storage]
    group = storage.group_elements or storage.block_elements
    return [
        form.storage
        if tensor.kind in _QUANTIZED and is_matrix(tensor) and tensor.shape[0] % group == 0
        else form.rest
        for tensor in tensors
    ]
