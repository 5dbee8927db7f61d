"""What was learned of this machine's own card, or forgotten → a Report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.catalog import load
from fitcheck.render.report import Report
from fitcheck.render.screens import calibrated

if TYPE_CHECKING:
    from fitcheck.records.learned import Learned


def learned_report(learned: Learned, *, file: str, folders: tuple[str, ...]) -> Report:
    """Return the report of a correction learned from a benchmark's file."""
    return Report(
        query={"from": file},
        results=learned.comparisons,
        fields=calibrated.FIELDS,
        screen=lambda: calibrated.learned_screen(learned),
        data_date=load(folders).date,
        extra={
            "gpu": learned.gpu,
            "runtime": learned.runtime,
            "decode_factor": learned.decode_factor,
            "prefill_factor": learned.prefill_factor,
            "kept_in": learned.path,
        },
    )


def forgotten_report(*, removed: bool, folders: tuple[str, ...]) -> Report:
    """Return the report of corrections removed, or of there having been none."""
    return Report(
        query={"reset": True},
        results=[{"removed": removed}],
        fields=("removed",),
        screen=lambda: calibrated.forgotten(removed=removed),
        data_date=load(folders).date,
    )
