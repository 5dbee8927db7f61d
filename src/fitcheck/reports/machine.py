"""What this machine has → a Report."""

from __future__ import annotations

from fitcheck.answers.machine import describe_machine
from fitcheck.catalog import load
from fitcheck.render.report import Report
from fitcheck.render.screens.machine import FIELDS, machine_screen


def machine_report(folders: tuple[str, ...]) -> Report:
    """Return the report of this machine's GPUs and RAM."""
    facts = describe_machine(folders)
    return Report(
        query={},
        results=[facts],
        fields=FIELDS,
        screen=lambda: machine_screen(facts),
        data_date=load(folders).date,
    )
