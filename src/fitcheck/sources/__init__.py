"""Other ways to say "this model": a file, a folder, a Hub id, a URL, a local store, or a size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.sources.names import is_source

if TYPE_CHECKING:
    from fitcheck.sources.on_this_machine import installed, installed_words
    from fitcheck.sources.open import open_model
    from fitcheck.sources.save import save_as
    from fitcheck.sources.shorthand import typical_model

__all__ = [
    "installed",
    "installed_words",
    "is_source",
    "open_model",
    "save_as",
    "typical_model",
]

_HOMES = {
    "installed": "on_this_machine",
    "installed_words": "on_this_machine",
    "open_model": "open",
    "save_as": "save",
    "typical_model": "shorthand",
}


def __getattr__(name: str) -> object:
    """Import each way on first use: asking whether a word is a source must cost nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'fitcheck.sources' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"fitcheck.sources.{_HOMES[name]}"), name)
