"""llama.cpp's own allocations: cache and state to the byte, compute buffer within a few percent."""

from __future__ import annotations

import pytest
from compared import compared, shares

from fitcheck.estimator.runtimes.llama_cpp.compute_buffer import llama_cpp_compute_buffer
from fitcheck.estimator.runtimes.llama_cpp.kv_cache import llama_cpp_kv_cache
from fitcheck.units import MIB

NAMES = {"jamba-v0.1-52b": "jamba-v0.1"}


@pytest.fixture(scope="module")
def runs(catalog, facts):
    rows = []
    for fact in facts("llama_cpp_buffers"):
        storage = catalog.storage_types.get(fact["kv_format"])
        run = {
            "context": int(fact["context"]),
            "sequences": int(fact["sequences"]),
            "key_storage": storage,
            "value_storage": storage,
            "unified": fact["unified"] == "1",
            "ubatch": int(fact["ubatch"]),
            "flash_attention": fact["flash_attention"] == "1",
        }
        model = catalog.models.resolve(NAMES.get(fact["model"], fact["model"]))
        rows.append((fact, model.architecture, run))
    return rows


def test_cache_and_state_equal_the_allocation(runs):
    assert len(runs) > 3000
    wrong = []
    for fact, architecture, run in runs:
        cache = llama_cpp_kv_cache(architecture, **run)
        if (cache.kv_bytes, cache.state_bytes) != (int(fact["kv_bytes"]), int(fact["state_bytes"])):
            wrong.append(fact)
    assert not wrong


def test_compute_buffer_is_within_3_percent_or_16_mib(facts):
    rows = compared(facts("llama_cpp_buffers")[::2])
    assert all(row.close for row in rows if not row.all_outputs)  # as llama-server reserves
    for row_kind in (lambda row: row.all_outputs, lambda row: row.fact["unified"]):
        for name, (_, share, _) in shares(rows, row_kind).items():
            assert share >= 0.98, name


def test_nearly_every_buffer_equals_the_allocation(facts):
    rows = compared(facts("llama_cpp_buffers")[1::4])
    equal = [abs(row.buffer_bytes - row.truth_bytes) <= 128 * 1024 for row in rows]
    assert sum(equal) / len(equal) > 0.99


@pytest.mark.parametrize("model", ["llama-3.1-8b", "qwen3-30b-a3b", "gemma-3-27b", "gpt-oss-20b"])
def test_compute_buffer_equals_the_allocation_to_the_byte(runs, model):
    served = [run for run in runs if run[0]["model"] == model and run[0]["outputs"] != "0"]
    assert served
    for fact, architecture, run in served[::5]:
        buffer = llama_cpp_compute_buffer(architecture, outputs=int(fact["outputs"]), **run)
        assert abs(buffer.device_bytes - int(fact["compute_bytes"])) <= 128 * 1024, fact


def test_host_buffer_is_close(runs):
    for fact, architecture, run in runs[::11]:
        if fact["model"].endswith("nomla"):  # attends on the host: CUDA has no kernel for it
            continue
        buffer = llama_cpp_compute_buffer(architecture, **run)
        logits = 4 * run["sequences"] * architecture.vocabulary
        truth = int(fact["compute_host_bytes"])
        assert abs(buffer.host_bytes - logits - truth) <= max(0.5 * MIB, 0.03 * truth), fact
