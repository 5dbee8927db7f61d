"""Reads the header of a safetensors file: names, types, shapes and places of its tensors.

Format: https://github.com/huggingface/safetensors#format
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeGuard

from fitcheck.errors import SourceError
from fitcheck.records.record import record
from fitcheck.sources.hf.config import check_size_in_memory
from fitcheck.sources.text import clean

if TYPE_CHECKING:
    from fitcheck.sources.ranges import Ranges

MAX_HEADER_BYTES = 8 * 2**20  # the largest published ones have about 4 MiB
MAX_DIMENSIONS = 8
MAX_ELEMENTS = 2**44
_LENGTH_BYTES = 8

# bits an element
DTYPES = {
    "F64": 64, "F32": 32, "F16": 16, "BF16": 16, "I64": 64, "I32": 32, "I16": 16, "I8": 8,
    "U64": 64, "U32": 32, "U16": 16, "U8": 8, "BOOL": 8, "C64": 64, "F8_E4M3": 8, "F8_E5M2": 8,
    "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "F6_E2M3": 6, "F6_E3M2": 6, "F4": 4,
}  # fmt: skip


@record(kw_only=False)
class RawTensor:
    """One tensor as stored: its name in the checkpoint, type, shape (row length last), bytes."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    stored_bytes: int


@record(kw_only=False)
class Shard:
    """The tensors of one file, and the bytes it lacks if it ends too early."""

    tensors: tuple[RawTensor, ...]
    missing_bytes: int


def read_shard(ranges: Ranges) -> Shard:
    """Read one file's header. Raises SourceError with what is wrong with it."""
    name = ranges.name
    start = ranges.read(0, _LENGTH_BYTES)
    if len(start) < _LENGTH_BYTES:
        raise SourceError(f"`{name}` is too short for a safetensors file", "get it again")
    length = int.from_bytes(start, "little")
    if length > MAX_HEADER_BYTES:
        raise SourceError(
            f"`{name}` is no safetensors file: it claims a header of {length} bytes",
            "an incomplete download or a Git LFS pointer looks like this",
        )
    content = ranges.read(_LENGTH_BYTES, length)
    if len(content) < length:
        raise SourceError(f"`{name}` ends inside its header", "finish or repeat the download")
    return _tensors(_parse(content, name), name, ranges.size - _LENGTH_BYTES - length)


def _parse(content: bytes, name: str) -> dict[str, Any]:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise SourceError(f"`{name}` names a tensor twice", "the file is damaged; get it again")
        return found

    check_size_in_memory(content, name)
    try:
        header = json.loads(content, object_pairs_hook=unique)
    except (ValueError, RecursionError):
        raise SourceError(
            f"the header of `{name}` is not valid JSON", "the file is damaged; get it again"
        ) from None
    if not isinstance(header, dict):
        raise SourceError(f"the header of `{name}` holds no tensors", "get the file again")
    return header


def _tensors(header: dict[str, Any], name: str, data_bytes: int) -> Shard:
    places = []
    for key, entry in header.items():
        if key == "__metadata__":
            continue
        label = clean(key)
        dtype = entry.get("dtype") if isinstance(entry, dict) else None
        shape = entry.get("shape") if isinstance(entry, dict) else None
        place = entry.get("data_offsets") if isinstance(entry, dict) else None
        if not isinstance(dtype, str) or dtype not in DTYPES:
            raise _broken(name, f"gives `{label}` the type {clean(str(dtype), 20)}")
        if not _are_counts(shape) or len(shape) > MAX_DIMENSIONS:
            raise _broken(name, f"gives `{label}` a shape that is none")
        if not _are_counts(place) or len(place) != 2 or place[0] > place[1]:  # noqa: PLR2004
            raise _broken(name, f"gives `{label}` a place that is none")
        elements = 1
        for width in shape:
            elements *= width
            if elements > MAX_ELEMENTS:
                raise _broken(name, f"gives `{label}` {elements} elements")
        size = place[1] - place[0]
        if size != -(-elements * DTYPES[dtype] // 8):
            raise _broken(name, f"gives `{label}` {size} bytes for {elements} elements of {dtype}")
        places.append((place[0], place[1], RawTensor(label, dtype, tuple(shape), size)))
    places.sort(key=lambda item: item[:2])
    end = 0
    for begin, stop, tensor in places:
        if begin != end:
            how = "overlap" if begin < end else "leave a hole"
            raise _broken(name, f"has tensors that {how} at `{tensor.name}`")
        end = stop
    return Shard(tuple(item[2] for item in places), max(end - data_bytes, 0))


def _are_counts(value: Any) -> TypeGuard[list[int]]:  # noqa: ANN401  # JSON
    return isinstance(value, list) and all(
        isinstance(item, int) and not isinstance(item, bool) and 0 <= item <= MAX_ELEMENTS
        for item in value
    )


def _broken(name: str, what: str) -> SourceError:
    return SourceError(f"`{name}` {what}", "the file is damaged; get it again")
