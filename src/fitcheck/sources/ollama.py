"""Ollama's local store: a name such as `llama3.1:8b` to the GGUF file behind it, without Ollama.

A manifest lies at `manifests/<registry>/<namespace>/<name>/<tag>`, its layers at
`blobs/sha256-<digest>`. Source: https://github.com/ollama/ollama (types/model, manifest)
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from fitcheck.errors import SourceError
from fitcheck.records.record import replace
from fitcheck.sources.text import clean

if TYPE_CHECKING:
    from fitcheck.records.model import Model

REGISTRY = "registry.ollama.ai"
NAMESPACE = "library"
MAX_MANIFEST_BYTES = 2**20
MAX_LISTED = 10_000
_MODEL = "application/vnd.ollama.image.model"
_PROJECTOR = "application/vnd.ollama.image.projector"
_DIGEST = re.compile(r"^sha256[:-]([0-9a-f]{64})$")
_PART = re.compile(r"^[A-Za-z0-9_][\w.-]{0,255}$")


def folders() -> list[Path]:
    """List where Ollama keeps models: $OLLAMA_MODELS, the user's, the service's."""
    named = os.environ.get("OLLAMA_MODELS")
    if named:
        return [Path(named).expanduser()]
    places = [Path.home() / ".ollama" / "models", Path("/usr/share/ollama/.ollama/models")]
    return [place for place in places if _readable(place)]


def open_ollama(word: str) -> Model:
    """Open `ollama:name:tag` from the local store. Raises SourceError."""
    name = word.partition(":")[2]
    path_parts = _manifest_path(name)
    for folder in folders():
        manifest = folder.joinpath("manifests", *path_parts)
        if manifest.is_file():
            return _open_manifest(folder, manifest, display(path_parts))
    known = installed_names()
    close = [item for item in known if item.startswith(name.split(":")[0])][:3]
    hint = (
        f"did you mean {' or '.join(f'`ollama:{item}`' for item in close)}?"
        if close
        else ("`ollama list` shows what is there; `ollama pull` gets more")
    )
    raise SourceError(f"Ollama has no model `{clean(name)}` on this machine", hint)


def installed_names() -> list[str]:
    """Name every model of the local store, as Ollama names it."""
    names = []
    for folder in folders():
        root = folder / "manifests"
        for count, path in enumerate(sorted(root.glob("*/*/*/*"))):
            if count >= MAX_LISTED:
                break
            if path.is_file():
                names.append(clean(display(path.relative_to(root).parts)))
    return names


def display(parts: tuple[str, ...]) -> str:
    """Shorten registry/namespace/name/tag to what Ollama shows."""
    registry, namespace, name, tag = parts
    if registry != REGISTRY:
        return f"{registry}/{namespace}/{name}:{tag}"
    return f"{name}:{tag}" if namespace == NAMESPACE else f"{namespace}/{name}:{tag}"


def _manifest_path(name: str) -> tuple[str, str, str, str]:
    path, _, tag = name.rpartition(":") if ":" in name.rsplit("/", 1)[-1] else (name, "", "latest")
    parts = path.split("/")
    defaults = [REGISTRY, NAMESPACE]
    full = [*defaults[: max(3 - len(parts), 0)], *parts, tag]
    if len(full) != 4 or not all(_PART.match(part) for part in full):  # noqa: PLR2004
        raise SourceError(
            f"`{clean(name)}` is not a name Ollama uses", "names look like `llama3.1:8b`"
        )
    return full[0], full[1], full[2], full[3]


def _open_manifest(folder: Path, manifest: Path, name: str) -> Model:
    from fitcheck.sources.local import open_gguf
    from fitcheck.sources.projector import with_projector

    layers = _layers(manifest, name)
    blobs = [_blob(folder, digest) for kind, digest in layers if kind == _MODEL]
    if not blobs:
        raise SourceError(
            f"Ollama's `{clean(name)}` has no GGUF file", "it may run in Ollama's cloud only"
        )
    if not blobs[0].is_file():
        raise SourceError(
            f"the file of Ollama's `{clean(name)}` is missing", f"`ollama pull {clean(name)}`"
        )
    model = open_gguf(blobs[0], name=name)
    for kind, digest in layers:
        if kind == _PROJECTOR and _blob(folder, digest).is_file():
            model = with_projector(model, str(_blob(folder, digest)))
    return replace(model, name=f"{clean(name)} (Ollama)")


def _layers(manifest: Path, name: str) -> list[tuple[str, str]]:
    broken = SourceError(
        f"Ollama's manifest of `{clean(name)}` is damaged", f"`ollama pull {clean(name)}`"
    )
    try:
        if manifest.stat().st_size > MAX_MANIFEST_BYTES:
            raise broken
        content = json.loads(manifest.read_bytes())
    except (OSError, ValueError, RecursionError):
        raise broken from None
    layers = content.get("layers") if isinstance(content, dict) else None
    if not isinstance(layers, list):
        raise broken
    found = []
    for layer in layers:
        kind = layer.get("mediaType") if isinstance(layer, dict) else None
        digest = layer.get("digest") if isinstance(layer, dict) else None
        if not isinstance(kind, str) or not isinstance(digest, str) or not _DIGEST.match(digest):
            raise broken
        found.append((kind, digest))
    return found


def _blob(folder: Path, digest: str) -> Path:
    return folder / "blobs" / digest.replace(":", "-")


def _readable(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False
