"""Caches of published runs: what llama.cpp printed, what vLLM's pool held."""

from __future__ import annotations

from fitcheck.estimator.runtimes.llama_cpp.kv_cache import llama_cpp_kv_cache
from fitcheck.estimator.runtimes.vllm.kv_cache import vllm_kv_cache
from fitcheck.units import GIB, MIB


def test_llama_cpp_caches_are_as_printed(catalog, facts):
    for fact in facts("llama_cpp_logs"):
        cache = llama_cpp_kv_cache(
            catalog.models.get(fact["model"]).architecture,
            context=int(fact["context"]),
            sequences=int(fact["sequences"]),
            key_storage=catalog.storage_types.get(fact["key_format"]),
            value_storage=catalog.storage_types.get(fact["value_format"]),
            ubatch=int(fact["ubatch"]),
            latent=fact["latent"] == "1",
            swa_full=fact["full_windows"] == "1",
            backend="cpu",
        )
        printed = float(fact["kv_mib"]) * MIB
        assert abs(cache.kv_bytes / printed - 1) < 0.005, fact


def _pool_tokens(catalog, fact) -> int:
    """What vLLM logs as `GPU KV cache size`: whole blocks ÷ blocks a sequence × context."""
    kv_format = catalog.kv_formats.get(fact["kv_format"])
    context = int(fact["context"])
    cache = vllm_kv_cache(
        catalog.models.get(fact["model"]).architecture,
        context=context,
        sequences=1,
        key_storage=catalog.storage_types.get(kv_format.key_storage),
        value_storage=catalog.storage_types.get(kv_format.value_storage),
        tensor_parallel=int(fact["tensor_parallel"]),
        batched_tokens=int(fact["batched_tokens"]),
        draft_layers=int(fact["draft_layers"]),
    )
    return int(float(fact["pool_gib"]) * GIB) * context // cache.total_bytes


def test_vllm_bytes_a_token_within_1_5_percent_on_plain_models(catalog, facts):
    plain = [fact for fact in facts("vllm_logs") if fact["plain"] == "1"]
    assert len(plain) > 12
    for fact in plain:
        assert abs(_pool_tokens(catalog, fact) / int(fact["tokens"]) - 1) < 0.015, fact


def test_vllm_pool_within_10_percent_on_nearly_all(catalog, facts):
    rows = facts("vllm_logs")
    close = [abs(_pool_tokens(catalog, fact) / int(fact["tokens"]) - 1) < 0.1 for fact in rows]
    assert sum(close) / len(close) > 0.9
