"""Reads a GGUF header: metadata and the list of tensors, never their data.

Every length, count and offset is checked before it is used, and tokenizer tables are skipped
without being built. Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from fitcheck.errors import SourceError
from fitcheck.records.record import field, record
from fitcheck.sources.gguf.cursor import Cursor
from fitcheck.sources.gguf.ggml_types import storage_name, tensor_bytes
from fitcheck.sources.text import clean

if TYPE_CHECKING:
    from fitcheck.sources.ranges import Ranges

MAGIC = b"GGUF"
VERSIONS = (1, 2, 3)
MAX_PAIRS = 65_536
MAX_TENSORS = 32_768
MAX_KEY_BYTES = 65_535  # the format's own limit
MAX_NAME_BYTES = 512
MAX_TEXT_BYTES = 4_096  # longer values (chat templates) are skipped
MAX_KEPT_ELEMENTS = 1_024  # longer arrays (vocabularies) are skipped: no model has more layers
MAX_KEPT = 2**20  # characters and elements in a whole file
MAX_ARRAY_STRINGS = 4_000_000  # in a whole file; the largest vocabularies with merges have 0.8 M
MAX_DIMENSIONS = 4
MAX_TENSOR_BYTES = 2**44

_SCALARS = {
    0: ("B", 1),
    1: ("b", 1),
    2: ("H", 2),
    3: ("h", 2),
    4: ("I", 4),
    5: ("i", 4),
    6: ("f", 4),
    7: ("?", 1),
    10: ("Q", 8),
    11: ("q", 8),
    12: ("d", 8),
}
_STRING = 8
_ARRAY = 9

Value = int | float | bool | str | tuple[int | float | bool, ...]


@record(kw_only=False)
class TensorInfo:
    """One tensor of the file: its GGUF name, shape (row first), storage type and bytes."""

    name: str
    shape: tuple[int, ...]
    storage: str
    stored_bytes: int


@record
class Header:
    """What a GGUF header says. `array_lengths` counts the arrays that were skipped."""

    version: int
    big_endian: bool
    metadata: dict[str, Value]
    array_lengths: dict[str, int]
    tensors: tuple[TensorInfo, ...]
    header_bytes: int
    missing_bytes: int  # of the tensor data, if the file ends too early
    notes: tuple[str, ...] = ()


@record(frozen=False, kw_only=False)
class _Reading:
    cursor: Cursor
    strings_left: int = MAX_ARRAY_STRINGS
    kept_left: int = MAX_KEPT
    metadata: dict[str, Value] = field(default_factory=dict)
    array_lengths: dict[str, int] = field(default_factory=dict)


def read_header(ranges: Ranges) -> Header:
    """Read the header of one GGUF file. Raises SourceError with the place where it breaks."""
    cursor = Cursor(ranges)
    if cursor.take(4, "the magic number") != MAGIC:
        raise SourceError(
            f"`{ranges.name}` is not a GGUF file: it does not start with `GGUF`",
            "GGUF files end in `.gguf`; an incomplete download or a web page saved instead looks "
            "like this",
        )
    version = _version(cursor)
    tensor_count = cursor.count("the tensor count")
    pair_count = cursor.count("the metadata count")
    if tensor_count > MAX_TENSORS:
        raise cursor.broken(f"claims {tensor_count} tensors")
    if pair_count > MAX_PAIRS:
        raise cursor.broken(f"claims {pair_count} metadata entries")
    reading = _Reading(cursor)
    for _ in range(pair_count):
        _read_pair(reading)
    alignment = reading.metadata.get("general.alignment", 32)
    if not isinstance(alignment, int) or not 0 < alignment <= 2**20 or alignment & (alignment - 1):
        raise cursor.broken("gives an alignment that is not a power of two")
    raw = _read_tensor_infos(cursor, tensor_count)
    start = -(-cursor.position // alignment) * alignment
    tensors, end = _place(cursor, raw, alignment, max(ranges.size - start, 0))
    missing = max(start + end - ranges.size, 0) if tensors else 0
    return Header(
        version=version,
        big_endian=cursor.big_endian,
        metadata=reading.metadata,
        array_lengths=reading.array_lengths,
        tensors=tensors,
        header_bytes=cursor.position,
        missing_bytes=missing,
    )


def _version(cursor: Cursor) -> int:
    (version,) = struct.unpack("<I", cursor.take(4, "the version"))
    if version and not version & 0xFFFF:  # as llama.cpp tells byte orders apart
        cursor.big_endian = True
        version = int.from_bytes(version.to_bytes(4, "little"), "big")
    if version not in VERSIONS:
        raise cursor.broken(f"has GGUF version {version}; versions 1 to 3 are known")
    cursor.wide_counts = version > 1
    return int(version)


def _read_pair(reading: _Reading) -> None:
    cursor = reading.cursor
    raw_key = cursor.text(MAX_KEY_BYTES, "a metadata key")
    key = clean(raw_key)
    if not key:
        raise cursor.broken("has a metadata key without a name")
    if key in reading.metadata or key in reading.array_lengths:
        raise cursor.broken(f"gives the key `{key}` twice")
    kind = cursor.integer(4, "a value's type")
    if kind in _SCALARS:
        reading.metadata[key] = cursor.numbers(*_SCALARS[kind], 1, f"`{key}`")[0]
    elif kind == _STRING:
        length = cursor.count(f"the length of `{key}`")
        reading.kept_left -= min(length, MAX_TEXT_BYTES)
        if length > MAX_TEXT_BYTES or reading.kept_left < 0:
            cursor.skip(length, f"`{key}`")
            reading.array_lengths[key] = length
        else:
            reading.metadata[key] = clean(cursor.take(length, f"`{key}`"), MAX_TEXT_BYTES)
    elif kind == _ARRAY:
        _read_array(reading, key)
    else:
        raise cursor.broken(f"gives `{key}` a value of unknown type {kind}")


def _read_array(reading: _Reading, key: str) -> None:
    cursor = reading.cursor
    kind = cursor.integer(4, f"the element type of `{key}`")
    count = cursor.count(f"the length of `{key}`")
    if kind in _SCALARS:
        code, width = _SCALARS[kind]
        reading.kept_left -= min(count, MAX_KEPT_ELEMENTS)
        if count > MAX_KEPT_ELEMENTS or reading.kept_left < 0:
            cursor.skip(count * width, f"`{key}`")
            reading.array_lengths[key] = count
        else:
            reading.metadata[key] = cursor.numbers(code, width, count, f"`{key}`")
    elif kind == _STRING:
        reading.strings_left -= count
        if reading.strings_left < 0:
            raise cursor.broken(f"claims {count} strings in `{key}`")
        cursor.skip_strings(count, f"`{key}`")
        reading.array_lengths[key] = count
    elif kind == _ARRAY:
        raise cursor.broken(f"nests arrays in `{key}`, which no program writes")
    else:
        raise cursor.broken(f"gives `{key}` elements of unknown type {kind}")


def _read_tensor_infos(cursor: Cursor, count: int) -> list[tuple[str, tuple[int, ...], int, int]]:
    seen: set[bytes] = set()
    infos = []
    for _ in range(count):
        raw_name = cursor.text(MAX_NAME_BYTES, "a tensor's name")
        name = clean(raw_name)
        if not name:
            raise cursor.broken("has a tensor without a name")
        if raw_name in seen:
            raise cursor.broken(f"lists the tensor `{name}` twice")
        seen.add(raw_name)
        dimensions = cursor.integer(4, f"the dimensions of `{name}`")
        if not 0 < dimensions <= MAX_DIMENSIONS:
            raise cursor.broken(f"gives the tensor `{name}` {dimensions} dimensions")
        shape = cursor.counts(dimensions, f"the shape of `{name}`")
        elements = 1
        for width in shape:
            elements *= width
            if width == 0 or elements > MAX_TENSOR_BYTES:
                text = " × ".join(str(value) for value in shape)
                raise cursor.broken(f"gives the tensor `{name}` the shape {text}")
        kind = cursor.integer(4, f"the type of `{name}`")
        offset = cursor.integer(8, f"the offset of `{name}`")
        infos.append((name, shape, kind, offset))
    return infos


def _place(
    cursor: Cursor,
    infos: list[tuple[str, tuple[int, ...], int, int]],
    alignment: int,
    data_bytes: int,
) -> tuple[tuple[TensorInfo, ...], int]:
    """Size the tensors and check that each starts where the one before it ends.

    llama.cpp refuses anything else. A type of unknown size is measured by the next offset.
    """
    tensors = []
    end = 0
    for position, (name, shape, kind, offset) in enumerate(infos):
        try:
            size = tensor_bytes(kind, shape)
        except ValueError as error:
            raise cursor.broken(f"cannot hold the tensor `{name}`: {error}") from None
        if offset != end:
            how = "inside" if offset < end else "beyond the end of"
            raise cursor.broken(
                f"puts the tensor `{name}` at {offset}, {how} the one before it ({end})"
            )
        if size is None:
            last = position + 1 == len(infos)
            size = (data_bytes if last else infos[position + 1][3]) - offset
            if not 0 < size <= MAX_TENSOR_BYTES:
                raise cursor.broken(f"gives the tensor `{name}` the unknown type {kind}")
        end = -(-(offset + size) // alignment) * alignment
        if end > MAX_TENSOR_BYTES:
            raise cursor.broken(f"claims {end / 2**40:.0f} TiB of tensors")
        tensors.append(TensorInfo(name, shape, storage_name(kind), size))
    unpadded = infos[-1][3] + tensors[-1].stored_bytes if tensors else 0
    return tuple(tensors), unpadded
