"""What the format tests share: the catalogue, and a model's tensors stored in a format."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from fitcheck.catalog import load
from fitcheck.catalog.format_names import resolve_format
from fitcheck.estimator.quantizers import store
from fitcheck.estimator.runtimes import rules_of
from fitcheck.estimator.tensors import expand
from fitcheck.estimator.weights import summarize

DATA = Path(__file__).parents[1] / "data" / "formats"


@pytest.fixture(scope="session")
def catalog():
    return load()


@pytest.fixture(scope="session")
def sizes(catalog):
    storage = {record.id: record for record in catalog.storage_types.all()}

    @lru_cache(maxsize=64)
    def tensors(model):
        return expand(catalog.models.get(model).architecture)

    def stored(model, form, *, imatrix=True):
        architecture = catalog.models.get(model).architecture
        record = resolve_format(form, catalog.formats)
        return store(architecture, tensors(model), record, storage, imatrix=imatrix)

    def total(model, form, *, imatrix=True):
        return sum(item.stored_bytes for item in stored(model, form, imatrix=imatrix))

    def weights(model, form, *, runtime="vllm", imatrix=True):
        architecture = catalog.models.get(model).architecture
        loading = rules_of(catalog.runtimes.get(runtime)).loading
        items = stored(model, form, imatrix=imatrix)
        return summarize(architecture, items, storage, loading=loading)

    return SimpleNamespace(stored=stored, total=total, weights=weights, storage=storage)


@pytest.fixture(scope="session")
def rows():
    def read(name):
        with (DATA / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return read
