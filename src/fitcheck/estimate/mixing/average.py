"""EXL2 and EXL3: linear layers at an average bit rate, the head at a rate of its own.

The converter spreads the bits over the layers by measured error, so that their average meets the
rate asked for. Which layer gets which is not known beforehand; the sum is.
Sources: https://github.com/turboderp-org/exllamav2/blob/master/doc/convert.md
https://github.com/turboderp-org/exllamav3/blob/master/doc/convert.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimate.mixing.packing import packed_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fitcheck.records.format import Format, StorageType
    from fitcheck.records.tensors import Tensor


def average_bytes(
    tensor: Tensor, form: Format, storage_types: Mapping[str, StorageType]
) -> tuple[str, int]:
    """Give a tensor's storage type and its bytes: elements · bits / 8, plus row and column scales.

    Parameters of the format: `bits` on average, `head_bits` for the head.
    """
    parameters = form.parameters or {}
    if tensor.kind in ("linear", "expert", "shared_expert") and len(tensor.shape) > 1:
        bits = float(str(parameters["bits"]))
    elif tensor.kind == "output":
        bits = float(str(parameters["head_bits"]))
    else:
        return form.rest, packed_bytes(tensor.shape, storage_types[form.rest])
    storage = storage_types[form.storage]
    rows = tensor.elements // tensor.shape[0]
    columns = tensor.elements // tensor.shape[1]
    size = round(tensor.elements * bits / 8)
    return form.storage, size + (rows * storage.row_bits + columns * storage.column_bits) // 8
