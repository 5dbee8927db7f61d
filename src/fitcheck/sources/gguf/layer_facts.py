"""The counts a GGUF layer's mixers need, looked up once for all layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fitcheck.sources.gguf.facts import Facts


class LayerFacts:
    """Heads, widths and windows by layer."""

    def __init__(self, facts: Facts, layers: int, windows: tuple[int, ...]) -> None:
        self.facts = facts
        self.windows = windows
        self.hidden = facts.integer("embedding_length")
        self.heads = facts.per_layer("attention.head_count", layers, 0)
        has_kv = facts.has("attention.head_count_kv")
        self.kv_heads = facts.per_layer("attention.head_count_kv", layers) if has_kv else self.heads
        heads = max(self.heads, default=0)
        default = self.hidden // heads if heads else 0
        self._key = facts.integer("attention.key_length", default)
        self._value = facts.integer("attention.value_length", default)
        self._key_swa = facts.integer("attention.key_length_swa", self._key)
        self._value_swa = facts.integer("attention.value_length_swa", self._value)
        own_cache = layers
        if facts.architecture == "gemma3n":  # llama.cpp: n_layer_kv_from_start
            own_cache = 20
        elif facts.architecture == "gemma4":
            own_cache = layers - facts.integer("attention.shared_kv_layers", 0)
        self.first_sharing_layer = own_cache

    def head_dims(self, layer: int) -> tuple[int, int]:
        """Give the widths of a key and of a value head."""
        if self.windows[layer]:
            return self._key_swa, self._value_swa
        return self._key, self._value
