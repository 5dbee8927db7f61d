"""Every console block of the README, run as written and compared with what it shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks() -> list[tuple[str, str]]:
    """Pair each command of a console block with the lines below it."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", README, flags=re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            found.append((command.strip(), shown))
    return found


def clean(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip("\n").splitlines()]


def test_there_are_blocks_to_run() -> None:
    assert len(blocks()) >= 4


@pytest.mark.parametrize(("command", "shown"), blocks(), ids=lambda text: text[:60])
def test_the_readme_shows_what_the_command_prints(command: str, shown: str, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "COLUMNS": "80",
        "NO_COLOR": "1",
        "PYTHONUTF8": "1",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "XDG_CONFIG_HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path),
    }
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, env=environment, check=False
    )
    printed = clean(done.stdout + done.stderr)
    expected = clean(shown)
    if "…" in (line.strip() for line in expected):  # a cut in the middle of a long answer
        cut = [line.strip() for line in expected].index("…")
        tail = expected[cut + 1 :]
        assert printed[:cut] == expected[:cut]
        assert not tail or printed[-len(tail) :] == tail
    else:
        assert printed == expected
