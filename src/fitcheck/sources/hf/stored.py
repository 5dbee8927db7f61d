"""From the tensors of a checkpoint to stored tensors: scales join the weight they belong to."""

from __future__ import annotations

import math
import re
from operator import itemgetter
from typing import TYPE_CHECKING

from fitcheck.records.tensors import StoredTensor, Tensor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fitcheck.sources.hf.quantization import Quantization
    from fitcheck.sources.hf.safetensors import RawTensor

# What carries the weight itself, and what only helps to unpack it, by the end of the name.
_WEIGHTS = (".qweight", ".q_weight", ".weight_packed", ".trellis", "_blocks", ".weight")
_HELPERS = re.compile(
    r"(?:\.(?:qzeros|scales|g_idx|biases|weight_(?:scale(?:_inv|_2)?|zero_point|shape|g_idx"
    r"|global_scale)|input_(?:scale|global_scale)|output_scale|[kv]_scale|SCB|weight_format"
    r"|q_(?:scale|scale_max|groups|group_map|invperm|perm)|s[uv]h?|mcg|mul1"
    r"|weight\.(?:absmax|quant_map|nested_absmax|nested_quant_map|quant_state\..+))"
    r"|_scales)$"
)
_FLOATS = {"F32": "f32", "F16": "f16", "BF16": "bf16"}
_PACKED = {"I32": 32, "U32": 32, "I8": 8, "U8": 8, "I16": 16, "U16": 16, "I64": 64, "F4": 4}
_LAYER = re.compile(r"(?:^|\.)(?:layers|h|blocks|block)\.(\d{1,4})\.")
_INDEX = re.compile(r"\.\d+(?=\.)")
_TOWERS = frozenset({"vision", "audio"})
_VISION = re.compile(
    r"(?:^|\.)(?:vision_tower|visual|vision_model|vision_embed_tokens|multi_modal_projector"
    r"|mm_projector|vision_encoder|image_newline|embed_vision|patch_embed|mlp1)\b"
)
_AUDIO = re.compile(r"(?:^|\.)(?:audio_tower|audio_encoder|embed_audio|audio_embed)\b")
_EMBEDDING = re.compile(
    r"(?:embed_tokens|wte|word_embeddings|tok_embeddings|embed_in|embeddings)\."
)
_LOOKUP = re.compile(r"(?:embed_tokens_per_layer|wpe|embed_positions|ngram_embed)\b")
_ROUTER = re.compile(
    r"(?:mlp|block_sparse_moe|feed_forward|mixer|ffn|moe)\.(?:gate|router(?:\.layer)?|gate\.wg)"
    r"(?:\.|$)|shared_expert_gate|e_score_correction|expert_bias|router\."
)


def stored_tensors(
    raw: Iterable[RawTensor], quantized: Quantization, *, layers: int
) -> tuple[StoredTensor, ...]:
    """Join what belongs together and count parameters as they are before packing.

    `layers` is how many a token passes: later ones predict further tokens. Equal tensors of several
    layers, and of several experts of one, are one record, under the first one's name.
    """
    groups: dict[str, list[tuple[bool, RawTensor]]] = {}
    endings: dict[str, tuple[int, bool]] = {}
    for tensor in raw:
        form = _INDEX.sub("", tensor.name)  # one look at each kind of name, not at each layer's
        if form not in endings:
            endings[form] = _ending(form)
        length, helps = endings[form]
        base = tensor.name[: len(tensor.name) - length]
        groups.setdefault(base, []).append((helps, tensor))
    found: dict[tuple[str, tuple[int, ...], str, str, int], tuple[str, list[int]]] = {}
    kinds: dict[tuple[str, bool, bool], str] = {}
    for base, joined in groups.items():
        members = [tensor for _, tensor in sorted(joined, key=itemgetter(0))]
        main = members[0]
        shape = _logical(members, quantized)
        storage = _FLOATS.get(main.dtype)
        if storage is None or len(members) > 1:
            storage = quantized.storage if len(main.shape) > 1 else storage or "f32"
        layer = _LAYER.search(base)
        mtp = layer is not None and int(layer[1]) >= layers > 0
        form = _INDEX.sub("", main.name)
        told = form, len(shape) > 1, mtp
        if told not in kinds:
            kinds[told] = kind_of(main.name, shape, mtp=mtp)
        kind = kinds[told]
        size = sum(member.stored_bytes for member in members)
        inside = layer is not None and kind not in _TOWERS
        key = (form if inside else main.name), shape, kind, storage, size
        _, places = found.setdefault(key, (main.name, []))
        if layer is not None and inside:
            places.append(int(layer[1]))
    return tuple(
        StoredTensor(Tensor(name, shape, kind, tuple(places)), storage, size)
        for (_, shape, kind, storage, size), (name, places) in found.items()
    )


def _ending(name: str) -> tuple[int, bool]:
    """Return the length of the ending that tells a tensor's part, and whether it only helps."""
    helper = _HELPERS.search(name)
    if helper:
        return len(name) - helper.start(), True
    return next((len(ending) for ending in _WEIGHTS if name.endswith(ending)), 0), False


def _logical(members: list[RawTensor], quantized: Quantization) -> tuple[int, ...]:
    """Give the shape before packing, row length first."""
    main = members[0]
    shape = tuple(reversed(main.shape)) or (1,)
    by_end = {member.name.rsplit(".", 1)[-1]: member for member in members}
    if main.name.endswith(".trellis") and len(main.shape) == 3:  # noqa: PLR2004
        return (main.shape[0] * 16, main.shape[1] * 16)  # EXL3: tiles of 16 × 16
    if main.name.endswith(".q_weight") and "q_invperm" in by_end:
        return (math.prod(by_end["q_invperm"].shape), shape[0])  # EXL2: rates differ by row
    if main.name.endswith("_blocks"):
        return (math.prod(main.shape[2:]) * 2, *reversed(main.shape[:2]))  # MXFP4: two a byte
    bits = quantized.bits
    width = _PACKED.get(main.dtype, 0)
    if not bits or not width or len(members) == 1 or width <= bits:
        return shape
    factor = width / bits
    if main.name.endswith(".qweight"):
        rows, columns = main.shape if len(main.shape) == 2 else (shape[-1], shape[0])  # noqa: PLR2004
        if quantized.storage.startswith("awq"):
            return (rows, round(columns * factor))
        return (round(rows * factor), columns)
    return (round(shape[0] * factor), *shape[1:])


def kind_of(name: str, shape: tuple[int, ...], *, mtp: bool) -> str:
    """Name the kind (`records.tensors.KINDS`) of a tensor of a checkpoint."""
    if mtp or name.startswith(("mtp.", "model.mtp.")):
        return "mtp"
    if _VISION.search(name):
        return "vision"
    if _AUDIO.search(name):
        return "audio"
    if _LOOKUP.search(name):
        return "lookup"
    if re.search(r"(?:^|\.)(?:lm_head|embed_out|output)\.", name) and not _LAYER.search(name):
        return "output"
    if _EMBEDDING.search(name) and not _LAYER.search(name):
        return "embedding"
    if _ROUTER.search(name):
        return "router"
    if re.search(r"shared_(?:experts?|mlp)\b", name):
        return "shared_expert"
    if ".experts." in name or name.endswith((".input_linear.weight", ".output_linear.weight")):
        return "expert"
    if "conv" in name:
        return "conv"
    if re.search(r"\.(?:A_log|dt_bias|D|dt_proj\.bias)$", name):
        return "state"
    if "norm" in name or re.search(r"\.ln_?\w*\.", name):
        return "norm"
    if name.endswith((".bias", "sinks")):
        return "bias"
    return "linear" if len(shape) > 1 else "norm"
