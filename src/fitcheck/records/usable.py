"""How much of a device's memory a model may take, and how that figure came about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.record import record

if TYPE_CHECKING:
    from fitcheck.records.result import Step


@record(kw_only=False)
class UsableMemory:
    """`bytes` one process may take of `capacity_bytes`, the marketed size; one step a deduction."""

    bytes: int
    capacity_bytes: int
    steps: tuple[Step, ...] = ()
    notes: tuple[str, ...] = ()
