"""Tells what a word names: a file, a folder, a Hub id, a URL, a local store or a size.

Nothing here imports more than the standard library's lightest modules: every answer asks.
"""

from __future__ import annotations

import os
import re

_SIZE = re.compile(r"^\d+(?:\.\d+)?[bm](?:-?a\d+(?:\.\d+)?[bm])?$", re.IGNORECASE)
_HUB = re.compile(
    r"^(?:(?:https?://)?(?:www\.)?(?:hf\.co|huggingface\.co)/)?"
    r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}(?:/[^:]+)?(?::[\w.-]+)?$"
)
_ENDINGS = (".gguf", ".safetensors", ".json")


def kind_of_word(word: str) -> str:
    """Name what kind of source a word is; "" if it can only be a catalogue name.

    "url", "hub", "ollama", "lmstudio", "path" or "size". Something that exists on the disk and is
    spelled as a path wins over a Hub id of the same spelling.
    """
    lower = word.casefold()
    if lower.startswith("ollama:"):
        return "ollama"
    if lower.startswith("lmstudio:"):
        return "lmstudio"
    if lower.startswith("hf:"):
        return "hub"
    if lower.startswith(("https://", "http://")):
        host = lower.split("://", 1)[1].split("/", 1)[0]
        on_hub = host in ("huggingface.co", "www.huggingface.co", "hf.co")
        return "hub" if on_hub and "/resolve/" not in lower else "url"
    if lower.startswith(("hf.co/", "huggingface.co/")):
        return "hub"
    if _SIZE.match(word):
        return "size"
    if _is_path(word, lower):
        return "path"
    return "hub" if _HUB.match(word) else ""


def is_source(word: str) -> bool:
    """Tell whether a word names something other than a record of the catalogue."""
    return bool(kind_of_word(word))


def _is_path(word: str, lower: str) -> bool:
    if "\0" in word:
        return False
    if word.startswith(("/", "./", "../", "~", ".\\", "..\\")) or word in (".", ".."):
        return True
    if os.name == "nt" and re.match(r"^[A-Za-z]:[\\/]", word):
        return True
    if lower.endswith(_ENDINGS) and (word.count("/") != 2 or os.path.exists(word)):  # noqa: PLR2004, PTH110
        return True
    # Without a separator only a model's folder counts; names of the catalogue come first anyway.
    if ("/" in word or os.sep in word) and os.path.exists(word):  # noqa: PTH110
        return True
    return os.path.isfile(os.path.join(word, "config.json"))  # noqa: PTH113, PTH118


def slug(name: str) -> str:
    """Make an id of a name: lower case letters, digits and dots, the rest one hyphen."""
    return re.sub(r"[^a-z0-9.]+", "-", name.casefold()).strip("-.") or "model"
