"""The bytes of a matrix packed in a storage type: blocks, scales, codebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.tensors import StoredTensor

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fitcheck.records.format import StorageType
    from fitcheck.records.tensors import Tensor


def packed_bytes(shape: tuple[int, ...], storage: StorageType) -> int:
    """Give the bytes of a tensor of `shape` (row length first; a third width stacks matrices).

    matrix = ⌈row·rows / block_elements⌉ · block_bytes
             + ⌈row / group_elements⌉ · ⌈rows / group_rows⌉ · group_bits / 8
             + rows · row_bits / 8 + row · column_bits / 8 + tensor_bytes
    """
    row = shape[0]
    rows = shape[1] if len(shape) > 1 else 1
    matrices = 1
    for width in shape[2:]:
        matrices *= width
    size = -(-row * rows * storage.block_bytes // storage.block_elements)
    if storage.group_elements:
        groups = -(-row // storage.group_elements) * -(-rows // storage.group_rows)
        size += -(-groups * storage.group_bits // 8)
    size += -(-(rows * storage.row_bits + row * storage.column_bits) // 8) + storage.tensor_bytes
    return size * matrices


def packed(
    typed: Iterable[tuple[Tensor, str]], storage_types: Mapping[str, StorageType]
) -> list[StoredTensor]:
    """Return tensors as stored in the storage types given."""
    return [
        StoredTensor(tensor, storage, packed_bytes(tensor.shape, storage_types[storage]))
        for tensor, storage in typed
    ]
