"""The Hub's cache on this machine: where it is, and the models in it."""

from __future__ import annotations

import os
from pathlib import Path

from fitcheck.sources.local import gguf_files

MAX_LISTED = 10_000


def hub_cache() -> Path:
    """Return the Hub's cache folder: HF_HUB_CACHE, or below HF_HOME, or the default."""
    named = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    if named:
        return Path(named).expanduser()
    home = os.environ.get("HF_HOME")
    cache = os.environ.get("XDG_CACHE_HOME")
    base = Path(home) if home else Path(cache or Path.home() / ".cache") / "huggingface"
    return base.expanduser() / "hub"


def cached() -> list[Path]:
    """Return the GGUF files and snapshots with weights in the Hub's cache."""
    found: list[Path] = []
    for snapshot in sorted(hub_cache().glob("models--*/snapshots/*"))[:MAX_LISTED]:
        if not snapshot.is_dir():
            continue
        files = gguf_files(snapshot)
        found += files
        weights = any(snapshot.glob("*.safetensors"))
        if not files and weights and (snapshot / "config.json").exists():
            found.append(snapshot)
    return found
