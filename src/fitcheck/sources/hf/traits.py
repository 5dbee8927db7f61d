"""What a model type fixes that its configuration leaves unsaid: norms, biases, gates, names.

Read from llama.cpp's `src/models/*.cpp` and its converter, and from the modelling code of
Transformers. A type that is not listed is read as Llama-like.
"""

from __future__ import annotations

from fitcheck.records.record import record

_TWO = ("attn_norm", "ffn_norm")
_ONE = ("attn_norm",)
_FOUR = ("attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm")
_AFTER = ("post_attention_norm", "post_ffw_norm")
_POST = ("attn_norm", "post_attention_norm")
_LAST = "post_ffw_norm"


@record
class Traits:
    """Of one model type. `bias` are letters of qkvo that always have one; the rest by flag.

    `flag_bias` are the letters a bias flag of the configuration turns on.
    """

    gguf: str = ""
    norms: tuple[str, ...] = _TWO
    norm_bias: bool = False
    bias: str = ""
    flag_bias: str = "qkvo"
    qk_norm: str = ""
    gate: str = ""
    sinks: bool = False
    fused_qkv: bool = False
    gated: bool = True
    fused_ffn: bool = False
    ffn_bias: bool = False
    expert_bias: bool = False
    router_bias: bool = False
    shared_gate: bool = False
    tied: bool = False
    output_norm: bool = True
    output_bias: bool = False
    positions: bool = False
    split_delta: bool = False
    mtp_in_gguf: bool = False


def _old(gguf: str, **more: object) -> Traits:
    """LayerNorms, biases everywhere and no gate: the GPT-2 generation."""
    settings: dict[str, object] = {
        "norm_bias": True, "bias": "qkvo", "gated": False, "ffn_bias": True,
    }  # fmt: skip
    return Traits(gguf=gguf, **{**settings, **more})  # type: ignore[arg-type]


_QWEN35 = {"norms": _POST, "qk_norm": "head", "gate": "fused", "split_delta": True}

TRAITS: dict[str, Traits] = {
    "llama": Traits(gguf="llama"),
    "mllama": Traits(),
    "llama4": Traits(gguf="llama4"),
    "mistral": Traits(gguf="llama"),
    "ministral": Traits(gguf="mistral3"),
    "ministral3": Traits(gguf="mistral3"),
    "mixtral": Traits(gguf="llama"),
    "mistral4": Traits(gguf="mistral4"),
    "qwen2": Traits(gguf="qwen2", bias="qkv"),
    "qwen2_vl": Traits(gguf="qwen2vl", bias="qkv"),
    "qwen2_5_vl": Traits(gguf="qwen2vl", bias="qkv"),
    "qwen2_moe": Traits(gguf="qwen2moe", bias="qkv", shared_gate=True),
    "qwen3": Traits(gguf="qwen3", qk_norm="head"),
    "qwen3_moe": Traits(gguf="qwen3moe", qk_norm="head"),
    "qwen3_vl": Traits(gguf="qwen3vl", qk_norm="head"),
    "qwen3_vl_moe": Traits(gguf="qwen3vlmoe", qk_norm="head"),
    "qwen3_omni_moe": Traits(gguf="qwen3vlmoe", qk_norm="head"),
    "qwen3_next": Traits(
        gguf="qwen3next", norms=_POST, qk_norm="head", gate="fused", shared_gate=True
    ),
    "qwen3_5": Traits(gguf="qwen35", **_QWEN35),  # type: ignore[arg-type]
    "qwen3_5_moe": Traits(gguf="qwen35moe", shared_gate=True, **_QWEN35),  # type: ignore[arg-type]
    "gemma": Traits(gguf="gemma", tied=True),
    "gemma2": Traits(gguf="gemma2", norms=_FOUR, tied=True),
    "gemma3": Traits(gguf="gemma3", norms=_FOUR, qk_norm="head", tied=True),
    "gemma3n": Traits(gguf="gemma3n", norms=_FOUR, qk_norm="head", tied=True),
    "gemma4": Traits(gguf="gemma4", norms=_FOUR, qk_norm="head", tied=True),
    "phi": _old("phi2", norms=_ONE, output_bias=True),
    "phi3": Traits(gguf="phi3", fused_qkv=True, fused_ffn=True),
    "phi4mm": Traits(gguf="phi3", fused_qkv=True, fused_ffn=True),
    "phimoe": Traits(gguf="phimoe", norm_bias=True, bias="qkvo", output_bias=True),
    "deepseek": Traits(gguf="deepseek"),
    "deepseek_v2": Traits(gguf="deepseek2"),
    "deepseek_v3": Traits(gguf="deepseek2", router_bias=True),
    "deepseek_v32": Traits(gguf="deepseek32", router_bias=True),
    "kimi_k2": Traits(gguf="deepseek2", router_bias=True),
    "kimi_linear": Traits(gguf="kimi-linear", router_bias=True),
    "glm_moe_dsa": Traits(gguf="glm-dsa", router_bias=True, mtp_in_gguf=True),
    "glm4_moe_lite": Traits(gguf="deepseek2", router_bias=True),
    "glm4_moe": Traits(
        gguf="glm4moe", norms=_POST, flag_bias="qkv", router_bias=True, mtp_in_gguf=True
    ),
    "glm4v_moe": Traits(gguf="glm4moe", norms=_POST, flag_bias="qkv", router_bias=True),
    "glm": Traits(gguf="chatglm", flag_bias="qkv", fused_ffn=True),
    "glm4": Traits(gguf="glm4", norms=_FOUR, flag_bias="qkv", fused_ffn=True),
    "glm4v": Traits(gguf="glm4", norms=_FOUR, flag_bias="qkv", fused_ffn=True),
    "gpt_oss": Traits(gguf="gpt-oss", norms=_POST, bias="qkvo", sinks=True, expert_bias=True),
    "minimax": Traits(gguf="minimax-01"),
    "minimax_m2": Traits(gguf="minimax-m2", qk_norm="full", router_bias=True),
    "falcon": Traits(
        gguf="falcon", norms=_ONE, norm_bias=True, fused_qkv=True, gated=False, tied=True
    ),
    "falcon_h1": Traits(gguf="falcon-h1"),
    "falcon_mamba": Traits(gguf="mamba", norms=_ONE, tied=True),
    "mamba": Traits(gguf="mamba", norms=_ONE, tied=True),
    "mamba2": Traits(gguf="mamba2", norms=_ONE),
    "internlm2": Traits(gguf="internlm2", flag_bias="qkvo"),
    "internlm3": Traits(gguf="llama", flag_bias="qkv"),
    "cohere": Traits(gguf="command-r", norms=_ONE, tied=True),
    "cohere2": Traits(gguf="cohere2", norms=_ONE, tied=True),
    "cohere2_moe": Traits(gguf="cohere2moe", norms=_ONE, tied=True),
    "granite": Traits(gguf="granite"),
    "granitemoe": Traits(gguf="granitemoe"),
    "granitemoehybrid": Traits(gguf="granitehybrid"),
    "olmo": Traits(gguf="olmo", norms=(), output_norm=False),
    "olmo2": Traits(gguf="olmo2", norms=_AFTER, qk_norm="full"),
    "olmo3": Traits(gguf="olmo2", norms=_AFTER, qk_norm="full"),
    "olmoe": Traits(gguf="olmoe", qk_norm="full"),
    "smollm3": Traits(gguf="smollm3", tied=True),
    "stablelm": Traits(gguf="stablelm", norm_bias=True, flag_bias="qkv"),
    "starcoder2": _old("starcoder2", tied=True),
    "gpt_bigcode": _old("starcoder", fused_qkv=True, positions=True, tied=True),
    "gpt2": _old("gpt2", fused_qkv=True, positions=True, tied=True),
    "opt": _old("", positions=True, tied=True),
    "gpt_neox": _old("gptneox", fused_qkv=True),
    "gptj": _old("", bias="", norms=_ONE, output_bias=True),
    "bloom": _old("bloom", fused_qkv=True, tied=True),
    "mpt": Traits(gguf="mpt", fused_qkv=True, gated=False, tied=True),
    "baichuan": Traits(gguf="baichuan"),
    "nemotron": Traits(gguf="nemotron", norm_bias=True, gated=False),
    "nemotron_h": Traits(gguf="nemotron_h", norms=_ONE, gated=False, router_bias=True),
    "jamba": Traits(gguf="jamba"),
    "ernie4_5": Traits(gguf="ernie4_5", tied=True),
    "ernie4_5_moe": Traits(gguf="ernie4_5-moe", router_bias=True, tied=True),
    "hunyuan_v1_dense": Traits(gguf="hunyuan-dense", qk_norm="head"),
    "hunyuan_v1_moe": Traits(gguf="hunyuan-moe", qk_norm="head"),
    "dots1": Traits(gguf="dots1", qk_norm="head", router_bias=True),
    "bailing_moe": Traits(gguf="bailingmoe"),
    "bailing_moe_v2": Traits(gguf="bailingmoe2", fused_qkv=True, qk_norm="head", router_bias=True),
    "bailing_hybrid": Traits(gguf="bailingmoe3", router_bias=True),
    "seed_oss": Traits(gguf="seed_oss", norms=_POST, bias="qkv"),
    "exaone": Traits(gguf="exaone"),
    "exaone4": Traits(gguf="exaone4", norms=_AFTER, qk_norm="head"),
    "exaone_moe": Traits(gguf="exaone-moe", qk_norm="head", router_bias=True),
    "solar_open": Traits(gguf="glm4moe", norms=_POST, router_bias=True),
    "apertus": Traits(gguf="apertus", gated=False, qk_norm="head"),
    "lfm2": Traits(gguf="lfm2", qk_norm="head", tied=True),
    "lfm2_moe": Traits(gguf="lfm2moe", qk_norm="head", router_bias=True, tied=True),
    "dbrx": Traits(gguf="dbrx", norms=("attn_norm", "attn_output_norm"), fused_qkv=True),
    "arctic": Traits(gguf="arctic"),
    "mimo": Traits(gguf="qwen2", bias="qkv"),
    "mimo_v2_flash": Traits(gguf="mimo2", router_bias=True),
    "step3p5": Traits(gguf="step35", qk_norm="head", gate="head", router_bias=True),
    "step3p7": Traits(gguf="step35", qk_norm="head", gate="head", router_bias=True),
    "arcee": Traits(gguf="arcee", gated=False),
    "afmoe": Traits(gguf="afmoe", norms=_FOUR, qk_norm="head", gate="full", router_bias=True),
    "minicpm": Traits(gguf="minicpm"),
    "minicpm3": Traits(gguf="minicpm3"),
    "mellum": Traits(gguf="mellum", qk_norm="head"),
    "axk1": Traits(norms=(*_TWO, "post_ffw_norm"), router_bias=True),
    "bitnet": Traits(gguf="bitnet", tied=True),
    "granite_swa": Traits(gguf="granite_swa", sinks=True, tied=True),
    "grok": Traits(
        gguf="grok",
        norms=("attn_norm", "attn_output_norm", "ffn_norm", "layer_output_norm"),
        tied=True,
    ),
    "grok2": Traits(gguf="grok", norms=("attn_norm", "attn_output_norm", "ffn_norm", _LAST)),
    "hy_v3": Traits(gguf="hy_v3", qk_norm="head", router_bias=True),
    "jais2": _old("jais2"),
    "kolibri1": Traits(norms=_FOUR, qk_norm="head", router_bias=True),
    "laguna": Traits(gguf="laguna", qk_norm="head", gate="head", router_bias=True),
    "lfm3": Traits(norms=_FOUR, qk_norm="head", gate="head", tied=True),
    "longcat_flash": Traits(router_bias=True),
    "minimax_m3_vl": Traits(gguf="minimax-m3", qk_norm="head", router_bias=True),
    "muse_glimmer": Traits(gguf="muse-glimmer", norms=_FOUR, qk_norm="head", gate="full"),
    "olmo_hybrid": Traits(qk_norm="full"),
    "phi3small": Traits(
        norm_bias=True, bias="qkvo", fused_qkv=True, fused_ffn=True, ffn_bias=True, tied=True
    ),
    "qwen": Traits(gguf="qwen", bias="qkv", fused_qkv=True),
    "recurrent_gemma": Traits(bias="o", ffn_bias=True, tied=True),
    "sarvam_moe": Traits(qk_norm="head", fused_qkv=True, router_bias=True),
    "solar": Traits(),
    "youtu": Traits(gguf="deepseek2", tied=True),
    "rwkv7": Traits(gguf="rwkv7", norms=("attn_norm", "attn_norm_2"), norm_bias=True),
}

ALIASES = {
    "mistral3": "mistral",
    "llava": "llama",
    "kimi_k25": "kimi_k2",
    "kimi_vl": "deepseek_v3",
    "phi4_multimodal": "phi4mm",
    "phi-msft": "phi",
    "ernie4_5_vl_moe": "ernie4_5_moe",
    "mimo_v2": "mimo_v2_flash",
    "exaone4_5": "exaone4",
    "cwm": "llama",
    "iquestcoder": "llama",
    "yi": "llama",
    "internvl": "qwen2",
    "RefinedWeb": "falcon",
    "RefinedWebModel": "falcon",
    "minimax_text_01": "minimax",
    "MiniMaxText01": "minimax",
    "deepseek_vl_v2": "deepseek_v2",
    "bailing_moe_linear": "bailing_moe_v2",
}


def traits_of(model_type: str) -> Traits | None:
    """Give the traits of a model type, None if it is not known."""
    return TRAITS.get(ALIASES.get(model_type, model_type))
