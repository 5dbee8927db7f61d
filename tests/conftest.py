"""What all tests share: golden files, compared as they are or rewritten with `--update-golden`."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_addoption(parser):
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite the golden files with what is printed"
    )


@pytest.fixture
def golden(request):
    """Compare a text with golden/NAME.txt beside the test; trailing spaces do not count."""

    def compare(name: str, text: str) -> None:
        path = Path(request.path).parent / "golden" / f"{name}.txt"
        shown = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(shown, encoding="utf-8")
        assert path.is_file(), f"{path.name} is missing: run with --update-golden, then read it"
        assert shown == path.read_text(encoding="utf-8")

    return compare
