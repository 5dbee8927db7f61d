"""The KV cache and recurrent state as each runtime reserves them, and what decoding reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.estimator.cache.read import kv_read_bytes
from fitcheck.estimator.runtimes.llama_cpp.kv_cache import llama_cpp_kv_cache
from fitcheck.estimator.runtimes.plain.kv_cache import plain_kv_cache
from fitcheck.estimator.runtimes.vllm.kv_cache import vllm_kv_cache, vllm_pool_tokens

if TYPE_CHECKING:
    from fitcheck.records.architecture import Architecture
    from fitcheck.records.format import StorageType
    from fitcheck.records.kv_cache import KvCache

__all__ = ["kv_cache", "kv_read_bytes", "vllm_pool_tokens"]

# Tokens a cache grows by: ExLlama's pages (exllamav3/cache), MLX's steps (mlx_lm/models/cache.py),
# blocks of TensorRT-LLM. The others hold exactly the tokens there are.
_STEPS = {"exllamav2": 256, "exllamav3": 256, "mlx": 256, "tensorrt-llm": 32}


def kv_cache(
    architecture: Architecture,
    *,
    rule: str,
    context: int,
    key_storage: StorageType,
    value_storage: StorageType,
    concurrency: int = 1,
    slots: int | None = None,
    unified: bool = False,
    ubatch: int = 512,
    flash_attention: bool = True,
    swa_full: bool = False,
    backend: str = "cuda",
    draft_tokens: int = 0,
    latent: bool = True,
) -> KvCache:
    """Size the cache for `concurrency` sequences of `context` tokens, by a runtime's `memory_rule`.

    llama.cpp: `slots` set means that `context` is shared by them, as `-c` is by `--parallel`;
    otherwise each sequence gets `context` of its own. `latent` as in `cache_shapes`.
    """
    if rule == "llama.cpp":
        return llama_cpp_kv_cache(
            architecture,
            context=context if slots else context * concurrency,
            sequences=slots or concurrency,
            key_storage=key_storage,
            value_storage=value_storage,
            unified=unified,
            ubatch=ubatch,
            flash_attention=flash_attention,
            swa_full=swa_full,
            backend=backend,
            draft_tokens=draft_tokens,
            latent=latent,
        )
    if rule == "vllm":
        return vllm_kv_cache(
            architecture,
            context=context,
            sequences=concurrency,
            key_storage=key_storage,
            value_storage=value_storage,
            draft_layers=len(architecture.mtp_layout) if draft_tokens else 0,
        )
    return plain_kv_cache(
        architecture,
        context=context,
        sequences=concurrency,
        key_storage=key_storage,
        value_storage=value_storage,
        step=_STEPS.get(rule, 1),
        windows=rule != "exllamav2",
        unpacked_layer=rule in ("exllamav2", "exllamav3"),
    )
