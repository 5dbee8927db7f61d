"""Opens what a word names as a model; each kind of source is imported only when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.errors import UsageError
from fitcheck.sources.names import kind_of_word
from fitcheck.sources.text import clean

if TYPE_CHECKING:
    from fitcheck.records.model import Model


def open_model(word: str, *, mmproj: str | None = None, allow_network: bool = True) -> Model:
    """Open a file, folder, Hub id, URL, `ollama:…`, `lmstudio:…` or size as a model.

    `mmproj` names a vision projector whose tensors are added. Raises SourceError where a source
    cannot be read, UsageError where the word names none.
    """
    model = _open(word, allow_network=allow_network)
    if mmproj:
        from fitcheck.sources.projector import with_projector

        return with_projector(model, mmproj)
    return model


def _open(word: str, *, allow_network: bool) -> Model:
    kind = kind_of_word(word)
    if kind == "path":
        from fitcheck.sources.local import open_path

        return open_path(word)
    if kind == "url":
        from fitcheck.sources.url import open_url

        return open_url(word, allow_network=allow_network)
    if kind == "hub":
        from fitcheck.sources.hub import open_hub

        return open_hub(word, allow_network=allow_network)
    if kind == "ollama":
        from fitcheck.sources.ollama import open_ollama

        return open_ollama(word)
    if kind == "lmstudio":
        from fitcheck.sources.lmstudio import open_lmstudio

        return open_lmstudio(word)
    if kind == "size":
        from fitcheck.sources.shorthand import open_size

        return open_size(word)
    raise UsageError(
        f"`{clean(word)}` names no file, folder, repository or size",
        "name a GGUF file, a folder with a config.json, `org/name` of the Hub, or a size such as "
        "`70b`",
    )
