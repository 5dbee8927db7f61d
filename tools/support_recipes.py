"""What runs where: for each kind of format, lines of (runtime, hardware, level, how, version)."""

from __future__ import annotations

VLLM = "0.33.0"
SGLANG = "0.5.23"
LLAMA = "0c1e5709 (2026-10-01)"
_TRTLLM = ""

_LLAMA_CUDA = "https://github.com/ggml-org/llama.cpp/blob/0c1e57098bba43ac29e6e3b677cdceebdd22334f/ggml/src/ggml-cuda/CMakeLists.txt"
_VLLM = "https://github.com/vllm-project/vllm/tree/v0.33.0/vllm/model_executor/layers/quantization"
_VLLM_GGUF = "https://github.com/vllm-project/vllm/pull/39612"
_VLLM_BNB = "https://github.com/vllm-project/vllm/pull/43529"
_SGLANG = "https://github.com/sgl-project/sglang/tree/v0.5.23/python/sglang/srt/layers/quantization"
_TRT = "https://nvidia.github.io/TensorRT-LLM/features/quantization.html"
_BNB = "https://huggingface.co/docs/bitsandbytes/main/en/installation"
_AO = "https://docs.pytorch.org/ao/stable/workflows/inference.html"
_LMDEPLOY = "https://github.com/InternLM/lmdeploy/blob/1263d5cd8/docs/en/supported_models/supported_models.md"
_EXL3 = "https://github.com/turboderp-org/exllamav3"
_EXL2 = "https://github.com/turboderp-org/exllamav2"
_MLX = "https://github.com/ml-explore/mlx"
_IK = "https://github.com/ikawrakow/ik_llama.cpp"

Line = tuple[str, str, str, str, str, str]

_PLUGIN = ("vllm", "any", "unsupported", "GGUF left vLLM's core in 0.24; only with the plugin "
           "vllm-gguf-plugin", VLLM, _VLLM_GGUF)  # fmt: skip
_LLAMA_LIKE = ("llama.cpp", "ollama", "lm-studio", "koboldcpp")
_INT8_PATH = (
    "weights stay packed; activations are rounded to 8 bits inside the kernels (int8 arithmetic)"
)


def _gguf(native_how: str = _INT8_PATH) -> list[Line]:
    lines: list[Line] = []
    for runtime in _LLAMA_LIKE:
        lines += [
            (
                runtime,
                "cuda<5.0",
                "unsupported",
                "CUDA builds start at compute capability 5.0",
                LLAMA,
                _LLAMA_CUDA,
            ),
            (runtime, "any", "native", native_how, LLAMA, _LLAMA_CUDA),
        ]
    lines += [
        ("ik_llama.cpp", "cuda>=7.5", "native", native_how, "8337e4cd (2026-08-15)", _IK),
        (
            "ik_llama.cpp",
            "any",
            "unsupported",
            "maintained for CUDA 7.5 and later and for CPUs",
            "8337e4cd (2026-08-15)",
            _IK,
        ),
        (
            "sglang",
            "cuda>=6.0",
            "emulated",
            "vLLM's former GGUF kernels, weights unpacked to 16 bit",
            SGLANG,
            _SGLANG,
        ),
        ("sglang", "any", "unsupported", "GGUF runs on CUDA only", SGLANG, _SGLANG),
        _PLUGIN,
    ]
    return lines


def _gguf_fp4() -> list[Line]:
    lines: list[Line] = []
    for runtime in _LLAMA_LIKE:
        lines += [
            (
                runtime,
                "cuda>=12.0",
                "native",
                "FP4 tensor cores; prefill rounds activations to 4 bits (GGML_CUDA_MMQ_PREC=q8 keeps 8)",
                LLAMA,
                _LLAMA_CUDA,
            ),
            (
                runtime,
                "cuda<5.0",
                "unsupported",
                "CUDA builds start at compute capability 5.0",
                LLAMA,
                _LLAMA_CUDA,
            ),
            (
                runtime,
                "any",
                "emulated",
                "no FP4 arithmetic below compute capability 12.0 (B200 included): int8 kernels unpack the codes",
                LLAMA,
                _LLAMA_CUDA,
            ),
        ]
    lines += [
        (
            "ik_llama.cpp",
            "cuda>=7.5",
            "emulated",
            "int8 kernels unpack the codes",
            "8337e4cd (2026-08-15)",
            _IK,
        ),
        (
            "ik_llama.cpp",
            "any",
            "unsupported",
            "maintained for CUDA 7.5 and later and for CPUs",
            "8337e4cd (2026-08-15)",
            _IK,
        ),
        _PLUGIN,
    ]
    return lines


def _ternary() -> list[Line]:
    lines: list[Line] = []
    for runtime in _LLAMA_LIKE:
        lines += [
            (
                runtime,
                "cuda",
                "unsupported",
                "no CUDA kernel: the tensors stay on the CPU",
                LLAMA,
                _LLAMA_CUDA,
            ),
            (
                runtime,
                "any",
                "native",
                "kernels exist for CPU, Vulkan and SYCL (TQ2_0 also for Metal)",
                LLAMA,
                _LLAMA_CUDA,
            ),
        ]
    return lines


SUPPORT: dict[str, list[Line]] = {
    "plain": [
        ("vllm", "cuda>=7.5", "native", "16-bit tensor cores (FP16 below 8.0)", VLLM, _VLLM),
        (
            "vllm",
            "cuda<7.5",
            "unsupported",
            "vLLM's wheels start at compute capability 7.5",
            VLLM,
            _VLLM,
        ),
        ("vllm", "any", "native", "16-bit arithmetic", VLLM, _VLLM),
        ("mlx", "metal", "native", "16-bit arithmetic", "", _MLX),
        ("mlx", "cuda", "native", "MLX's CUDA backend", "", _MLX),
    ],
    "gguf": _gguf(),
    "gguf_fp4": _gguf_fp4(),
    "ternary": _ternary(),
    "ik": [
        ("ik_llama.cpp", "cuda>=7.5", "native", _INT8_PATH, "8337e4cd (2026-08-15)", _IK),
        (
            "ik_llama.cpp",
            "any",
            "unsupported",
            "maintained for CUDA 7.5 and later and for CPUs",
            "8337e4cd (2026-08-15)",
            _IK,
        ),
    ],
    "awq": [
        (
            "vllm",
            "cuda>=7.5",
            "native",
            "Marlin: weights unpacked to 16 bit in the kernel",
            VLLM,
            _VLLM,
        ),
        (
            "vllm",
            "cuda<7.5",
            "unsupported",
            "AWQ kernels start at compute capability 7.5",
            VLLM,
            _VLLM,
        ),
        ("vllm", "rocm", "native", "Triton kernels", VLLM, _VLLM),
        (
            "sglang",
            "cuda>=7.5",
            "native",
            "Marlin from 8.0, plain AWQ kernels on 7.5",
            SGLANG,
            _SGLANG,
        ),
        (
            "sglang",
            "cuda<7.5",
            "unsupported",
            "AWQ kernels start at compute capability 7.5",
            SGLANG,
            _SGLANG,
        ),
        (
            "tensorrt-llm",
            "cuda>=8.0 cuda<10.0",
            "native",
            "W4A16 AWQ on Ampere, Ada and Hopper",
            "",
            _TRT,
        ),
        (
            "tensorrt-llm",
            "any",
            "unsupported",
            "the support table lists Ampere, Ada and Hopper only",
            "",
            _TRT,
        ),
        ("lmdeploy", "cuda>=7.0", "native", "TurboMind kernels from V100 on", "", _LMDEPLOY),
        ("lmdeploy", "any", "unsupported", "TurboMind needs CUDA 7.0 or later", "", _LMDEPLOY),
        (
            "transformers",
            "cuda>=7.5",
            "native",
            "GPTQModel kernels (AutoAWQ is deprecated since May 2025)",
            "5.23.0",
            "https://github.com/casper-hansen/AutoAWQ",
        ),
        (
            "transformers",
            "cuda<7.5",
            "unsupported",
            "kernels start at compute capability 7.5",
            "5.23.0",
            "https://github.com/casper-hansen/AutoAWQ",
        ),
    ],
    "gptq": [
        (
            "vllm",
            "cuda>=7.5",
            "native",
            "Marlin (Machete on 9.0): weights unpacked to 16 bit in the kernel",
            VLLM,
            _VLLM,
        ),
        ("vllm", "cuda>=6.0 cuda<7.5", "native", "ExLlama kernels", VLLM, _VLLM),
        (
            "vllm",
            "cuda<6.0",
            "unsupported",
            "GPTQ kernels start at compute capability 6.0",
            VLLM,
            _VLLM,
        ),
        ("vllm", "rocm", "native", "ExLlama kernels", VLLM, _VLLM),
        ("sglang", "cuda>=8.0", "native", "Marlin", SGLANG, _SGLANG),
        (
            "sglang",
            "cuda<8.0",
            "unsupported",
            "gptq_marlin starts at 8.0; plain GPTQ is not offered on CUDA",
            SGLANG,
            _SGLANG,
        ),
        (
            "tensorrt-llm",
            "cuda>=8.0 cuda<10.0",
            "native",
            "W4A16 GPTQ on Ampere, Ada and Hopper",
            "",
            _TRT,
        ),
        (
            "tensorrt-llm",
            "any",
            "unsupported",
            "the support table lists Ampere, Ada and Hopper only",
            "",
            _TRT,
        ),
        ("lmdeploy", "cuda>=7.0", "native", "TurboMind kernels", "", _LMDEPLOY),
        (
            "transformers",
            "cuda>=7.5",
            "native",
            "GPTQModel kernels",
            "5.23.0",
            "https://github.com/ModelCloud/GPTQModel",
        ),
        (
            "transformers",
            "cuda<7.5",
            "unsupported",
            "GPTQModel's kernels start at 7.5",
            "5.23.0",
            "https://github.com/ModelCloud/GPTQModel",
        ),
        ("exllamav2", "cuda", "native", "ExLlamaV2 reads GPTQ", "", _EXL2),
    ],
    "gptq_low": [
        (
            "transformers",
            "cuda>=7.5",
            "native",
            "GPTQModel kernels",
            "5.23.0",
            "https://github.com/ModelCloud/GPTQModel",
        ),
        (
            "transformers",
            "cuda<7.5",
            "unsupported",
            "GPTQModel's kernels start at 7.5",
            "5.23.0",
            "https://github.com/ModelCloud/GPTQModel",
        ),
        (
            "vllm",
            "any",
            "unsupported",
            "vLLM runs 4 and 8 bit GPTQ fast; 2 and 3 bit are left to GPTQModel",
            VLLM,
            _VLLM,
        ),
    ],
    "compressed": [
        (
            "vllm",
            "cuda>=7.5",
            "native",
            "Marlin: weights unpacked to 16 bit in the kernel",
            VLLM,
            _VLLM,
        ),
        ("vllm", "cuda<7.5", "unsupported", "the wNa16 scheme starts at 7.5", VLLM, _VLLM),
        ("sglang", "cuda>=8.0", "native", "Marlin", SGLANG, _SGLANG),
        ("sglang", "cuda<8.0", "unsupported", "Marlin starts at 8.0", SGLANG, _SGLANG),
        (
            "transformers",
            "any",
            "emulated",
            "weights are decompressed to 16 bit",
            "5.23.0",
            "https://huggingface.co/docs/transformers/quantization/compressed_tensors",
        ),
    ],
    "w8a8": [
        ("vllm", "cuda>=7.5", "native", "INT8 tensor cores", VLLM, _VLLM),
        ("vllm", "cuda<7.5", "unsupported", "no INT8 tensor cores", VLLM, _VLLM),
        ("sglang", "cuda>=7.5", "native", "INT8 tensor cores", SGLANG, _SGLANG),
        ("sglang", "cuda<7.5", "unsupported", "no INT8 tensor cores", SGLANG, _SGLANG),
        ("tensorrt-llm", "cuda>=8.0", "native", "INT8 tensor cores", "", _TRT),
        ("tensorrt-llm", "any", "unsupported", "needs Ampere or later", "", _TRT),
        ("lmdeploy", "cuda>=7.5", "native", "INT8 tensor cores", "", _LMDEPLOY),
    ],
    "fp8": [
        ("vllm", "cuda>=8.9", "native", "FP8 tensor cores", VLLM, _VLLM),
        (
            "vllm",
            "cuda>=7.5 cuda<8.9",
            "emulated",
            "no FP8 arithmetic: weight-only Marlin, computed in 16 bit (memory is saved, prefill is not faster)",
            VLLM,
            _VLLM,
        ),
        ("vllm", "cuda<7.5", "unsupported", "FP8 starts at compute capability 7.5", VLLM, _VLLM),
        (
            "vllm",
            "gfx94",
            "native",
            "MI300: FP8 in the fnuz variant, weights converted on loading",
            VLLM,
            "https://github.com/vllm-project/vllm/blob/v0.33.0/vllm/platforms/rocm.py",
        ),
        (
            "vllm",
            "gfx95",
            "native",
            "MI350: FP8 matrix cores",
            VLLM,
            "https://github.com/vllm-project/vllm/blob/v0.33.0/vllm/platforms/rocm.py",
        ),
        ("sglang", "cuda>=8.9", "native", "FP8 tensor cores", SGLANG, _SGLANG),
        (
            "sglang",
            "cuda>=8.0 cuda<8.9",
            "emulated",
            "weight-only, computed in 16 bit",
            SGLANG,
            _SGLANG,
        ),
        (
            "sglang",
            "cuda<8.0",
            "unsupported",
            "FP8 starts at compute capability 8.0",
            SGLANG,
            _SGLANG,
        ),
        ("tensorrt-llm", "cuda>=8.9", "native", "FP8 tensor cores", "", _TRT),
        ("tensorrt-llm", "any", "unsupported", "FP8 needs Ada or later", "", _TRT),
        (
            "transformers",
            "cuda>=8.9",
            "native",
            "FP8 tensor cores",
            "5.23.0",
            "https://huggingface.co/docs/transformers/quantization/finegrained_fp8",
        ),
        (
            "transformers",
            "any",
            "emulated",
            "weights are decompressed to 16 bit",
            "5.23.0",
            "https://huggingface.co/docs/transformers/quantization/finegrained_fp8",
        ),
        ("lmdeploy", "cuda>=8.9", "native", "FP8 tensor cores", "", _LMDEPLOY),
    ],
    "nvfp4": [
        ("vllm", "cuda>=10.0", "native", "FP4 tensor cores (W4A4)", VLLM, _VLLM),
        (
            "vllm",
            "cuda>=7.5 cuda<10.0",
            "emulated",
            "no FP4 arithmetic before Blackwell: weight-only Marlin, computed in 16 bit",
            VLLM,
            _VLLM,
        ),
        ("vllm", "cuda<7.5", "unsupported", "NVFP4 starts at compute capability 7.5", VLLM, _VLLM),
        ("sglang", "cuda>=10.0", "native", "FP4 tensor cores", SGLANG, _SGLANG),
        (
            "sglang",
            "cuda>=8.0 cuda<10.0",
            "emulated",
            "ModelOpt checkpoints only, weight-only",
            SGLANG,
            _SGLANG,
        ),
        (
            "sglang",
            "cuda<8.0",
            "unsupported",
            "NVFP4 starts at compute capability 8.0",
            SGLANG,
            _SGLANG,
        ),
        (
            "sglang",
            "gfx90a",
            "emulated",
            "petit_nvfp4: unpacked to 16 bit on MI250",
            SGLANG,
            _SGLANG,
        ),
        (
            "sglang",
            "gfx94",
            "emulated",
            "petit_nvfp4: unpacked to 16 bit on MI300",
            SGLANG,
            _SGLANG,
        ),
        ("tensorrt-llm", "cuda>=10.0", "native", "FP4 tensor cores", "", _TRT),
        ("tensorrt-llm", "any", "unsupported", "NVFP4 needs Blackwell", "", _TRT),
        (
            "transformers",
            "cuda>=10.0",
            "native",
            "FP4 tensor cores",
            "5.23.0",
            "https://huggingface.co/docs/transformers/quantization/overview",
        ),
        (
            "transformers",
            "any",
            "unsupported",
            "its NVFP4 loader refuses cards before Blackwell",
            "5.23.0",
            "https://huggingface.co/docs/transformers/quantization/overview",
        ),
    ],
    "mxfp4": [
        ("vllm", "cuda>=10.0", "native", "FP4 tensor cores", VLLM, _VLLM),
        (
            "vllm",
            "cuda>=8.0 cuda<10.0",
            "emulated",
            "weight-only (Marlin, Triton), computed in 16 bit",
            VLLM,
            _VLLM,
        ),
        ("vllm", "cuda<8.0", "unsupported", "MXFP4 starts at compute capability 8.0", VLLM, _VLLM),
        ("vllm", "gfx95", "native", "MI350: MXFP4 matrix cores", VLLM, _VLLM),
        ("vllm", "gfx94", "emulated", "unpacked to 16 bit", VLLM, _VLLM),
        ("sglang", "cuda>=10.0", "native", "FP4 tensor cores", SGLANG, _SGLANG),
        (
            "sglang",
            "cuda>=8.0 cuda<10.0",
            "emulated",
            "weight-only, computed in 16 bit",
            SGLANG,
            _SGLANG,
        ),
        (
            "sglang",
            "cuda<8.0",
            "unsupported",
            "MXFP4 starts at compute capability 8.0",
            SGLANG,
            _SGLANG,
        ),
        ("tensorrt-llm", "cuda>=10.0", "native", "FP4 tensor cores (listed for gpt-oss)", "", _TRT),
        (
            "tensorrt-llm",
            "cuda>=9.0 cuda<10.0",
            "emulated",
            "gpt-oss through Triton kernels on Hopper",
            "",
            _TRT,
        ),
        ("tensorrt-llm", "any", "unsupported", "needs Hopper or later", "", _TRT),
        (
            "transformers",
            "cuda>=7.5",
            "emulated",
            "Triton kernels, computed in 16 bit; without them decompressed to BF16",
            "5.23.0",
            "https://huggingface.co/docs/transformers/quantization/mxfp4",
        ),
        (
            "transformers",
            "any",
            "emulated",
            "decompressed to BF16 on loading: four times the memory",
            "5.23.0",
            "https://huggingface.co/docs/transformers/quantization/mxfp4",
        ),
    ],
    "mxfp6": [
        ("vllm", "gfx95", "native", "MI350: MXFP6 matrix cores (Quark)", VLLM, _VLLM),
        ("vllm", "cuda>=7.5", "emulated", "unpacked to 16 bit", VLLM, _VLLM),
        ("vllm", "any", "unsupported", "no kernel", VLLM, _VLLM),
    ],
    "mxfp8": [
        ("vllm", "cuda>=10.0", "native", "MXFP8 tensor cores", VLLM, _VLLM),
        (
            "vllm",
            "cuda>=8.0 cuda<10.0",
            "emulated",
            "weight-only Marlin, computed in 16 bit",
            VLLM,
            _VLLM,
        ),
        ("vllm", "cuda<8.0", "unsupported", "MXFP8 starts at compute capability 8.0", VLLM, _VLLM),
        ("vllm", "gfx95", "native", "MI350: MXFP8 matrix cores", VLLM, _VLLM),
        ("sglang", "cuda>=10.0", "native", "MXFP8 tensor cores", SGLANG, _SGLANG),
        ("sglang", "any", "unsupported", "needs Blackwell", SGLANG, _SGLANG),
        ("transformers", "any", "emulated", "weights are decompressed to 16 bit", "5.23.0", _AO),
    ],
    "bnb": [
        (
            "transformers",
            "cuda>=6.0",
            "native",
            "codes decoded to 16 bit before the product; FP4 tensor cores are not used",
            "0.49",
            _BNB,
        ),
        (
            "transformers",
            "cuda<6.0",
            "unsupported",
            "NF4 and FP4 start at compute capability 6.0",
            "0.49",
            _BNB,
        ),
        ("transformers", "gfx", "native", "MI200, MI300, MI350, RDNA 2 to 4", "0.49", _BNB),
        ("transformers", "xpu", "native", "Intel GPUs", "0.49", _BNB),
        ("transformers", "metal", "unsupported", "no Metal kernels", "0.49", _BNB),
        ("sglang", "cuda>=7.0", "native", "bitsandbytes kernels", SGLANG, _SGLANG),
        (
            "vllm",
            "any",
            "unsupported",
            "bitsandbytes left vLLM's core in 0.28; only with vllm-bnb-plugin",
            VLLM,
            _VLLM_BNB,
        ),
    ],
    "bnb_int8": [
        (
            "transformers",
            "cuda>=7.5",
            "native",
            "INT8 tensor cores, outliers in 16 bit; usually slower than FP16",
            "0.49",
            _BNB,
        ),
        (
            "transformers",
            "cuda<7.5",
            "unsupported",
            "LLM.int8() starts at compute capability 7.5",
            "0.49",
            _BNB,
        ),
        ("transformers", "gfx", "native", "MI200, MI300, MI350, RDNA 2 to 4", "0.49", _BNB),
        ("transformers", "xpu", "native", "Intel GPUs", "0.49", _BNB),
        ("transformers", "metal", "unsupported", "no Metal kernels", "0.49", _BNB),
        ("sglang", "cuda>=7.5", "native", "bitsandbytes kernels", SGLANG, _SGLANG),
        (
            "vllm",
            "any",
            "unsupported",
            "bitsandbytes left vLLM's core in 0.28; only with vllm-bnb-plugin",
            VLLM,
            _VLLM_BNB,
        ),
    ],
    "torchao": [
        ("vllm", "cuda>=8.0", "native", "torchao kernels", VLLM, _VLLM),
        (
            "vllm",
            "cuda>=7.5 cuda<8.0",
            "emulated",
            "the fast INT4 layout needs BF16 (Ampere)",
            VLLM,
            _VLLM,
        ),
        (
            "vllm",
            "cuda<7.5",
            "unsupported",
            "torchao starts at compute capability 7.5",
            VLLM,
            _VLLM,
        ),
        ("sglang", "cuda>=8.0", "native", "torchao kernels", SGLANG, _SGLANG),
        ("transformers", "cuda>=8.0", "native", "torchao kernels", "5.23.0", _AO),
    ],
    "hqq": [
        (
            "transformers",
            "cuda>=7.5",
            "native",
            "fused kernels for 4, 2 and 1 bit; 8 and 3 bit are unpacked first",
            "",
            "https://github.com/mobiusml/hqq",
        ),
        (
            "transformers",
            "any",
            "emulated",
            "unpacked to 16 bit by PyTorch",
            "",
            "https://github.com/mobiusml/hqq",
        ),
        ("vllm", "any", "unsupported", "HQQ is not among vLLM's methods any more", VLLM, _VLLM),
    ],
    "aqlm": [
        (
            "transformers",
            "cuda>=7.0",
            "native",
            "AQLM's CUDA kernels; bound by codebook look-ups",
            "1.1",
            "https://github.com/Vahe1994/AQLM",
        ),
        (
            "transformers",
            "any",
            "emulated",
            "Triton or CPU kernels",
            "1.1",
            "https://github.com/Vahe1994/AQLM",
        ),
        ("vllm", "any", "unsupported", "AQLM is not among vLLM's methods any more", VLLM, _VLLM),
    ],
    "research": [
        (
            "transformers",
            "cuda>=8.0",
            "native",
            "the authors' own code on top of Transformers; no serving runtime ships it",
            "",
            "",
        ),
        (
            "transformers",
            "any",
            "unsupported",
            "the authors' kernels are for recent NVIDIA cards",
            "",
            "",
        ),
        ("vllm", "any", "unsupported", "not among vLLM's methods", VLLM, _VLLM),
    ],
    "int4_cores": [
        (
            "transformers",
            "cuda>=7.5 cuda<9.0",
            "native",
            "the authors' own code: INT4 tensor cores of Turing, Ampere and Ada",
            "",
            "https://github.com/spcl/QuaRot",
        ),
        (
            "transformers",
            "any",
            "unsupported",
            "the authors build for compute capability 7.5 to 8.6; later cards have no INT4 tensor cores",
            "",
            "https://github.com/spcl/QuaRot",
        ),
        ("vllm", "any", "unsupported", "not among vLLM's methods", VLLM, _VLLM),
    ],
    "bitnet": [
        (
            "transformers",
            "cuda",
            "emulated",
            "unpacked to 16 bit; bitnet.cpp has CPU and GPU kernels of its own",
            "5.23.0",
            "https://github.com/microsoft/BitNet",
        ),
        (
            "transformers",
            "any",
            "emulated",
            "unpacked to 16 bit",
            "5.23.0",
            "https://github.com/microsoft/BitNet",
        ),
    ],
    "exl2": [
        ("exllamav2", "cuda>=6.0", "native", "weights unpacked to 16 bit in the kernel", "", _EXL2),
        ("exllamav2", "gfx", "native", "ROCm builds", "", _EXL2),
        ("exllamav2", "any", "unsupported", "CUDA and ROCm only", "", _EXL2),
    ],
    "exl3": [
        (
            "exllamav3",
            "cuda>=8.0",
            "native",
            "trellis decoded in the kernel; slower on Ampere than on Ada",
            "",
            _EXL3,
        ),
        (
            "exllamav3",
            "any",
            "unsupported",
            "wheels are built for compute capability 8.0 and later",
            "",
            _EXL3,
        ),
    ],
    "mlx": [
        ("mlx", "metal", "native", "weights unpacked to 16 bit in the kernel", "", _MLX),
        ("mlx", "cuda", "native", "MLX's CUDA backend", "", _MLX),
        ("mlx", "any", "unsupported", "Apple silicon, and CUDA on Linux", "", _MLX),
        ("lm-studio", "metal", "native", "LM Studio's MLX engine", "", _MLX),
        ("lm-studio", "any", "unsupported", "the MLX engine is for Apple silicon", "", _MLX),
        ("ollama", "metal", "native", "Ollama's MLX path", "", _MLX),
        ("ollama", "any", "unsupported", "the MLX path is for Apple silicon", "", _MLX),
    ],
}
SUPPORT["fp8_block"] = [
    (
        "tensorrt-llm",
        "cuda>=9.0 cuda<12.0",
        "native",
        "block FP8 on Hopper; recast to MXFP8 on 10.0",
        "",
        _TRT,
    ),
    (
        "tensorrt-llm",
        "any",
        "unsupported",
        "block FP8 needs Hopper or a B200-class Blackwell",
        "",
        _TRT,
    ),
    ("sglang", "cuda>=12.0", "native", "Triton kernels", SGLANG, _SGLANG),
    *[line for line in SUPPORT["fp8"] if line[0] != "tensorrt-llm"],
]
