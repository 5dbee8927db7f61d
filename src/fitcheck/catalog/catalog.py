"""The tables at run time: looked up by any of their names, decoded a record at a time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from fitcheck.catalog.names import normalise, suggest
from fitcheck.errors import AmbiguousNameError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fitcheck.catalog.groups import Groups
    from fitcheck.catalog.packed import Packed
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
        self._files = files
        self._name = name
        self._read = read
        self._decoded: dict[str, Record] = {}

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: str) -> bool:
        return self._place(key) is not None

    @cached_property
    def _places(self) -> dict[str, tuple[Packed, int]]:
        """The file each record lies in, and where; in the table's order."""
        places: dict[str, tuple[Packed, int]] = {}
        for file in self._files:
            starts = file.starts(self._name)
            places.update((key, (file, start)) for key, start in starts.items())
        return places

    def _place(self, key: str) -> tuple[Packed, int] | None:
        """Find one record: without looking at the others, unless all were looked up before."""
        if "_places" in self.__dict__:
            return self._places.get(key)
        for file in reversed(self._files):
            start = file.start(self._name, key)
            if start is not None:
                return file, start
        return None

    def ids(self) -> tuple[str, ...]:
        """Return every id, in the table's order."""
        return tuple(self._places)

    def get(self, key: str) -> Record:
        """Return the record with this id. Raises KeyError."""
        if key not in self._decoded:
            place = self._place(key)
            if place is None:
                raise KeyError(key)
            file, start = place
            self._decoded[key] = self._read(file.row(self._name, start))
        return self._decoded[key]

    def all(self) -> tuple[Record, ...]:
        """Decode every record, in the table's order."""
        return tuple(self.get(key) for key in self._places)

    def by_id(self) -> Mapping[str, Record]:
        """Return the table as a mapping of ids to records, each decoded when it is asked for."""
        return _ById(self)

    def find(self, name: str) -> Record | None:
        """Return the one record this name means; `None` if there is none or several."""
        ids = self.choices(name)
        return self.get(ids[0]) if len(ids) == 1 else None

    def choices(self, name: str) -> tuple[str, ...]:
        """Return the ids a name means: none, one, or several."""
        normalised = normalise(name)
        for file in reversed(self._files):
            ids = file.meaning(self._name, normalised)
            if ids:
                return tuple(ids)
        return ()

    def resolve(self, name: str) -> Record:
        """Return the one record this name means.

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
            hint = f"there are {', '.join(self.ids())}"
        if suggestions:
            options = " or ".join(f"`{key}`" for key in suggestions)
            hint = f"did you mean {options}? {hint}"
        raise UnknownNameError(f"unknown {self._kind} `{name}`", hint, suggestions)

    def suggestions(self, name: str) -> tuple[str, ...]:
        """Return at most three ids whose names are close to what was typed."""
        names: dict[str, list[str]] = {}
        for file in self._files:
            names |= file.meanings(self._name)
        found = suggest(name, names)
        ids = [key for close in found for key in names[close]]
        return tuple(dict.fromkeys(ids))[:3]


class _ById(Mapping[str, Record]):
    """A table as a mapping of ids to records, each decoded when it is asked for."""

    def __init__(self, table: Table[Record]) -> None:
        self._table = table

    def __getitem__(self, key: str) -> Record:
        return self._table.get(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._table.ids())

    def __len__(self) -> int:
        return len(self._table)


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
        from fitcheck.catalog.corrections import read_corrections
        from fitcheck.records.calibration import read_calibration
        from fitcheck.records.record import replace

        fitted = read_calibration(self._files[0].document("calibration"))
        corrections = read_corrections()
        return replace(fitted, corrections=corrections) if corrections else fitted

    @cached_property
    def benchmarks(self) -> Groups[Benchmark]:
        """Published measurements, by the id of their card."""
        from fitcheck.catalog.groups import Groups
        from fitcheck.records.benchmark import read_benchmark

        return Groups(self._files, "benchmarks", read_benchmark)

    @cached_property
    def held_out(self) -> Groups[HeldOut]:
        """Measurements beside what was estimated without having seen them, by card."""
        from fitcheck.catalog.groups import Groups
        from fitcheck.records.held_out import read_held_out

        return Groups(self._files, "held_out", read_held_out)
