"""GPU formats (AWQ, GPTQ, FP8, NVFP4, bitsandbytes …): the decoder's linear layers, nothing else.

Embeddings, norms, biases, routers, convolutions, the vision tower and, unless the format says
otherwise, the head stay in the checkpoint's 16 bit, as the makers of these formats leave them.
Sources: AutoAWQ and GPTQModel (layers inside the decoder blocks), llm-compressor recipes
(`ignore=["lm_head"]`), Transformers `get_keys_to_not_convert`, the ignore lists of published
checkpoints; each format's record names its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.quantizers.packing import packed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fitcheck.records.architecture import Architecture
    from fitcheck.records.format import Format, StorageType
    from fitcheck.records.tensors import StoredTensor, Tensor

GGUF_FILE = False
LINEAR_KINDS = frozenset({"linear", "expert", "shared_expert"})


def is_matrix(tensor: Tensor) -> bool:
    """Whether a tensor is multiplied with: two widths or more, and not the biases of experts."""
    return len(tensor.shape) > 1 and not tensor.name.endswith(".bias")


def quantize(
    architecture: Architecture,
    tensors: Sequence[Tensor],
    form: Format,
    storage_types: Mapping[str, StorageType],
    *,
    imatrix: bool,  # noqa: ARG001  # as the other rules
) -> list[StoredTensor]:
    """Return each tensor in its storage type.

    Parameters of the format: `head`, the storage type of the head (default: left in 16 bit);
    `experts_only`, names of architectures whose routed experts alone are quantized; `mtp`, whether
    the layers of prediction blocks are quantized too (DeepSeek's own FP8; others leave them).
    """
    parameters = form.parameters or {}
    head = str(parameters.get("head") or form.rest)
    only = parameters.get("experts_only")
    quantized = LINEAR_KINDS
    if isinstance(only, (list, tuple)) and architecture.gguf in only:
        quantized = frozenset({"expert"})
    with_prediction = bool(parameters.get("mtp"))
    packing = storage_types[form.storage]
    typed = []
    for tensor in tensors:
        predicts = with_prediction and tensor.kind == "mtp" and _is_prediction_layer(tensor)
        cut = packing.whole_rows and tensor.shape[0] % packing.block_elements
        if not cut and (predicts or (tensor.kind in quantized and is_matrix(tensor))):
            typed.append((tensor, form.storage))
        elif tensor.kind == "output":
            typed.append((tensor, head))
        else:
            typed.append((tensor, form.rest))
    return packed(typed, storage_types)


def _is_prediction_layer(tensor: Tensor) -> bool:
    """Whether a tensor of a prediction block is a layer's matrix: not its embedding, head, router.

    So 41,540,496 scales come to DeepSeek-V3's checkpoint, as its metadata counts.
    """
    beside = ("nextn.", "_norm.", "ffn_gate_inp")
    return is_matrix(tensor) and not any(part in tensor.name for part in beside)
