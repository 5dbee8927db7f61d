"""From a `config.json` to the architecture it describes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.architecture import Architecture, Block
from fitcheck.records.parts import ExtraTensor, FeedForward, MixtureOfExperts
from fitcheck.records.record import replace
from fitcheck.sources.contents import contents
from fitcheck.sources.hf import layer_types as kinds
from fitcheck.sources.hf.feed_forwards import feed_forward
from fitcheck.sources.hf.mixers import mixers
from fitcheck.sources.hf.shape import Shape, shape
from fitcheck.sources.hf.traits import Traits, traits_of

if TYPE_CHECKING:
    from fitcheck.sources.hf.config import Config

_ALONE = ("mamba", "mamba2", "falcon_mamba", "nemotron_h")  # a layer mixes or feeds forward


def architecture(config: Config) -> tuple[Architecture, tuple[str, ...]]:
    """Describe the architecture, with notes on what was assumed. Raises UnknownConfigError."""
    common = shape(config)
    traits = traits_of(config.model_type) or traits_of(config.outer_type)
    notes: tuple[str, ...] = ()
    if traits is None:
        traits = Traits()
        kind = config.model_type or "?"
        notes = (f"the model type `{kind}` is not known; it is read as a Llama-like decoder",)
    blocks: list[Block] = []
    names: list[str] = []
    order: list[int] = []
    seen: dict[object, int] = {}  # records compare by identity; what they say tells them apart
    with_experts = kinds.sparse(config, common.layers)
    for layer, kind in enumerate(kinds.mixing(config, common.layers)):
        block = _block(config, common, traits, kind=kind, sparse=with_experts[layer], layer=layer)
        order.append(seen.setdefault(contents(block), len(seen)))
        if len(seen) > len(blocks):
            blocks.append(block)
            names.append(_name(kind, block))
    mtp = min(config.integer("num_nextn_predict_layers", "mtp_num_hidden_layers", default=0), 16)
    tied = config.raw("tie_word_embeddings", "tie_embedding")
    if not isinstance(tied, bool):
        outer = config.outer.get("tie_word_embeddings")
        tied = outer if isinstance(outer, bool) else traits.tied
    positions = 0
    if traits.positions:
        positions = config.integer("max_position_embeddings", "n_positions", default=0)
    norm_renamed = traits.gguf.startswith("lfm2")  # llama.cpp calls the last norm after the first
    last_norm = (
        (ExtraTensor(name="token_embd_norm.weight", shape=(common.hidden,), kind="norm"),)
        if norm_renamed
        else ()
    )
    described = Architecture(
        gguf=_gguf_name(traits, any(with_experts)),
        hf=config.model_type,
        hidden=common.hidden,
        vocabulary=config.integer("vocab_size", "padded_vocab_size"),
        blocks=tuple(_renamed(block, name, names, i) for i, (block, name) in
                     enumerate(zip(blocks, names, strict=True))),
        layout=tuple(order),
        tied=tied,
        norm_bias=traits.norm_bias,
        output_norm=traits.output_norm and not norm_renamed,
        extra_tensors=_rope_tensors(config, common) + last_norm,
        output_bias=traits.output_bias,
        positions=positions,
        mtp_layout=(order[-1],) * mtp,
        mtp_in_gguf=traits.mtp_in_gguf and mtp > 0,
    )  # fmt: skip
    return described, notes


def _rope_tensors(config: Config, common: Shape) -> tuple[ExtraTensor, ...]:
    """List the frequency tables that llama.cpp's converter adds for scaled rotations."""
    scaling = config.inside("rope_scaling") or config.inside("rope_parameters")
    kind = scaling.raw("rope_type", "type") if scaling else None
    width = config.integer("qk_rope_head_dim", default=common.head_dim) // 2
    names = {"llama3": ("rope_freqs",), "longrope": ("rope_factors_long", "rope_factors_short")}
    return tuple(
        ExtraTensor(name=f"{name}.weight", shape=(width,), kind="norm", hf=False)
        for name in names.get(str(kind), ())
        if width
    )


def _block(
    config: Config, common: Shape, traits: Traits, *, kind: str, sparse: bool, layer: int
) -> Block:
    found = mixers(config, common, traits, kind, layer)
    after: tuple[FeedForward | MixtureOfExperts, ...] = ()
    if config.model_type not in _ALONE or not found:
        after = (feed_forward(config, common, traits, sparse=sparse, layer=layer),)
    norms = traits.norms
    if traits.gguf == "falcon" and config.flag("new_decoder_architecture"):
        norms = ("attn_norm", "attn_norm_2")
    if sparse and config.flag("enable_moe_block"):  # Gemma 4: experts beside a dense one
        after = (
            feed_forward(config, common, traits, sparse=False, layer=layer),
            replace(after[0], fused=True),
        )
        norms += ("post_ffw_norm_1", "pre_ffw_norm_2", "post_ffw_norm_2")
    return Block(name="layer", mixers=found, feed_forwards=after, norms=norms)


def _gguf_name(traits: Traits, sparse: bool) -> str:
    return "nemotron_h_moe" if sparse and traits.gguf == "nemotron_h" else traits.gguf


def _name(kind: str, block: Block) -> str:
    sparse = any(part.kind == "moe" for part in block.feed_forwards)
    return f"{kind}-moe" if sparse else kind


def _renamed(block: Block, name: str, names: list[str], index: int) -> Block:
    if len(names) == 1:
        return block
    return replace(block, name=f"{name}-{index}" if names.count(name) > 1 else name)
