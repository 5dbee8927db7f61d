"""Runs every console block of the README on an 80-column terminal and writes what it shows."""

from __future__ import annotations

import os
import pty
import re
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
BLOCK = re.compile(r"(```console\n\$ )([^\n]+)\n(.*?)(```)", flags=re.DOTALL)
_ESCAPES = re.compile(r"\x1b\]8;[^\x1b]*\x1b\\|\x1b\[[0-9;]*[A-Za-z]")


def on_a_terminal(command: str, *, home: str = "/nonexistent") -> str:
    """Run a shell command on a terminal 80 columns wide; give its lines without escapes."""
    child, master = pty.fork()
    if child == 0:
        environment = os.environ | {
            "COLUMNS": "80",
            "LINES": "24",
            "TERM": "xterm-256color",
            "PYTHONUTF8": "1",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "XDG_CONFIG_HOME": home,
            "XDG_DATA_HOME": home,
        }
        for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "NO_HYPERLINKS"):
            environment.pop(name, None)
        os.execvpe("bash", ["bash", "-c", command], environment)  # noqa: S606, S607
    printed = b""
    while True:
        try:
            chunk = os.read(master, 65536)
        except OSError:  # the terminal is gone: the command ended
            break
        if not chunk:
            break
        printed += chunk
    os.close(master)
    os.waitpid(child, 0)
    text = _ESCAPES.sub("", printed.decode("utf-8")).replace("\r\n", "\n")
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n") + "\n"


def main() -> None:
    """Rewrite the blocks."""
    text = README.read_text(encoding="utf-8")
    fresh = BLOCK.sub(
        lambda found: f"{found[1]}{found[2]}\n{on_a_terminal(found[2])}{found[4]}", text
    )
    README.write_text(fresh, encoding="utf-8")


if __name__ == "__main__":
    main()
