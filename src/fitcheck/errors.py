"""What can go wrong, as one sentence and one hint; only `cli` prints them.

FitcheckError                      exit 1: fitcheck or its data failed
├── UsageError                     exit 2: the question was wrong
│   ├── UnknownNameError           no record has that name
│   └── AmbiguousNameError         several records have that name
└── SourceError                    a file, server or table could not be read as asked
"""

from __future__ import annotations

INTERRUPTED = 130  # the exit status of a command stopped by Ctrl-C


class FitcheckError(Exception):
    """An error a user can act on: `message` says what is wrong, `hint` what to do."""

    exit_status = 1
    code = "failed"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(FitcheckError):
    """The command line or the call was wrong."""

    exit_status = 2
    code = "usage"


class UnknownNameError(UsageError):
    """No record has that name; `suggestions` holds at most three that are close."""

    code = "unknown_name"

    def __init__(self, message: str, hint: str = "", suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint)
        self.suggestions = suggestions


class AmbiguousNameError(UsageError):
    """Several records have that name; `choices` holds their ids."""

    code = "ambiguous_name"

    def __init__(self, message: str, hint: str = "", choices: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint)
        self.choices = choices


class SourceError(FitcheckError):
    """A file, server or table could not be read."""

    code = "source"
