"""The tables at run time: looked up by any of their names, decoded a record at a time."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from fitcheck.catalog.names import normalise, suggest
from fitcheck.errors import AmbiguousNameError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fitcheck.records.benchmark import Benchmark
    from fitcheck.records.calibration import Calibration
    from fitcheck.records.format import Format, KvFormat, StorageType
    from fitcheck.records.gpu import Gpu
    from fitcheck.records.held_out import HeldOut
    from fitcheck.records.model import Model
    from fitcheck.records.paper import Paper
    from fitcheck.records.runtime import Runtime

Record = TypeVar("Record")


_LISTED_BY_COMMANDS = ("GPU", "model", "format", "paper")


class Packed:
    """The bytes of one compiled catalogue file; only what a question needs of them is parsed.

    `schema/compile.py` tells how the file is laid out.
    """

    def __init__(self, content: bytes) -> None:
        end = content.index(b"\n")
        self.header: dict[str, Any] = json.loads(content[:end])
        self._content = content
        self._starts: dict[str, int] = {}
        start = end + 1
        for name, length in self.header["lengths"].items():
            self._starts[name] = start
            start += length

    def document(self, name: str) -> Any:  # noqa: ANN401  # each document has its own shape
        """Parse the first line of a part: a document or a table's index; `None` if none."""
        if name not in self._starts:
            return None
        start = self._starts[name]
        return json.loads(self._content[start : self._content.index(b"\n", start)])

    def rows(self, name: str) -> tuple[dict[str, tuple[int, int]], dict[str, list[str]]]:
        """Give where each record of a table lies, and the ids its names mean."""
        index = self.document(name)
        if index is None:
            return {}, {}
        start = self._content.index(b"\n", self._starts[name]) + 1
        spans = {}
        for key, length in index["rows"].items():
            spans[key] = (start, start + length)
            start += length
        return spans, index["names"]

    def row(self, span: tuple[int, int]) -> Any:  # noqa: ANN401  # a record, or a group of them
        """Parse one record."""
        return json.loads(self._content[span[0] : span[1]])


class Table(Generic[Record]):
    """Records by name. Later files override a record of the same id (a user's own tables)."""

    def __init__(
        self,
        kind: str,
        files: Sequence[Packed],
        name: str,
        read: Callable[[dict[str, Any]], Record],
    ) -> None:
        self._kind = kind
        self._read = read
        self._rows: dict[str, tuple[Packed, tuple[int, int]]] = {}
        self._names: dict[str, list[str]] = {}
        self._decoded: dict[str, Record] = {}
        for file in files:
            spans, names = file.rows(name)
            self._rows.update((key, (file, span)) for key, span in spans.items())
            self._names.update(names)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: str) -> bool:
        return key in self._rows

    def ids(self) -> tuple[str, ...]:
        """Every id, in the table's order."""
        return tuple(self._rows)

    def names(self) -> tuple[str, ...]:
        """Every normalised name that means exactly one record."""
        return tuple(name for name, ids in self._names.items() if len(ids) == 1)

    def get(self, key: str) -> Record:
        """Give the record with this id. Raises KeyError."""
        if key not in self._decoded:
            file, span = self._rows[key]
            self._decoded[key] = self._read(file.row(span))
        return self._decoded[key]

    def all(self) -> tuple[Record, ...]:
        """Decode every record, in the table's order."""
        return tuple(self.get(key) for key in self._rows)

    def find(self, name: str) -> Record | None:
        """Give the one record this name means; `None` if there is none or several."""
        ids = self._names.get(normalise(name), ())
        return self.get(ids[0]) if len(ids) == 1 else None

    def choices(self, name: str) -> tuple[str, ...]:
        """Give the ids a name means: none, one, or several."""
        return tuple(self._names.get(normalise(name), ()))

    def resolve(self, name: str) -> Record:
        """Give the one record this name means.

        Raises UnknownNameError with at most three suggestions, AmbiguousNameError with the choices.
        """
        ids = self.choices(name)
        if len(ids) == 1:
            return self.get(ids[0])
        if ids:
            shown = ", ".join(f"`{key}`" for key in ids)
            raise AmbiguousNameError(
                f"`{name}` names several {self._kind}s", f"say which: {shown}", ids
            )
        suggestions = self.suggestions(name)
        hint = f"`fitcheck {self._kind.lower()}` lists them all"
        if self._kind not in _LISTED_BY_COMMANDS:
            hint = f"there are {', '.join(self._rows)}"
        if suggestions:
            options = " or ".join(f"`{key}`" for key in suggestions)
            hint = f"did you mean {options}? {hint}"
        raise UnknownNameError(f"unknown {self._kind} `{name}`", hint, suggestions)

    def suggestions(self, name: str) -> tuple[str, ...]:
        """Give at most three ids whose names are close to what was typed."""
        found = suggest(name, self._names)
        ids = [key for close in found for key in self._names[close]]
        return tuple(dict.fromkeys(ids))[:3]


class Catalog:
    """All tables. Each is parsed when first used."""

    def __init__(self, files: Sequence[Packed]) -> None:
        self._files = files

    def _table(
        self, kind: str, name: str, read: Callable[[dict[str, Any]], Record]
    ) -> Table[Record]:
        return Table(kind, self._files, name, read)

    @property
    def date(self) -> str:
        """The day the tables were last changed, as ISO text."""
        return str(self._files[0].header.get("date") or "")

    @cached_property
    def gpus(self) -> Table[Gpu]:
        """Cards."""
        from fitcheck.records.gpu import read_gpu

        return self._table("GPU", "gpus", read_gpu)

    @cached_property
    def models(self) -> Table[Model]:
        """Models."""
        from fitcheck.records.model import read_model

        return self._table("model", "models", read_model)

    @cached_property
    def storage_types(self) -> Table[StorageType]:
        """Storage types: blocks and bytes."""
        from fitcheck.records.format import read_storage_type

        return self._table("storage type", "storage_types", read_storage_type)

    @cached_property
    def formats(self) -> Table[Format]:
        """Quantization formats."""
        from fitcheck.records.format import read_format

        return self._table("format", "formats", read_format)

    @cached_property
    def kv_formats(self) -> Table[KvFormat]:
        """Formats of the KV cache."""
        from fitcheck.records.format import read_kv_format

        return self._table("KV format", "kv_formats", read_kv_format)

    @cached_property
    def papers(self) -> Table[Paper]:
        """Papers."""
        from fitcheck.records.paper import read_paper

        return self._table("paper", "papers", read_paper)

    @cached_property
    def runtimes(self) -> Table[Runtime]:
        """Runtimes."""
        from fitcheck.records.runtime import read_runtime

        return self._table("runtime", "runtimes", read_runtime)

    def kernels(self, runtime: str) -> str:
        """Return the name of the kernels a runtime runs; its own where no record has the name."""
        known = self.runtimes.find(runtime)
        return known.kernels if known else runtime

    @cached_property
    def calibration(self) -> Calibration:
        """The fitted constants of the speed estimate, with the user's own corrections."""
        from dataclasses import replace

        from fitcheck.catalog.corrections import read_corrections
        from fitcheck.records.calibration import read_calibration

        fitted = read_calibration(self._files[0].document("calibration"))
        corrections = read_corrections()
        return replace(fitted, corrections=corrections) if corrections else fitted

    @cached_property
    def benchmarks(self) -> Table[tuple[Benchmark, ...]]:
        """Published measurements, by the id of their card."""
        from fitcheck.records.benchmark import read_benchmark

        def read(rows: Any) -> tuple[Benchmark, ...]:  # noqa: ANN401  # the group's list
            return tuple(read_benchmark(row) for row in rows)

        return self._table("measured card", "benchmarks", read)

    @cached_property
    def held_out(self) -> Table[tuple[HeldOut, ...]]:
        """Measurements beside what was estimated without having seen them, by card."""
        from fitcheck.records.held_out import read_held_out

        def read(rows: Any) -> tuple[HeldOut, ...]:  # noqa: ANN401  # the group's list
            return tuple(read_held_out(row) for row in rows)

        return self._table("tested card", "held_out", read)
