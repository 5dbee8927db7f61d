"""A model known by its size alone: `70b`, `30b-a3b`, or a few of its counts.

The rest is what models of that size are commonly built like; the answer says so and its
confidence is low. Depth by size and the widths are those of the Llama 3, Qwen 2.5/3 and DeepSeek-V3
families, whose configurations are in the catalogue.
"""

from __future__ import annotations

import math
import re
from itertools import pairwise

from fitcheck.errors import UsageError
from fitcheck.records.architecture import Architecture, Block
from fitcheck.records.model import Model
from fitcheck.records.parts import Attention, FeedForward, MixtureOfExperts
from fitcheck.sources.text import clean

VOCABULARY = 128_256
HEAD_DIM = 128
KV_HEADS = 8
CONTEXT = 131_072
FEED_FORWARD_RATIO = 3.5  # of the hidden size
TIED_BELOW = 4e9  # parameters: smaller models share the embedding with the head

MIN_PARAMS, MAX_PARAMS = 10**7, 10**13
MAX_LAYERS, MAX_HIDDEN = 512, 131_072

# (parameters, layers): Llama 3.2 1B and 3B, Llama 3.1 8B, Qwen2.5 14B and 32B, Llama 3.1 70B, 405B
_DENSE_DEPTH = (
    (0.1e9, 12), (0.5e9, 24), (1.2e9, 16), (3.2e9, 28), (8e9, 32), (14.8e9, 48), (32.8e9, 64),
    (70.6e9, 80), (405e9, 126),
)  # fmt: skip
# OLMoE 7B-A1B, gpt-oss 20B, Qwen3 30B-A3B, gpt-oss 120B, Qwen3 235B-A22B, DeepSeek-V3 671B
_MOE_DEPTH = ((7e9, 16), (21e9, 24), (30.5e9, 48), (117e9, 36), (235e9, 94), (671e9, 61))
# (experts, active) in use, and the share of the active weights that is not routed in those models
_EXPERTS = ((8, 2), (64, 8), (64, 6), (128, 8), (256, 8), (384, 8), (512, 8))
_DENSE_SHARE = 0.4

_SIZE = re.compile(
    r"^(?P<total>\d{1,6}(?:\.\d{1,6})?)(?P<unit>[bm])"
    r"(?:-?a(?P<active>\d{1,6}(?:\.\d{1,6})?)(?P<active_unit>[bm]))?$",
    re.IGNORECASE,
)
_UNITS = {"b": 1e9, "m": 1e6}


def open_size(word: str) -> Model:
    """Make a model of `70b` or `30b-a3b`. Raises UsageError."""
    match = _SIZE.match(word)
    if match is None:
        raise UsageError(f"`{clean(word)}` is not a size", "sizes look like `70b` or `30b-a3b`")
    params = round(float(match["total"]) * _UNITS[match["unit"].lower()])
    active = None
    if match["active"]:
        active = round(float(match["active"]) * _UNITS[match["active_unit"].lower()])
    return typical_model(params=params, active=active, name=word.casefold())


def typical_model(
    *,
    params: int,
    active: int | None = None,
    layers: int | None = None,
    hidden: int | None = None,
    heads: int | None = None,
    kv_heads: int | None = None,
    feed_forward: int | None = None,
    vocabulary: int = VOCABULARY,
    max_context: int = CONTEXT,
    name: str = "",
) -> Model:
    """Make a model of a parameter count and what else is known of it. Raises UsageError."""
    _check("params", params, MIN_PARAMS, MAX_PARAMS)
    if active is not None:
        _check("active", active, MIN_PARAMS, params)
    _check("layers", layers, 1, MAX_LAYERS)
    _check("hidden", hidden, 64, MAX_HIDDEN)
    sparse = active is not None and active < params * 0.95
    depth = layers or _depth(params, _MOE_DEPTH if sparse else _DENSE_DEPTH)
    tied = params < TIED_BELOW
    if sparse:
        assert active is not None  # noqa: S101  # sparse says so
        built = _sparse(
            params, active=active, depth=depth, hidden=hidden, kv_heads=kv_heads,
            vocabulary=vocabulary,
        )  # fmt: skip
    else:
        built = _dense(
            params, depth=depth, hidden=hidden, heads=heads, kv_heads=kv_heads,
            feed_forward=feed_forward, vocabulary=vocabulary,
        )  # fmt: skip
    width, block = built
    architecture = Architecture(
        gguf="", hf="", hidden=width, vocabulary=vocabulary, blocks=(block,),
        layout=(0,) * depth, tied=tied,
    )  # fmt: skip
    part = block.mixers[0]
    assert isinstance(part, Attention)  # noqa: S101  # made so above
    label = name or (f"{params / 1e9:g}b" + (f"-a{active / 1e9:g}b" if sparse and active else ""))
    return Model(
        id=label,
        name=f"a typical {label.upper()} model",
        family="typical",
        architecture=architecture,
        max_context=max_context,
        published_params=params,
        confidence="low",
        notes=(
            (
                "only the size is known; a typical architecture is assumed: "
                f"{depth} layers, hidden size {width:,}, {part.kv_heads} KV heads of "
                f"{part.head_dim}{_experts_text(block)}"
            ),
        ),
    )


def _experts_text(block: Block) -> str:
    part = block.feed_forwards[0]
    if isinstance(part, MixtureOfExperts):
        return f", {part.active} of {part.experts} experts active"
    return ""


def _check(flag: str, value: int | None, low: int, high: int) -> None:
    if value is not None and not low <= value <= high:
        raise UsageError(f"`--{flag}` is {value:,}", f"from {low:,} to {high:,} is possible")


def _depth(params: int, table: tuple[tuple[float, int], ...]) -> int:
    """Interpolate the number of layers on a logarithmic scale of size."""
    if params <= table[0][0]:
        return table[0][1]
    for (low, shallow), (high, deep) in pairwise(table):
        if params <= high:
            share = math.log(params / low) / math.log(high / low)
            return round(shallow + share * (deep - shallow))
    return table[-1][1]


def _round_width(value: float) -> int:
    """Round a width as makers do: to whole blocks of 256, which quantizers need, if it is large."""
    return _round(value, 256 if value > 640 else 64)  # noqa: PLR2004  # 512 and 768 are its sides


def _round(value: float, multiple: int) -> int:
    return max(round(value / multiple), 1) * multiple


def _embeddings(params: int, hidden: int, vocabulary: int) -> int:
    return vocabulary * hidden * (1 if params < TIED_BELOW else 2)


def _solve(square: float, linear: float, target: float) -> float:
    """Solve square·h² + linear·h = target for h > 0."""
    return (math.sqrt(linear * linear + 4 * square * target) - linear) / (2 * square)


def _dense(
    params: int,
    *,
    depth: int,
    hidden: int | None,
    heads: int | None,
    kv_heads: int | None,
    feed_forward: int | None,
    vocabulary: int,
) -> tuple[int, Block]:
    """Solve params = tables·V·h + L·(2h² + 2·h·kv·128 + 3·h·ffn), ffn ≈ 3.5h."""
    kv_width = (kv_heads or KV_HEADS) * HEAD_DIM
    tables = 1 if params < TIED_BELOW else 2
    per_layer = 2 + 3 * FEED_FORWARD_RATIO
    solved = _solve(depth * per_layer, tables * vocabulary + 2 * depth * kv_width, params)
    width = hidden or _round_width(solved)
    head_dim = HEAD_DIM if width % HEAD_DIM == 0 and width >= 8 * HEAD_DIM else 64
    heads = heads or max(width // head_dim, 1)
    head_dim = max(width // heads, 1)
    kv = kv_heads or min(KV_HEADS, heads)
    attention = 2 * width * heads * head_dim + 2 * width * kv * head_dim
    left = params - _embeddings(params, width, vocabulary) - depth * attention
    size = feed_forward or _round_width(left / (3 * depth * width))
    if left <= 0 and feed_forward is None:
        raise UsageError(
            f"{params:,} parameters are too few for {depth} layers of {width:,}",
            "give fewer `--layers` or a smaller `--hidden`",
        )
    mixer = Attention(heads=heads, kv_heads=kv, head_dim=head_dim)
    return width, Block(name="layer", mixers=(mixer,), feed_forwards=(FeedForward(size=size),))


def _sparse(
    params: int,
    *,
    active: int,
    depth: int,
    hidden: int | None,
    kv_heads: int | None,
    vocabulary: int,
) -> tuple[int, Block]:
    """Routed experts hold (total - active)·n/(n - k); the rest is attention, tables, shared."""
    ratio = (params - active) / active  # of weights left out to weights read

    def dense_share(pair: tuple[int, int]) -> float:
        return 1 - ratio * pair[1] / (pair[0] - pair[1])

    experts, used = min(_EXPERTS, key=lambda pair: abs(dense_share(pair) - _DENSE_SHARE))
    routed = (params - active) * experts / (experts - used)
    dense = active * max(dense_share((experts, used)), 0.1)
    kv = kv_heads or KV_HEADS
    tables = 1 if params < TIED_BELOW else 2
    solved = _solve(depth * 3.0, tables * vocabulary + 2 * depth * kv * HEAD_DIM, dense * 0.9)
    width = hidden or _round_width(solved)
    heads = max(_round(1.5 * width / HEAD_DIM, kv), kv)
    attention = 2 * width * heads * HEAD_DIM + 2 * width * kv * HEAD_DIM
    left = dense - _embeddings(params, width, vocabulary) - depth * attention
    shared = _round_width(left / (3 * depth * width)) if left > 3 * depth * width * 64 else 0
    size = _round(routed / (3 * depth * width * experts), 32)
    return width, Block(
        name="layer",
        mixers=(Attention(heads=heads, kv_heads=kv, head_dim=HEAD_DIM),),
        feed_forwards=(
            MixtureOfExperts(experts=experts, active=used, size=size, shared_size=shared),
        ),
    )
