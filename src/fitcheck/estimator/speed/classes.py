"""Which storage types, runtimes and layers cost alike: the classes constants are fitted for."""

from __future__ import annotations

from functools import lru_cache

# Storage classes: the types of one class are unpacked by like arithmetic. half and bf16 need none
# (but bf16 has no kernel of its own everywhere), eight has a scale a block, four a nibble and a
# scale, k scales of scales, i a codebook; gpu4 are the 4-bit formats of GPU runtimes (AWQ, GPTQ,
# EXL2, bitsandbytes, MLX), fp4 their 4-bit floats.
STORAGE_CLASSES = ("half", "bf16", "eight", "four", "k", "i", "gpu4", "fp4")

_HALF = frozenset({"f32", "f16", "fp32", "fp16", "f64"})
_EIGHT_PREFIXES = ("q8", "fp8", "int8", "i8", "w8", "mxfp8")
_FOUR = frozenset(
    {"q4_0", "q4_1", "q5_0", "q5_1", "q6_0", "iq4_nl", "mxfp4", "nvfp4", "q1_0", "q2_0"}
)
_GGML = "ggml_"

# Runtimes that run another's kernels.
RUNTIME_KERNELS = {
    "ollama": "llama.cpp",
    "lm-studio": "llama.cpp",
    "lmstudio": "llama.cpp",
    "llama-server": "llama.cpp",
    "ik_llama.cpp": "llama.cpp",
    "koboldcpp": "llama.cpp",
    "exllamav2": "exllama",
    "exllamav3": "exllama",
    "tabbyapi": "exllama",
    "mlx-lm": "mlx",
    "tensorrt-llm": "vllm",
    "sglang": "vllm",
    "lmdeploy": "vllm",
}


@lru_cache(maxsize=512)
def storage_class(storage: str) -> str:
    """Name the class of a storage type by its id; an unknown one counts as a 4-bit GPU format."""
    name = storage.lower().removeprefix(_GGML)
    if name in _HALF:
        return "half"
    if name == "bf16":
        return "bf16"
    if name in _FOUR:
        return "four"
    if name.startswith(("iq4", "iq5", "iq6")) or (name.startswith("q") and name[2:4] == "_k"):
        return "k"
    if name.startswith(("iq", "tq")):
        return "i"
    if name.startswith(_EIGHT_PREFIXES) or "int8" in name or "fp8" in name or "8bit" in name:
        return "eight"
    return "fp4" if "fp4" in name else "gpu4"


def kernels(runtime: str) -> str:
    """Name the runtime whose kernels this one runs."""
    return RUNTIME_KERNELS.get(runtime, runtime)
