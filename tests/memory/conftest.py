"""The catalogue, and the facts of tests/data/memory by table."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest

from fitcheck.catalog import load

sys.path.insert(0, str(Path(__file__).parent))

DATA = Path(__file__).parents[1] / "data" / "memory"


@pytest.fixture(scope="session")
def catalog():
    return load()


@pytest.fixture(scope="session")
def facts():
    def read(name: str) -> list[dict[str, str]]:
        with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return read
