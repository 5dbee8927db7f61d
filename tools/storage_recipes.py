"""The storage types fitcheck knows, as `data/storage_types.yaml` lists them: one tuple a type."""

from __future__ import annotations

from typing import Any

from fitcheck.estimate.speed.classes import storage_class

GGML = {
    "title": "llama.cpp: ggml/src/ggml-common.h (0c1e5709, 2026-10-01)",
    "url": "https://github.com/ggml-org/llama.cpp/blob/"
    "0c1e57098bba43ac29e6e3b677cdceebdd22334f/ggml/src/ggml-common.h",
}
IK = {
    "title": "ik_llama.cpp: ggml/src/ggml-common.h, ggml.c (8337e4cd, 2026-08-15)",
    "url": "https://github.com/ikawrakow/ik_llama.cpp/blob/"
    "8337e4cd3861406fc04e0854b1409cd1b027fbc9/ggml/src/ggml-common.h",
}
TENSORS = {
    "title": "compressed-tensors: quant_scheme.py",
    "url": "https://github.com/vllm-project/compressed-tensors/blob/ac8e2ba8/"
    "src/compressed_tensors/quantization/quant_scheme.py",
}
AWQ = {
    "title": "AutoAWQ: awq/modules/linear/gemm.py",
    "url": "https://github.com/casper-hansen/AutoAWQ/blob/88e4c76/awq/modules/linear/gemm.py",
}
GPTQ = {"title": "GPTQModel", "url": "https://github.com/ModelCloud/GPTQModel"}
BNB = {
    "title": "bitsandbytes: functional.py",
    "url": "https://github.com/bitsandbytes-foundation/bitsandbytes/blob/95f9af30/"
    "bitsandbytes/functional.py",
}
HQQ = {
    "title": "HQQ: core/quantize.py",
    "url": "https://github.com/mobiusml/hqq/blob/e0b1d00/hqq/core/quantize.py",
}
AQLM = {
    "title": "AQLM: inference.py",
    "url": "https://github.com/Vahe1994/AQLM/blob/e79a896/inference_lib/src/aqlm/inference.py",
}
MLX = {
    "title": "MLX: mlx.core.quantize",
    "url": "https://ml-explore.github.io/mlx/build/html/python/_autosummary/mlx.core.quantize.html",
}
QUIP = {
    "title": "QuIP#: lib/linear/quantized_linear.py",
    "url": "https://github.com/Cornell-RelaxML/quip-sharp/blob/1d8f873/"
    "lib/linear/quantized_linear.py",
}
QTIP = {
    "title": "QTIP: lib/linear/quantized_linear.py",
    "url": "https://github.com/Cornell-RelaxML/qtip/blob/e90c668/lib/linear/quantized_linear.py",
}
EXL2 = {
    "title": "ExLlamaV2: conversion/qparams.py",
    "url": "https://github.com/turboderp-org/exllamav2/blob/da07fac/exllamav2/conversion/qparams.py",
}
EXL3 = {
    "title": "ExLlamaV3: modules/quant/exl3.py",
    "url": "https://github.com/turboderp-org/exllamav3/blob/4f8ad01/exllamav3/modules/quant/exl3.py",
}
OTHER = {
    "spqr": ("SpQR: main.py", "https://github.com/Vahe1994/SpQR/blob/543d10e/main.py"),
    "squeezellm": (
        "SqueezeLLM: squeezellm/quant.py",
        "https://github.com/SqueezeAILab/SqueezeLLM/blob/a5fd71f/squeezellm/quant.py",
    ),
    "omniquant": (
        "OmniQuant: README",
        "https://github.com/OpenGVLab/OmniQuant/blob/95fae1b/README.md",
    ),
    "quarot": (
        "QuaRot: quarot/nn/linear.py",
        "https://github.com/spcl/QuaRot/blob/5008669/quarot/nn/linear.py",
    ),
    "spinquant": (
        "SpinQuant: README",
        "https://github.com/facebookresearch/SpinQuant/blob/8f47aa3/README.md",
    ),
    "qserve": (
        "OmniServe: w4a8_linear.py",
        "https://github.com/mit-han-lab/omniserve/blob/02b2925/omniserve/modeling/layers/"
        "quantized_linear/w4a8_linear.py",
    ),
    "torchao": (
        "torchao: quantization workflows",
        "https://docs.pytorch.org/ao/stable/workflows/inference.html",
    ),
    "bitnet": ("BitNet: README", "https://github.com/microsoft/BitNet/blob/16da220/README.md"),
    "deepseek": (
        "DeepSeek-V3: README_WEIGHTS.md",
        "https://github.com/deepseek-ai/DeepSeek-V3/blob/main/README_WEIGHTS.md",
    ),
    "vllm_turboquant": (
        "vLLM: turboquant/config.py (0.33.0)",
        "https://github.com/vllm-project/vllm/blob/v0.33.0/vllm/model_executor/layers/"
        "quantization/turboquant/config.py",
    ),
    "vllm_kv": (
        "vLLM: config/cache.py (0.33.0)",
        "https://github.com/vllm-project/vllm/blob/v0.33.0/vllm/config/cache.py",
    ),
    "kivi": ("KIVI: README", "https://github.com/jy-yuan/KIVI/blob/876b4d2/README.md"),
    "exl2_cache": (
        "ExLlamaV2: cache.py",
        "https://github.com/turboderp-org/exllamav2/blob/da07fac/exllamav2/cache.py",
    ),
    "exl3_cache": (
        "ExLlamaV3: cache/quant.py",
        "https://github.com/turboderp-org/exllamav3/blob/4f8ad01/exllamav3/cache/quant.py",
    ),
    "mlx_kv": (
        "mlx-lm: models/cache.py",
        "https://github.com/ml-explore/mlx-lm/blob/d78bf58e/mlx_lm/models/cache.py",
    ),
    "lmdeploy": (
        "LMDeploy: KV cache quantization",
        "https://github.com/InternLM/lmdeploy/blob/1263d5cd8/docs/en/quantization/kv_quant.md",
    ),
}

# id, elements and bytes of a block, how fast kernels read it, where the bytes go
_GGML = """
f32      1   4   float    4-byte float
f16      1   2   float    2-byte IEEE half
bf16     1   2   float    2-byte bfloat16
q1_0     128 18  four     16-bit scale + 128 signs
q2_0     64  18  four     16-bit scale + 64 x 2 bits
q4_0     32  18  four     16-bit scale + 32 x 4 bits
q4_1     32  20  four     16-bit scale and minimum + 32 x 4 bits
q5_0     32  22  four     16-bit scale + 32 x 5 bits
q5_1     32  24  four     16-bit scale and minimum + 32 x 5 bits
q8_0     32  34  eight    16-bit scale + 32 x 8 bits
mxfp4    32  17  four     8-bit exponent (E8M0) + 32 x E2M1
nvfp4    64  36  four     four 8-bit scales (UE4M3, one per 16) + 64 x E2M1
q2_k     256 84  k        16 x (4-bit scale and minimum) + 256 x 2 bits + two 16-bit super-scales
q3_k     256 110 k        16 x 6-bit scale + 256 x 3 bits + 16-bit super-scale
q4_k     256 144 k        8 x (6-bit scale and minimum) + 256 x 4 bits + two 16-bit super-scales
q5_k     256 176 k        8 x (6-bit scale and minimum) + 256 x 5 bits + two 16-bit super-scales
q6_k     256 210 k        16 x 8-bit scale + 256 x 6 bits + 16-bit super-scale
iq1_s    256 50  i        11-bit grid index per 8 + 8 x (3-bit scale, shift) + 16-bit super-scale
iq1_m    256 56  i        11-bit grid index per 8 + 16 x 3-bit scale; super-scale hidden in them
iq2_xxs  256 66  i        8-bit grid index and 7 signs per 8 + 4-bit scale per 32 + super-scale
iq2_xs   256 74  i        9-bit grid index and 7 signs per 8 + 4-bit scale per 16 + super-scale
iq2_s    256 82  i        10-bit grid index and 8 signs per 8 + 4-bit scale per 16 + super-scale
iq3_xxs  256 98  i        8-bit grid index per 4, 7 signs per 8 + 4-bit scale per 32 + super-scale
iq3_s    256 110 i        9-bit grid index per 4, 8 signs per 8 + 4-bit scale per 64 + super-scale
iq4_nl   32  18  four     16-bit scale + 32 x 4-bit index into 16 uneven steps
iq4_xs   256 136 k        8 x 6-bit scale + 256 x 4-bit index into 16 uneven steps + super-scale
tq1_0    256 54  i        five ternary digits a byte (four in the last bytes) + 16-bit scale
tq2_0    256 66  i        256 x 2 bits + 16-bit scale
"""
# the same, and bits a row
_IK = """
q6_0     32  26  0  four  16-bit scale + 32 x 6 bits
iq1_s_r4 32  6   16 i   6 bytes per 32 + 16-bit scale a row
iq1_bn   64  13  16 i ternary, 13 bytes per 64 + 16-bit scale a row
iq2_bn   64  16  32 i ternary, 2 bits each + 32-bit scale a row
iq2_ks   256 70  16 i   70 bytes per 256 + 16-bit scale a row
iq2_k    256 76  0  i   76 bytes per 256: two tables of 4 steps, blocks of 16
iq2_kl   256 86  16 i   86 bytes per 256 + 16-bit scale a row
iq3_ks   256 102 16 i       102 bytes per 256 + 16-bit scale a row
iq3_k    256 110 0  i       110 bytes per 256
iq4_kss  256 128 32 k       128 bytes per 256 + 32-bit scale a row
iq4_ks   256 136 32 k       136 bytes per 256 + 32-bit scale a row
iq4_k    256 144 0  k       144 bytes per 256
iq5_ks   256 168 32 k       168 bytes per 256 + 32-bit scale a row
iq5_k    256 176 0  k       176 bytes per 256
iq6_k    256 212 0  k       212 bytes per 256
iq1_kt   256 56  32 i 56 bytes per 256 (trellis) + 32-bit scale a row
iq2_kt   256 68  32 i 68 bytes per 256 (trellis) + 32-bit scale a row
iq3_kt   256 100 32 i 100 bytes per 256 (trellis) + 32-bit scale a row
iq4_kt   256 128 32 i 128 bytes per 256 (trellis) + 32-bit scale a row
q8_kv    32  32  64 eight      8 bits each + 64-bit scale a row
"""


def _source(key: str) -> dict[str, str]:
    title, url = OTHER[key]
    return {"title": title, "url": url}


def storage_types() -> list[dict[str, Any]]:
    """List every storage type as the fields of its record."""
    rows = [*_ggml(), *_groups(), *_floats(), *_vectors(), *_kv()]
    for row in rows:
        row.setdefault("name", row["id"])
        row["speed_class"] = storage_class(row["id"])
    return rows


def _ggml() -> list[dict[str, Any]]:
    rows = []
    for line in _GGML.strip().splitlines():
        key, elements, size, speed, told = line.split(None, 4)
        row = _row(key, int(elements), int(size), speed, told, GGML, name=key.upper())
        rows.append(row | {"whole_rows": True})
    for line in _IK.strip().splitlines():
        key, elements, size, row_bits, speed, told = line.split(None, 5)
        row = _row(key, int(elements), int(size), speed, told, IK, name=key.upper())
        row |= {"row_bits": int(row_bits)} if int(row_bits) else {}
        rows.append(row | {"whole_rows": True})
    return rows


def _row(
    key: str, elements: int, size: int, speed: str, told: str, source: dict[str, str], **more: Any
) -> dict[str, Any]:
    return {
        "id": key,
        "block_elements": elements,
        "block_bytes": size,
        "speed_class": speed,
        "derivation": told,
        "sources": [{"of": "block", **source}],
        **more,
    }


def _packed(bits: int) -> tuple[int, int]:
    return {8: (1, 1), 4: (2, 1), 2: (4, 1), 1: (8, 1)}.get(bits, (8, bits))


def _groups() -> list[dict[str, Any]]:
    rows = []
    for group in (32, 64, 128):
        told = f"4 bits + 16-bit scale and 4-bit zero point per {group} inputs"
        rows.append(
            _row(f"awq-4bit-g{group}", 2, 1, "gpu4", told, AWQ)
            | {"group_elements": group, "group_bits": 20}
        )
    for bits in (2, 3, 4, 8):
        elements, size = _packed(bits)
        speed = "eight" if bits == 8 else "gpu4"
        for group in (32, 64, 128):
            told = (
                f"{bits} bits + 16-bit scale and {bits}-bit zero point per {group} inputs + "
                "32-bit group index an input (g_idx, stored with or without act-order)"
            )
            rows.append(
                _row(f"gptq-{bits}bit-g{group}", elements, size, speed, told, GPTQ)
                | {"group_elements": group, "group_bits": 16 + bits, "column_bits": 32}
            )
        told = (
            f"{bits} bits + 16-bit scale and {bits}-bit zero point an output + 32-bit group index "
            "an input"
        )
        rows.append(
            _row(f"gptq-{bits}bit-channel", elements, size, speed, told, GPTQ)
            | {"row_bits": 16 + bits, "column_bits": 32}
        )
    for group in (32, 64, 128):
        rows.append(
            _row(
                f"w4a16-g{group}",
                2,
                1,
                "gpu4",
                f"4 bits, symmetric + 16-bit scale per {group} inputs",
                TENSORS,
            )
            | {"group_elements": group, "group_bits": 16}
        )
    rows.append(
        _row(
            "w8a16-g128", 1, 1, "eight", "8 bits, symmetric + 16-bit scale per 128 inputs", TENSORS
        )
        | {"group_elements": 128, "group_bits": 16}
    )
    for bits in (8, 4, 3, 2, 1):
        elements, size = (5, 2) if bits == 3 else _packed(bits)
        note = " (ten to a 32-bit word: 3.2)" if bits == 3 else ""
        for group in (16, 32, 64, 128):
            rows.append(
                _row(
                    f"hqq-{bits}bit-g{group}",
                    elements,
                    size,
                    "eight" if bits == 8 else "gpu4",
                    f"{bits} bits{note} + 16-bit scale and zero point per {group}",
                    HQQ,
                )
                | {"group_elements": group, "group_bits": 32}
            )
    for bits in (2, 3, 4, 5, 6, 8):
        elements, size = _packed(bits)
        for group in (32, 64, 128):
            rows.append(
                _row(
                    f"mlx-{bits}bit-g{group}",
                    elements,
                    size,
                    "gpu4",
                    f"{bits} bits + 16-bit scale and bias per {group}",
                    MLX,
                )
                | {"group_elements": group, "group_bits": 32}
            )
    for group in (32, 64, 128, 256):
        rows.append(
            _row(
                f"torchao-int4-g{group}",
                2,
                1,
                "gpu4",
                f"4 bits + 16-bit scale and zero point per {group} inputs",
                _source("torchao"),
            )
            | {"group_elements": group, "group_bits": 32}
        )
    return rows


def _floats() -> list[dict[str, Any]]:
    block = {"group_elements": 128, "group_rows": 128, "group_bits": 32}
    return [
        _row("fp8-tensor", 1, 1, "eight", "E4M3 + 32-bit scale a matrix", TENSORS)
        | {"tensor_bytes": 4},
        _row("fp8-channel", 1, 1, "eight", "E4M3 + 32-bit scale an output", TENSORS)
        | {"row_bits": 32},
        _row(
            "fp8-block128",
            1,
            1,
            "eight",
            "E4M3 + 32-bit scale a tile of 128 x 128 (weight_scale_inv)",
            _source("deepseek"),
        )
        | block,
        _row("mxfp6", 32, 25, "gpu4", "E8M0 exponent per 32 + 32 x 6 bits", TENSORS),
        _row("mxfp8", 32, 33, "eight", "E8M0 exponent per 32 + 32 x E4M3", TENSORS),
        _row(
            "nvfp4-hf",
            2,
            1,
            "fp4",
            "E2M1 + E4M3 scale per 16 inputs + 32-bit scales of weight and input a matrix",
            TENSORS,
            name="NVFP4 (checkpoint)",
        )
        | {"group_elements": 16, "group_bits": 8, "tensor_bytes": 8},
        _row(
            "mxfp4-hf",
            2,
            1,
            "fp4",
            "E2M1 + E8M0 exponent per 32 inputs",
            TENSORS,
            name="MXFP4 (checkpoint)",
        )
        | {"group_elements": 32, "group_bits": 8},
        _row("nf4", 2, 1, "gpu4", "4-bit index into 16 normal quantiles + 32-bit scale per 64", BNB)
        | {"group_elements": 64, "group_bits": 32},
        _row(
            "nf4-dq",
            16384,
            8452,
            "gpu4",
            "4-bit index + 8-bit scale per 64 + 32-bit second-level scale per 64 x 256",
            BNB,
        ),
        _row("fp4-bnb", 2, 1, "gpu4", "E2M1 code + 32-bit scale per 64", BNB)
        | {"group_elements": 64, "group_bits": 32},
        _row(
            "fp4-bnb-dq",
            16384,
            8452,
            "gpu4",
            "E2M1 code + 8-bit scale per 64 + 32-bit second-level scale per 64 x 256",
            BNB,
        ),
        _row("int8-bnb", 1, 1, "eight", "8 bits + 32-bit scale an output", BNB) | {"row_bits": 32},
        _row("int8-channel", 1, 1, "eight", "8 bits + 32-bit scale an output", TENSORS)
        | {"row_bits": 32},
        _row("torchao-int8", 1, 1, "eight", "8 bits + 16-bit scale an output", _source("torchao"))
        | {"row_bits": 16},
        _row("mlx-mxfp4", 32, 17, "gpu4", "E8M0 exponent per 32 + 32 x E2M1, no bias", MLX),
        _row("mlx-nvfp4", 16, 9, "gpu4", "E4M3 scale per 16 + 16 x E2M1, no bias", MLX),
        _row("mlx-mxfp8", 32, 33, "gpu4", "E8M0 exponent per 32 + 32 x E4M3, no bias", MLX),
    ]


def _vectors() -> list[dict[str, Any]]:
    rows = [
        _row(
            "aqlm-1x16-g8",
            8,
            2,
            "gpu4",
            "a 16-bit code per 8 weights + 1 MiB codebook a matrix + 16-bit scale an output",
            AQLM,
        )
        | {"row_bits": 16, "tensor_bytes": 1048576},
        _row(
            "aqlm-2x8-g8",
            8,
            2,
            "gpu4",
            "two 8-bit codes per 8 weights + 8 KiB codebooks a matrix + 16-bit scale an output",
            AQLM,
        )
        | {"row_bits": 16, "tensor_bytes": 8192},
        _row(
            "aqlm-1x16-g16",
            16,
            2,
            "gpu4",
            "a 16-bit code per 16 weights + 2 MiB codebook a matrix + 16-bit scale an output",
            AQLM,
        )
        | {"row_bits": 16, "tensor_bytes": 2097152},
    ]
    for bits in (2, 3, 4):
        rows.append(
            _row(
                f"quip-sharp-{bits}bit",
                *_packed(bits),
                "gpu4",
                f"{bits} bits of lattice code (E8P) + 16-bit sign vectors on both sides",
                QUIP,
            )
            | {"row_bits": 16, "column_bits": 16}
        )
        rows.append(
            _row(
                f"qtip-{bits}bit",
                *_packed(bits),
                "gpu4",
                f"{bits} bits of trellis code + 16-bit sign vectors on both sides",
                QTIP,
            )
            | {"row_bits": 16, "column_bits": 16}
        )
    for bits in (3, 4):
        rows.append(
            _row(
                f"squeezellm-{bits}bit",
                *_packed(bits),
                "gpu4",
                f"{bits} bits + {2**bits} 32-bit steps an output (dense part only)",
                _source("squeezellm"),
            )
            | {"row_bits": 32 * 2**bits}
        )
    rows += [
        _row(
            "spqr-3bit",
            256,
            116,
            "gpu4",
            "3 bits + 3-bit scale and zero per 16 + their own 16-bit ones per 16 x 16; outliers "
            "(32 bits each, about 1 %) come on top",
            _source("spqr"),
        ),
        _row(
            "omniquant-w3-g128",
            8,
            3,
            "gpu4",
            "3 bits + 16-bit scale and 3-bit zero point per 128 inputs",
            _source("omniquant"),
        )
        | {"group_elements": 128, "group_bits": 19},
        _row("quarot-w4", 2, 1, "gpu4", "4 bits + 16-bit scale an output", _source("quarot"))
        | {"row_bits": 16},
        _row("spinquant-w4", 2, 1, "gpu4", "4 bits + 16-bit scale an output", _source("spinquant"))
        | {"row_bits": 16},
        _row(
            "qserve-w4-g128",
            2,
            1,
            "gpu4",
            "4 bits + 8-bit scale and zero point per 128 inputs + 16-bit scale an output",
            _source("qserve"),
        )
        | {"group_elements": 128, "group_bits": 16, "row_bits": 16},
        _row("qserve-w4-channel", 2, 1, "gpu4", "4 bits + 32 bits an output", _source("qserve"))
        | {"row_bits": 32},
        _row("bitnet-i2_s", 4, 1, "gpu4", "2 bits + 32-bit scale a matrix", _source("bitnet"))
        | {"tensor_bytes": 4},
        _row(
            "exl2",
            2,
            1,
            "gpu4",
            "the average asked for; scales are inside it (its block here stands for 4 bits)",
            EXL2,
        ),
        _row(
            "exl3",
            2,
            1,
            "gpu4",
            "the average asked for + 16-bit sign vectors on both sides (its block stands for "
            "4 bits)",
            EXL3,
        )
        | {"row_bits": 16, "column_bits": 16},
    ]
    return rows


def _kv() -> list[dict[str, Any]]:
    head = "per token and head, at 128 values a head"
    turbo = _source("vllm_turboquant")
    rows = [
        _row("kv-fp8", 1, 1, "eight", "8 bits; one scale a layer", _source("vllm_kv")),
        _row(
            "kv-int8-head", 128, 132, "eight", f"8 bits + 32-bit scale {head}", _source("vllm_kv")
        ),
        _row("kv-int4-head", 128, 68, "gpu4", f"4 bits + 32-bit scale {head}", _source("vllm_kv")),
        _row("kv-nvfp4", 16, 9, "fp4", "4 bits + 8-bit scale per 16 values", _source("vllm_kv")),
        _row("kv-turbo-4k", 128, 66, "gpu4", f"4 bits + 16 bits {head}", turbo),
        _row("kv-turbo-3k", 128, 50, "gpu4", f"3 bits + 16 bits {head}", turbo),
        _row("kv-turbo-4v", 128, 68, "gpu4", f"4 bits + 32 bits {head}", turbo),
        _row("kv-turbo-3v", 128, 52, "gpu4", f"3 bits + 32 bits {head}", turbo),
        _row(
            "kv-kivi-2bit",
            32,
            12,
            "gpu4",
            "2 bits + 16-bit scale and minimum per 32 values",
            _source("kivi"),
        ),
    ]
    for bits in (4, 6, 8):
        rows.append(
            _row(
                f"kv-exl2-q{bits}",
                32,
                4 * bits + 2,
                "gpu4",
                f"{bits} bits + 16-bit scale per 32 values",
                _source("exl2_cache"),
            )
        )
    for bits in range(2, 9):
        rows.append(
            _row(
                f"kv-exl3-{bits}bit",
                32,
                4 * bits + 2,
                "gpu4",
                f"{bits} bits + 16-bit scale per 32 values",
                _source("exl3_cache"),
            )
        )
    for bits in (2, 3, 4, 5, 6, 8):
        rows.append(
            _row(
                f"kv-mlx-{bits}bit",
                64,
                8 * bits + 4,
                "gpu4",
                f"{bits} bits + 16-bit scale and bias per 64 values",
                _source("mlx_kv"),
            )
        )
    rows += [
        _row(
            f"kv-lmdeploy-int{bits}",
            128,
            16 * bits + 4,
            f"int{bits}",
            f"{bits} bits + 16-bit scale and zero point {head}; their width was not checked",
            _source("lmdeploy"),
        )
        for bits in (8, 4)
    ]
    return rows
