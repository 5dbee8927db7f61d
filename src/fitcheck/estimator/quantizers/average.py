"""EXL2 and EXL3: linear layers at an average bit rate, the head at a rate of its own.

The converter spreads the bits over the layers by measured error, so that their average meets the
rate asked for. Which layer gets which is not known beforehand; the sum is.
Sources: https://github.com/turboderp-org/exllamav2/blob/master/doc/convert.md
https://github.com/turboderp-org/exllamav3/blob/master/doc/convert.md
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from fitcheck.estimator.quantizers.linear import LINEAR_KINDS, is_matrix
from fitcheck.estimator.quantizers.packing import packed_bytes
from fitcheck.records.tensors import StoredTensor, Tensor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fitcheck.records.architecture import Architecture
    from fitcheck.records.format import Format, StorageType

GGUF_FILE = False


def quantize(
    architecture: Architecture,  # noqa: ARG001  # as the other rules
    tensors: Sequence[Tensor],
    form: Format,
    storage_types: Mapping[str, StorageType],
    *,
    imatrix: bool,  # noqa: ARG001
) -> list[StoredTensor]:
    """Return every tensor as stored; a tied table is written a second time, quantized, as the head.

    bytes = elements · bits / 8, plus row and column scales. Parameters of the format: `bits` on
    average, `head_bits` for the head.
    """
    kept = list(tensors)
    if all(tensor.kind != "output" for tensor in kept):
        kept += [
            Tensor("output.weight", tensor.shape, "output")
            for tensor in kept
            if tensor.kind == "embedding"
        ]
    return [StoredTensor(tensor, *_packed(tensor, form, storage_types)) for tensor in kept]


def _packed(
    tensor: Tensor, form: Format, storage_types: Mapping[str, StorageType]
) -> tuple[str, int]:
    parameters = form.parameters or {}
    if tensor.kind in LINEAR_KINDS and is_matrix(tensor):
        bits = float(str(parameters["bits"]))
    elif tensor.kind == "output":
        bits = float(str(parameters["head_bits"]))
    else:
        return form.rest, packed_bytes(tensor.shape, storage_types[form.rest])
    storage = storage_types[form.storage]
    elements = prod(tensor.shape)
    rows = elements // tensor.shape[0]
    columns = elements // tensor.shape[1]
    size = round(elements * bits / 8)
    return form.storage, size + (rows * storage.row_bits + columns * storage.column_bits) // 8
