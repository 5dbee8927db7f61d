"""Write the tables of formats, storage types, KV formats and papers from the reference facts.

    python tools/import_formats.py REFERENCE_FOLDER [DATA_FOLDER]

Layouts, rules and support are told in `*_recipes.py` beside this file; quality figures and the
list of papers come from the reference folder. Run once: after that the YAML is the source of truth.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from format_recipes import formats
from kv_recipes import kv_formats
from paper_recipes import PAPERS
from storage_recipes import storage_types

LLAMA_PERPLEXITY = "https://github.com/ggml-org/llama.cpp/blob/0c1e57098bba43ac29e6e3b677cdceebdd22334f/tools/perplexity/README.md"
LLAMA_QUANTIZE = "https://github.com/ggml-org/llama.cpp/blob/0c1e57098bba43ac29e6e3b677cdceebdd22334f/tools/quantize/quantize.cpp"
EVALUATION = "https://arxiv.org/abs/2601.14277"
URLS = {
    "Model-Optimizer": "https://github.com/NVIDIA/Model-Optimizer/blob/main/examples/benchmark.md",
    "IST-DASLab/gptq": "https://github.com/IST-DASLab/gptq",
    "AQLM README": "https://github.com/Vahe1994/AQLM/blob/e79a896/README.md",
    "pytorch/ao": "https://docs.pytorch.org/ao/stable/workflows/inference.html",
    "smoothquant": "https://github.com/mit-han-lab/smoothquant/blob/c61476d/README.md",
    "SpinQuant": "https://github.com/facebookresearch/SpinQuant/blob/8f47aa3/README.md",
}
RENAMED = {
    "awq_int4_g128": "awq-4bit-g128",
    "gptq_int3_g128": "gptq-3bit-g128",
    "gptq_int3_channel": "gptq-3bit-channel",
    "gptq_int4_channel": "gptq-4bit-channel",
    "fp8_tensor": "fp8-tensor",
    "fp8_channel": "fp8-channel",
    "hf_mxfp8": "mxfp8",
    "hf_nvfp4": "nvfp4",
    "aqlm_1x16_g8": "aqlm-1x16-g8",
    "aqlm_2x8_g8": "aqlm-2x8-g8",
    "aqlm_1x16_g16": "aqlm-1x16-g16",
    "smoothquant_w8a8": "w8a8-int8",
    "quarot_w4a4kv4": "quarot-w4a4",
    "spinquant_w4a4kv4": "spinquant-w4a4",
    "torchao_int8wo": "torchao-int8",
    "gguf_bf16": "gguf-bf16",
}
METRICS = {
    "perplexity": "perplexity",
    "Wiki2 PPL": "perplexity",
    "WikiText-2 PPL": "perplexity",
    "PPL": "perplexity",
    "wikitext ppl": "perplexity",
    "MMLU loss vs BF16": "MMLU loss",
    "MMLU loss": "MMLU loss",
}
# Baselines the reference leaves to its prose, by source and model.
BASELINES = {
    ("AQLM README", "Llama-2-7b"): 5.12,
    ("AQLM README", "Llama-2-70b"): 3.12,
}


def main() -> None:
    """Write the four tables."""
    reference = Path(sys.argv[1])
    data = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parents[1] / "data"
    lines = (reference / "formats_reference.jsonl").read_text(encoding="utf-8").splitlines()
    known = [json.loads(line) for line in lines]
    quality = {}
    for row in known:
        key = RENAMED.get(row["id"], row["id"].removeprefix("gguf_"))
        quality[key] = _quality(row)
    rows = formats()
    for row in rows:
        row["quality"] = quality.get(row["id"], [])
    _write(data / "storage_types.yaml", STORAGE_HEAD, storage_types(), STORAGE_FIELDS)
    _write(data / "formats.yaml", FORMAT_HEAD, rows, FORMAT_FIELDS)
    _write(data / "kv_formats.yaml", KV_HEAD, kv_formats(), KV_FIELDS)
    _write(data / "papers.yaml", PAPER_HEAD, _papers(reference), PAPER_FIELDS)


def _quality(row: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    source = ""
    for line in row["quality"] or []:
        given = line.get("source", "")
        source = source if given in ("same", "README") and source else given
        found += _quality_lines(row, line, source)
    return found


def _quality_lines(row: dict[str, Any], line: dict[str, Any], source: str) -> list[dict[str, Any]]:
    model, metric = line.get("model", ""), line["metric"]
    if "Scoreboard" in source:
        shared = {
            "model": "Llama-3-8B",
            "dataset": "WikiText-2",
            "conditions": f"imatrix: {line['imatrix']}",
            "source": "llama.cpp: tools/perplexity/README.md, Llama-3-8B scoreboard",
            "url": LLAMA_PERPLEXITY,
        }
        lines = [{**shared, "metric": "KL divergence", "value": line["value"]}]
        if line.get("ppl"):
            base = round(line["baseline_ppl"], 6)
            lines.append({**shared, "metric": "perplexity", "value": line["ppl"], "baseline": base})
        return lines
    if "2601.14277" in source:
        return [
            {
                "model": model,
                "metric": "perplexity",
                "value": line["value"],
                "baseline": line["baseline"],
                "dataset": "WikiText-2",
                "source": "arXiv 2601.14277, as quoted by others (its tables were not seen)",
                "url": EVALUATION,
            }
        ]
    if "QUANT_OPTIONS" in source:
        match = re.search(r"([+-][\d.]+) ppl @ (\S+)", str(line["value"]))
        if not match:
            return []
        return [
            {
                "model": match[2],
                "metric": "perplexity change",
                "value": float(match[1]),
                "source": "llama.cpp: tools/quantize/quantize.cpp (help text)",
                "url": LLAMA_QUANTIZE,
            }
        ]
    if metric not in METRICS:
        return []
    url = next((url for part, url in URLS.items() if part in source), None)
    if url is None:
        url = next((u for p, u in URLS.items() if p.lower() in row["primary_source"].lower()), None)
    key = next((part for part in URLS if part in source), "")
    baseline = line.get("baseline") or BASELINES.get((key, model))
    text = str(line["value"]).removesuffix("%")
    found = {
        "model": model,
        "metric": METRICS[metric] + (" (%)" if METRICS[metric] == "MMLU loss" else ""),
        "value": float(text),
        **({"baseline": float(baseline)} if baseline else {}),
        **({"dataset": "WikiText-2"} if METRICS[metric] == "perplexity" else {"dataset": "MMLU"}),
        "source": source if source not in ("same", "README") else row["primary_source"],
        **({"url": url} if url else {}),
    }
    return [found]


def _papers(reference: Path) -> list[dict[str, Any]]:
    rows = []
    for line in (reference / "papers_reference.jsonl").read_text(encoding="utf-8").splitlines():
        paper = json.loads(line)
        key, names, claims, takeaways = PAPERS[paper["arxiv"]]
        rows.append(
            {
                "id": key,
                "title": paper["title"],
                "authors": paper["authors"],
                "year": paper["year"],
                "venue": paper["venue"],
                "arxiv": paper["arxiv"],
                "url": paper["arxiv_url"],
                "pdf_url": paper["pdf_url"],
                "hf_url": paper["hf_url"],
                "level": paper.get("level") or "",
                "claims": claims,
                "takeaways": takeaways,
                "aliases": names,
            }
        )
    return rows


def _write(path: Path, head: str, rows: list[dict[str, Any]], fields: list[str]) -> None:
    parts = [head]
    anchors: set[str] = set()
    for row in rows:
        unknown = set(row) - set(fields)
        if unknown:
            raise SystemExit(f"{path.name}: {row['id']}: no place for {sorted(unknown)}")
        lines = []
        for field in fields:
            value = row.get(field)
            if value in (None, "", [], (), {}):
                continue
            lines += _field(field, value, anchors)
        parts.append("- " + "\n  ".join(lines) + "\n")
    path.write_text("\n".join(parts), encoding="utf-8")
    print(f"{path}: {len(rows)} records")


def _field(field: str, value: Any, anchors: set[str]) -> list[str]:  # noqa: ANN401
    if field == "support":
        name, lines = value
        if name in anchors:
            return [f"{field}: *{name}"]
        anchors.add(name)
        keys = ("runtime", "hardware", "level", "how", "version", "source")
        out = [f"{field}: &{name}"]
        for line in lines:
            shown = {key: cell for key, cell in zip(keys, line, strict=True) if cell}
            out += _mapping(shown)
        return out
    if isinstance(value, dict):
        return [f"{field}:"] + [f"  {key}: {_scalar(cell)}" for key, cell in value.items()]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [f"{field}:"] + [line for entry in value for line in _mapping(entry)]
    if isinstance(value, list):
        flat = f"{field}: [{', '.join(_scalar(cell) for cell in value)}]"
        if len(flat) <= 96:
            return [flat]
        return [f"{field}:"] + [f"  - {_scalar(cell)}" for cell in value]
    return [f"{field}: {_scalar(value)}"]


def _mapping(entry: dict[str, Any]) -> list[str]:
    lines = [f"{key}: {_scalar(value)}" for key, value in entry.items()]
    return ["  - " + lines[0]] + ["    " + line for line in lines[1:]]


def _scalar(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, list):
        return "[" + ", ".join(_scalar(cell) for cell in value) + "]"
    return json.dumps(value, ensure_ascii=False)


_SCHEMA = "# yaml-language-server: $schema=schema/{}.schema.json\n#\n"
STORAGE_HEAD = (
    _SCHEMA.format("storage_types")
    + """\
# How the elements of a matrix are packed. A matrix of `row` inputs and `rows` outputs takes
#   row·rows / block_elements · block_bytes
#   + ⌈row / group_elements⌉ · ⌈rows / group_rows⌉ · group_bits / 8     scales and zero points
#   + rows · row_bits / 8 + row · column_bits / 8 + tensor_bytes        once an output, input, matrix
# `whole_rows`: a row must be a whole number of blocks. Ids are llama.cpp's type names in lower
# case; the others are named after the format that stores them.
"""
)
FORMAT_HEAD = (
    _SCHEMA.format("formats")
    + """\
# Formats: which storage type each tensor gets. `rule` names the rule (estimate/mixing/): `gguf`
# llama.cpp's presets on the base type `storage`; `linear` the decoder's linear layers in `storage`,
# the rest in `rest`; `uniform` every matrix; `average` a mean bit rate. `weight_bits` is nominal:
# what a model comes to is computed. `support`: the first line that fits runtime and hardware
# counts. `quality` is published; figures compare only within one source and model.
# `shared_names` are claimed by several formats and answered with the choices.
"""
)
KV_HEAD = (
    _SCHEMA.format("kv_formats")
    + """\
# Formats of the KV cache: the storage type of keys and of values, scales included.
"""
)
PAPER_HEAD = (
    _SCHEMA.format("papers")
    + """\
# Papers behind the formats. `level` marks the curated reading list. `claims` are the paper's own
# figures with their conditions, `takeaways` what they mean for choosing a card or a format.
"""
)
STORAGE_FIELDS = [
    "id", "name", "block_elements", "block_bytes", "group_elements", "group_rows", "group_bits",
    "row_bits", "column_bits", "tensor_bytes", "whole_rows", "speed_class", "derivation", "sources",
]  # fmt: skip
FORMAT_FIELDS = [
    "id", "name", "family", "rule", "storage", "rest", "parameters", "weight_bits",
    "activation_bits", "description", "derivation", "unquantized", "runtimes", "default_runtime",
    "papers", "support", "quality", "aliases", "shared_names", "sources", "notes",
]  # fmt: skip
KV_FIELDS = [
    "id", "name", "key_storage", "value_storage", "runtimes", "description", "aliases",
    "shared_names", "papers", "sources", "notes",
]  # fmt: skip
PAPER_FIELDS = [
    "id", "title", "authors", "year", "venue", "arxiv", "url", "pdf_url", "hf_url", "level",
    "claims", "takeaways", "aliases", "notes",
]  # fmt: skip

if __name__ == "__main__":
    main()
