"""What is on this machine already: the models of Ollama, LM Studio and the Hub's cache."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from fitcheck.errors import FitcheckError, UsageError
from fitcheck.records.record import replace

if TYPE_CHECKING:
    from fitcheck.records.model import Model

MAX_LISTED = 10_000


def installed() -> tuple[Model, ...]:
    """Open every model on this machine; one that cannot be read is left out.

    The id of each is the word that opens it again. Raises UsageError where there is none.
    """
    from fitcheck.sources.open import open_model

    found: list[Model] = []
    for word in installed_words():
        try:
            found.append(replace(open_model(word, allow_network=False), id=word))
        except FitcheckError:
            continue
    if not found:
        raise UsageError(
            "no model of Ollama, LM Studio or the Hub's cache is on this machine",
            "OLLAMA_MODELS, LMSTUDIO_HOME and HF_HUB_CACHE name other folders",
        )
    return tuple(found)


def installed_words() -> tuple[str, ...]:
    """List the words that open each model on this machine."""
    from fitcheck.sources import lmstudio, ollama

    words = [f"ollama:{name}" for name in ollama.installed_names()]
    words += [f"lmstudio:{name}" for name in lmstudio.installed_paths()]
    words += [str(path) for path in _cached()]
    return tuple(words[:MAX_LISTED])


def hub_cache() -> Path:
    """Give the Hub's cache folder: HF_HUB_CACHE, or below HF_HOME, or the default."""
    named = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    if named:
        return Path(named).expanduser()
    home = os.environ.get("HF_HOME")
    cache = os.environ.get("XDG_CACHE_HOME")
    base = Path(home) if home else Path(cache or Path.home() / ".cache") / "huggingface"
    return base.expanduser() / "hub"


def _cached() -> list[Path]:
    """List GGUF files and snapshots with weights in the Hub's cache."""
    from fitcheck.sources.local import gguf_files

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
