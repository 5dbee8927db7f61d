"""The counts that every layer of a configuration shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.records.record import record
from fitcheck.sources.hf.config import UnknownConfigError

if TYPE_CHECKING:
    from fitcheck.sources.hf.config import Config


@record(kw_only=False)
class Shape:
    """The counts every layer shares, read once."""

    hidden: int
    layers: int
    heads: tuple[int, ...]
    kv_heads: tuple[int, ...]
    head_dim: int
    first_sharing_layer: int


def shape(config: Config) -> Shape:
    """Read what every layer shares. Raises UnknownConfigError."""
    hidden = config.integer("hidden_size", "n_embd", "d_model", "hidden_dim")
    layers = config.integer("num_hidden_layers", "n_layer", "n_layers", "num_layers")
    if not 0 < layers <= 512 or not hidden:  # noqa: PLR2004  # LLAMA_MAX_LAYERS
        raise UnknownConfigError(f"it claims {layers} layers")
    heads = config.per_layer(
        "num_attention_heads", "n_head", "n_heads", "num_heads", layers=layers, default=0
    )
    attention = config.inside("attn_config")
    if config.raw("multi_query") is True and not config.flag("new_decoder_architecture"):
        kv_heads = (1,) * layers
    elif attention and attention.raw("kv_n_heads"):
        kv_heads = (attention.integer("kv_n_heads"),) * layers
    elif config.raw("num_key_value_heads", "num_kv_heads", "multi_query_group_num", "n_head_kv"):
        kv_heads = config.per_layer(
            "num_key_value_heads", "num_kv_heads", "multi_query_group_num", "n_head_kv",
            layers=layers,
        )  # fmt: skip
    else:
        kv_heads = heads
    most = max(heads)
    head_dim = config.integer(
        "head_dim", "attention_head_dim", "kv_channels", default=hidden // most if most else 0
    )
    shared = config.integer("num_kv_shared_layers", default=0)
    return Shape(hidden, layers, heads, kv_heads, head_dim, layers - min(shared, layers))
