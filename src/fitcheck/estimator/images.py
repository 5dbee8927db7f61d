"""What images cost: the tower that reads them, and the tokens they take in the context."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fitcheck.records.model import Model

_F16_BYTES = 2


def image_context_tokens(model: Model, images: int) -> int | None:
    """Give the tokens `images` take at most: images × the most one image takes.

    `None` where the model reads images and it is not known how many tokens one takes.
    """
    if not images:
        return 0
    if model.image_tokens is None:
        return None
    return images * model.image_tokens


def tower_bytes(model: Model, images: int, *, separate_towers: bool) -> int:
    """Give what the vision and audio towers take on the card besides the weights.

    llama.cpp loads them from a file of their own (mmproj, mostly F16: 2 bytes a parameter), and
    only if images are wanted. Other runtimes load them with the weights, where they are counted.
    Source: https://github.com/ggml-org/llama.cpp/blob/master/docs/multimodal.md
    """
    if not images or not separate_towers:
        return 0
    return _F16_BYTES * (model.vision_params + model.audio_params)
