"""A GGUF header's metadata, asked for by key, each answer checked for type and range."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fitcheck.sources.gguf.header import Header

MAX_VALUE = 2**40
# what Ollama's own converter calls architectures of llama.cpp
OLLAMA_NAMES = {"gptoss": "gpt-oss", "qwen25vl": "qwen2vl"}
MAX_LAYERS = 512  # LLAMA_MAX_LAYERS


class UnknownLayoutError(Exception):
    """The header does not say enough to tell the architecture; the text says what is missing."""


class Facts:
    """The keys below `general.architecture`, as llama.cpp reads them."""

    def __init__(self, header: Header) -> None:
        self._metadata = header.metadata
        self._prefix = str(header.metadata.get("general.architecture", ""))
        self.architecture = OLLAMA_NAMES.get(self._prefix, self._prefix)

    def _value(self, key: str) -> object:
        return self._metadata.get(f"{self._prefix}.{key}")

    @staticmethod
    def _checked(value: object, key: str) -> int:
        if isinstance(value, bool):
            return int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or not 0 <= value <= MAX_VALUE:
            raise UnknownLayoutError(f"`{key}` is {value}")
        return value

    def integer(self, key: str, default: int | None = None) -> int:
        """Read one count; of an array, the largest. Raises UnknownLayoutError if required."""
        value = self._value(key)
        if value is None:
            if default is None:
                raise UnknownLayoutError(f"`{self.architecture}.{key}` is missing")
            return default
        if isinstance(value, tuple):
            return max((self._checked(item, key) for item in value), default=default or 0)
        return self._checked(value, key)

    def has(self, key: str) -> bool:
        """Tell whether the key is there."""
        return self._value(key) is not None

    def array(self, key: str) -> tuple[int, ...] | None:
        """Read an array of counts or flags, None where the key holds no array."""
        value = self._value(key)
        if not isinstance(value, tuple):
            return None
        return tuple(self._checked(item, key) for item in value)

    def per_layer(self, key: str, layers: int, default: int | None = None) -> tuple[int, ...]:
        """Read one count a layer; a single one stands for all layers."""
        values = self.array(key)
        if values is None:
            return (self.integer(key, default),) * layers
        if len(values) < layers:
            raise UnknownLayoutError(f"`{key}` has {len(values)} values for {layers} layers")
        return values[:layers]
