"""A position in a GGUF header that refuses to step past the end of the file."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from fitcheck.errors import SourceError

if TYPE_CHECKING:
    from fitcheck.sources.ranges import Ranges


class Cursor:
    """Reads values one after another; byte order and width of counts follow the version."""

    def __init__(self, ranges: Ranges) -> None:
        self.position = 0
        self.big_endian = False
        self.wide_counts = True
        self._ranges = ranges
        self._window = ranges.window(0)

    def broken(self, what: str) -> SourceError:
        """Make the error for a header that cannot be right."""
        return SourceError(
            f"`{self._ranges.name}` {what} (byte {self.position})",
            "the file is damaged or was written by a faulty program; get it again",
        )

    def _need(self, length: int, what: str) -> None:
        end = self.position + length
        if end > self._ranges.size:
            raise SourceError(
                f"`{self._ranges.name}` ends inside {what} (byte {self.position} of "
                f"{self._ranges.size})",
                "the file is incomplete; finish or repeat the download",
            )
        if end > len(self._window):
            self._window = self._ranges.window(end)
            if end > len(self._window):
                raise SourceError(
                    f"`{self._ranges.name}` ends inside {what} (byte {len(self._window)})",
                    "the file is incomplete; finish or repeat the download",
                )

    def take(self, length: int, what: str) -> bytes:
        """Read `length` bytes."""
        self._need(length, what)
        start, self.position = self.position, self.position + length
        return bytes(self._window[start : self.position])

    def skip(self, length: int, what: str) -> None:
        """Pass over `length` bytes."""
        self._need(length, what)
        self.position += length

    def integer(self, width: int, what: str) -> int:
        """Read an unsigned integer of 4 or 8 bytes."""
        return int(self.numbers("I" if width == 4 else "Q", width, 1, what)[0])  # noqa: PLR2004

    def numbers(
        self, code: str, width: int, count: int, what: str
    ) -> tuple[int | float | bool, ...]:
        """Read `count` numbers."""
        content = self.take(count * width, what)
        return struct.unpack(f"{'>' if self.big_endian else '<'}{count}{code}", content)

    def count(self, what: str) -> int:
        """Read a length: 64 bits, 32 in version 1."""
        return self.counts(1, what)[0]

    def counts(self, count: int, what: str) -> tuple[int, ...]:
        """Read several lengths."""
        code, width = ("Q", 8) if self.wide_counts else ("I", 4)
        return tuple(int(value) for value in self.numbers(code, width, count, what))

    def text(self, limit: int, what: str) -> bytes:
        """Read a string of at most `limit` bytes."""
        length = self.count(f"the length of {what}")
        if length > limit:
            raise self.broken(f"claims {what} of {length} bytes")
        return self.take(length, what)

    def skip_strings(self, count: int, what: str) -> None:
        """Pass over `count` strings; the one loop here that runs once a vocabulary entry."""
        code, width = ("Q", 8) if self.wide_counts else ("I", 4)
        unpack = struct.Struct((">" if self.big_endian else "<") + code).unpack_from
        window, position = self._window, self.position
        for _ in range(count):
            after = position + width
            if after > len(window):
                self.position = position
                self._need(width, what)
                window = self._window
            position = after + unpack(window, position)[0]
        self.position = position
        self._need(0, what)
