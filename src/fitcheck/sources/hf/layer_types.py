"""How each layer of a configuration mixes tokens, and which layers have routed experts.

Newer configurations say it (`layer_types`, `mlp_layer_types`); for older ones the rule of each
model type is that of its class in Transformers, https://github.com/huggingface/transformers
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fitcheck.sources.hf.config import UnknownConfigError

if TYPE_CHECKING:
    from fitcheck.sources.hf.config import Config

FULL, SLIDING, CHUNKED, LINEAR, CONV, NOTHING, BOTH = (
    "full", "sliding", "chunked", "linear", "conv", "nothing", "both",
)  # fmt: skip

_WORDS = {
    "full_attention": FULL,
    "attention": FULL,
    "global_attention": FULL,
    "global": FULL,
    "full": FULL,
    "*": FULL,
    "sliding_attention": SLIDING,
    "local_attention": SLIDING,
    "sliding_window": SLIDING,
    "chunked_attention": CHUNKED,
    "linear_attention": LINEAR,
    "kda": LINEAR,
    "mamba": LINEAR,
    "mamba2": LINEAR,
    "recurrent": LINEAR,
    "M": LINEAR,
    "conv": CONV,
    "mlp": NOTHING,
    "moe": NOTHING,
    "-": NOTHING,
    "E": NOTHING,
    "hybrid": BOTH,
}
# every n-th layer is full attention, the others slide
_SLIDING_PERIOD = {
    "afmoe": 4, "cohere2": 4, "exaone4": 4, "exaone_moe": 4, "gemma2": 2, "gemma3": 6,
    "gemma3n": 5, "gemma4": 6, "gpt_oss": 2, "olmo3": 4, "ministral": 4,
}  # fmt: skip
_ALL_SLIDE = frozenset({"mistral", "mixtral", "phi3", "starcoder2", "phimoe"})
_ALL_LINEAR = frozenset({"mamba", "mamba2", "falcon_mamba", "rwkv7"})
_LINEAR_PERIOD = {"qwen3_next": 4, "qwen3_5": 4, "qwen3_5_moe": 4, "minimax": 8}


def mixing(config: Config, layers: int) -> list[str]:
    """Give each layer's mixing. Raises UnknownConfigError for a word no rule knows."""
    kind = config.model_type
    pattern = config.raw("hybrid_override_pattern")
    if isinstance(pattern, str):
        return _known(list(pattern.replace("|", "")), layers)
    words = config.words("layer_types", "layers_block_type", "block_types")
    if words:
        if len(words) < layers:
            words = [words[i % len(words)] for i in range(layers)]
        if kind == "recurrent_gemma":
            words = [word.replace("attention", "local_attention") for word in words]
        return _known(words, layers)
    flags = config.counts("attn_type_list")
    if flags and len(flags) >= layers:
        return [FULL if flag else LINEAR for flag in flags[:layers]]
    flags = config.counts("hybrid_layer_pattern")
    if flags and len(flags) >= layers:
        return [SLIDING if flag else FULL for flag in flags[:layers]]
    full = config.counts("full_attn_idxs", "attn_layer_indices")
    if full is not None:
        other = CONV if kind.startswith("lfm2") else LINEAR
        return [FULL if i in full else other for i in range(layers)]
    linear = config.inside("linear_attn_config")
    if linear:
        chosen = {i - 1 for i in linear.counts("full_attn_layers") or ()}
        return [FULL if i in chosen else LINEAR for i in range(layers)]
    return _by_rule(config, kind, layers)


def _by_rule(config: Config, kind: str, layers: int) -> list[str]:
    if kind in _ALL_LINEAR:
        return [LINEAR] * layers
    if kind == "falcon_h1":
        return [BOTH] * layers
    if kind == "jamba":
        period = max(config.integer("attn_layer_period", default=8), 1)
        offset = config.integer("attn_layer_offset", default=4)
        return [FULL if i % period == offset else LINEAR for i in range(layers)]
    if kind == "bailing_hybrid":
        period = max(config.integer("layer_group_size", default=6), 1)
        return [LINEAR if (i + 1) % period else FULL for i in range(layers)]
    if kind == "llama4":
        ropes = config.counts("no_rope_layers") or []
        if len(ropes) >= layers:
            return [CHUNKED if rope else FULL for rope in ropes[:layers]]
        return [CHUNKED if (i + 1) % 4 else FULL for i in range(layers)]
    if kind in _LINEAR_PERIOD:
        period = max(config.integer("full_attention_interval", default=_LINEAR_PERIOD[kind]), 1)
        return [LINEAR if (i + 1) % period else FULL for i in range(layers)]
    window = config.integer("sliding_window", default=0)
    if kind in _SLIDING_PERIOD and window:
        period = config.integer(
            "sliding_window_pattern", "global_attn_every_n_layers", default=_SLIDING_PERIOD[kind]
        )
        period = max(period, 1)
        return [SLIDING if (i + 1) % period else FULL for i in range(layers)]
    if kind in _ALL_SLIDE and window:
        return [SLIDING] * layers
    if window and config.flag("use_sliding_window"):
        first = config.integer("max_window_layers", default=layers)
        return [SLIDING if i >= first else FULL for i in range(layers)]
    return [FULL] * layers


def _known(words: list[str], layers: int) -> list[str]:
    if len(words) < layers:
        raise UnknownConfigError(f"{len(words)} layer types are given for {layers} layers")
    try:
        return [_WORDS[word] for word in words[:layers]]
    except KeyError as unknown:
        raise UnknownConfigError(f"the layer type {unknown} is not known") from None


def sparse(config: Config, layers: int) -> list[bool]:
    """Tell which layers have routed experts."""
    if not config.raw(
        "num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts", "ffn_config"
    ):
        return [False] * layers
    words = config.words("mlp_layer_types")
    if words and len(words) >= layers:
        return [word in ("sparse", "moe") for word in words[:layers]]
    pattern = config.raw("hybrid_override_pattern")
    if isinstance(pattern, str):
        return [word == "E" for word in pattern.replace("|", "")[:layers].ljust(layers)]
    blocks = config.words("layers_block_type")
    if blocks and len(blocks) >= layers and "moe" in blocks:
        return [word == "moe" for word in blocks[:layers]]
    chosen = config.counts("moe_layers")
    if chosen:
        return [i in chosen for i in range(layers)]
    listed = config.raw("moe_layers_enum")
    if isinstance(listed, str):
        numbers = {int(part) for part in listed.split(",") if part.strip().isdigit()}
        return [i in numbers for i in range(layers)]
    frequency = config.counts("moe_layer_freq")
    if frequency and len(frequency) >= layers:
        return [bool(flag) for flag in frequency[:layers]]
    return [_sparse_by_rule(config, i) for i in range(layers)]


def _sparse_by_rule(config: Config, layer: int) -> bool:
    if config.model_type == "jamba":
        period = max(config.integer("expert_layer_period", default=2), 1)
        return layer % period == config.integer("expert_layer_offset", default=1)
    first = config.integer(
        "first_k_dense_replace", "num_dense_layers", "moe_layer_start_index", default=0
    )
    step = config.integer(
        "decoder_sparse_step", "interleave_moe_layer_step", "moe_layer_interval", "moe_layer_freq",
        default=1,
    )  # fmt: skip
    dense = config.counts("mlp_only_layers") or ()
    if layer < first or layer in dense:
        return False
    if config.raw("decoder_sparse_step", "interleave_moe_layer_step") is not None:
        return step > 0 and (layer + 1) % step == 0
    return layer % max(step, 1) == 0
