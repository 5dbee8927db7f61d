"""Writes a model from any source as a record of the user's own tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fitcheck.errors import SourceError, UsageError
from fitcheck.records.record import REQUIRED, fields
from fitcheck.sources.names import slug
from fitcheck.sources.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from fitcheck.records.architecture import Architecture, Block
    from fitcheck.records.model import Model
    from fitcheck.records.sources import Source

_LONGEST_PERIOD = 24  # layers: no published pattern repeats later
_COUNTED_ELSEWHERE = ("vision_params", "audio_params")  # in the model's own fields
_MODALITIES = ("text", "vision", "audio", "video")


def save_as(model: Model, name: str, folder: Path) -> Path:
    """Write `model` under `name` to `folder`/models/`name`.yaml and give that path.

    `folder` is a data folder (`--data`, FITCHECK_DATA). Raises UsageError where the architecture is
    unknown or the name is taken, SourceError where the file cannot be written.
    """
    key = slug(name)
    path = folder / "models" / f"{key}.yaml"
    record = record_of(model, key=key, name=name)
    text = _yaml(record)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(
            f"`{clean(str(path))}` is there already", "choose another name, or remove the file"
        ) from None
    except OSError as error:
        raise SourceError(
            f"cannot write `{clean(str(path))}`: {error.strerror or error}",
            "`--data DIR` names another folder",
        ) from None
    return path


def record_of(model: Model, *, key: str, name: str) -> dict[str, Any]:
    """Give the record as the tables write it, checked by their schema. Raises UsageError."""
    if model.architecture is None:
        raise UsageError(
            f"the architecture of `{model.name}` is unknown, so it cannot be saved",
            "fitcheck reads the file itself each time: name it instead",
        )
    record: dict[str, Any] = {
        "id": key,
        "name": clean(name) or key,
        "family": model.family or "own",
        "repo": model.repo,
        "license": model.license,
        "modalities": [item for item in model.modalities if item in _MODALITIES],
        "max_context": model.max_context,
        "published_params": model.published_params,
        "vision_params": model.vision_params,
        "audio_params": model.audio_params,
        "image_tokens": model.image_tokens,
        "confidence": model.confidence,
        "architecture": _architecture(model.architecture),
        "sources": [_source(source) for source in model.sources]
        or [{"title": "given on the command line"}],
        "notes": list(model.notes) if model.confidence == "low" else [],  # not how a file was
    }
    record = {field: value for field, value in record.items() if value not in (None, "", 0, [])}
    _check(record)
    return record


def _source(source: Source) -> dict[str, str]:
    row = {"title": source.title, "url": source.url, "of": source.of}
    return {key: value for key, value in row.items() if value}


def _check(record: dict[str, Any]) -> None:
    from fitcheck.schema.models import ModelRow

    try:
        ModelRow.model_validate(record)
    except ValueError as error:  # of pydantic's kind, which lists what is wrong
        lines = [line.strip() for line in str(error).splitlines()[1:3]]
        raise UsageError(
            f"the model cannot be written as a record: {clean(': '.join(lines))}"
        ) from None


def _architecture(architecture: Architecture) -> dict[str, Any]:
    names = [block.name for block in architecture.blocks]
    if len(set(names)) < len(names):
        names = [f"block-{i}" for i in range(len(names))]
    row: dict[str, Any] = {
        "gguf": architecture.gguf,
        "hf": architecture.hf,
        "hidden": architecture.hidden,
        "vocabulary": architecture.vocabulary,
    }
    for field in fields(architecture):
        value = getattr(architecture, field.name)
        counted = isinstance(value, (bool, int)) and field.default is not REQUIRED
        if counted and value != field.default and field.name not in _COUNTED_ELSEWHERE:
            row[field.name] = value
    row["blocks"] = [
        _block(block, name) for block, name in zip(architecture.blocks, names, strict=True)
    ]
    row["layout"] = write_layout([names[i] for i in architecture.layout])
    if architecture.mtp_layout:
        row["mtp_layout"] = write_layout([names[i] for i in architecture.mtp_layout])
    for field_name in ("extra_tensors", "mtp_tensors"):
        tensors = getattr(architecture, field_name)
        if tensors:
            row[field_name] = [_part(tensor) for tensor in tensors]
    return row


def _block(block: Block, name: str) -> dict[str, Any]:
    row: dict[str, Any] = {"name": name}
    if block.mixers:
        row["mixers"] = [{"kind": part.kind, **_part(part)} for part in block.mixers]
    if block.feed_forwards:
        row["feed_forwards"] = [{"kind": part.kind, **_part(part)} for part in block.feed_forwards]
    row["norms"] = list(block.norms)
    if block.extra_tensors:
        row["extra_tensors"] = [_part(tensor) for tensor in block.extra_tensors]
    return row


def _part(part: Any) -> dict[str, Any]:  # noqa: ANN401  # one of the parts' records
    """Give the fields of a part that differ from their defaults."""
    row: dict[str, Any] = {}
    for field in fields(part):
        value = getattr(part, field.name)
        if value == field.default:
            continue
        if field.name == "tensors":
            row[field.name] = [_part(tensor) for tensor in value]
        else:
            row[field.name] = list(value) if isinstance(value, tuple) else value
    return row


def write_layout(names: Sequence[str]) -> str:
    """Write the order of layers short, as `3 dense, 10 (5 window, full)`; greedily."""
    items: list[str] = []
    position = 0
    while position < len(names):
        best_times, best_period = 1, 1
        for period in range(1, min(_LONGEST_PERIOD, len(names) - position) + 1):
            unit = names[position : position + period]
            times = 1
            while names[position + times * period : position + (times + 1) * period] == unit:
                times += 1
            if times > 1 and times * period > best_times * best_period:
                best_times, best_period = times, period
        unit = names[position : position + best_period]
        if len(set(unit)) == 1:
            count = best_times * best_period
            items.append(f"{count} {unit[0]}" if count > 1 else unit[0])
        else:
            inner = write_layout(unit)
            items.append(f"{best_times} ({inner})" if best_times > 1 else inner)
        position += best_times * best_period
    return ", ".join(items)


def _yaml(record: dict[str, Any]) -> str:
    import yaml

    body = yaml.safe_dump(
        [record], sort_keys=False, allow_unicode=True, width=100, default_flow_style=None
    )
    return f"# Written by `fitcheck --save-as`; edit it as you like.\n\n{body}"
