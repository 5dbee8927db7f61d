"""Every console block of the README, run on a terminal and compared with what it shows."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))
try:
    from write_readme import BLOCK, on_a_terminal
finally:
    sys.path.pop(0)

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = [(found[2], found[3]) for found in BLOCK.finditer(README)]


def test_there_are_blocks_to_run() -> None:
    assert len(BLOCKS) >= 4


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(("command", "shown"), BLOCKS, ids=[command for command, _ in BLOCKS])
def test_the_readme_shows_what_the_command_prints(command: str, shown: str, tmp_path: Path) -> None:
    printed = on_a_terminal(command, home=str(tmp_path))
    assert printed == shown, "run `make readme`"
    if "|" not in command:  # what is piped has its natural width
        lines = [line for line in printed.splitlines() if "https://" not in line]
        assert max(map(len, lines)) <= 80, "it wraps on a terminal of 80 columns"
