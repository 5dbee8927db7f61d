"""From the header of a GGUF file to the architecture it describes.

The metadata give the counts, the list of tensors shows what each layer really has.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fitcheck.records.architecture import Architecture, Block
from fitcheck.records.parts import ExtraTensor
from fitcheck.records.record import record, replace
from fitcheck.sources.contents import contents
from fitcheck.sources.gguf.facts import MAX_LAYERS, Facts, UnknownLayoutError
from fitcheck.sources.gguf.feed_forwards import feed_forwards
from fitcheck.sources.gguf.kinds import KEYS_AND_VALUES, kind_of, split_layer
from fitcheck.sources.gguf.known import ARCHITECTURES, ENCODERS
from fitcheck.sources.gguf.layer import Layer
from fitcheck.sources.gguf.layer_facts import LayerFacts
from fitcheck.sources.gguf.mixers import mixers
from fitcheck.sources.gguf.windows import windows

if TYPE_CHECKING:
    from fitcheck.sources.gguf.header import Header


_NORM = re.compile(r"norm(?:_\d|_exps)?\.weight$")


@record(kw_only=False)
class Layout:
    """The layers a file holds: how many a token passes, and how many predict further tokens."""

    layers: int
    mtp_layers: int

    @property
    def first_mtp_layer(self) -> int:
        """Index of the first prediction layer, -1 if there is none."""
        return self.layers if self.mtp_layers else -1


def layout(header: Header) -> Layout:
    """Count the layers. Raises UnknownLayoutError."""
    facts = Facts(header)
    present = {split_layer(tensor.name)[0] for tensor in header.tensors}
    count = facts.integer("block_count", max(present, default=-1) + 1)
    if not 0 < count <= MAX_LAYERS:
        raise UnknownLayoutError(f"it claims {count} layers")
    mtp = facts.integer("nextn_predict_layers", 0)
    if mtp >= count:
        raise UnknownLayoutError(f"it claims {mtp} prediction layers of {count}")
    return Layout(count - mtp, mtp)


def check_known(header: Header) -> None:
    """Raise UnknownLayoutError for an architecture whose cache nobody here knows."""
    name = Facts(header).architecture
    if name in ENCODERS:
        raise UnknownLayoutError(f"`{name}` does not decode token by token")
    if name not in ARCHITECTURES:
        raise UnknownLayoutError(f"the architecture `{name or '?'}` is not known")
    if name == "hrm_text" or Facts(header).integer("num_loops", 1) > 1:
        raise UnknownLayoutError("a token passes its layers several times")
    if name == "graniteswitch":
        raise UnknownLayoutError("it switches between adapters")


def architecture(header: Header) -> Architecture:
    """Describe the file's architecture. Raises UnknownLayoutError with what cannot be known."""
    check_known(header)
    facts = Facts(header)
    counts = layout(header)
    total = counts.layers + counts.mtp_layers
    inside, outside = _by_layer(header, total)
    known = LayerFacts(facts, total, windows(facts, total))
    active = facts.per_layer("expert_used_count", total, 0)
    blocks: list[Block] = []
    order: list[int] = []
    kinds: dict[object, int] = {}  # records compare by identity; what they say tells them apart
    mtp_tensors: tuple[ExtraTensor, ...] = ()
    for index in range(total):
        layer = Layer(index, inside.get(index, {}))
        if index >= counts.layers:
            mtp_tensors = _take_nextn(layer, mtp_tensors)
            if not layer.shapes:
                continue
        block = _block(layer, known, active[index])
        order.append(kinds.setdefault(contents(block), len(kinds)))
        if len(kinds) > len(blocks):
            blocks.append(block)
    if not blocks:
        raise UnknownLayoutError("it has no layers")
    embedding = outside.get("token_embd.weight", ())
    if len(embedding) != 2:  # noqa: PLR2004
        raise UnknownLayoutError("it has no token embedding")
    positions = outside.get("position_embd.weight", (0, 0))
    handled = {
        "token_embd.weight",
        "output.weight",
        "output.bias",
        "output_norm.weight",
        "output_norm.bias",
        "position_embd.weight",
    }
    return Architecture(
        gguf=facts.architecture,
        hf="",
        hidden=known.hidden,
        vocabulary=embedding[1],
        blocks=tuple(replace(b, name=_block_name(b, n)) for n, b in enumerate(blocks)),
        layout=tuple(order[: counts.layers]),
        tied="output.weight" not in outside,
        norm_bias="output_norm.bias" in outside,
        output_norm="output_norm.weight" in outside,
        output_bias="output.bias" in outside,
        positions=positions[1] if len(positions) == 2 else 0,  # noqa: PLR2004
        mtp_layout=tuple(order[counts.layers :]),
        extra_tensors=tuple(
            ExtraTensor(
                name=name,
                shape=shape,
                kind=kind_of(name, shape, first_mtp_layer=-1),
                hf=not name.startswith("rope_f"),
            )
            for name, shape in outside.items()
            if name not in handled and not _is_tower(name)
        ),
        mtp_tensors=mtp_tensors,
        mtp_in_gguf=counts.mtp_layers > 0,
    )


def _is_tower(name: str) -> bool:
    """Tell whether a tensor belongs to a vision or audio tower, which are counted, not listed."""
    return kind_of(name, (1, 1), first_mtp_layer=-1) in ("vision", "audio")


def _by_layer(
    header: Header, total: int
) -> tuple[dict[int, dict[str, tuple[int, ...]]], dict[str, tuple[int, ...]]]:
    inside: dict[int, dict[str, tuple[int, ...]]] = {}
    outside: dict[str, tuple[int, ...]] = {}
    for tensor in header.tensors:
        layer, rest = split_layer(tensor.name)
        if layer >= total:
            raise UnknownLayoutError(f"it has a layer {layer} of {total}")
        (outside if layer < 0 else inside.setdefault(layer, {}))[rest] = tensor.shape
    return inside, outside


def _take_nextn(layer: Layer, found: tuple[ExtraTensor, ...]) -> tuple[ExtraTensor, ...]:
    names = [name for name in layer.shapes if name.startswith("nextn.")]
    taken = tuple(
        ExtraTensor(name=name, shape=layer.shapes.pop(name), kind="mtp") for name in names
    )
    return found or taken


def _block(layer: Layer, known: LayerFacts, active: int) -> Block:
    if not layer.shapes:  # pruned whole, as in Nemotron models made by architecture search
        return Block(name="", norms=())
    found = mixers(layer, known)
    after = feed_forwards(layer, active)
    if not found and not after:
        raise UnknownLayoutError(f"layer {layer.index} has no tensors that fitcheck knows")
    rest = layer.unclaimed()
    norms = tuple(
        name.removesuffix(".weight")
        for name, shape in rest.items()
        if _NORM.search(name) and shape == (known.hidden,)
    )
    sharing = any(getattr(mixer, "shares_kv", False) for mixer in found)
    extras = tuple(
        ExtraTensor(name=name, shape=shape, kind=_extra_kind(name, shape, sharing=sharing))
        for name, shape in rest.items()
        if name.removesuffix(".weight").removesuffix(".bias") not in norms
    )
    return Block(name="", mixers=found, feed_forwards=after, norms=norms, extra_tensors=extras)


def _extra_kind(name: str, shape: tuple[int, ...], *, sharing: bool) -> str:
    if sharing and name.startswith(KEYS_AND_VALUES):
        return "unused"
    return kind_of(f"blk.0.{name}", shape, first_mtp_layer=-1)


def _block_name(block: Block, number: int) -> str:
    words = [mixer.kind for mixer in block.mixers] + [part.kind for part in block.feed_forwards]
    if any(getattr(mixer, "window", 0) for mixer in block.mixers):
        words.insert(0, "window")
    return "-".join(words or ["nothing"]) + (f"-{number}" if number else "")
