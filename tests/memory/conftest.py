"""The catalogue, and the facts of tests/data/memory by table."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest

from fitcheck.catalog import load
from fitcheck.estimator.runtimes import rules_of
from fitcheck.estimator.runtimes.rules import Ask, Card
from fitcheck.records.settings import Settings

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


class Held:
    """What a runtime holds of a model on a card: cache and buffer, by the names of the tables."""

    def __init__(self, catalog):
        self.catalog = catalog

    def ask(self, model, *, runtime="llama.cpp", kv="f16", **settings):
        return Ask(
            architecture=self.catalog.models.resolve(model).architecture,
            runtime=self.catalog.runtimes.get(runtime),
            settings=Settings(**settings),
            key_storage=self.catalog.storage_types.get(kv),
            value_storage=self.catalog.storage_types.get(kv),
        )

    def card(self, gpu="rtx-4090", backend="cuda"):
        return Card(self.catalog.gpus.get(gpu), backend)

    def cache(self, model, *, runtime="llama.cpp", ranks=1, gpu="rtx-4090", **asked):
        ask = self.ask(model, runtime=runtime, **asked)
        return rules_of(ask.runtime).kv_cache(ask, self.card(gpu), ranks=ranks)

    def buffer(self, model, *, runtime="llama.cpp", ranks=1, gpu="rtx-4090", **asked):
        ask = self.ask(model, runtime=runtime, **asked)
        return rules_of(ask.runtime).compute_buffer(ask, self.card(gpu), ranks=ranks)


@pytest.fixture(scope="session")
def held(catalog):
    return Held(catalog)
