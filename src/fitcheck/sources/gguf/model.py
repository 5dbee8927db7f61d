"""The model in a GGUF file: exact bytes of every tensor, and the architecture if it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.errors import SourceError
from fitcheck.records.model import Model
from fitcheck.records.sources import Source
from fitcheck.records.tensors import StoredTensor, Tensor
from fitcheck.sources.gguf.architecture import architecture, check_known, layout
from fitcheck.sources.gguf.facts import UnknownLayoutError
from fitcheck.sources.gguf.files import stem
from fitcheck.sources.gguf.header import Header
from fitcheck.sources.gguf.kinds import KEYS_AND_VALUES, kind_of, split_layer
from fitcheck.sources.gguf.label import preset, storage_id
from fitcheck.sources.names import slug
from fitcheck.sources.text import clean

if TYPE_CHECKING:
    from fitcheck.records.architecture import Architecture

ASSUMED_CONTEXT = 4096
_PROJECTORS = ("clip", "mmproj")


def gguf_model(headers: tuple[Header, ...], *, file: str, url: str = "") -> Model:
    """Build the model from the headers of all parts of one file. Raises SourceError."""
    merged = _merge(headers)
    metadata = merged.metadata
    if not merged.tensors:
        raise SourceError(f"`{clean(file)}` holds no tensors", "it may hold only a vocabulary")
    name = clean(stem(file))
    notes: list[str] = []
    known: Architecture | None = None
    first_mtp = -1
    try:
        check_known(merged)
        first_mtp = layout(merged).first_mtp_layer
        known = architecture(merged)
    except UnknownLayoutError as unknown:
        reason = clean(str(unknown))
        notes.append(f"weights are exact; cache, buffers and speed are unknown, because {reason}")
    stored = _stored(merged, known, first_mtp)
    notes += _notes(merged)
    label = preset(merged, name)
    if label.note:
        notes.append(label.note)
    family = clean(str(metadata.get("general.architecture", "")))
    context = metadata.get(f"{family}.context_length")
    if not isinstance(context, int) or not 0 < context < 2**31:
        context = ASSUMED_CONTEXT
        if known:
            notes.append(f"the file states no maximum context; {ASSUMED_CONTEXT:,} is assumed")
    title = metadata.get("general.name")
    return Model(
        id=slug(name),
        name=clean(title) if isinstance(title, str) and clean(title) else name,
        family=family,
        architecture=known,
        max_context=context,
        repo=clean(str(metadata.get("general.source.huggingface.repository", ""))),
        license=clean(str(metadata.get("general.license", ""))),
        vision_params=_elements(stored, "vision"),
        audio_params=_elements(stored, "audio"),
        mtp_params=_elements(stored, "mtp"),
        stored=stored,
        stored_format=label.format_id,
        sources=(Source("weights", clean(file), url),),
        notes=tuple(notes),
    )


def projector_tensors(headers: tuple[Header, ...], *, file: str) -> tuple[StoredTensor, ...]:
    """List the tensors of a vision or audio projector (`mmproj`). Raises SourceError."""
    merged = _merge(headers)
    family = merged.metadata.get("general.architecture")
    if family not in _PROJECTORS:
        raise SourceError(
            f"`{clean(file)}` is not a vision projector but a `{clean(str(family))}` model",
            "projectors are the files named `mmproj-….gguf`",
        )
    return tuple(
        StoredTensor(
            Tensor(info.name, info.shape, "audio" if info.name.startswith("a.") else "vision"),
            storage_id(info),
            info.stored_bytes,
        )
        for info in merged.tensors
    )


def _stored(header: Header, known: Architecture | None, first_mtp: int) -> tuple[StoredTensor, ...]:
    sharing = set()
    if known:
        sharing = {
            index
            for index, block in enumerate(known.layer_blocks())
            if any(getattr(mixer, "shares_kv", False) for mixer in block.mixers)
        }
    layers: dict[tuple[str, tuple[int, ...], str, str, int], list[int]] = {}
    for info in header.tensors:
        layer, rest = split_layer(info.name)
        kind = kind_of(info.name, info.shape, first_mtp_layer=first_mtp)
        if layer in sharing and rest.startswith(KEYS_AND_VALUES):
            kind = "unused"  # the layer reads an earlier layer's cache
        key = rest, info.shape, kind, storage_id(info), info.stored_bytes
        layers.setdefault(key, []).extend([layer] if layer >= 0 else [])
    return tuple(
        StoredTensor(Tensor(name, shape, kind, tuple(own)), storage, size)
        for (name, shape, kind, storage, size), own in layers.items()
    )


def _merge(headers: tuple[Header, ...]) -> Header:
    first = headers[0]
    if len(headers) == 1:
        return first
    return Header(
        version=first.version,
        big_endian=first.big_endian,
        metadata=first.metadata,
        array_lengths=first.array_lengths,
        tensors=tuple(tensor for header in headers for tensor in header.tensors),
        header_bytes=sum(header.header_bytes for header in headers),
        missing_bytes=sum(header.missing_bytes for header in headers),
    )


def _notes(header: Header) -> list[str]:
    notes = []
    if header.missing_bytes:
        total = sum(tensor.stored_bytes for tensor in header.tensors)
        notes.append(
            f"the file is incomplete: {header.missing_bytes / 2**30:.1f} of "
            f"{total / 2**30:.1f} GiB are missing"
        )
    if header.big_endian:
        notes.append("the file is big-endian; llama.cpp reads it on big-endian machines only")
    if header.version == 1:
        notes.append("the file is GGUF version 1, which llama.cpp no longer reads")
    return notes


def _elements(stored: tuple[StoredTensor, ...], kind: str) -> int:
    return sum(item.tensor.elements for item in stored if item.tensor.kind == kind)
