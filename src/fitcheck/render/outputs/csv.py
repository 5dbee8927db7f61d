"""Reports as CSV and TSV: the JSON's fields flattened with dots, raw numbers, one header line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.render.outputs.fields import flat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fitcheck.render.report import Report


def csv_lines(report: Report, *, separator: str) -> Iterator[str]:
    """Give the header and each result as one line, as it comes."""
    import csv
    import io

    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, lineterminator="\n")

    def line(cells: list[object]) -> str:
        writer.writerow(cells)
        text = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return text

    yield line(list(report.fields))
    for result in report.results:
        # A cell is one line: a tab or line break inside would break `cut` and `awk`.
        yield line(
            [
                " ".join(cell.split()) if isinstance(cell, str) else cell
                for cell in flat(result, report.fields)
            ]
        )
