"""A user's own corrections of the speed estimate: one JSON file in the XDG data folder."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from fitcheck.errors import FitcheckError
from fitcheck.records.calibration import Correction

_MOST_BYTES = 1_000_000
_SMALLEST, _LARGEST = 0.02, 50.0  # factors outside are damage, not measurements


def corrections_path() -> Path:
    """Return the file corrections are kept in: `$XDG_DATA_HOME/fitcheck/calibration.json`."""
    configured = os.environ.get("XDG_DATA_HOME")
    home = Path(configured) if configured else Path.home() / ".local" / "share"
    return home / "fitcheck" / "calibration.json"


def read_corrections() -> dict[str, Correction]:
    """Read the corrections by `card|kernels|phase`; none where there is no readable file.

    A damaged file must not keep fitcheck from answering: what cannot be read is left out.
    """
    try:
        path = corrections_path()
        if path.stat().st_size > _MOST_BYTES:
            return {}
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RuntimeError, RecursionError):
        return {}
    rows = content.get("corrections") if isinstance(content, dict) else None
    found: dict[str, Correction] = {}
    for key, row in (rows if isinstance(rows, dict) else {}).items():
        correction = _correction(row)
        if correction:
            found[key] = correction
    return found


def write_corrections(corrections: dict[str, Correction]) -> Path:
    """Replace the file by these corrections, in one rename. Raises FitcheckError."""
    path = corrections_path()
    rows = {
        key: {
            "factor": round(row.value, 6),
            "points": row.points,
            "from": row.origin,
            "date": row.date,
        }
        for key, row in sorted(corrections.items())
    }
    text = json.dumps({"schema": "fitcheck-calibration/1", "corrections": rows}, indent=2) + "\n"
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise FitcheckError(
            f"the correction cannot be kept in `{path}`: {error.strerror or error}",
            "set XDG_DATA_HOME to a folder that can be written",
        ) from None
    return path


def remove_corrections() -> bool:
    """Delete the file; tell whether there was one. Raises FitcheckError."""
    path = corrections_path()
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise FitcheckError(
            f"`{path}` cannot be removed: {error.strerror or error}", "remove it yourself"
        ) from None
    return True


def _correction(row: Any) -> Correction | None:  # noqa: ANN401  # JSON of any shape
    if not isinstance(row, dict):
        return None
    factor, points = row.get("factor"), row.get("points", 0)
    if not isinstance(factor, (int, float)) or not _SMALLEST <= factor <= _LARGEST:
        return None
    return Correction(
        value=float(factor),
        points=points if isinstance(points, int) else 0,
        origin=str(row.get("from", "")),
        date=str(row.get("date", "")),
    )
