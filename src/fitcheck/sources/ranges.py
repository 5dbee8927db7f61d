"""Reading parts of a file by offset: the one interface that local files and servers share."""

from __future__ import annotations

import mmap
import stat
from typing import TYPE_CHECKING, Protocol

from fitcheck.errors import SourceError
from fitcheck.sources.text import clean

if TYPE_CHECKING:
    from pathlib import Path


class Ranges(Protocol):
    """A file of known size of which any part can be had."""

    name: str
    size: int

    def window(self, end: int) -> mmap.mmap | bytes | bytearray:
        """Give a buffer that holds the file from its start to at least min(`end`, size)."""

    def read(self, offset: int, length: int) -> bytes:
        """Give `length` bytes from `offset`, fewer only at the end of the file."""

    def close(self) -> None:
        """Let go of the file."""


class FileRanges:
    """A local file, memory-mapped: pages that are not looked at are never read."""

    def __init__(self, path: Path) -> None:
        self.name = clean(str(path))
        try:
            with path.open("rb") as file:
                status = path.stat()
                if not stat.S_ISREG(status.st_mode):
                    raise SourceError(
                        f"`{self.name}` is not a regular file", "name a file or a folder"
                    )
                self.size = status.st_size
                self._map: mmap.mmap | bytes = (
                    mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if self.size else b""
                )
        except OSError as error:
            raise SourceError(
                f"cannot read `{self.name}`: {error.strerror or error}",
                "is the path right, and may you read it?",
            ) from None

    def window(self, end: int) -> mmap.mmap | bytes:  # noqa: ARG002  # a map holds all of it
        """Give the whole file as a map."""
        return self._map

    def read(self, offset: int, length: int) -> bytes:
        """Copy a part of the file."""
        return bytes(self._map[offset : offset + length])

    def close(self) -> None:
        """Unmap."""
        if isinstance(self._map, mmap.mmap):
            self._map.close()


class BytesRanges:
    """A file already in memory."""

    def __init__(self, content: bytes, name: str) -> None:
        self.name = clean(name)
        self.size = len(content)
        self._content = content

    def window(self, end: int) -> bytes:  # noqa: ARG002  # all of it is here
        """Give all of it."""
        return self._content

    def read(self, offset: int, length: int) -> bytes:
        """Copy a part."""
        return self._content[offset : offset + length]

    def close(self) -> None:
        """Nothing to let go of."""
