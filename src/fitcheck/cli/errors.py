"""How an error is told: `error:` and `hint:` on stderr, or a JSON object, and its exit status."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

from fitcheck import __version__
from fitcheck.errors import FitcheckError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

OK, FAILED, USAGE, NOTHING_FITS = 0, 1, 2, 3


def tell(error: FitcheckError, *, as_json: bool, color: str) -> int:
    """Write an error to stderr and give its exit status; stdout stays empty."""
    if as_json:
        import json

        content = {"code": error.code, "message": error.message, "hint": error.hint or None}
        _write(json.dumps({"error": content}) + "\n")
        return error.exit_status
    from fitcheck.render.text.spans import Span, line
    from fitcheck.render.text.terminal import decide, to_text

    terminal = decide(sys.stderr, color=color)
    first, *more = error.message.splitlines() or [""]
    lines = [line(Span("error:", "error"), " ", first), *(line(row) for row in more)]
    if error.hint:
        lines += [line(), line(Span("hint:", "hint"), " ", error.hint)]
    _write(to_text([terminal.clean(words) for words in lines], terminal))
    return error.exit_status


def unexpected(error: Exception) -> FitcheckError:
    """Describe a bug in fitcheck in one line; with FITCHECK_DEBUG=1 the traceback goes first."""
    if os.environ.get("FITCHECK_DEBUG"):
        import traceback

        _write("".join(traceback.format_exception(error)))
    what = " ".join(str(error).split())
    failure = FitcheckError(
        f"fitcheck {__version__} failed: {type(error).__name__}" + (f": {what}" if what else ""),
        "this is a bug: please open an issue with this line and the command typed; "
        "FITCHECK_DEBUG=1 shows where it happened",
    )
    failure.code = "internal"
    return failure


def from_parser(error: Exception, command: str) -> FitcheckError:
    """Say in fitcheck's own words what the parser says of a wrong command line of `command`."""
    message = str(getattr(error, "format_message", lambda: error)()).strip().rstrip(".")
    hint = f"`{command} --help` lists the options"
    option = getattr(error, "option_name", None)
    kind = type(error).__name__
    if kind == "NoSuchOption":
        close = tuple(getattr(error, "possibilities", None) or ())[:3]
        message = f"unknown option `{option}`"
        if close:
            hint = f"did you mean {' or '.join(f'`{name}`' for name in close)}? {hint}"
    elif kind == "BadOptionUsage" and "requires an argument" in message:
        message = f"`{option}` needs a value"
    elif kind == "MissingParameter":
        name = getattr(getattr(error, "param", None), "human_readable_name", "argument")
        message = f"`{command}` needs {name}"
        hint = f"`{command} --help` shows how it is used"
    else:
        message = _plain_words(message)
    return UsageError(message, hint)


def _plain_words(message: str) -> str:
    """Rewrite `Invalid value for '--limit': 'x' is not a valid integer.` with backticks."""
    found = re.fullmatch(r"Invalid value for (.+?): (.*)", message, re.DOTALL)
    if found:
        option = found[1].replace("'", "").split(" / ")[-1]
        reason = re.sub(r"'([^']*)'", r"`\1`", found[2]).replace("integer range", "whole number")
        reason = reason.replace("a valid integer", "a whole number")
        reason = reason.replace("a valid float", "a number")
        return f"`{option}`: {reason}"
    text = re.sub(r"'([^']*)'", r"`\1`", message)
    return text[:1].lower() + text[1:]


def misspelt_command(word: str, commands: Sequence[str]) -> str | None:
    """Give the command that a word was probably meant to be."""
    from difflib import get_close_matches

    close = get_close_matches(word.casefold(), commands, n=1, cutoff=0.75)
    return close[0] if close else None


def _write(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except UnicodeEncodeError:
        encoding = sys.stderr.encoding or "ascii"
        sys.stderr.write(text.encode(encoding, "replace").decode(encoding))
    except OSError:
        pass  # stderr is closed: nobody is there to be told
