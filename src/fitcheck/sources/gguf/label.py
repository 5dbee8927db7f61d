"""What to call a GGUF file's format: the preset it was made with, or what it mostly holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fitcheck.records.record import record
from fitcheck.sources.gguf.ggml_types import FILE_TYPES

if TYPE_CHECKING:
    from fitcheck.sources.gguf.header import Header, TensorInfo

_GUESSED = 1024  # LLAMA_FTYPE_GUESSED
_FLOATS = ("f32", "f16", "bf16", "f64")
_DYNAMIC = re.compile(r"(?:^|[-_.])(ud-(?:i?q\d_[a-z0-9_]+))", re.IGNORECASE)
# formats named otherwise than the file type or the storage type they consist of
_FORMATS = {
    "f32": "gguf-f32",
    "bf16": "gguf-bf16",
    "nvfp4": "gguf-nvfp4",
    "mxfp4": "mxfp4_moe",
    "q6_0": "q6_k",
    "q3_k": "q3_k_m",
    "q4_k": "q4_k_m",
    "q5_k": "q5_k_m",
}
_KNOWN_DYNAMIC = "q8_k_xl q6_k_xl q5_k_xl q4_k_xl q3_k_xl q2_k_xl iq3_xxs iq2_m iq2_xxs iq1_m iq1_s"
# the storage type of like width whose kernels are most alike, for types the catalogue has not
_LIKE = ((1.9, "iq1_s"), (2.9, "iq2_s"), (3.9, "iq3_s"), (4.9, "q4_k"), (5.9, "q5_k"),
         (7.9, "q6_k"), (12.0, "q8_0"), (20.0, "f16"))  # fmt: skip
_ODD = frozenset({"f64", "i8", "i16", "i32", "i64", "q8_1", "q8_k"})


@record(kw_only=False)
class Label:
    """The catalogue's format nearest to the file, and a note where it is not quite that."""

    format_id: str
    note: str = ""


def preset(header: Header, name: str) -> Label:
    """Name the format of a file: Unsloth's by its name, else the file type, else by bytes."""
    dynamic = _DYNAMIC.search(name)
    if dynamic and dynamic[1].casefold().removeprefix("ud-") in _KNOWN_DYNAMIC.split():
        return Label(dynamic[1].casefold())
    used: dict[str, int] = {}
    for tensor in header.tensors:
        if len(tensor.shape) > 1:
            used[tensor.storage] = used.get(tensor.storage, 0) + tensor.stored_bytes
    number = header.metadata.get("general.file_type")
    if isinstance(number, int) and not isinstance(number, bool):
        found = FILE_TYPES.get(number & ~_GUESSED, "")
        base = found.removesuffix("_moe")
        if found and any(base.startswith(storage[:4]) for storage in used):
            return Label(_FORMATS.get(found, found))
    quantized = {storage: size for storage, size in used.items() if storage not in _FLOATS}
    halves = {storage: size for storage, size in used.items() if storage != "f32"}
    kinds = quantized or halves or {"f32": 0}  # some matrices are always kept in f32
    most = max(kinds, key=lambda storage: kinds[storage])
    known = like(most, _bits(header, most))
    note = "" if len(kinds) == 1 and known == most else f"mixed types, named after {most}"
    return Label(_FORMATS.get(known, known), note)


def storage_id(info: TensorInfo) -> str:
    """Give the catalogue's storage type of a tensor, the nearest one where it has none."""
    elements = 1
    for width in info.shape:
        elements *= width
    return like(info.storage, info.stored_bytes * 8 / elements)


def like(storage: str, bits: float) -> str:
    """Give `storage`, or for one the catalogue has not, one of about as many bits."""
    if storage not in _ODD and not storage.startswith("type "):
        return storage
    return next((name for most, name in _LIKE if bits <= most), "f32")


def _bits(header: Header, storage: str) -> float:
    elements = size = 0
    for tensor in header.tensors:
        if tensor.storage == storage:
            count = 1
            for width in tensor.shape:
                count *= width
            elements, size = elements + count, size + tensor.stored_bytes
    return size * 8 / elements if elements else 32.0
