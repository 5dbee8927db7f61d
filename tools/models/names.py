"""The names people type for a model: repositories, Ollama tags, fine-tunes of the same shapes."""

from __future__ import annotations

import re
from typing import Any

from fitcheck.catalog.names import normalise

# Names that no rule gives: other releases and well-known fine-tunes with the same shapes.
OTHERS: dict[str, tuple[str, ...]] = {
    "llama-7b": ("llama-1-7b", "vicuna-7b-v1.3"),
    "llama-13b": ("llama-1-13b", "vicuna-13b-v1.3"),
    "llama-30b": ("llama-1-33b", "llama-1-30b", "llama-33b"),
    "llama-65b": ("llama-1-65b",),
    "llama-2-7b": (
        "llama2:7b",
        "vicuna-7b",
        "vicuna-7b-v1.5",
        "lmsys/vicuna-7b-v1.5",
        "meta-llama/Llama-2-7b-chat-hf",
        "NousResearch/Llama-2-7b-hf",
    ),
    "llama-2-13b": (
        "llama2:13b",
        "vicuna-13b",
        "vicuna-13b-v1.5",
        "meta-llama/Llama-2-13b-chat-hf",
        "llama-2-13b-chat",
        "mythomax-l2-13b",
    ),
    "llama-2-70b": ("llama2:70b", "meta-llama/Llama-2-70b-hf", "llama-2-70b-chat"),
    "llama-3-8b": (
        "llama3:8b",
        "meta-llama-3-8b-instruct",
        "meta-llama/Meta-Llama-3-8B-Instruct",
        "llama-3-8b-instruct",
    ),
    "llama-3-70b": (
        "llama3:70b",
        "meta-llama/Meta-Llama-3-70B-Instruct",
        "llama-3-70b-instruct",
        "meta-llama-3-70b-instruct",
    ),
    "llama-3.1-8b": (
        "meta-llama-3.1-8b",
        "meta-llama/Meta-Llama-3.1-8B",
        "meta-llama/Meta-Llama-3.1-8B-Instruct",
        "hermes-3-llama-3.1-8b",
        "hermes3:8b",
        "NousResearch/Hermes-3-Llama-3.1-8B",
        "unsloth/Meta-Llama-3.1-8B-Instruct",
    ),
    "llama-3.1-70b": (
        "meta-llama-3.1-70b",
        "meta-llama-3.1-70b-instruct",
        "meta-llama/Meta-Llama-3.1-70B-Instruct",
        "hermes-3-llama-3.1-70b",
        "hermes3:70b",
        "nemotron:70b",
        "llama-3.1-nemotron-70b-instruct",
        "nvidia/Llama-3.1-Nemotron-70B-Instruct-HF",
    ),
    "llama-3.1-405b": (
        "meta-llama-3.1-405b",
        "meta-llama/Meta-Llama-3.1-405B-Instruct",
        "meta-llama-3.1-405b-instruct",
        "hermes-3-llama-3.1-405b",
    ),
    "llama-3.2-3b": ("llama3.2:3b", "hermes-3-llama-3.2-3b"),
    "llama-3.2-11b-vision": ("llama3.2-vision:11b", "llama-3.2-vision-11b"),
    "llama-3.2-90b-vision": ("llama3.2-vision:90b", "llama-3.2-vision-90b"),
    "llama-3.3-70b": ("meta-llama-3.3-70b-instruct", "hermes-4-70b", "NousResearch/Hermes-4-70B"),
    "llama-4-scout": ("llama4:scout", "llama4:16x17b", "meta-llama/Llama-4-Scout-17B-16E"),
    "llama-4-maverick": (
        "llama4:maverick",
        "llama4:128x17b",
        "meta-llama/Llama-4-Maverick-17B-128E",
    ),
    "mistral-7b-v0.1": (
        "mistralai/Mistral-7B-Instruct-v0.1",
        "zephyr-7b-beta",
        "zephyr:7b",
        "HuggingFaceH4/zephyr-7b-beta",
        "neural-chat:7b",
    ),
    "mistral-7b-v0.2": ("mistralai/Mistral-7B-v0.2",),
    "mistral-7b": ("mistralai/Mistral-7B-v0.3",),
    "mistral-nemo-12b": (
        "mistralai/Mistral-Nemo-Base-2407",
        "mistral-nemo-instruct",
        "mistral-nemo-12b-instruct-2407",
    ),
    "mistral-small-24b": (
        "mistral-small:24b",
        "mistral-small-3-24b",
        "mistralai/Mistral-Small-24B-Base-2501",
    ),
    "mistral-small-3.1-24b": ("mistral-small3.1:24b",),
    "mistral-small-3.2-24b": (
        "mistral-small3.2:24b",
        "magistral:24b",
        "mistralai/Magistral-Small-2509",
    ),
    "devstral-small-2505": (
        "devstral:24b",
        "devstral-small-2507",
        "mistralai/Devstral-Small-2507",
        "devstral",
        "magistral-small-2506",
        "mistralai/Magistral-Small-2506",
        "magistral-small-2507",
        "mistralai/Magistral-Small-2507",
    ),
    "devstral-small-2-24b": ("devstral-small-2:24b", "devstral-small-2512"),
    "mistral-large-123b": (
        "mistral-large:123b",
        "mistral-large-2407",
        "mistral-large-2411",
        "mistralai/Mistral-Large-Instruct-2411",
    ),
    "mixtral-8x7b": ("mistralai/Mixtral-8x7B-v0.1", "mixtral-8x7b-instruct"),
    "mixtral-8x22b": ("mistralai/Mixtral-8x22B-v0.1", "mixtral-8x22b-instruct", "wizardlm-2-8x22b"),
    "qwen2.5-0.5b": ("Qwen/Qwen2.5-Coder-0.5B-Instruct",),
    "qwen2.5-1.5b": ("Qwen/Qwen2.5-Coder-1.5B-Instruct", "Qwen/Qwen2.5-Math-1.5B-Instruct"),
    "qwen2.5-3b": ("Qwen/Qwen2.5-Coder-3B-Instruct",),
    "qwen2.5-7b": (
        "Qwen/Qwen2.5-Coder-7B-Instruct",
        "qwen2.5-math-7b",
        "qwen2.5-coder-7b-instruct",
        "Qwen/Qwen2.5-Math-7B-Instruct",
        "openthinker:7b",
    ),
    "qwen2.5-14b": (
        "Qwen/Qwen2.5-Coder-14B-Instruct",
        "qwen2.5-coder-14b-instruct",
        "Qwen/Qwen2.5-14B-Instruct-1M",
    ),
    "qwen2.5-32b": ("openthinker:32b", "s1-32b"),
    "qwen2.5-72b": ("kimi-dev-72b", "moonshotai/Kimi-Dev-72B", "qwen2.5-math-72b", "athene-v2"),
    "qwen2.5-coder-32b": ("Qwen/Qwen2.5-Coder-32B", "qwen2.5-coder:32b"),
    "qwq-32b": ("qwq", "qwq-32b-preview", "Qwen/QwQ-32B-Preview"),
    "qwen3-4b": (
        "Qwen/Qwen3-4B-Instruct-2507",
        "Qwen/Qwen3-4B-Thinking-2507",
        "Qwen/Qwen3-4B-Base",
    ),
    "qwen3-8b": ("deepseek-ai/DeepSeek-R1-0528-Qwen3-8B", "deepseek-r1:8b", "Qwen/Qwen3-8B-Base"),
    "qwen3-30b-a3b": (
        "qwen3:30b",
        "qwen3-coder:30b",
        "qwen3-30b",
        "qwen3-coder-30b",
        "Qwen/Qwen3-30B-A3B-Instruct-2507",
        "qwen3-30b-a3b-2507",
        "Qwen/Qwen3-30B-A3B-Thinking-2507",
        "qwen3-30b-a3b-thinking-2507",
        "Qwen/Qwen3-Coder-30B-A3B-Instruct",
        "qwen3-coder-flash",
    ),
    "qwen3-235b-a22b": (
        "qwen3:235b",
        "Qwen/Qwen3-235B-A22B-Instruct-2507",
        "Qwen/Qwen3-235B-A22B-Thinking-2507",
        "qwen3-235b-a22b-2507",
        "qwen3-235b-a22b-thinking-2507",
    ),
    "qwen3-coder-480b-a35b": ("qwen3-coder:480b", "qwen3-coder-480b"),
    "qwen3-next-80b-a3b": (
        "qwen3-next:80b",
        "Qwen/Qwen3-Next-80B-A3B-Thinking",
        "qwen3-next-80b-a3b-thinking",
        "qwen3-next",
    ),
    "qwen3-coder-next": ("qwen3-coder-next:80b", "qwen3-coder-next-80b-a3b"),
    "gemma-2b": ("codegemma:2b", "codegemma-2b"),
    "gemma-7b": ("codegemma:7b", "codegemma-7b", "google/codegemma-7b-it"),
    "gemma-3-4b": ("medgemma-4b", "google/medgemma-4b-it", "gemma-3-4b-it-qat"),
    "gemma-3-12b": ("gemma-3-12b-it-qat", "translategemma-12b"),
    "gemma-3-27b": ("medgemma-27b", "google/medgemma-27b-it", "gemma-3-27b-it-qat"),
    "phi-1.5": ("phi-1_5",),
    "phi-2": ("phi:2.7b", "phi2"),
    "phi-3-mini-4k": ("phi-3-mini", "phi3:mini", "phi3:3.8b"),
    "phi-3-medium-128k": ("phi-3-medium", "phi3:medium", "phi3:14b"),
    "phi-3.5-mini": ("phi3.5:3.8b", "phi3.5"),
    "phi-4": (
        "phi4:14b",
        "phi-4-14b",
        "phi-4-reasoning",
        "microsoft/Phi-4-reasoning-plus",
        "phi-4-reasoning-plus",
        "microsoft/Phi-4-reasoning",
    ),
    "phi-4-mini": ("phi4-mini:3.8b", "phi-4-mini-reasoning", "microsoft/Phi-4-mini-reasoning"),
    "deepseek-v2-lite": (
        "deepseek-v2:16b",
        "deepseek-coder-v2:16b",
        "deepseek-v2-lite-chat",
        "deepseek-ai/DeepSeek-V2-Lite-Chat",
        "deepseek-coder-v2-lite-instruct",
        "deepseek-ai/DeepSeek-Coder-V2-Lite-Instruct",
    ),
    "deepseek-v2": (
        "deepseek-v2:236b",
        "deepseek-ai/DeepSeek-V2.5",
        "deepseek-v2-chat",
        "deepseek-coder-v2:236b",
        "deepseek-ai/DeepSeek-Coder-V2-Instruct",
    ),
    "deepseek-v3": (
        "deepseek-v3:671b",
        "deepseek-v3-0324",
        "deepseek-ai/DeepSeek-V3-0324",
        "deepseek-v3-671b",
        "deepseek-ai/DeepSeek-V3-Base",
    ),
    "deepseek-r1": (
        "deepseek-r1:671b",
        "deepseek-r1-0528",
        "deepseek-ai/DeepSeek-R1-0528",
        "deepseek-r1-671b",
        "r1-1776",
        "mai-ds-r1",
    ),
    "deepseek-v3.1": (
        "deepseek-v3.1:671b",
        "deepseek-v3.1-terminus",
        "deepseek-ai/DeepSeek-V3.1-Terminus",
    ),
    "deepseek-v3.2": ("deepseek-v3.2-exp", "deepseek-ai/DeepSeek-V3.2-Exp"),
    "deepseek-r1-distill-qwen-1.5b": ("deepseek-r1:1.5b",),
    "deepseek-r1-distill-qwen-7b": ("deepseek-r1:7b",),
    "deepseek-r1-distill-qwen-14b": ("deepseek-r1:14b",),
    "deepseek-r1-distill-qwen-32b": ("deepseek-r1:32b",),
    "deepseek-r1-distill-llama-8b": ("deepseek-r1-llama-8b",),
    "deepseek-r1-distill-llama-70b": ("deepseek-r1:70b",),
    "gpt-oss-20b": ("gpt-oss:20b", "gpt-oss-safeguard-20b", "openai/gpt-oss-safeguard-20b"),
    "gpt-oss-120b": ("gpt-oss:120b", "gpt-oss-safeguard-120b"),
    "glm-4-9b": ("glm4:9b", "THUDM/glm-4-9b-chat"),
    "glm-4-9b-0414": ("THUDM/GLM-4-9B-0414", "THUDM/GLM-Z1-9B-0414"),
    "glm-4-32b-0414": ("THUDM/GLM-4-32B-0414", "glm-4-32b", "THUDM/GLM-Z1-32B-0414"),
    "glm-4.1v-9b": ("THUDM/GLM-4.1V-9B-Thinking", "glm-4.1v-9b-thinking"),
    "glm-4.5v": ("glm-4.6v", "zai-org/GLM-4.6V"),
    "falcon-180b": ("falcon-180b-chat",),
    "falcon2-11b": ("falcon-11b",),
    "command-r-35b": ("command-r:35b", "c4ai-command-r-v01"),
    "command-r-plus": ("command-r-plus:104b", "c4ai-command-r-plus"),
    "command-a": ("command-a:111b", "CohereLabs/c4ai-command-a-03-2025"),
    "granite-3.3-8b": ("granite3.3:8b", "granite-3.2-8b", "ibm-granite/granite-3.2-8b-instruct"),
    "granite-3.3-2b": ("granite3.3:2b", "granite-3.2-2b", "ibm-granite/granite-3.2-2b-instruct"),
    "granite-3.1-1b-a400m": ("granite3.1-moe:1b", "granite-3.0-1b-a400m"),
    "granite-3.1-3b-a800m": ("granite3.1-moe:3b", "granite-3.0-3b-a800m"),
    "granite-4.0-h-1b": ("granite4:1b-h",),
    "granite-4.0-h-tiny": ("granite4:7b-a1b-h", "granite4:tiny-h", "granite-4.0-tiny"),
    "granite-4.0-h-small": ("granite4:32b-a9b-h", "granite4:small-h", "granite-4.0-small"),
    "olmo-3-32b": ("olmo-3.1-32b", "allenai/Olmo-3-32B-Think", "olmo-3-32b-think"),
    "olmo-3-7b": ("allenai/Olmo-3-7B-Think", "olmo-3-7b-think"),
    "nemotron-nano-9b-v2": ("nemotron-nano:9b",),
    "nemotron-nano-12b-v2": ("nvidia/NVIDIA-Nemotron-Nano-12B-v2",),
    "nemotron-3-nano-30b-a3b": (
        "nemotron-3-nano:30b",
        "nemotron-3-nano",
        "nemotron-cascade-2-30b-a3b",
        "nvidia/Nemotron-Cascade-2-30B-A3B",
        "nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B",
    ),
    "nemotron-3-super-120b-a12b": ("nemotron-3-super:120b", "nemotron-3-super"),
    "jamba-1.5-mini": ("jamba-v0.1-52b", "ai21labs/AI21-Jamba-1.5-Mini", "jamba-mini-1.7"),
    "jamba-1.5-large": ("ai21labs/AI21-Jamba-1.5-Large", "jamba-large-1.7"),
    "codestral-mamba-7b": ("mamba-codestral-7b", "codestral-mamba"),
    "dots.llm1": ("dots1-142b", "dots1", "rednote-hilab/dots.llm1.base"),
    "exaone-3.5-32b": ("exaone-deep:32b", "exaone-deep-32b", "LGAI-EXAONE/EXAONE-Deep-32B"),
    "exaone-3.5-7.8b": ("exaone-deep:7.8b", "LGAI-EXAONE/EXAONE-Deep-7.8B"),
    "exaone-3.5-2.4b": ("exaone-deep:2.4b", "LGAI-EXAONE/EXAONE-Deep-2.4B"),
    "solar-10.7b": ("upstage/SOLAR-10.7B-Instruct-v1.0",),
    "tinyllama-1.1b": ("tinyllama", "tinyllama:1.1b", "tinyllama-1.1b-chat"),
    "yi-34b": ("01-ai/Yi-1.5-34B-Chat",),
    "yi-6b": ("01-ai/Yi-6B-Chat",),
    "stablelm-2-1.6b": ("stablelm2:1.6b", "stablelm-2-zephyr-1_6b"),
    "stablelm-3b-4e1t": ("stablelm-zephyr:3b",),
    "gpt2": ("gpt2-small", "gpt-2", "gpt2-124m"),
    "rwkv-7-2.9b": ("rwkv7-2.9b", "rwkv-7-world-2.9b", "rwkv7-g1-2.9b"),
    "bloom-176b": ("bloom", "bloomz", "bloomz-176b"),
    "bloom-7b1": ("bloomz-7b1",),
    "minimax-text-01": ("MiniMaxAI/MiniMax-M1-80k", "MiniMaxAI/MiniMax-Text-01", "minimax-m1-80k"),
    "kimi-k2": ("kimi-k2-instruct", "moonshotai/Kimi-K2-Base"),
    "ernie-4.5-300b-a47b": ("baidu/ERNIE-4.5-300B-A47B-PT",),
    "ernie-4.5-21b-a3b": ("baidu/ERNIE-4.5-21B-A3B-Thinking", "ernie-4.5-21b-a3b-thinking"),
    "mimo-7b": ("XiaomiMiMo/MiMo-7B-Base", "XiaomiMiMo/MiMo-7B-SFT"),
    "starcoder": ("starcoder-15b", "bigcode/starcoderbase"),
    "starcoder2-15b": ("bigcode/starcoder2-15b-instruct-v0.1",),
    "codellama-34b": ("phind-codellama-34b-v2", "wizardcoder-34b"),
    "codellama-7b": ("codellama/CodeLlama-7b-Instruct-hf",),
    "pythia-6.9b": ("pythia-7b",),
    "lfm2-1.2b": ("LiquidAI/LFM2.5-1.2B-Instruct", "lfm2.5-1.2b-instruct"),
    "lfm2-8b-a1b": ("lfm2.5-8b-a1b",),
    "bitnet-b1.58-2b-4t": ("microsoft/bitnet-b1.58-2B-4T", "bitnet-2b"),
    "gemma-4-26b-a4b": ("gemma4:26b", "gemma-4-26b"),
    "gemma-4-31b": ("gemma4:31b",),
    "gemma-4-12b": ("gemma4:12b",),
    "gemma-4-e4b": ("gemma4:e4b",),
}

_TAIL = re.compile(
    r"(-Instruct|-instruct|-it|-chat|-Chat|-hf|-Base|-base|-BF16|-PT|-Preview)+(-hf|-\d{4})?$"
)
_ENDINGS = {
    "google": ("-it",),
    "deepseek-ai": ("-chat", "-instruct"),
    "Qwen": ("-Instruct", "-Chat", "-Base"),
    "EleutherAI": (),
    "bigscience": (),
    "facebook": (),
    "state-spaces": (),
    "openai-community": (),
}
_OFTEN_CHAT = ("01-ai", "tiiuae", "stabilityai", "internlm", "meta-llama", "baichuan-inc")
_ACTIVE = re.compile(r"-a\d+(\.\d+)?[bm]$")


def aliases(ref: dict[str, Any]) -> list[str]:
    """List a model's other names, none that normalises to its id or name."""
    repo = ref["hf_repo"]
    owner, _, tail = repo.rpartition("/")
    stem = _TAIL.sub("", tail)
    found = [*ref["aliases"], repo, tail, *OTHERS.get(ref["id"], ())]
    endings = _ENDINGS.get(
        owner, ("-Instruct", "-chat") if owner in _OFTEN_CHAT else ("-Instruct",)
    )
    for ending in ("", *endings):
        found += [f"{ref['id']}{ending.lower()}", f"{stem}{ending}", f"{owner}/{stem}{ending}"]
    short = _ACTIVE.sub("", ref["id"])
    if short != ref["id"]:
        found.append(short)
    taken = {normalise(ref["id"]), normalise(ref["name"])}
    kept = []
    for name in found:
        if normalise(name) not in taken:
            taken.add(normalise(name))
            kept.append(name)
    return kept


def settle(rows: list[dict[str, Any]]) -> None:
    """Drop aliases two models claim: the one whose own name or given alias it is keeps it."""
    owners: dict[str, str] = {}
    for row in rows:
        for name in (row["id"], row["name"]):
            owners[normalise(name)] = row["id"]
    for row in rows:
        for name in OTHERS.get(row["id"], ()):
            owners.setdefault(normalise(name), row["id"])
    for row in rows:
        row["aliases"] = [
            name
            for name in row["aliases"]
            if owners.setdefault(normalise(name), row["id"]) == row["id"]
        ]


def shared_names(rows: list[dict[str, Any]]) -> None:
    """Let a family's name, where it is no model's own, be answered with its members."""
    families: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        families.setdefault(row["family"], []).append(row)
    own = {normalise(name) for row in rows for name in (row["id"], row["name"], *row["aliases"])}
    for family, members in families.items():
        if len(members) > 1 and normalise(family) not in own:
            for row in members:
                row["shared_names"] = [family]
