"""A vision or audio projector, a file of its own (`mmproj`), joined to the model it belongs to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fitcheck.errors import SourceError
from fitcheck.records.record import replace
from fitcheck.sources.gguf.files import read_file
from fitcheck.sources.gguf.model import projector_tensors

if TYPE_CHECKING:
    from fitcheck.records.model import Model


def with_projector(model: Model, word: str) -> Model:
    """Return a model with the tensors of the projector in the file `word`. Raises SourceError."""
    path = Path(word).expanduser()
    tensors = projector_tensors(read_file(path), file=path.name)
    if not model.stored:
        raise SourceError(
            "`--mmproj` needs a model read from a file", "name a GGUF file as the model"
        )
    vision = sum(item.tensor.elements for item in tensors if item.tensor.kind == "vision")
    audio = sum(item.tensor.elements for item in tensors if item.tensor.kind == "audio")
    modalities = dict.fromkeys(
        (*model.modalities, *(["vision"] * bool(vision)), *(["audio"] * bool(audio)))
    )
    return replace(
        model,
        stored=model.stored + tensors,
        vision_params=model.vision_params + vision,
        audio_params=model.audio_params + audio,
        modalities=tuple(modalities),
    )
