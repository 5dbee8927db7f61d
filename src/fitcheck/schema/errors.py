"""The error of a table: which file, which record, which field, and what is wrong with it."""

from __future__ import annotations

from fitcheck.errors import FitcheckError


class TableError(FitcheckError):
    """A table that breaks its schema; `problems` are one line each."""

    code = "invalid_data"

    def __init__(self, problems: list[str]) -> None:
        shown = problems[:10]
        more = len(problems) - len(shown)
        text = "\n       ".join(shown) + (f"\n       … and {more} more" if more else "")
        super().__init__(text, "each line names the file, the record and the field to mend")
        self.problems = problems
