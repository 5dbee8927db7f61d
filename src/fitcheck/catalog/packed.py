"""One compiled catalogue file, bisected where it lies: a question parses only the lines it needs.

`schema/compile.py` tells how the file is laid out.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mmap import mmap


class Packed:
    """The content of a compiled file: bytes, or the file mapped into memory."""

    def __init__(self, content: bytes | mmap) -> None:
        self._content = content
        start = content.find(b"\n") + 1
        self.header: dict[str, Any] = json.loads(content[:start])
        self._parts: dict[str, tuple[int, int]] = {}
        for name, length in self.header["lengths"].items():
            self._parts[name] = (start, start + length)
            start += length

    def document(self, name: str) -> Any:  # noqa: ANN401  # each document has its own shape
        """Parse a document; `None` where there is none of this name."""
        if name not in self._parts:
            return None
        start, end = self._parts[name]
        return json.loads(self._content[start:end])

    def row(self, table: str, start: int) -> Any:  # noqa: ANN401  # a record of any shape
        """Parse the record that begins at `start` of a table's rows."""
        begin = self._parts[f"{table}.rows"][0] + start
        return json.loads(self._content[begin : self._content.find(b"\n", begin)])

    def starts(self, table: str) -> dict[str, int]:
        """Return where each record of a table begins, by id, in the table's order."""
        return dict(sorted(self._lines(f"{table}.ids"), key=lambda line: int(line[1])))

    def start(self, table: str, key: str) -> int | None:
        """Return where the record of this id begins; `None` where the table has none."""
        line = self._line(f"{table}.ids", key)
        return line[1] if line else None

    def meanings(self, table: str) -> dict[str, list[str]]:
        """Return the ids every normalised name of a table means."""
        return {name: ids for name, *ids in self._lines(f"{table}.names")}

    def meaning(self, table: str, name: str) -> list[str]:
        """Return the ids a normalised name means; none where the table does not know it."""
        line = self._line(f"{table}.names", name)
        return line[1:] if line else []

    def parts(self, table: str, key: str) -> list[tuple[list[Any], list[int]]]:
        """Return a group's parts: what its records have in common, and where each begins."""
        lines = self._lines_of(f"{table}.parts", key)
        return [(labels, starts) for _, labels, starts in lines]

    def _lines(self, part: str) -> list[list[Any]]:
        """Parse every line of a part."""
        start, end = self._parts.get(part, (0, 0))
        joined = self._content[start : max(start, end - 1)].replace(b"\n", b",")
        lines: list[list[Any]] = json.loads(b"[" + joined + b"]")
        return lines

    def _line(self, part: str, key: str) -> list[Any] | None:
        """Find and parse the one line of a sorted part that opens with `key`."""
        found = self._lines_of(part, key)
        return found[0] if found else None

    def _lines_of(self, part: str, key: str) -> list[list[Any]]:
        """Find and parse the lines of a sorted part that open with `key`, by bisection.

        `low` is always the start of a line, and so is `high` or else it is the part's end.
        """
        content = self._content
        low, end = self._parts.get(part, (0, 0))
        high = end
        opening = f"[{json.dumps(key, ensure_ascii=False)},".encode()
        while low < high:
            middle = (low + high) // 2
            line = content.rfind(b"\n", low, middle) + 1 or low
            following = content.find(b"\n", middle) + 1
            if content[line:following] < opening:
                low = following
            else:
                high = line
        found = []
        while low < end:
            following = content.find(b"\n", low) + 1
            line_of_key = content[low:following]
            if not line_of_key.startswith(opening):
                break
            found.append(json.loads(line_of_key))
            low = following
        return found
