"""Runs fitcheck in this process, on a stand-in for a terminal or a pipe."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pytest

from fitcheck.cli.app import run

SETTINGS = (
    "NO_COLOR",
    "FORCE_COLOR",
    "CLICOLOR_FORCE",
    "NO_HYPERLINKS",
    "FITCHECK_DATA",
    "FITCHECK_DEBUG",
    "LC_ALL",
    "LC_CTYPE",
    "LANG",
    "PYTHONIOENCODING",
)


class Stream(io.TextIOWrapper):
    """A text stream in memory that may pose as a terminal."""

    def __init__(self, *, terminal: bool = False, encoding: str = "utf-8") -> None:
        super().__init__(io.BytesIO(), encoding=encoding, newline="\n")
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    def text(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode(self.encoding)


@dataclass(frozen=True)
class Ran:
    status: int
    stdout: str
    stderr: str


@pytest.fixture
def fitcheck(monkeypatch, tmp_path):
    """Give a function that runs a command line and returns status, stdout and stderr."""

    def call(
        *args: str,
        width: int | None = None,
        stdin: str | None = None,
        encoding: str = "utf-8",
        **environment: str,
    ) -> Ran:
        for name in SETTINGS:
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.setenv("COLUMNS", str(width or 80))
        monkeypatch.setenv("LINES", "24")
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        stdout = Stream(terminal=width is not None, encoding=encoding)
        stderr = Stream(terminal=width is not None, encoding=encoding)
        monkeypatch.setattr("sys.stdout", stdout)
        monkeypatch.setattr("sys.stderr", stderr)
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin or ""))
        status = run(args)
        return Ran(status, stdout.text(), stderr.text())

    return call
