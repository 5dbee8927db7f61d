"""LM Studio's models folder: `<folder>/<publisher>/<model>/<file>.gguf`, or an MLX folder.

Source: https://lmstudio.ai/docs/app/advanced/import-model
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from fitcheck.errors import SourceError
from fitcheck.records.record import replace
from fitcheck.sources.text import clean

if TYPE_CHECKING:
    from fitcheck.records.model import Model

MAX_LISTED = 10_000
MAX_SETTINGS_BYTES = 2**20


def folders() -> list[Path]:
    """List where LM Studio keeps models: the folder in its settings, and its defaults."""
    home = Path(os.environ.get("LMSTUDIO_HOME") or Path.home() / ".lmstudio").expanduser()
    places = [home / "models", Path.home() / ".cache" / "lm-studio" / "models"]
    settings = home / "settings.json"
    try:
        if settings.stat().st_size <= MAX_SETTINGS_BYTES:
            named = json.loads(settings.read_bytes()).get("downloadsFolder")
            if isinstance(named, str) and named and "\0" not in named:
                places.insert(0, Path(named).expanduser())
    except (OSError, ValueError, AttributeError, RecursionError):
        pass
    found: list[Path] = []
    for place in places:
        if place not in found and os.path.isdir(place):  # noqa: PTH112  # never raises
            found.append(place)
    return found


def installed_paths() -> dict[str, Path]:
    """Name every model of LM Studio: `publisher/model`, and its file if it has several."""
    from fitcheck.sources.local import gguf_files

    found: dict[str, Path] = {}
    for root in folders():
        for folder in sorted(root.glob("*/*"))[:MAX_LISTED]:
            if not folder.is_dir():
                continue
            name = "/".join(folder.relative_to(root).parts)
            files = gguf_files(folder)
            if files:
                for path in files:
                    key = name if len(files) == 1 else f"{name}/{path.name}"
                    found.setdefault(clean(key), path)
            elif (folder / "config.json").is_file():
                found.setdefault(clean(name), folder)
    return found


def open_lmstudio(word: str) -> Model:
    """Open `lmstudio:publisher/model`, or its file, or any part of the name that only it has."""
    from fitcheck.sources.local import open_path

    name = word.partition(":")[2].strip("/")
    found = installed_paths()
    wanted = name.casefold()
    matches = [key for key in found if key.casefold() == wanted]
    matches = matches or [key for key in found if wanted and wanted in key.casefold()]
    if len(matches) == 1:
        return replace(open_path(str(found[matches[0]])), name=f"{matches[0]} (LM Studio)")
    if matches:
        names = ", ".join(f"`lmstudio:{key}`" for key in matches[:3])
        raise SourceError(
            f"LM Studio has {len(matches)} models like `{clean(name)}`", f"name one: {names}"
        )
    raise SourceError(
        f"LM Studio has no model `{clean(name)}` on this machine",
        "`fitcheck model --installed` lists what is there",
    )
