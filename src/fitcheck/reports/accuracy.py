"""The error of the speed estimates → a Report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.catalog import load
from fitcheck.render.report import Report
from fitcheck.render.screens.accuracy import FIELDS, accuracy_rows, accuracy_screen

if TYPE_CHECKING:
    from fitcheck.records.accuracy import Accuracy


def accuracy_report(found: Accuracy, *, folders: tuple[str, ...]) -> Report:
    """Return the report of the errors found."""
    return Report(
        query={},
        results=accuracy_rows(found),
        fields=FIELDS,
        screen=lambda: accuracy_screen(found),
        data_date=load(folders).date,
    )
