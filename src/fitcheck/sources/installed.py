"""What is on this machine already: the models of Ollama, LM Studio and the Hub's cache."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

MAX_LISTED = 10_000


@dataclass(frozen=True, slots=True)
class Installed:
    """One model found: the word that opens it, and which program keeps it."""

    word: str
    program: str


def installed() -> tuple[Installed, ...]:
    """List the models on this machine, each by the word `open_model` takes."""
    from fitcheck.sources import lmstudio, ollama

    found = [Installed(f"ollama:{name}", "Ollama") for name in ollama.installed_names()]
    found += [Installed(f"lmstudio:{name}", "LM Studio") for name in lmstudio.installed_paths()]
    found += [Installed(str(path), "Hugging Face cache") for path in _cached()]
    return tuple(found)


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
        if (
            not files
            and (snapshot / "config.json").exists()
            and any(snapshot.glob("*.safetensors"))
        ):
            found.append(snapshot)
    return found
