"""Architectures beyond the large table: llama.cpp's CPU backend, models cut to a few layers."""

from __future__ import annotations

import dataclasses

import pytest

from fitcheck.estimator.runtimes.llama_cpp.compute_buffer import llama_cpp_compute_buffer
from fitcheck.estimator.runtimes.llama_cpp.kv_cache import llama_cpp_kv_cache
from fitcheck.units import MIB


@pytest.fixture(scope="module")
def runs(catalog, facts):
    f16 = catalog.storage_types.get("f16")
    rows = []
    for fact in facts("llama_cpp_more_architectures"):
        whole = catalog.models.get(fact["model"]).architecture
        cut = dataclasses.replace(whole, layout=whole.layout[: int(fact["layers"])], mtp_layout=())
        run = {
            "context": int(fact["context"]),
            "sequences": 1,
            "key_storage": f16,
            "value_storage": f16,
            "flash_attention": fact["flash_attention"] == "1",
            "backend": "cpu",
        }
        rows.append((fact, cut, run))
    return rows


def test_cache_and_state_are_as_printed(runs):
    assert len({architecture.gguf for _, architecture, _ in runs}) > 40
    for fact, architecture, run in runs:
        cache = llama_cpp_kv_cache(architecture, **run)
        assert cache.kv_bytes / MIB == pytest.approx(float(fact["kv_mib"]), abs=0.02), fact
        assert cache.state_bytes / MIB == pytest.approx(float(fact["state_mib"]), abs=0.02), fact


def test_compute_buffer_is_as_printed_on_nearly_all(runs):
    exact, close = [], []
    for fact, architecture, run in runs:
        size = llama_cpp_compute_buffer(architecture, outputs=1, **run).device_bytes / MIB
        printed = float(fact["cpu_compute_mib"])
        exact.append(abs(size - printed) < 0.1)
        close.append(abs(size - printed) <= max(0.03 * printed, 16))
    assert sum(exact) / len(exact) > 0.9
    assert sum(close) / len(close) > 0.95
