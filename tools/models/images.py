"""How many tokens one image takes at most, by architecture, as llama.cpp prepares it."""

from __future__ import annotations

_CLIP = "https://github.com/ggml-org/llama.cpp/blob/master/tools/mtmd/clip.cpp"

# architecture → (tokens, how they come about)
IMAGE_TOKENS: dict[str, tuple[int, str]] = {
    "gemma3": (256, "896 px in patches of 14, pooled 4 by 4"),
    "gemma3n": (256, "a grid of 16 by 16"),
    "gemma4": (1120, "70 to 1,120 as the image is large"),
    "llama4": (1440, "144 a tile of 336 px, at most 3 by 3 tiles and the whole"),
    "mistral3": (1024, "8 to 1,024 as the image is large"),
    "ministral3": (1024, "8 to 1,024 as the image is large"),
    "qwen2": (4096, "8 to 4,096 as the image is large"),
    "qwen3_vl": (4096, "8 to 4,096 as the image is large"),
    "qwen3_vl_moe": (4096, "8 to 4,096 as the image is large"),
    "qwen3_5": (4096, "8 to 4,096 as the image is large"),
    "qwen3_5_moe": (4096, "8 to 4,096 as the image is large"),
    "glm4v": (4096, "8 to 4,096 as the image is large"),
    "glm4v_moe": (4096, "8 to 4,096 as the image is large"),
    "kimi_k25": (4096, "2 to 4,096 as the image is large"),
    "minimax_m3_vl": (576, "8 to 576 as the image is large"),
    "muse_glimmer": (4096, "1 to 4,096 as the image is large"),
}


def image_source(architecture: str) -> dict[str, str]:
    """Cite where the count is from."""
    _, how = IMAGE_TOKENS[architecture]
    return {"of": "image tokens", "title": f"llama.cpp tools/mtmd/clip.cpp: {how}", "url": _CLIP}
