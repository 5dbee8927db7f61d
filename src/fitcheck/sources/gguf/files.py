"""GGUF files on a disk: one, or the parts of one split as `name-00001-of-00003.gguf`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fitcheck.errors import SourceError
from fitcheck.sources.gguf.header import Header, read_header
from fitcheck.sources.ranges import FileRanges
from fitcheck.sources.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fitcheck.sources.ranges import Ranges

_PART = re.compile(
    r"^(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})(?P<end>\.gguf)$", re.IGNORECASE
)
MAX_PARTS = 1000


def parts_of(name: str) -> tuple[str, ...]:
    """List the names of all parts of the file that `name` is a part of; (`name`,) if of none."""
    match = _PART.match(name)
    if match is None:
        return (name,)
    count, number = int(match["count"]), int(match["number"])
    if not 0 < number <= count:
        return (name,)
    if count > MAX_PARTS:
        raise SourceError(f"`{clean(name)}` claims {count} parts", "is the name right?")
    return tuple(
        f"{match['stem']}-{n:05d}-of-{count:05d}{match['end']}" for n in range(1, count + 1)
    )


def stem(name: str) -> str:
    """Drop folder, part number and ending of a file's name."""
    name = name.replace("\\", "/").rsplit("/", 1)[-1]
    match = _PART.match(name)
    return match["stem"] if match else re.sub(r"\.gguf$", "", name, flags=re.IGNORECASE)


def read_file(path: Path) -> tuple[Header, ...]:
    """Read the header of a file and of its other parts. Raises SourceError."""
    names = parts_of(path.name)
    missing = [name for name in names if not (path.parent / name).is_file()]
    if missing and len(names) > 1:
        raise SourceError(
            f"`{clean(path.name)}` is one of {len(names)} parts and {len(missing)} are missing, "
            f"the first `{clean(missing[0])}`",
            "put all parts into one folder",
        )
    return read_parts(names, lambda name: FileRanges(path.parent / name))


def read_parts(names: tuple[str, ...], opened: Callable[[str], Ranges]) -> tuple[Header, ...]:
    """Read the headers of all parts. Raises SourceError where they do not belong together."""
    headers = []
    for name in names:
        ranges = opened(name)
        try:
            headers.append(read_header(ranges))
        finally:
            ranges.close()
    first = headers[0].metadata
    total = sum(len(header.tensors) for header in headers)
    claimed = first.get("split.tensors.count", total)
    if len(names) > 1 and claimed != total:
        raise SourceError(
            f"the {len(names)} parts of `{clean(stem(names[0]))}` hold {total} tensors, the first "
            f"promises {claimed}",
            "one of the parts is from another file",
        )
    split = first.get("split.count", 1)
    if len(names) == 1 and isinstance(split, int) and split > 1:
        raise SourceError(
            f"`{clean(names[0])}` is one of {split} parts but is not named as one",
            "parts are found by their names, `name-00001-of-00003.gguf`",
        )
    return tuple(headers)
