"""The formats of the KV cache, as `data/kv_formats.yaml` lists them."""

from __future__ import annotations

from typing import Any

from storage_recipes import GGML, OTHER

LLAMA = ["llama.cpp", "lm-studio", "koboldcpp", "ik_llama.cpp"]
_FLASH = "a quantized V cache needs flash attention"
_ROTATED = "K and V are Hadamard-rotated when quantized and the head size is a multiple of 64"
_F16_KERNEL = (
    "default CUDA builds have flash-attention kernels for q4_0, q8_0, f16 and bf16 only; other "
    "types are unpacked to f16 first"
)


def kv_formats() -> list[dict[str, Any]]:
    """List every KV format as the fields of its record."""
    return [*_llama(), *_vllm(), *_others()]


def _row(
    key: str, name: str, storage: str, runtimes: list[str], told: str, source: str, **more: Any
) -> dict[str, Any]:
    where = {"title": OTHER[source][0], "url": OTHER[source][1]} if source else GGML
    return {
        "id": key,
        "name": name,
        "key_storage": storage,
        "value_storage": storage,
        "runtimes": runtimes,
        "description": told,
        "sources": [{"of": "layout", **where}],
        **more,
    }


def _llama() -> list[dict[str, Any]]:
    everyone = [*LLAMA, "ollama"]
    pytorch = ["vllm", "sglang", "tensorrt-llm", "lmdeploy", "transformers", "exllamav2",
               "exllamav3", "mlx"]  # fmt: skip
    quantized = [_FLASH, _ROTATED]
    return [
        _row("f16", "F16", "f16", [*everyone, *pytorch], "two bytes an element", "",
             aliases=["fp16", "float16"]),
        _row("bf16", "BF16", "bf16", [*LLAMA, *pytorch], "two bytes an element", "",
             aliases=["bfloat16"]),
        _row("f32", "F32", "f32", LLAMA, "four bytes an element", "", aliases=["fp32"]),
        _row("q8_0", "Q8_0", "q8_0", everyone, "8.5 bits an element", "", notes=quantized,
             aliases=["q8"]),
        _row("q5_1", "Q5_1", "q5_1", LLAMA, "6 bits an element", "",
             notes=[*quantized, _F16_KERNEL]),
        _row("q5_0", "Q5_0", "q5_0", LLAMA, "5.5 bits an element", "",
             notes=[*quantized, _F16_KERNEL]),
        _row("q4_1", "Q4_1", "q4_1", LLAMA, "5 bits an element", "",
             notes=[*quantized, _F16_KERNEL]),
        _row("q4_0", "Q4_0", "q4_0", everyone, "4.5 bits an element", "", notes=quantized,
             aliases=["q4"]),
        _row("iq4_nl", "IQ4_NL", "iq4_nl", LLAMA, "4.5 bits an element, uneven steps", "",
             notes=[*quantized, _F16_KERNEL]),
    ]  # fmt: skip


def _vllm() -> list[dict[str, Any]]:
    served = ["vllm", "sglang", "tensorrt-llm", "lmdeploy"]
    turbo = ["keeps the first two and last two attention layers of dense models in 16 bit",
             "the bits are those of a head of 128 values"]  # fmt: skip
    rows = [
        _row("fp8", "FP8 E4M3", "kv-fp8", served, "one byte an element, a scale a layer",
             "vllm_kv", aliases=["fp8_e4m3", "e4m3"], papers=["fp8-formats"],
             notes=["stores on older cards too; FP8 attention needs Hopper or later"]),
        _row("fp8_e5m2", "FP8 E5M2", "kv-fp8", ["vllm", "sglang"], "one byte an element",
             "vllm_kv", aliases=["e5m2"], papers=["fp8-formats"]),
        _row("int8", "INT8 per token and head", "kv-int8-head", ["vllm"],
             "8 bits + a 32-bit scale a token and head", "vllm_kv",
             aliases=["int8_per_token_head"]),
        _row("fp8_per_token_head", "FP8 per token and head", "kv-int8-head", ["vllm"],
             "8 bits + a 32-bit scale a token and head", "vllm_kv"),
        _row("int4", "INT4 per token and head", "kv-int4-head", ["vllm"],
             "4 bits + a 32-bit scale a token and head", "vllm_kv",
             aliases=["int4_per_token_head"]),
        _row("nvfp4", "NVFP4", "kv-nvfp4", ["vllm", "sglang"],
             "4 bits + an 8-bit scale per 16 values", "vllm_kv",
             notes=["needs Blackwell"]),
    ]  # fmt: skip
    for key, keys, values, told in (
        ("turboquant_k8v4", "kv-fp8", "kv-turbo-4v", "keys FP8, values 4 bits"),
        ("turboquant_4bit_nc", "kv-turbo-4k", "kv-turbo-4v", "keys and values 4 bits"),
        ("turboquant_k3v4_nc", "kv-turbo-3k", "kv-turbo-4v", "keys 3 bits, values 4"),
        ("turboquant_3bit_nc", "kv-turbo-3k", "kv-turbo-3v", "keys and values 3 bits"),
    ):
        row = _row(key, f"TurboQuant {key.split('_', 1)[1]}", keys, ["vllm"], told,
                   "vllm_turboquant", papers=["turboquant", "higgs"], notes=turbo)  # fmt: skip
        rows.append(row | {"value_storage": values})
    return rows


def _others() -> list[dict[str, Any]]:
    rows = [
        _row("kivi-2bit", "KIVI 2-bit", "kv-kivi-2bit", ["transformers"],
             "keys 2 bits per channel, values 2 bits per token; the last 32 tokens in 16 bit",
             "kivi", aliases=["kivi"], papers=["kivi"]),
    ]  # fmt: skip
    for bits in (8, 6, 4):
        row = _row(f"exl2-q{bits}", f"ExLlamaV2 Q{bits}", f"kv-exl2-q{bits}", ["exllamav2"],
                   f"{bits}.5 bits an element", "exl2_cache",
                   notes=["one layer is held in 16 bit for the whole context besides"])  # fmt: skip
        if bits == 6:  # keys at 8 bits, values at 4
            row |= {"key_storage": "kv-exl2-q8", "value_storage": "kv-exl2-q4",
                    "description": "keys 8.5 bits, values 4.5"}  # fmt: skip
        rows.append(row)
    for bits in range(2, 9):
        rows.append(
            _row(f"exl3-{bits}bit", f"ExLlamaV3 {bits}-bit", f"kv-exl3-{bits}bit", ["exllamav3"],
                 f"{bits}.5 bits an element", "exl3_cache", aliases=[f"exl3-q{bits}"])
        )  # fmt: skip
    for bits in (8, 6, 5, 4, 3, 2):
        rows.append(
            _row(f"mlx-{bits}bit", f"MLX {bits}-bit", f"kv-mlx-{bits}bit", ["mlx"],
                 f"{bits}.5 bits an element", "mlx_kv", aliases=[f"mlx-q{bits}"])
        )  # fmt: skip
    for bits in (8, 4):
        rows.append(
            _row(f"lmdeploy-int{bits}", f"LMDeploy INT{bits}", f"kv-lmdeploy-int{bits}",
                 ["lmdeploy"], f"{bits} bits + scale and zero point a token and head", "lmdeploy")
        )  # fmt: skip
    return rows
