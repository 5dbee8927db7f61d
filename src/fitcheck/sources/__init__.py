"""Other ways to say "this model": a file, a folder, a Hub id, a URL, a local store, or a size."""

from __future__ import annotations

from fitcheck.sources.names import is_source
from fitcheck.sources.open import open_model

__all__ = ["is_source", "open_model"]
