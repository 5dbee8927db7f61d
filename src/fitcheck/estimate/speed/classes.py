"""Which storage types, runtimes and layers cost alike: the classes constants are fitted for."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fitcheck.records.architecture import Architecture

# Storage classes in the order of the work vector. A class shares its unpacking arithmetic:
# float none, eight a scale a block, four a nibble and a scale, k scales of scales, i a codebook,
# gpu4 the GPU formats' 4-bit kernels (AWQ, GPTQ, EXL2, bitsandbytes, MLX).
STORAGE_CLASSES = ("float", "eight", "four", "k", "i", "gpu4")

_FLOATS = frozenset({"f32", "f16", "bf16", "fp32", "fp16", "f64"})
_EIGHT_PREFIXES = ("q8", "fp8", "int8", "i8", "w8")
_FOUR = frozenset({"q4_0", "q4_1", "q5_0", "q5_1", "iq4_nl", "mxfp4", "nvfp4", "q1_0", "q2_0"})
_BARE_PREFIXES = ("ggml_", "ik_", "gguf_")

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
    name = storage.lower()
    for prefix in _BARE_PREFIXES:
        name = name.removeprefix(prefix)
    if name in _FLOATS:
        return "float"
    if name in _FOUR:
        return "four"
    if name.startswith(("iq", "tq")):
        return "i"
    if name.startswith("q") and "_k" in name:
        return "k"
    if name.startswith(_EIGHT_PREFIXES) or "int8" in name or "fp8" in name or "8bit" in name:
        return "eight"
    return "gpu4"


def kernels(runtime: str) -> str:
    """Name the runtime whose kernels this one runs."""
    return RUNTIME_KERNELS.get(runtime, runtime)


def layer_counts(architecture: Architecture) -> tuple[int, int, int, int]:
    """Count layers by what they launch: attention, latent attention, recurrent, and MoE blocks."""
    attention = latent = recurrent = moe = 0
    for block in architecture.layer_blocks():
        for mixer in block.mixers:
            if mixer.kind == "attention":
                attention += 1
            elif mixer.kind == "mla":
                latent += 1
            else:
                recurrent += 1
        moe += sum(part.kind == "moe" for part in block.feed_forwards)
    return attention, latent, recurrent, moe
