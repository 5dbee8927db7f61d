"""What llama.cpp does otherwise for single architectures, by the name a GGUF file gives them.

Everything else about an architecture (its layers, heads, norms, experts) is told by its records;
here stands what only llama.cpp's sources tell: where it rotates, in which order it computes and
adds, where it drops the tokens nobody asks about. Each name's quirks are those of the file of that
name in src/models/ (`-` and `_` as the file has them), positions those of llama_model_rope_type in
src/llama-model.cpp.

Source: llama.cpp v0.5.0, https://github.com/ggml-org/llama.cpp/tree/master/src/models
"""

from __future__ import annotations

from fitcheck.records.record import record


@record(eq=True)
class Quirks:
    """How llama.cpp treats one architecture; the defaults are what it does for most.

    `windowed`: windowed layers have a short cache of their own (`swa_type`); the others, Phi-3 and
    the first Mistral among them, keep a full cache even where the model has a window. `positions`
    of a token: 4 where images are placed in the plane (M-RoPE), 0 where nothing is rotated:
    position tables, ALiBi, or none. `windowed_rope`: full attention sees no positions (NoPE).
    `layer_norm`: norms subtract the mean (LLM_NORM); ggml writes none over its operand.
    `pick`: where the tokens whose logits nobody asks for are dropped: after the last layer's
    mixers, after the sum with its residual, or all pass it and are dropped before or after the
    final norm.
    `mixed_over_residual`, `fed_over_residual`: the sum with the residual is written over the
    residual, after mixers and after feed-forwards. `parallel`: which sum comes first where
    attention and feed-forward stand side by side. `weighted_before`: experts' input is weighted,
    not their output. `normed_experts`: chosen experts' weights are made to sum to one, and
    `scaled_experts`: then scaled (`expert_weights_norm`, `expert_weights_scale`).
    `late_softmax`: their weights are a softmax over the chosen ones alone.
    `scaled_queries`: queries that are not rotated are scaled by their position instead.
    `scaled_embeddings`: the embeddings are scaled before anything else is computed.
    `normed_values`: values are normed. `scaled_outputs`: experts' outputs are scaled by expert.
    `layer_inputs`: layers have inputs of their own, as Gemma 4's small models have them.
    `side_by_side`: attention and feed-forward stand side by side, each after its own norm.
    `unrotated_layers`: a model of so many layers is not rotated (Baichuan-13B).
    `bare_norms`: norms have no weights, and a file none to show them by.
    `flash_attention` false: llama_init_from_model turns it off.
    """

    windowed: bool = False
    positions: int = 1
    windowed_rope: bool = False
    layer_norm: bool = False
    pick: str = "after_mixers"
    mixed_over_residual: bool = False
    fed_over_residual: bool = False
    parallel: str = "feed_forward_first"
    weighted_before: bool = False
    normed_experts: bool = True
    scaled_experts: bool = False
    late_softmax: bool = False
    scaled_queries: bool = False
    scaled_embeddings: bool = False
    normed_values: bool = False
    scaled_outputs: bool = False
    layer_inputs: bool = False
    side_by_side: bool = False
    unrotated_layers: int = 0
    bare_norms: bool = False
    flash_attention: bool = True


_PLAIN = Quirks()
_UNNAMED = Quirks(windowed=True)  # llama.cpp does not know it: as it would be if it were new

QUIRKS = {
    "afmoe": Quirks(windowed=True, windowed_rope=True, scaled_experts=True),
    "baichuan": Quirks(unrotated_layers=40),
    "bailingmoe2": Quirks(scaled_experts=True),
    "bailingmoe3": Quirks(pick="after_norm", scaled_experts=True),
    "bloom": Quirks(positions=0, layer_norm=True),
    "codeshell": Quirks(layer_norm=True),
    "cohere2": Quirks(
        windowed=True, windowed_rope=True, layer_norm=True, parallel="attention_last"
    ),
    "cohere2moe": Quirks(
        windowed=True,
        windowed_rope=True,
        layer_norm=True,
        pick="after_norm",
        parallel="attention_last",
    ),
    "command-r": Quirks(layer_norm=True, parallel="attention_last"),
    "dbrx": Quirks(layer_norm=True),
    "deepseek": Quirks(normed_experts=False),
    "deepseek2": Quirks(scaled_experts=True),
    "deepseek32": Quirks(scaled_experts=True),
    "deepseek4": Quirks(windowed=True),
    "dots1": Quirks(scaled_experts=True),
    "dots3note": Quirks(windowed=True),
    "exaone-moe": Quirks(windowed=True, windowed_rope=True, scaled_experts=True),
    "exaone4": Quirks(windowed=True, windowed_rope=True),
    "falcon": Quirks(layer_norm=True),
    "falcon-h1": Quirks(pick="after_sum"),
    "gemma2": Quirks(windowed=True),
    "gemma3": Quirks(windowed=True),
    "gemma3n": Quirks(windowed=True),
    "gemma4": Quirks(
        windowed=True,
        pick="after_norm",
        normed_values=True,
        scaled_outputs=True,
        layer_inputs=True,
    ),
    "glm-dsa": Quirks(scaled_experts=True),
    "glm4moe": Quirks(scaled_experts=True),
    "gpt-oss": Quirks(windowed=True, pick="before_norm", normed_experts=False, late_softmax=True),
    "gpt2": Quirks(positions=0, layer_norm=True),
    "gptneox": Quirks(layer_norm=True, side_by_side=True),
    "granite": Quirks(scaled_embeddings=True),
    "granite_swa": Quirks(windowed=True, scaled_embeddings=True),
    "granitehybrid": Quirks(positions=0, scaled_embeddings=True),
    "granitemoe": Quirks(scaled_embeddings=True),
    "grok": Quirks(flash_attention=False),
    "hunyuan_vl": Quirks(positions=4),
    "hy_v3": Quirks(pick="after_norm", scaled_experts=True),
    "jais": Quirks(positions=0, layer_norm=True),
    "jais2": Quirks(layer_norm=True),
    "jamba": Quirks(
        positions=0, mixed_over_residual=True, fed_over_residual=True, normed_experts=False
    ),
    "kimi-linear": Quirks(positions=0, scaled_experts=True),
    "laguna": Quirks(windowed=True, scaled_experts=True),
    "lfm2": Quirks(windowed=True, mixed_over_residual=True, fed_over_residual=True),
    "lfm2moe": Quirks(windowed=True, mixed_over_residual=True, fed_over_residual=True),
    "llama4": Quirks(
        windowed=True,
        windowed_rope=True,
        weighted_before=True,
        normed_experts=False,
        scaled_queries=True,
    ),
    "maple": Quirks(windowed=True),
    "mellum": Quirks(windowed=True),
    "mimo2": Quirks(windowed=True),
    "mpt": Quirks(positions=0, layer_norm=True),
    "muse-glimmer": Quirks(windowed=True, scaled_embeddings=True),
    "nemotron": Quirks(layer_norm=True),
    "nemotron_h": Quirks(positions=0, pick="after_norm"),
    "nemotron_h_moe": Quirks(positions=0, pick="after_norm", scaled_experts=True),
    "olmo": Quirks(layer_norm=True, bare_norms=True),
    "olmo2": Quirks(windowed=True),
    "olmoe": Quirks(normed_experts=False),
    "openelm": Quirks(mixed_over_residual=True),
    "orion": Quirks(layer_norm=True),
    "paddleocr": Quirks(positions=4),
    "phi2": Quirks(layer_norm=True, parallel="attention_first"),
    "phi3": Quirks(fed_over_residual=True),
    "phimoe": Quirks(fed_over_residual=True),
    "plamo3": Quirks(windowed=True),
    "qwen2moe": Quirks(normed_experts=False),
    "qwen2vl": Quirks(positions=4),
    "qwen35": Quirks(positions=4, pick="after_norm"),
    "qwen35moe": Quirks(positions=4, pick="after_norm"),
    "qwen3next": Quirks(pick="after_norm"),
    "qwen3vl": Quirks(positions=4),
    "qwen3vlmoe": Quirks(positions=4),
    "refact": Quirks(positions=0),
    "rwkv6": Quirks(positions=0, layer_norm=True),
    "rwkv7": Quirks(positions=0, layer_norm=True),
    "smallthinker": Quirks(windowed=True, windowed_rope=True),
    "spark2_5": Quirks(windowed=True),
    "stablelm": Quirks(layer_norm=True),
    "starcoder": Quirks(positions=0, layer_norm=True),
    "starcoder2": Quirks(layer_norm=True),
    "step35": Quirks(windowed=True, pick="before_norm", scaled_experts=True),
}


def quirks_of(name: str) -> Quirks:
    """Return the quirks of an architecture, by the name its GGUF files give it ("": none)."""
    return QUIRKS.get(name, _PLAIN) if name else _UNNAMED
