"""How a machine is asked: programs to run, files to read. Tests answer in its place."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from fitcheck.records.record import field, record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_SECONDS = 15.0  # a driver may wake a sleeping card first; rocm-smi needs seconds on 8 cards


def run_program(command: Sequence[str]) -> str | None:
    """Give what a program prints; `None` where it is missing, silent or hangs.

    Its exit status does not count: `reg` ends with 1 when one key of many is closed to it.
    """
    import subprocess

    try:
        done = subprocess.run(  # noqa: S603  # fixed commands, no shell
            list(command), capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", errors="replace") or None


def read_file(path: str) -> str | None:
    """Give a file's text without NUL bytes; `None` where it cannot be read."""
    from pathlib import Path

    try:
        return Path(path).read_bytes().replace(b"\0", b"").decode("utf-8", errors="replace")
    except OSError:
        return None


def list_files(pattern: str) -> list[str]:
    """List the paths a pattern matches, in order."""
    from glob import glob

    return sorted(glob(pattern))  # noqa: PTH207  # absolute patterns


def load_nvml() -> Any:  # noqa: ANN401  # a module without types
    """Give NVIDIA's management library (package nvidia-ml-py), `None` where it is not installed."""
    import importlib

    try:
        return importlib.import_module("pynvml")
    except ImportError:
        return None


@record(kw_only=False)
class Probe:
    """The ways to ask a machine; `tried` collects what came of each question."""

    run: Callable[[Sequence[str]], str | None] = run_program
    read: Callable[[str], str | None] = read_file
    files: Callable[[str], list[str]] = list_files
    nvml: Callable[[], Any] = load_nvml
    platform: str = sys.platform
    tried: list[str] = field(default_factory=list)


def number(text: str | None) -> int | None:
    """Read a whole number (`24564`, `24564 MiB`); `None` for `[N/A]` and the like."""
    digits = (text or "").strip().split(" ")[0]
    return int(digits) if digits.isdigit() else None
