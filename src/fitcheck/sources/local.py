"""Files and folders: GGUF, safetensors, `config.json`, and folders that hold them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from fitcheck.errors import SourceError
from fitcheck.sources.text import clean

if TYPE_CHECKING:
    from fitcheck.records.model import Model


def open_path(word: str) -> Model:
    """Open a file or a folder. Raises SourceError."""
    path = Path(word).expanduser()
    if not os.path.lexists(path):
        raise SourceError(f"`{clean(word)}` does not exist", "is the path right?")
    if path.is_dir():
        return _open_folder(path)
    lower = path.name.casefold()
    if lower.endswith(".json"):
        from fitcheck.sources.hf.folder import open_folder

        return open_folder(path.parent, config_file=path)
    if lower.endswith(".safetensors"):
        from fitcheck.sources.hf.folder import open_weights

        return open_weights(path)
    return open_gguf(path)


def open_gguf(path: Path, *, name: str = "") -> Model:
    """Open a GGUF file, `name` shown instead of the file's. Raises SourceError."""
    from fitcheck.sources.gguf.files import read_file
    from fitcheck.sources.gguf.model import gguf_model

    return gguf_model(read_file(path), file=name or path.name)


def gguf_files(folder: Path) -> list[Path]:
    """List the GGUF models directly in a folder: first parts only, projectors left out."""
    from fitcheck.sources.gguf.files import parts_of

    return [
        path
        for path in sorted(folder.glob("*.gguf"))
        if not path.name.casefold().startswith("mmproj") and parts_of(path.name)[0] == path.name
    ]


def _open_folder(folder: Path) -> Model:
    has_config = (folder / "config.json").is_file()
    files = gguf_files(folder)
    if has_config and (not files or any(folder.glob("*.safetensors"))):
        from fitcheck.sources.hf.folder import open_folder

        return open_folder(folder)
    if len(files) == 1:
        return open_gguf(files[0])
    if files:
        names = ", ".join(f"`{clean(path.name)}`" for path in files[:5])
        raise SourceError(
            f"`{clean(str(folder))}` holds {len(files)} GGUF files", f"name one: {names}"
        )
    raise SourceError(
        f"`{clean(str(folder))}` holds neither a config.json nor a GGUF file",
        "name the folder of one model",
    )
