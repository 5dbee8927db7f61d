"""Writes data/benchmarks.csv from a collection of published measurements (first import only).

Usage: python tools/import_benchmarks.py REFERENCE_FOLDER

Kept: one card or several, one sequence at a time. Left out, and counted by reason: rows summed
over sequences, speculative runs, weights partly in system RAM, cards and models without a record,
names that do not say which model ran. Marked, so that they take no part in the calibration: what
was measured under conditions that are not the card's own (power limits, a slow host …).
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import Counter
from pathlib import Path

COLUMNS = (
    "gpu", "count", "model", "parameters_b", "active_b", "published_as", "format", "runtime",
    "backend", "build", "date", "flash_attention", "kv_format", "phase", "depth", "prompt_tokens",
    "generated_tokens", "concurrency", "tokens_per_s", "spread", "file_gib", "source", "url",
    "mark", "note",
)  # fmt: skip

# Ids of the collection that differ from gpus.yaml. Where a source does not name the variant, the
# note says what was taken and why.
GPUS = {
    "radeon-8060s": "ryzen-ai-max-395-128gb",
    "gb10": "dgx-spark-gb10",
    "r9700": "radeon-ai-pro-r9700",
    "a100-sxm-80gb": "a100-sxm4-80gb",
    "apple-m3-max": "apple-m3-max-40c",
    "apple-m5": "apple-m5-10c",
    "apple-m2-max": "apple-m2-max-30c",
    "b200": "b200-sxm",
    "apple-m1": "apple-m1-7c",
    "h100-pcie": "h100-pcie-80gb",
    "apple-m2-ultra": "apple-m2-ultra-76c",
    "h100-sxm": "h100-sxm5-80gb",
    "h200-sxm": "h200-sxm-141gb",
    "h20": "h20-96gb",
    "apple-m4-max": "apple-m4-max-40c",
    "p100": "tesla-p100-pcie-16gb",
    "mi50": "mi50-32gb",
    "rtx-pro-6000-server": "rtx-pro-6000-blackwell-server",
    "rtx-pro-6000": "rtx-pro-6000-blackwell-ws",
    "rtx-3080": "rtx-3080-10gb",
    "rtx-3060": "rtx-3060-12gb",
    "apple-m3": "apple-m3-10c",
    "apple-m2": "apple-m2-10c",
    "jetson-agx-thor": "jetson-thor-t5000-128gb",
    "apple-m1-pro": "apple-m1-pro-16c",
    "arc-a770": "arc-a770-16gb",
    "h800": "h800-sxm5-80gb",
    "w7700": "radeon-pro-w7700",
    "mi250x-gcd": "mi250-gcd",
    "apple-m4": "apple-m4-10c",
}
GPU_NOTES = {
    "apple-m1-pro": "16-core GPU inferred from the prefill rate per core",
    "apple-m2": "10-core GPU inferred from the prefill rate per core",
    "mi50": "16 or 32 GB not stated; the bandwidth is the same",
    "mi250x-gcd": "one die of an MI250X",
    "a100-sxm-80gb": "",
}
MODELS = {
    "deepseek-v3-671b": "deepseek-v3",
    "dots1-142b": "dots.llm1",
    "llama-1-33b": "llama-30b",
    "llama-1-65b": "llama-65b",
    "phi-3-mini": "phi-3-mini-128k",
    "phi-3-medium": "phi-3-medium-128k",
    "qwen-1.8b": "qwen1.5-1.8b",
    "qwen-14b": "qwen1.5-14b",
    "qwen-72b": "qwen1.5-72b",
}
# Names the collection left unmapped (first match counts).
PUBLISHED_MODELS = (
    (r"granite-4\.1-8b", "granite-4.1-8b"),
    (r"Muse-Glimmer-30B", "muse-glimmer-30b"),
    (r"Nemotron-3-Nano-4B", "nemotron-3-nano-4b"),
    (r"Mistral-Small-4-119B", "mistral-small-4-119b"),
    (r"ERNIE-4\.5-21B-A3B", "ernie-4.5-21b-a3b"),
    (r"Kimi-Linear-48B", "kimi-linear-48b-a3b"),
    (r"Maverick-17B-128E", "llama-4-maverick"),
    (r"Llama 3\.1 405B", "llama-3.1-405b"),
    (r"^Laguna-S-2\.1|/Laguna-S-2\.1", "laguna-s-2.1"),
    (r"GLM-4\.6$", "glm-4.6"),
    (r"^glm4:9b", "glm-4-9b"),
    (r"^granite3(\.1)?-dense:8b", "granite-3.0-8b"),
    (r"^nemotron-mini:4b", "nemotron-mini-4b"),
    (r"^falcon3:10b", "falcon3-10b"),
    (r"^falcon3:7b", "falcon3-7b"),
    (r"^aya-expanse:32b", "aya-expanse-32b"),
    (r"^command-r:35b-08-2024", "command-r-08-2024"),
    (r"^exaone-deep:32b", "exaone-3.5-32b"),
    (r"^qwen:32b", "qwen1.5-32b"),
    (r"^wizardcoder:33b", "deepseek-coder-33b"),
    (r"^starcoder2:15b", "starcoder2-15b"),
    (r"^codegemma:7b", "gemma-7b"),
    (r"^Llama 7B$", "llama-7b"),
    (r"^MPT-30B$", "mpt-30b"),
    (r"^Qwen2\.5-VL-3B$", "qwen2.5-vl-3b"),
    (r"Nemotron-Super-49B", "llama-3.3-nemotron-super-49b"),
)
# Formats by runtime ("" is any). What no format of ours is keeps its published name.
FORMATS = {
    ("", "awq-int4"): "awq-4bit-g128",
    ("", "gptq-int4"): "gptq-4bit-g128",
    ("", "gptq-int8"): "gptq-8bit-g128",
    ("", "fp8"): "fp8-block128",
    ("", "mlx-bf16"): "bf16",
    ("", "quip#-2-bit"): "quip-sharp-2bit",
    ("", "aqlm-2-bit"): "aqlm-1x16-g8",
    ("", "qtip-2-bit"): "qtip-2bit",
    ("llama.cpp", "mxfp4"): "mxfp4_moe",
    ("ollama", "mxfp4"): "mxfp4_moe",
    ("llama.cpp", "bf16"): "gguf-bf16",
    ("mlx", "mxfp4"): "mlx-mxfp4",
    ("mlx", "nvfp4"): "mlx-nvfp4",
    ("ollama", "nvfp4"): "mlx-nvfp4",
}
RUNTIMES = (
    (r"^docker-model-runner|^llama-server|^llama\.cpp \(Vulkan\)", "llama.cpp"),
    (r"^lm-studio", "lm-studio"),
    (r"^ollama", "ollama"),
    (r"^mlx|^omlx|^vllm-mlx", "mlx"),
    (r"^vllm", "vllm"),
    (r"^exllama$", "exllama"),
    (r"^NIM|Nvidia TensorRT-LLM|^tensorrt-llm", "tensorrt-llm"),
    (r"^transformers", "transformers"),
    (r"^gpt-fast", "gpt-fast"),
)
# Flags of the collection that leave a row out, and those that only mark it.
LEFT_OUT = (
    "speculative",
    "partial-offload",
    "weights>VRAM",
    "ngl<layers",
    "implausible",
    "n_gpus-inferred",
    "f32-label-not-trusted",
    "avg-over-contexts",
)
OTHER_BACKEND = "not the backend of this system"


def main(folder: Path) -> None:
    """Read the collection in `folder` and write data/benchmarks.csv beside this repository."""
    models = {
        model["id"]: (model["total_params"], model["active_params"])
        for model in map(json.loads, (folder / "models_reference.jsonl").read_text().splitlines())
    }
    with (folder / "gpus_reference.csv").open(newline="") as file:
        gpus = {row["id"] for row in csv.DictReader(file)}
    reasons: Counter[str] = Counter()
    kept: dict[tuple[str, ...], dict[str, str]] = {}
    with (folder / "speed_calibration.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            found = tidy(row, gpus=gpus, models=models)
            if isinstance(found, str):
                reasons[found] += 1
                continue
            key = tuple(found[column] for column in COLUMNS)
            reasons["kept" if key not in kept else "the same row twice"] += 1
            kept[key] = found
    rows = sorted(kept.values(), key=lambda row: [_natural(row[name]) for name in COLUMNS])
    target = Path(__file__).resolve().parent.parent / "data" / "benchmarks.csv"
    with target.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    for reason, count in reasons.most_common():
        print(f"{count:6}  {reason}")
    marks = Counter(row["mark"] for row in rows if row["mark"])
    print("marked:", dict(marks.most_common()))


def tidy(
    row: dict[str, str], *, gpus: set[str], models: dict[str, tuple[int, int]]
) -> dict[str, str] | str:
    """Turn a row of the collection into ours, or tell why it is left out."""
    for flag in LEFT_OUT:
        if flag in row["flags"]:
            return f"flagged: {flag}"
    if row["concurrency"] != "1":
        return "summed over sequences"
    if row["full_offload"] != "True":
        return "weights partly in system RAM"
    test = row["test"]
    if re.match(r"pp\d*\+tg|serve|batched|max-throughput", test):
        return "prefill and decode mixed, or a server's total"
    gpu = _gpu(row)
    if gpu not in gpus:
        return "card without a record"
    model = _model(row)
    if model not in models:
        return "model without a record, or not named"
    if not re.fullmatch(r"https?://\S+", row["source_url"]):
        return "no URL to check it at"
    if not row["format"]:
        return "format not stated"
    if row["kv_type"].startswith(("tq", "ssd", "kv2", "kv4")) or "cache32k" in row["kv_type"]:
        return "experimental KV cache"
    notes = [GPU_NOTES.get(row["gpu_id"], "")]
    if row["format"].endswith("?"):
        notes.append("format inferred from the runtime's default")
    if row["backend_detail"]:
        notes.append(row["backend_detail"])
    toolbox = re.search(r"toolbox=(\S+)|build=(llama\.cpp-\S+)", row["notes"])
    if toolbox:
        notes.append(toolbox[1] or toolbox[2])
    ubatch = re.search(r"\bub=(\d+)", row["notes"])
    if ubatch:
        notes.append(f"ubatch {ubatch[1]}")
    runtime, backend = _runtime(row)
    file_gib = row["file_gib"]
    return {
        "gpu": gpu,
        "count": row["n_gpus"],
        "model": model,
        "parameters_b": f"{models[model][0] / 1e9:.4g}",
        "active_b": f"{models[model][1] / 1e9:.4g}",
        "published_as": _published(row["model_raw"]),
        "format": _format(row["format"], runtime),
        "runtime": runtime,
        "backend": backend,
        "build": row["build"],
        "date": _date(row["date"]),
        "flash_attention": {"1": "true", "0": "false"}.get(row["fa"], ""),
        "kv_format": _kv(row["kv_type"]),
        "phase": "prefill" if test.startswith("pp") else "decode",
        "depth": row["depth"] or "0",
        "prompt_tokens": row["n_prompt"] or "0",
        "generated_tokens": row["n_gen"] or "0",
        "concurrency": "1",
        "tokens_per_s": row["tokens_per_s"],
        "spread": row["std"] if row["std"] not in {"0.0", "0"} else "",
        "file_gib": file_gib,
        "source": row["source_id"],
        "url": row["source_url"],
        "mark": _mark(row, backend),
        "note": "; ".join(dict.fromkeys(note for note in notes if note)),
    }


def _gpu(row: dict[str, str]) -> str:
    name = row["gpu_id"]
    if name == "v100-sxm2":
        return "v100-sxm2-16gb" if "device=v100-16gb" in row["notes"] else "v100-sxm2-32gb"
    if name == "apple-m1-ultra":
        return "apple-m1-ultra-48c" if row["gpu_cores"] == "48" else "apple-m1-ultra-64c"
    return GPUS.get(name, name)


def _model(row: dict[str, str]) -> str:
    raw = row["model_raw"]
    if re.match(r"(Qwen3\.5|Coder) (?!.*\d+B)", raw):
        return ""  # the size is not said
    if not row["model_id"]:
        return next((name for pattern, name in PUBLISHED_MODELS if re.search(pattern, raw)), "")
    name = MODELS.get(row["model_id"], row["model_id"])
    newer = (
        (r"[Ll]lama-?3\.1[-:]|Llama[- ]3\.1", "llama-3-", "llama-3.1-"),
        (r"Llama-?3\.3", "llama-3-70b", "llama-3.3-70b"),
        (r"Qwen3\.6|Qwen3\.6-", "qwen3.5-", "qwen3.6-"),
        (r"Qwen3\.8", "qwen3.5-27b", "qwen3.8-27b"),
        (r"Qwen2-", "qwen2.5-", "qwen2-"),
        (r"QwQ|qwq", "qwen2.5-32b", "qwq-32b"),
        (r"codellama:|magicoder:", "llama-2-", "codellama-"),
    )
    for pattern, old, new in newer:
        if re.search(pattern, raw):
            name = name.replace(old, new)
    if re.search(r"DeepSeek[- ]R1[- ]Distill|deepseek-r1(-distill-qwen)?[:-]", raw):
        size = re.search(r"(7b|14b|32b)$", name)
        if name.startswith("qwen2.5-") and size:
            name = f"deepseek-r1-distill-qwen-{size[1]}"
    return name


def _format(name: str, runtime: str) -> str:
    name = name.removesuffix("?")
    if re.fullmatch(r"mlx-\dbit", name):
        return f"{name}-g64"
    exl2 = re.fullmatch(r"exl2-([\d.]+)-bpw", name)
    if exl2:
        return f"exl2-{exl2[1]}bpw"
    name = name.replace("ud_", "ud-")
    return FORMATS.get((runtime, name), FORMATS.get(("", name), name))


def _runtime(row: dict[str, str]) -> tuple[str, str]:
    name = row["runtime"]
    backend = {"SYCL": "sycl", "Vulkan,RPC": "vulkan"}.get(row["backend"], row["backend"].lower())
    if "Vulkan" in name:
        backend = "vulkan"
    for pattern, runtime in RUNTIMES:
        if re.search(pattern, name):
            name = runtime
            break
    if backend in {"", "?"}:
        raw = row["gpu_name_raw"]
        backend = (
            "metal"
            if "Apple" in raw
            else "rocm"
            if "AMD" in raw
            else "cuda"
            if "NV" in raw.upper()
            else ""
        )
    return name.lower(), backend


def _kv(name: str) -> str:
    keys = {"": "", "default": "", "auto": "", "f16/f16": "f16", "q8_0/q8_0": "q8_0",
            "q4_0/q4_0": "q4_0", "kv-q8": "q8_0", "kv-q8+reuse": "q8_0"}  # fmt: skip
    return keys.get(name, name)


def _date(text: str) -> str:
    day = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text)
    if day:
        return "-".join(day.groups())
    return text if re.fullmatch(r"(<=)?\d{4}(-\d{2}(-\d{2})?)?", text) else text[:4]


def _published(raw: str) -> str:
    file = re.search(r"\[([^\]]+)\]", raw)
    name = file[1] if file else raw
    return re.sub(r"(_ngl99)?\.(json|gguf)$|-0000\d-of-0000\d(\.gguf)?$", "", name)


def _mark(row: dict[str, str], backend: str) -> str:
    flags = [
        ("power-limited", "power-limited"),
        ("laptop", "laptop"),
        ("slow-host", "slow host"),
        ("hipblaslt-off", "hipBLASLt off"),
        ("label-says-bf16", "label contradicts the checkpoint"),
        ("2 GPUs inferred", "number of cards inferred"),
        ("gpu-not-normal", "card not in its normal state"),
        ("anomalous", "anomalous prefill"),
    ]
    for flag, mark in flags:
        if flag in row["flags"]:
            return mark
    if "RPC" in row["backend"]:
        return "over RPC"
    if backend == "vulkan" and "Apple" in row["gpu_name_raw"]:
        return OTHER_BACKEND
    if "reuse" in row["kv_type"] or row["kv_type"] in {"think", "clear-idle"}:
        return "prompt cache reused"
    if row["runtime"].startswith(("omlx", "vllm-mlx")):
        return "another server on MLX"
    if row["gpu_id"] == "apple-m5" and "Qwen3.6-35B-A3B" in row["model_raw"]:
        return "a third of the speed of the same shapes in the same series: short of memory"
    if row["runtime"].startswith("mlx-vlm"):
        return "prompt time included"
    if backend == "vulkan" and row["format"] == "bf16" and row["active_params_b"]:
        return "no Vulkan kernel for bf16 experts, run on the CPU"
    if row["source_id"] == "qwen-docs" and "Qwen2-" in row["model_raw"]:
        return "CUDA graphs off" if row["runtime"] == "vllm" and int(row["depth"]) > 8192 else ""
    return ""


def _natural(text: str) -> tuple[float, str]:
    try:
        return float(text), ""
    except ValueError:
        return float("inf"), text


if __name__ == "__main__":
    main(Path(sys.argv[1]))
