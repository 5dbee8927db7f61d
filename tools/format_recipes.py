"""The formats fitcheck knows, as `data/formats.yaml` lists them, quality figures left out."""

from __future__ import annotations

from typing import Any

from storage_recipes import AQLM, AWQ, BNB, EXL2, EXL3, GGML, GPTQ, HQQ, IK, MLX, QTIP, QUIP
from storage_recipes import OTHER, TENSORS
from support_recipes import SUPPORT

QUANTIZER = {
    "title": "llama.cpp: src/llama-quant.cpp (0c1e5709, 2026-10-01)",
    "url": "https://github.com/ggml-org/llama.cpp/blob/"
    "0c1e57098bba43ac29e6e3b677cdceebdd22334f/src/llama-quant.cpp",
}
GGUF_KEPT = (
    "vectors (norms, biases) stay F32; so do expert routers, convolution kernels and position "
    "tables; the embedding table and the head are quantized by a rule of their own"
)
LINEAR_KEPT = "embeddings, lm_head, norms, biases, routers and vision towers stay in 16 bit"
GGUF_RUNTIMES = ["llama.cpp", "ollama", "lm-studio", "koboldcpp", "ik_llama.cpp", "sglang", "vllm"]

# preset, base type, which tensors get more
_PRESETS = """
q8_0      q8_0    everything in Q8_0, head and embeddings included
q6_k      q6_k    everything in Q6_K
q5_k_m    q5_k    attention values and feed-forward down in Q6_K on half of the layers; head Q6_K
q5_k_s    q5_k    head Q6_K
q5_1      q5_1    head Q6_K
q5_0      q5_0    head Q6_K; with an imatrix the first eighth of feed-forward down in Q5_1
q4_k_m    q4_k    attention values and feed-forward down in Q6_K on half of the layers; head Q6_K
q4_k_s    q4_k    first four attention values and first eighth of down in Q5_K; head Q6_K
q4_1      q4_1    head Q6_K
q4_0      q4_0    head Q6_K; with an imatrix the first eighth of feed-forward down in Q4_1
iq4_nl    iq4_nl  attention values in Q5_K if 4 or more heads share them; head Q6_K
iq4_xs    iq4_xs  attention values in Q5_K if 4 or more heads share them; head Q6_K
q3_k_l    q3_k    attention values, attention output and feed-forward down in Q5_K; head Q6_K
q3_k_m    q3_k    values, output and down in Q4_K, the first of them in Q5_K; head Q6_K
q3_k_s    q3_k    head Q6_K
iq3_m     iq3_s   values, attention output and the first eighth of down in Q4_K; head Q6_K
iq3_s     iq3_s   attention values in Q4_K if 4 or more heads share them; head Q6_K
iq3_xs    iq3_s   queries, keys and the middle layers' gate and up in IQ3_XXS; head Q6_K
iq3_xxs   iq3_xxs queries and keys in IQ2_S, attention output and embeddings in IQ3_S; head Q5_K
q2_k      q2_k    attention output and down in Q3_K, values in Q4_K or Q3_K; head Q6_K
q2_k_s    q2_k    first eighth of down in Q4_K; head Q6_K
iq2_m     iq2_s   attention output, embeddings and first eighth of down in IQ3_S; head Q5_K
iq2_s     iq2_xs  attention output, embeddings and first eighth of down in IQ3_S; head Q5_K
iq2_xs    iq2_xs  embeddings and first eighth of down in Q2_K; head Q5_K
iq2_xxs   iq2_xxs embeddings and first eighth of down in Q2_K; head Q5_K
iq1_m     iq1_m   attention output in IQ2_XXS, embeddings in Q2_K; head Q5_K
iq1_s     iq1_s   attention output in IQ2_XXS, embeddings in Q2_K; head Q5_K
tq2_0     tq2_0   embeddings Q4_K, head Q6_K; for models trained with ternary weights
tq1_0     tq1_0   embeddings Q4_K, head Q6_K; for models trained with ternary weights
q2_0      q2_0    embeddings Q4_K, head Q6_K
q1_0      q1_0    head Q6_K; for models trained with one-bit weights
mxfp4_moe mxfp4   routed experts in MXFP4, everything else in Q8_0 (so a dense model is Q8_0)
"""
_NEEDS_IMATRIX = frozenset("iq1_s iq1_m iq2_xxs iq2_xs iq2_s iq2_m iq3_xxs iq3_xs q2_k_s".split())
_ALIASES = {
    "q4_k_m": ["gguf", "q4_k", "gguf-q4_k_m"],
    "q5_k_m": ["q5_k"],
    "q3_k_m": ["q3_k"],
    "q8_0": ["q8", "gguf-q8_0"],
    "q6_k": ["q6"],
    "mxfp4_moe": ["gguf-mxfp4", "mxfp4-gguf"],
}
_KNOWN_BITS = {
    "q8_0": 8.5,
    "q6_k": 6.5625,
    "mxfp4_moe": 4.25,
}


def formats() -> list[dict[str, Any]]:
    """List every format as the fields of its record."""
    rows = [*_plain(), *_gguf(), *_ik(), *_unsloth(), *_integer(), *_float(), *_bnb()]
    return [*rows, *_research(), *_exllama(), *_mlx()]


def _record(
    key: str,
    name: str,
    family: str,
    rule: str,
    storage: str,
    bits: float,
    *,
    description: str,
    sources: list[dict[str, str]],
    support: str,
    runtimes: list[str],
    **more: Any,
) -> dict[str, Any]:
    return {
        "id": key,
        "name": name,
        "family": family,
        "rule": rule,
        "storage": storage,
        "weight_bits": bits,
        "activation_bits": 16,
        "description": description,
        "unquantized": LINEAR_KEPT,
        "runtimes": runtimes,
        "default_runtime": runtimes[0],
        "support": (support, SUPPORT[support]) if support else None,
        "sources": [{"of": "layout", **source} for source in sources],
        **more,
    }


def _other(*keys: str) -> list[dict[str, str]]:
    return [{"title": OTHER[key][0], "url": OTHER[key][1]} for key in keys]


def _plain() -> list[dict[str, Any]]:
    return [
        _record(
            "bf16",
            "BF16",
            "16bit",
            "linear",
            "bf16",
            16.0,
            description="The checkpoint as published, two bytes a parameter",
            sources=[
                {
                    "title": "Transformers documentation: dtype",
                    "url": "https://huggingface.co/docs/transformers/main_classes/model",
                }
            ],
            support="plain",
            runtimes=[
                "vllm",
                "sglang",
                "transformers",
                "tensorrt-llm",
                "lmdeploy",
                "exllamav2",
                "exllamav3",
                "mlx",
            ],
            unquantized="everything",
            aliases=["fp16", "16bit", "half", "bfloat16", "float16", "none"],
        ),
        _record(
            "fp32",
            "FP32",
            "16bit",
            "linear",
            "f32",
            32.0,
            rest="f32",
            description="Four bytes a parameter; for reference",
            sources=[
                {
                    "title": "Transformers documentation: dtype",
                    "url": "https://huggingface.co/docs/transformers/main_classes/model",
                }
            ],
            support="",
            runtimes=["transformers", "vllm"],
            unquantized="everything",
            aliases=["float32"],
        ),
    ]


def _gguf() -> list[dict[str, Any]]:
    rows = []
    for key, told in (
        ("f16", "GGUF in 16-bit half floats; vectors stay F32"),
        ("gguf-bf16", "GGUF in bfloat16; vectors stay F32"),
        ("gguf-f32", "GGUF in 32-bit floats"),
    ):
        base = key.removeprefix("gguf-")
        rows.append(
            _record(
                key,
                f"GGUF {base.upper()}",
                "gguf",
                "gguf",
                base,
                32.0 if base == "f32" else 16.0,
                description=told,
                sources=[QUANTIZER],
                support="gguf",
                runtimes=GGUF_RUNTIMES,
                unquantized="everything",
                aliases={"f16": ["gguf-f16", "gguf-fp16"]}.get(key, []),
                papers=["llama-cpp-evaluation"],
            )
        )
    for line in _PRESETS.strip().splitlines():
        key, base, told = line.split(None, 2)
        support = {"tq1_0": "ternary", "tq2_0": "ternary", "mxfp4_moe": "gguf_fp4"}.get(key, "gguf")
        papers = ["llama-cpp-evaluation"]
        if key.startswith("iq") and not key.startswith("iq4"):
            papers.append("quip-sharp")
        if key.startswith("tq"):
            papers = ["bitnet-b1.58", "bitnet.cpp"]
        if key == "mxfp4_moe":
            papers = ["microscaling", "llama-cpp-evaluation"]
        notes = ["llama-quantize asks for an importance matrix"] if key in _NEEDS_IMATRIX else []
        if key.startswith("iq") and not key.startswith("iq4"):
            notes.append("no paper describes it; its codebook idea is that of QuIP#")
        rows.append(
            _record(
                key,
                key.upper(),
                "gguf",
                "gguf",
                base,
                _BITS[base],
                activation_bits=8,
                description=f"llama.cpp preset on {base.upper()}: {told}",
                derivation=f"base {base.upper()}; {told}",
                unquantized=GGUF_KEPT,
                sources=[QUANTIZER, GGML],
                support=support,
                runtimes=GGUF_RUNTIMES if key not in ("tq1_0", "tq2_0") else GGUF_RUNTIMES[:5],
                papers=papers,
                aliases=_ALIASES.get(key, []),
                notes=notes,
            )
        )
    rows.append(
        _record(
            "gguf-nvfp4",
            "GGUF NVFP4",
            "gguf",
            "linear",
            "nvfp4",
            4.5,
            description="An NVFP4 checkpoint converted to GGUF; llama-quantize does not make it",
            unquantized=LINEAR_KEPT,
            sources=[GGML],
            support="gguf_fp4",
            runtimes=["llama.cpp", "lm-studio", "ollama"],
            papers=["mr-gptq", "fp4-sensitivity"],
            aliases=["nvfp4-gguf"],
        )
    )
    return rows


_BITS = {
    "q8_0": 8.5, "q6_k": 6.5625, "q5_k": 5.5, "q5_1": 6.0, "q5_0": 5.5, "q4_k": 4.5, "q4_1": 5.0,
    "q4_0": 4.5, "iq4_nl": 4.5, "iq4_xs": 4.25, "q3_k": 3.4375, "iq3_s": 3.4375,
    "iq3_xxs": 3.0625, "q2_k": 2.625, "iq2_s": 2.5625, "iq2_xs": 2.3125, "iq2_xxs": 2.0625,
    "iq1_m": 1.75, "iq1_s": 1.5625, "tq2_0": 2.0625, "tq1_0": 1.6875, "q2_0": 2.25,
    "q1_0": 1.125, "mxfp4": 4.25,
}  # fmt: skip

_IK_FORMATS = """
iq6_k 6.625
iq5_k 5.5
iq5_ks 5.25
iq4_k 4.5
iq4_ks 4.25
iq4_kss 4.0
iq4_kt 4.0
iq3_k 3.4375
iq3_ks 3.1875
iq3_kt 3.125
iq2_kl 2.6875
iq2_k 2.375
iq2_ks 2.1875
iq2_kt 2.125
iq1_kt 1.75
iq2_bn 2.0
iq1_bn 1.625
"""


def _ik() -> list[dict[str, Any]]:
    rows = []
    for line in _IK_FORMATS.strip().splitlines():
        key, bits = line.split()
        papers = ["qtip"] if key.endswith("kt") else []
        if key.endswith("bn"):
            papers = ["bitnet-b1.58"]
        rows.append(
            _record(
                key,
                key.upper(),
                "ik",
                "gguf",
                key,
                float(bits),
                activation_bits=8,
                description=f"ik_llama.cpp type {key.upper()}, {bits} bits and row scales",
                derivation=f"every matrix in {key.upper()}, head Q6_K",
                unquantized=GGUF_KEPT,
                sources=[IK],
                support="ik",
                runtimes=["ik_llama.cpp"],
                papers=papers,
                notes=[
                    "the type's own bits with llama.cpp's plain rule; ik_llama.cpp's recipes and "
                    "published files bump further tensors, so real files are some per cent larger"
                ],
            )
        )
    return rows


_UNSLOTH = "q8_k_xl q6_k_xl q5_k_xl q4_k_xl q3_k_xl q2_k_xl iq3_xxs iq2_m iq2_xxs iq1_m iq1_s"
_UNSLOTH_NEAR = {
    "q8_k_xl": "q8_0", "q6_k_xl": "q6_k", "q5_k_xl": "q5_k_m", "q4_k_xl": "q4_k_m",
    "q3_k_xl": "q3_k_m", "q2_k_xl": "q2_k",
}  # fmt: skip


def _unsloth() -> list[dict[str, Any]]:
    rows = []
    bases = dict(line.split(None, 2)[:2] for line in _PRESETS.strip().splitlines())
    for key in _UNSLOTH.split():
        near = _UNSLOTH_NEAR.get(key, key)
        rows.append(
            _record(
                f"ud-{key}",
                f"UD-{key.upper()}",
                "unsloth",
                "gguf",
                bases[near],
                _BITS[bases[near]],
                parameters={"preset": near},
                activation_bits=8,
                description=f"Unsloth Dynamic GGUF; sized here as {near.upper()}, its nearest preset",
                derivation=f"each tensor has an ordinary ggml type, chosen by measurement per model; "
                f"taken as {near.upper()}",
                unquantized=GGUF_KEPT,
                sources=[{"title": "Unsloth: Dynamic GGUFs", "url": "https://unsloth.ai/docs"}],
                support="gguf",
                runtimes=GGUF_RUNTIMES,
                papers=["llama-cpp-evaluation"],
                aliases=[f"unsloth-{key}"],
                notes=[
                    "an approximation: no fixed recipe is published; read the file for its size"
                ],
            )
        )
    return rows


VLLM_INT4 = ["vllm", "sglang", "tensorrt-llm", "lmdeploy", "transformers"]


def _integer() -> list[dict[str, Any]]:
    rows = []
    for group in (128, 64, 32):
        rows.append(
            _record(
                f"awq-4bit-g{group}",
                f"AWQ 4-bit g{group}",
                "awq",
                "linear",
                f"awq-4bit-g{group}",
                4.0,
                description="4-bit weights; channels that activations make important are scaled "
                "before rounding",
                derivation=f"4 + (16 + 4)/{group} bits",
                sources=[AWQ],
                support="awq",
                runtimes=VLLM_INT4,
                papers=["awq"],
                aliases=["awq", "awq-4bit", "awq-int4", "awq-g128", "awq-w4a16"]
                if group == 128
                else [f"awq-int4-g{group}", f"awq-g{group}"],
                shared_names=["int4", "4bit"] if group == 128 else [],
            )
        )
    for bits in (4, 8, 3, 2):
        for group in ("g128", "g64", "g32", "channel"):
            aliases = [f"gptq-int{bits}-{group}", f"gptq-w{bits}-{group}"]
            if group == "g128":
                aliases += [f"gptq-{bits}bit", f"gptq-int{bits}"]
                aliases += ["gptq", "gptq-w4a16"] if bits == 4 else []
            per = "an output" if group == "channel" else f"/{group[1:]}"
            rows.append(
                _record(
                    f"gptq-{bits}bit-{group}",
                    f"GPTQ {bits}-bit {group}",
                    "gptq",
                    "linear",
                    f"gptq-{bits}bit-{group}",
                    float(bits),
                    description=f"{bits}-bit weights, rounded one input at a time with the error "
                    "moved to the rest",
                    derivation=f"{bits} + (16 + {bits}) bits {per} + 32 bits an input (g_idx)".replace(
                        " bits /", "/"
                    ).replace(")/", ")/"),
                    sources=[GPTQ],
                    support="gptq" if bits in (4, 8) else "gptq_low",
                    runtimes=[*VLLM_INT4, "exllamav2"]
                    if bits == 4
                    else ["vllm", "sglang", "transformers"]
                    if bits == 8
                    else ["transformers"],
                    papers=["gptq", *(["marlin"] if bits == 4 else [])],
                    aliases=aliases,
                    shared_names=["int4", "4bit"] if (bits, group) == (4, "g128") else [],
                )
            )
    for group in (128, 64, 32):
        rows.append(
            _record(
                f"w4a16-g{group}",
                f"W4A16 g{group} (compressed-tensors)",
                "compressed-tensors",
                "linear",
                f"w4a16-g{group}",
                4.0,
                description="4-bit symmetric weights as llm-compressor writes them",
                derivation=f"4 + 16/{group} bits",
                sources=[TENSORS],
                support="compressed",
                runtimes=["vllm", "sglang", "transformers"],
                papers=["gptq", "awq", "marlin"],
                aliases=["w4a16", "compressed-tensors"] if group == 128 else [],
                shared_names=["int4", "4bit"] if group == 128 else [],
            )
        )
    rows += [
        _record(
            "w8a16-g128",
            "W8A16 g128 (compressed-tensors)",
            "compressed-tensors",
            "linear",
            "w8a16-g128",
            8.0,
            description="8-bit symmetric weights as llm-compressor writes them",
            derivation="8 + 16/128 bits",
            sources=[TENSORS],
            support="compressed",
            runtimes=["vllm", "sglang", "transformers"],
            papers=["gptq", "bf16-or-death"],
            aliases=["w8a16"],
        ),
        _record(
            "w8a8-int8",
            "SmoothQuant W8A8",
            "int8",
            "linear",
            "int8-channel",
            8.0,
            activation_bits=8,
            description="8-bit weights and activations; outliers moved from activations to weights",
            derivation="8 bits + 32 bits an output; smoothing scales live in the norms",
            sources=[
                {
                    "title": "SmoothQuant: README",
                    "url": "https://github.com/mit-han-lab/smoothquant",
                },
                TENSORS,
            ],
            support="w8a8",
            runtimes=["vllm", "sglang", "tensorrt-llm", "lmdeploy"],
            papers=["smoothquant", "bf16-or-death"],
            aliases=["w8a8", "smoothquant", "smoothquant-w8a8", "int8-w8a8"],
            shared_names=["int8", "8bit"],
        ),
        _record(
            "torchao-int4-g128",
            "torchao INT4 g128",
            "torchao",
            "linear",
            "torchao-int4-g128",
            4.0,
            parameters={"head": "torchao-int4-g128"},
            description="4-bit weights in torchao's tile-packed layout",
            derivation="4 + 32/128 bits",
            unquantized="embeddings, norms, biases and routers; lm_head is quantized",
            sources=_other("torchao"),
            support="torchao",
            runtimes=["vllm", "sglang", "transformers"],
            aliases=["torchao-int4wo", "int4wo", "torchao-int4"],
            shared_names=["int4"],
        ),
        _record(
            "torchao-int8",
            "torchao INT8 weight-only",
            "torchao",
            "linear",
            "torchao-int8",
            8.0,
            parameters={"head": "torchao-int8"},
            description="8-bit weights, 16-bit arithmetic",
            derivation="8 bits + 16 bits an output",
            unquantized="embeddings, norms, biases and routers; lm_head is quantized",
            sources=_other("torchao"),
            support="torchao",
            runtimes=["vllm", "sglang", "transformers"],
            aliases=["torchao-int8wo", "int8wo"],
            shared_names=["int8"],
        ),
    ]
    for bits, group in ((8, 64), (4, 64), (4, 128), (3, 64), (2, 64), (2, 16), (1, 64)):
        rows.append(
            _record(
                f"hqq-{bits}bit-g{group}",
                f"HQQ {bits}-bit g{group}",
                "hqq",
                "linear",
                f"hqq-{bits}bit-g{group}",
                float(bits),
                description=f"{bits}-bit weights fitted without calibration data",
                derivation=f"{'3.2' if bits == 3 else bits} + 32/{group} bits",
                sources=[HQQ],
                support="hqq",
                runtimes=["transformers"],
                aliases={(4, 64): ["hqq", "hqq-4bit"]}.get((bits, group), []),
                notes=["no paper; described at https://mobiusml.github.io/hqq_blog/"],
            )
        )
    return rows


def _float() -> list[dict[str, Any]]:
    fp8 = ["vllm", "sglang", "tensorrt-llm", "transformers", "lmdeploy"]
    return [
        _record(
            "fp8-channel",
            "FP8 (per channel)",
            "fp8",
            "linear",
            "fp8-channel",
            8.0,
            activation_bits=8,
            description="E4M3 weights with a scale an output, activations scaled per token",
            derivation="8 bits + 32 bits an output",
            sources=[TENSORS],
            support="fp8",
            runtimes=fp8,
            papers=["fp8-formats", "bf16-or-death"],
            aliases=["fp8", "fp8-dynamic", "w8a8-fp8", "float8"],
        ),
        _record(
            "fp8-tensor",
            "FP8 (per tensor)",
            "fp8",
            "linear",
            "fp8-tensor",
            8.0,
            activation_bits=8,
            description="E4M3 weights with one scale a matrix",
            derivation="8 bits + 32 bits a matrix",
            sources=[TENSORS],
            support="fp8",
            runtimes=fp8,
            papers=["fp8-formats"],
            aliases=["fp8-static", "fp8-per-tensor"],
        ),
        _record(
            "fp8-block128",
            "FP8 (128x128 blocks)",
            "fp8",
            "linear",
            "fp8-block128",
            8.0,
            activation_bits=8,
            description="E4M3 weights with a scale for every 128x128 tile, as DeepSeek publishes",
            derivation="8 + 32/(128 x 128) bits",
            sources=_other("deepseek"),
            support="fp8_block",
            runtimes=fp8,
            papers=["deepseek-v3", "fp8-formats"],
            aliases=["fp8-block", "deepseek-fp8", "fp8-deepseek"],
        ),
        _record(
            "mxfp4",
            "MXFP4",
            "mxfp4",
            "linear",
            "mxfp4-hf",
            4.0,
            activation_bits=16,
            parameters={"experts_only": ["gpt-oss"]},
            description="E2M1 weights, an exponent shared by 32; gpt-oss is published in it",
            derivation="4 + 8/32 bits",
            unquantized=f"{LINEAR_KEPT}; in gpt-oss only the routed experts are MXFP4",
            sources=[
                TENSORS,
                {
                    "title": "openai/gpt-oss-20b: config.json",
                    "url": "https://huggingface.co/openai/gpt-oss-20b",
                },
            ],
            support="mxfp4",
            runtimes=["vllm", "sglang", "tensorrt-llm", "transformers"],
            papers=["microscaling", "mr-gptq", "fp4-sensitivity"],
        ),
        _record(
            "mxfp6",
            "MXFP6",
            "mxfp6",
            "linear",
            "mxfp6",
            6.0,
            activation_bits=16,
            description="6-bit floats, an exponent shared by 32",
            derivation="6 + 8/32 bits",
            sources=[TENSORS],
            support="mxfp6",
            runtimes=["vllm"],
            papers=["microscaling"],
        ),
        _record(
            "mxfp8",
            "MXFP8",
            "mxfp8",
            "linear",
            "mxfp8",
            8.0,
            activation_bits=8,
            description="E4M3 weights, an exponent shared by 32",
            derivation="8 + 8/32 bits",
            sources=[TENSORS],
            support="mxfp8",
            runtimes=["vllm", "sglang", "transformers"],
            papers=["microscaling"],
        ),
        _record(
            "nvfp4",
            "NVFP4",
            "nvfp4",
            "linear",
            "nvfp4-hf",
            4.0,
            activation_bits=4,
            description="E2M1 weights, an E4M3 scale for every 16 and a 32-bit one a matrix",
            derivation="4 + 8/16 bits + 64 bits a matrix",
            sources=[TENSORS],
            support="nvfp4",
            runtimes=["vllm", "sglang", "tensorrt-llm", "transformers"],
            papers=["mr-gptq", "fp4-sensitivity"],
            aliases=["modelopt-fp4", "nvidia-fp4"],
        ),
    ]


def _bnb() -> list[dict[str, Any]]:
    kept = "embeddings, lm_head, norms, biases and routers stay in 16 bit (Linear layers only)"
    rows = []
    for key, name, storage, bits, told, derivation, paper, aliases in (
        ("nf4", "bitsandbytes NF4", "nf4", 4.0, "4-bit codes at the quantiles of a normal "
         "distribution", "4 + 32/64 bits", "qlora", ["bnb-nf4", "bnb-4bit"]),
        ("nf4-dq", "bitsandbytes NF4, double quantization", "nf4-dq", 4.0, "NF4 whose scales are "
         "quantized again", "4 + 8/64 + 32/(64 x 256) bits", "qlora", ["bnb-nf4-dq", "qlora"]),
        ("fp4", "bitsandbytes FP4", "fp4-bnb", 4.0, "4-bit float codes, decoded to 16 bit before "
         "the arithmetic", "4 + 32/64 bits", "qlora", ["bnb-fp4"]),
        ("fp4-dq", "bitsandbytes FP4, double quantization", "fp4-bnb-dq", 4.0, "FP4 whose scales "
         "are quantized again", "4 + 8/64 + 32/(64 x 256) bits", "qlora", ["bnb-fp4-dq"]),
        ("llm.int8", "LLM.int8()", "int8-bnb", 8.0, "8-bit weights; outlier activations are "
         "computed in 16 bit", "8 bits + 32 bits an output", "llm.int8",
         ["bnb-int8", "bnb-8bit", "llm-int8"]),
    ):  # fmt: skip
        rows.append(
            _record(
                key,
                name,
                "bnb",
                "linear",
                storage,
                bits,
                activation_bits=8 if key == "llm.int8" else 16,
                description=told[:1].upper() + told[1:],
                derivation=derivation,
                unquantized=kept,
                sources=[BNB],
                support="bnb_int8" if key == "llm.int8" else "bnb",
                runtimes=["transformers", "sglang", "vllm"],
                papers=[paper, *(["fp4-sensitivity"] if key == "fp4" else [])],
                aliases=aliases,
                shared_names=["int8", "8bit"] if key == "llm.int8" else [],
            )
        )
    return rows


def _research() -> list[dict[str, Any]]:
    rows = []
    for key, name, storage, bits, told, derivation, papers, aliases in (
        ("aqlm-1x16-g8", "AQLM 1x16", "aqlm-1x16-g8", 2.0, "One 16-bit code for 8 weights from a "
         "learned codebook", "16/8 bits + 1 MiB a matrix + 16 bits an output",
         ["aqlm", "pv-tuning"], ["aqlm", "aqlm-2bit", "aqlm-1x16"]),
        ("aqlm-2x8-g8", "AQLM 2x8", "aqlm-2x8-g8", 2.0, "Two 8-bit codes for 8 weights, added up",
         "2 x 8/8 bits + 8 KiB a matrix + 16 bits an output", ["aqlm", "pv-tuning"], ["aqlm-2x8"]),
        ("aqlm-1x16-g16", "AQLM 1x16 g16", "aqlm-1x16-g16", 1.0, "One 16-bit code for 16 weights",
         "16/16 bits + 2 MiB a matrix + 16 bits an output", ["aqlm", "pv-tuning"], ["aqlm-1bit"]),
    ):  # fmt: skip
        rows.append(
            _record(
                key,
                name,
                "aqlm",
                "linear",
                storage,
                bits,
                description=told,
                derivation=derivation,
                sources=[AQLM],
                support="aqlm",
                runtimes=["transformers"],
                papers=papers,
                aliases=aliases,
            )  # fmt: skip
        )
    for bits in (2, 3, 4):
        rows.append(
            _record(
                f"quip-sharp-{bits}bit",
                f"QuIP# {bits}-bit",
                "quip#",
                "linear",
                f"quip-sharp-{bits}bit",
                float(bits),
                description="Lattice codebooks after a random rotation of weights",
                derivation=f"{bits} bits + 16 bits an input and an output",
                sources=[QUIP],
                support="research",
                runtimes=["transformers"],
                papers=["quip-sharp"],
                aliases=[f"quip#-{bits}bit", *(["quip#", "quip-sharp"] if bits == 2 else [])],
            )  # fmt: skip
        )
        rows.append(
            _record(
                f"qtip-{bits}bit",
                f"QTIP {bits}-bit",
                "qtip",
                "linear",
                f"qtip-{bits}bit",
                float(bits),
                description="Trellis codes after a random rotation of weights",
                derivation=f"{bits} bits + 16 bits an input and an output",
                sources=[QTIP],
                support="research",
                runtimes=["transformers"],
                papers=["qtip"],
                aliases=["qtip"] if bits == 2 else [],
            )  # fmt: skip
        )
    for key, name, family, storage, bits, activation, told, derivation, papers, aliases, source in (
        ("spqr-3bit", "SpQR 3-bit", "spqr", "spqr-3bit", 3.0, 16,
         "3-bit groups of 16 with outliers kept apart", "3.625 bits + 32 bits an outlier",
         ["spqr"], ["spqr"], "spqr"),
        ("squeezellm-4bit", "SqueezeLLM 4-bit", "squeezellm", "squeezellm-4bit", 4.0, 16,
         "A table of 16 steps for each output, outliers apart", "4 bits + 16 x 32 bits an output",
         ["squeezellm"], ["squeezellm"], "squeezellm"),
        ("squeezellm-3bit", "SqueezeLLM 3-bit", "squeezellm", "squeezellm-3bit", 3.0, 16,
         "A table of 8 steps for each output, outliers apart", "3 bits + 8 x 32 bits an output",
         ["squeezellm"], [], "squeezellm"),
        ("omniquant-w3a16-g128", "OmniQuant W3A16 g128", "omniquant", "omniquant-w3-g128", 3.0, 16,
         "3-bit groups with learned clipping", "3 + 19/128 bits", ["omniquant"], ["omniquant"],
         "omniquant"),
        ("quarot-w4a4", "QuaRot W4A4KV4", "rotation", "quarot-w4", 4.0, 4,
         "4-bit weights, activations and KV cache after Hadamard rotations",
         "4 bits + 16 bits an output", ["quarot"], ["quarot", "quarot-w4a4kv4"], "quarot"),
        ("spinquant-w4a4", "SpinQuant W4A4KV4", "rotation", "spinquant-w4", 4.0, 4,
         "As QuaRot, with learned rotations", "4 bits + 16 bits an output", ["spinquant"],
         ["spinquant", "spinquant-w4a4kv4"], "spinquant"),
        ("qserve-w4a8-g128", "QServe W4A8KV4 g128", "qserve", "qserve-w4-g128", 4.0, 8,
         "4-bit weights unpacked to 8-bit arithmetic, 4-bit KV cache",
         "4 + 16/128 bits + 16 bits an output", ["qserve"], ["qserve", "qserve-w4a8kv4"], "qserve"),
        ("bitnet-b1.58", "BitNet b1.58", "bitnet", "bitnet-i2_s", 1.58, 8,
         "Weights of -1, 0 and 1, for models trained so", "2 bits as stored (log2 3 = 1.58 ideal)",
         ["bitnet-b1.58", "bitnet", "bitnet.cpp"], ["bitnet"], "bitnet"),
    ):  # fmt: skip
        rows.append(
            _record(
                key,
                name,
                family,
                "linear",
                storage,
                bits,
                activation_bits=activation,
                description=told,
                derivation=derivation,
                sources=_other(source),
                support="bitnet"
                if key.startswith("bitnet")
                else "int4_cores"
                if family == "rotation"
                else "research",
                runtimes=["transformers"],
                papers=papers,
                aliases=aliases,
            )  # fmt: skip
        )
    return rows


def _exllama() -> list[dict[str, Any]]:
    rows = []
    for family, runtime, source, papers, rates in (
        ("exl2", "exllamav2", EXL2, ["gptq"], ("8.0", "6.0", "5.0", "4.65", "4.0", "3.0", "2.4")),
        ("exl3", "exllamav3", EXL3, ["qtip", "quip-sharp"],
         ("8.0", "6.0", "5.0", "4.0", "3.5", "3.0", "2.5", "2.0")),
    ):  # fmt: skip
        for rate in rates:
            aliases = [f"{family}-{rate}"]
            if rate.endswith(".0"):
                aliases += [f"{family}-{rate[0]}", f"{family}-{rate[0]}bpw"]
            rows.append(
                _record(
                    f"{family}-{rate}bpw",
                    f"{family.upper()} {rate} bpw",
                    family,
                    "average",
                    family,
                    float(rate),
                    parameters={"bits": float(rate), "head_bits": 6.3 if family == "exl2" else 6.0},
                    description="Mixed bit rates that average as asked"
                    if family == "exl2"
                    else "Trellis codes at rates that average as asked",
                    derivation=f"{rate} bits on average; head 6 bits"
                    + ("" if family == "exl2" else " + 16 bits an input and an output"),
                    unquantized="embeddings, norms, biases and routers stay in 16 bit",
                    sources=[source],
                    support=family,
                    runtimes=[runtime],
                    papers=papers,
                    aliases=[*aliases, *([family] if rate == "4.0" else [])],
                )
            )
    return rows


def _mlx() -> list[dict[str, Any]]:
    kept = "norms and matrices no group divides; embeddings and the head are quantized"
    rows = []
    for bits in (8, 6, 5, 4, 3, 2):
        for group in (64, 32, 128):
            aliases = [f"mlx-int{bits}-g{group}"]
            if group == 64:
                aliases += [f"mlx-{bits}bit", f"mlx-int{bits}", *(["mlx"] if bits == 4 else [])]
            rows.append(
                _record(
                    f"mlx-{bits}bit-g{group}",
                    f"MLX {bits}-bit g{group}",
                    "mlx",
                    "uniform",
                    f"mlx-{bits}bit-g{group}",
                    float(bits),
                    description=f"{bits}-bit groups as mlx-lm writes them, embeddings included",
                    derivation=f"{bits} + 32/{group} bits",
                    unquantized=kept,
                    sources=[MLX],
                    support="mlx",
                    runtimes=["mlx", "lm-studio"],
                    aliases=aliases,
                )
            )
    for key, bits, told, paper in (
        ("mxfp4", 4.0, "4 + 8/32 bits", "microscaling"),
        ("nvfp4", 4.0, "4 + 8/16 bits", "mr-gptq"),
        ("mxfp8", 8.0, "8 + 8/32 bits", "microscaling"),
    ):
        rows.append(
            _record(
                f"mlx-{key}",
                f"MLX {key.upper()}",
                "mlx",
                "uniform",
                f"mlx-{key}",
                bits,
                description=f"{key.upper()} as MLX stores it; decoded to 16 bit for the arithmetic",
                derivation=told,
                unquantized=kept,
                sources=[MLX],
                support="mlx",
                runtimes=["mlx", "ollama"],
                papers=[paper],
            )
        )
    return rows
