"""MLX: every matrix a group divides is quantized, the embedding table and the head included.

Expert routers get 8 bits in most models, and stay as they are in those whose gate is no layer of
its own. Source: mlx-lm 0.32.2, `quantize_model` (modules with `to_quantized` whose last width is a
multiple of the group size) and the models' `quant_predicate`
https://github.com/ml-explore/mlx-lm/blob/main/mlx_lm/utils.py
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.quantizers.linear import is_matrix
from fitcheck.estimator.quantizers.packing import packed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fitcheck.records.architecture import Architecture
    from fitcheck.records.format import Format, StorageType
    from fitcheck.records.tensors import StoredTensor, Tensor

GGUF_FILE = False
_QUANTIZED = frozenset({"embedding", "lookup", "output", "linear", "expert", "shared_expert"})
_BARE_GATES = frozenset(
    [
        "deepseek",
        "deepseek2",
        "deepseek32",
        "dots1",
        "exaone-moe",
        "glm-dsa",
        "glm4moe",
        "mimo2",
        "nemotron_h_moe",
    ]
)


def quantize(
    architecture: Architecture,
    tensors: Sequence[Tensor],
    form: Format,
    storage_types: Mapping[str, StorageType],
    *,
    imatrix: bool,  # noqa: ARG001  # as the other rules
) -> list[StoredTensor]:
    """Return each tensor in its storage type: the format's, or 16 bit where no group fits.

    Parameters of the format: `router`, the storage type of expert routers (default: the format's).
    """
    router = str((form.parameters or {}).get("router") or form.storage)
    if architecture.gguf in _BARE_GATES:
        router = form.rest
    typed = []
    for tensor in tensors:
        wanted = form.rest
        if is_matrix(tensor):
            wanted = form.storage if tensor.kind in _QUANTIZED else wanted
            wanted = router if tensor.kind == "router" else wanted
        storage = storage_types[wanted]
        group = storage.group_elements or storage.block_elements
        typed.append((tensor, wanted if tensor.shape[0] % group == 0 else form.rest))
    return packed(typed, storage_types)
