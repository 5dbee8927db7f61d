"""The tables there are: where each is written, and the class that checks one of its records."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from fitcheck.records.record import record

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel


class Row(Protocol):
    """One authored record, checked. `compile` gives the run-time record's keyword arguments."""

    def compile(self) -> dict[str, object]:
        """Give the record in base units, as plain JSON values."""


@record(kw_only=False)
class Table:
    """A table by name: its files (globs below the data folder) and its row class.

    A table's records have an `id` and names to look them up by, unless it is `grouped` by its
    fields (measurements by their card first, a card's by phase and model) or is one `document`.
    """

    name: str
    files: tuple[str, ...]
    row: str  # "module:Class"
    grouped: tuple[str, ...] = ()
    document: bool = False

    def row_class(self) -> type[BaseModel]:
        """Import the class that checks one record."""
        module, _, name = self.row.partition(":")
        return cast("type[BaseModel]", getattr(import_module(module), name))

    def paths(self, folder: Path) -> list[Path]:
        """List the table's files below `folder`, in a fixed order."""
        return [path for glob in self.files for path in sorted(folder.glob(glob))]


TABLES = (
    Table("gpus", ("gpus.yaml", "gpus/*.yaml"), "fitcheck.schema.gpus:GpuRow"),
    Table("storage_types", ("storage_types.yaml",), "fitcheck.schema.storage_types:StorageTypeRow"),
    Table("formats", ("formats.yaml",), "fitcheck.schema.formats:FormatRow"),
    Table("kv_formats", ("kv_formats.yaml",), "fitcheck.schema.kv_formats:KvFormatRow"),
    Table("papers", ("papers.yaml",), "fitcheck.schema.papers:PaperRow"),
    Table("models", ("models.yaml", "models/*.yaml"), "fitcheck.schema.models:ModelRow"),
    Table("runtimes", ("runtimes.yaml",), "fitcheck.schema.runtimes:RuntimeRow"),
    Table(
        "benchmarks",
        ("benchmarks.csv",),
        "fitcheck.schema.benchmarks:BenchmarkRow",
        grouped=("gpu", "phase", "model", "parameters_b", "active_b"),
    ),
    Table("held_out", ("held_out.csv",), "fitcheck.schema.held_out:HeldOutRow", grouped=("gpu",)),
    Table(
        "calibration",
        ("calibration.yaml",),
        "fitcheck.schema.calibration:CalibrationDocument",
        document=True,
    ),
)
