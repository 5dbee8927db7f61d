"""A folder or file of Hugging Face kind as a model: configuration, weights, format."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fitcheck.errors import SourceError
from fitcheck.records.model import Model
from fitcheck.records.sources import Source
from fitcheck.sources.hf.architecture import architecture
from fitcheck.sources.hf.config import MAX_CONFIG_BYTES, Config, UnknownConfigError, parse_json
from fitcheck.sources.hf.quantization import quantization
from fitcheck.sources.hf.safetensors import Shard, read_shard
from fitcheck.sources.hf.stored import stored_tensors
from fitcheck.sources.names import slug
from fitcheck.sources.ranges import FileRanges
from fitcheck.sources.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from fitcheck.records.architecture import Architecture
    from fitcheck.records.tensors import StoredTensor

ASSUMED_CONTEXT = 4096
RECURRENT_CONTEXT = 2**20  # what llama.cpp's converter writes for models without attention
MAX_SHARDS = 1000
_PLAIN = ("bf16", "fp32")  # what a configuration without weights leaves open
_ADAPTERS = ("adapter_model.safetensors",)
_VISION_KEYS = ("vision_config", "vit_config", "vision_tower_config", "mm_vision_tower")
_FILE_NAME = re.compile(rb':\s*"([A-Za-z0-9_][A-Za-z0-9_.-]{0,250}\.safetensors)"')
_CONTEXT_KEYS = (
    "max_position_embeddings", "n_positions", "max_seq_len", "seq_length", "model_max_length",
    "n_ctx", "max_sequence_length",
)  # fmt: skip


def open_folder(folder: Path, *, config_file: Path | None = None) -> Model:
    """Open a folder with a `config.json`; with `config_file` only that. Raises SourceError."""
    path = config_file or folder / "config.json"
    config = read_json(path)
    name = config.get("_name_or_path")
    if config_file is None or not isinstance(name, str) or not name.strip("./ "):
        name = folder.resolve().name
    shards: list[Shard] = []
    if config_file is None:
        _add_modelopt(folder, config)
        shards = [_read(file) for file in weight_files(folder)]
    return model_of(config, shards, name=name.rstrip("/").rsplit("/", 1)[-1], file=str(path))


def open_weights(path: Path) -> Model:
    """Open one safetensors file, with the `config.json` beside it if there is one."""
    beside = path.parent / "config.json"
    files = [path]
    if "-of-" in path.name:
        files = [file for file in weight_files(path.parent) if "-of-" in file.name] or files
    config = read_json(beside) if beside.is_file() else {}
    return model_of(config, [_read(file) for file in files], name=path.stem, file=str(path))


def model_of(
    config: dict[str, Any],
    shards: Sequence[Shard],
    *,
    name: str,
    file: str,
    url: str = "",
    repo: str = "",
) -> Model:
    """Build the model of a configuration and the headers of its weights, either may be empty.

    Raises SourceError where both leave nothing to say.
    """
    read = Config(config)
    notes: list[str] = []
    known: Architecture | None = None
    quantized = quantization(config)
    if config or not shards:
        try:
            known, assumed = architecture(read)
            notes += assumed
        except UnknownConfigError as unknown:
            if not shards:
                raise SourceError(
                    f"`{clean(file)}` describes no model: {clean(str(unknown))}",
                    "is it the config.json of a language model?",
                ) from None
            reason = clean(str(unknown))
            notes.append(f"weights are exact; cache, buffers and speed are unknown: {reason}")
    else:
        notes.append("weights are exact; cache and speed are unknown without a config.json")
    raw = [tensor for shard in shards for tensor in shard.tensors]
    stored = stored_tensors(raw, quantized, layers=known.layers if known else 0)
    missing = sum(shard.missing_bytes for shard in shards)
    if missing:
        notes.append(f"the weights are incomplete: {missing / 2**30:.1f} GiB are missing")
    if not shards:
        notes.append("no weights were read; their size follows from the configuration")
    if quantized.note:
        notes.append(quantized.note)
    context = _context(read, known)
    if not context:
        context = ASSUMED_CONTEXT
        if known:
            notes.append(f"no maximum context is stated; {ASSUMED_CONTEXT:,} is assumed")
    vision = any(config.get(key) for key in _VISION_KEYS)
    if vision and not shards:
        notes.append("the vision tower is not counted: a configuration does not tell its size")
    return Model(
        id=slug(name),
        name=clean(name),
        family=read.outer_type,
        architecture=known,
        max_context=context,
        native_format=quantized.format_id,
        repo=repo,
        modalities=("text", "vision") if vision else ("text",),
        vision_params=_elements(stored, "vision"),
        audio_params=_elements(stored, "audio"),
        mtp_params=_elements(stored, "mtp"),
        confidence="exact" if stored else ("low" if len(notes) > 1 else "high"),
        stored=stored,
        stored_format=quantized.format_id if stored or quantized.format_id not in _PLAIN else "",
        sources=(Source("configuration" if config else "weights", clean(file), url),),
        notes=tuple(notes),
    )


def _context(config: Config, known: Architecture | None) -> int:
    """Give the longest context the configuration states, 0 if none."""
    try:
        context = config.integer(*_CONTEXT_KEYS, default=0)
        if config.model_type.startswith("cohere"):  # was trained longer than its positions say
            context = max(context, config.integer("model_max_length", default=0))
    except UnknownConfigError:
        context = 0
    if not context and known and not _attends(known):
        return RECURRENT_CONTEXT
    return context if 0 < context < 10**9 else 0


def _attends(known: Architecture) -> bool:
    return any(part.kind in ("attention", "mla") for block in known.blocks for part in block.mixers)


def weight_files(folder: Path) -> list[Path]:
    """List the safetensors files that make up the weights: those of the index, or all."""
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        names = index_files(_limited(index, 4 * MAX_CONFIG_BYTES), str(index))
        missing = [name for name in names if not (folder / name).is_file()]
        if missing:
            raise SourceError(
                f"`{clean(str(folder))}` lacks {len(missing)} of {len(names)} weight files, the "
                f"first `{clean(missing[0])}`",
                "finish the download",
            )
        return [folder / name for name in names]
    found = sorted(path for path in folder.glob("*.safetensors") if path.name not in _ADAPTERS)
    whole = [path for path in found if path.name in ("model.safetensors", "output.safetensors")]
    consolidated = [path for path in found if not path.name.startswith("consolidated")]
    return (whole or consolidated or found)[:MAX_SHARDS]


def index_files(content: bytes, name: str) -> list[str]:
    """List the files an index names, each a plain name. Raises SourceError.

    Only the names are looked for: parsing the whole map of a large model takes seconds.
    """
    names: set[str] = set()
    if b'"weight_map"' in content:
        for found in _FILE_NAME.finditer(content):
            names.add(found[1].decode("ascii", errors="replace"))
            if len(names) > MAX_SHARDS:
                raise SourceError(f"`{clean(name)}` names too many files", "get it again")
    if not names:
        raise SourceError(f"`{clean(name)}` is not an index of weights", "get it again")
    return sorted(names)


def read_json(path: Path) -> dict[str, Any]:
    """Read a small JSON object. Raises SourceError."""
    return parse_json(_limited(path, MAX_CONFIG_BYTES), str(path))


def _limited(path: Path, limit: int) -> bytes:
    ranges = FileRanges(path)
    try:
        if ranges.size > limit:
            raise SourceError(
                f"`{ranges.name}` is larger than {limit // 2**20} MiB",
                "that is not a configuration",
            )
        return ranges.read(0, ranges.size)
    finally:
        ranges.close()


def _read(path: Path) -> Shard:
    ranges = FileRanges(path)
    try:
        return read_shard(ranges)
    finally:
        ranges.close()


def _add_modelopt(folder: Path, config: dict[str, Any]) -> None:
    """Older ModelOpt checkpoints tell their format in a file of its own."""
    path = folder / "hf_quant_config.json"
    if "quantization_config" not in config and path.is_file():
        inner = read_json(path).get("quantization")
        if isinstance(inner, dict):
            config["quantization_config"] = {"quant_method": "modelopt", **inner}


def _elements(stored: tuple[StoredTensor, ...], kind: str) -> int:
    return sum(item.tensor.elements for item in stored if item.tensor.kind == kind)
