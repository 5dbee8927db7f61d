"""A `config.json`, asked for by key: several spellings of each count, each answer checked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fitcheck.errors import SourceError
from fitcheck.sources.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_CONFIG_BYTES = 4 * 2**20
MAX_OBJECTS, MAX_VALUES = 400_000, 1_500_000  # in JSON: a hundred thousand tensors
MAX_VALUE = 2**40
MAX_LAYERS = 512
_TEXT_PARTS = (
    "text_config",
    "llm_config",
    "language_config",
    "language_model_config",
    "thinker_config",
)


class UnknownConfigError(Exception):
    """The configuration does not say enough; the text says what is missing."""


def parse_json(content: bytes, name: str) -> dict[str, Any]:
    """Parse a JSON object of bounded size. Raises SourceError."""
    if len(content) > MAX_CONFIG_BYTES:
        raise SourceError(
            f"`{clean(name)}` is larger than {MAX_CONFIG_BYTES // 2**20} MiB",
            "that is not a configuration",
        )
    check_size_in_memory(content, name)
    try:
        parsed = json.loads(content)
    except (ValueError, RecursionError):
        raise SourceError(f"`{clean(name)}` is not valid JSON", "get the file again") from None
    if not isinstance(parsed, dict):
        raise SourceError(f"`{clean(name)}` holds no JSON object", "is it a config.json?")
    return parsed


def check_size_in_memory(content: bytes, name: str) -> None:
    """Refuse JSON that would take far more memory than its text. Raises SourceError."""
    objects = content.count(b"{") + content.count(b"[")
    if objects > MAX_OBJECTS or content.count(b",") > MAX_VALUES:
        raise SourceError(
            f"`{clean(name)}` holds {objects} objects and lists", "no model has that many tensors"
        )


class Config:
    """The text model's part of a configuration; `outer` is the whole file."""

    def __init__(self, outer: Mapping[str, Any]) -> None:
        self.outer = outer
        self._inner = _text_part(outer)

    @property
    def model_type(self) -> str:
        """Name the text model's type, of a multimodal one without `_text`."""
        kind = self._inner.get("model_type") or self.outer.get("model_type") or ""
        return clean(str(kind)).removesuffix("_text")

    @property
    def outer_type(self) -> str:
        """Name the type of the whole model."""
        return clean(str(self.outer.get("model_type") or self.model_type))

    def raw(self, *keys: str) -> Any:  # noqa: ANN401  # JSON
        """Give the first of `keys` that has a value."""
        for key in keys:
            value = self._inner.get(key)
            if value is not None:
                return value
        return None

    def flag(self, *keys: str, default: bool = False) -> bool:
        """Read a flag."""
        value = self.raw(*keys)
        return value if isinstance(value, bool) else default

    def integer(self, *keys: str, default: int | None = None) -> int:
        """Read a count; of a list, the largest. Raises UnknownConfigError if required."""
        value = self.raw(*keys)
        if isinstance(value, list):
            return max((_count(item, keys[0]) for item in value), default=0)
        if value is None or isinstance(value, (str, dict)):
            if default is None:
                raise UnknownConfigError(f"`{keys[0]}` is missing")
            return default
        return _count(value, keys[0])

    def per_layer(self, *keys: str, layers: int, default: int | None = None) -> tuple[int, ...]:
        """Read one count a layer; a single one stands for all."""
        value = self.raw(*keys)
        if isinstance(value, list) and len(value) >= layers:
            return tuple(_count(item, keys[0]) for item in value[:layers])
        return (self.integer(*keys, default=default),) * layers

    def words(self, *keys: str) -> list[str] | None:
        """Read a list of words."""
        value = self.raw(*keys)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return value
        return None

    def counts(self, *keys: str) -> list[int] | None:
        """Read a list of counts or flags."""
        value = self.raw(*keys)
        if isinstance(value, list) and all(isinstance(item, (int, float)) for item in value):
            return [_count(item, keys[0]) for item in value]
        return None

    def inside(self, key: str) -> Config | None:
        """Give the object below `key` as a configuration of its own."""
        value = self.raw(key)
        return Config(value) if isinstance(value, dict) else None


def _text_part(outer: Mapping[str, Any]) -> Mapping[str, Any]:
    for key in _TEXT_PARTS:
        part = outer.get(key)
        if isinstance(part, dict):
            return _text_part(part) if key == "thinker_config" else part
    return outer


def _count(value: object, key: str) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if value is None:
        return 0
    if not isinstance(value, int) or not 0 <= value <= MAX_VALUE:
        raise UnknownConfigError(f"`{key}` is {clean(str(value), 40)}")
    return int(value)
