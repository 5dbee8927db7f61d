"""Records that have no name of their own, only a group they belong to: a card's measurements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fitcheck.catalog.packed import Packed

Record = TypeVar("Record")


class Groups(Generic[Record]):
    """Records by group. A group of a later file replaces the one of the same id."""

    def __init__(
        self, files: Sequence[Packed], name: str, read: Callable[[dict[str, Any]], Record]
    ) -> None:
        self._files = files
        self._name = name
        self._read = read

    def __contains__(self, key: str) -> bool:
        return any(file.start(self._name, key) is not None for file in self._files)

    def ids(self) -> tuple[str, ...]:
        """Return every group's id, in the table's order."""
        return tuple(dict.fromkeys(key for file in self._files for key in file.starts(self._name)))

    def get(self, key: str, keep: Callable[..., bool] | None = None) -> tuple[Record, ...]:
        """Return the records of a group, in the table's order; none where there is no such group.

        `keep` gets the fields a group is divided by (for measurements: phase, model, parameters_b,
        active_b) and chooses the parts that are read at all.
        """
        for file in reversed(self._files):
            parts = file.parts(self._name, key)
            if parts:
                starts = [
                    start for labels, at in parts if not keep or keep(*labels) for start in at
                ]
                return tuple(self._read(file.row(self._name, start)) for start in sorted(starts))
        return ()

    def all(self) -> tuple[tuple[Record, ...], ...]:
        """Decode every record, group by group."""
        return tuple(self.get(key) for key in self.ids())
