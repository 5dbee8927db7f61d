"""What is on this machine already: the models of Ollama, LM Studio and the Hub's cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.errors import FitcheckError, UsageError
from fitcheck.records.record import replace

if TYPE_CHECKING:
    from fitcheck.records.model import Model


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
    from fitcheck.sources.hub_cache import MAX_LISTED, cached

    words = [f"ollama:{name}" for name in ollama.installed_names()]
    words += [f"lmstudio:{name}" for name in lmstudio.installed_paths()]
    words += [str(path) for path in cached()]
    return tuple(words[:MAX_LISTED])
