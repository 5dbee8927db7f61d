"""Writes `data/models/*.yaml` from the reference table: `python tools/import_models.py FOLDER`.

Written once; since then the YAML is the source of truth and is edited by hand. What it cannot
compose it names; those models were written by hand, in files of their own.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml
from models.compose import architecture
from models.images import IMAGE_TOKENS, image_source
from models.names import aliases, settle, shared_names
from models.prediction import add_mtp, read
from models.writing import write

from fitcheck.estimator.parameters import total_parameters
from fitcheck.estimator.tensors import expand
from fitcheck.schema.models import ModelRow

OUT = Path(__file__).resolve().parent.parent / "data" / "models"
_CHECKS = {
    "litgpt": "https://github.com/Lightning-AI/litgpt/blob/main/litgpt/config.py",
    "transformers": "https://github.com/huggingface/transformers",
    "aiconfigurator": "https://github.com/ai-dynamo/aiconfigurator",
    "vLLM": "https://github.com/vllm-project/vllm",
    "keras_hub": "https://github.com/keras-team/keras-hub",
    "llmfit": "https://github.com/AlexsJones/llmfit",
    "mlc": "https://github.com/mlc-ai/mlc-llm",
}
_COPIED_HEAD = (
    "the checkpoint stores its tied head a second time; some GGUF files hold that copy and are so "
    "much larger"
)
FAMILIES = {"cwm-32b": "cwm", "jamba2-mini": "jamba"}
# Counted as text in the reference: the resampler between tower and language model.
RESAMPLERS = {"ernie-4.5-vl-28b-a3b": 144225280}
_RECURRENT_CONTEXT = 1048576  # no limit of its own: what runtimes allow by default


def record(ref: dict[str, Any]) -> dict[str, Any]:
    """Write one reference record as a row of `data/models/`."""
    arch = architecture(ref)
    add_mtp(arch, ref)
    row: dict[str, Any] = {
        "id": ref["id"],
        "name": ref["name"],
        "family": FAMILIES.get(ref["id"], ref["family"]),
        "repo": ref["hf_repo"],
        "released": ref["release_date"],
        "license": ref["license"] or "",
        "modalities": _modalities(ref),
        "max_context": ref["max_context"] or _RECURRENT_CONTEXT,
        "native_format": _native(ref),
        "published_params": ref["published_total"] if ref["published_total_trustworthy"] else None,
        "vision_params": ref["vision_params"] + RESAMPLERS.get(ref["id"], 0),
        "audio_params": ref["audio_params"],
        "confidence": ref["confidence"],
        "architecture": arch,
        "aliases": aliases(ref),
        "sources": _sources(ref),
        "notes": _notes(ref),
    }
    if ref["vision_params"] and ref["architecture"] in IMAGE_TOKENS:
        row["image_tokens"] = IMAGE_TOKENS[ref["architecture"]][0]
        row["sources"].append(image_source(ref["architecture"]))
    row["beside"] = _beside(row, ref)
    if ref["architecture"] in ("qwen2", "qwen3") and row["beside"]:
        row["notes"] = [note for note in row["notes"] if "tied lm_head" not in note]
        row["notes"].append(_COPIED_HEAD)
    return row


def _modalities(ref: dict[str, Any]) -> list[str]:
    found = ["text"]
    kinds = ref["multimodal"] or ""
    found += [kind for kind in ("vision", "audio") if kind in kinds]
    return found


def _native(ref: dict[str, Any]) -> str:
    kind = ref["native_dtype"]
    if kind.startswith("mxfp4"):
        return "mxfp4"
    return "bf16" if kind.startswith("bf16") else str(kind)


def _beside(row: dict[str, Any], ref: dict[str, Any]) -> list[dict[str, Any]]:
    """Name what the published count holds besides parameters."""
    if not row["published_params"]:
        return []
    own = total_parameters(expand(read(row["architecture"])))
    rest = row["published_params"] - own - row["vision_params"] - row["audio_params"]
    if not rest:
        return []
    return [{"what": _what(ref, rest), "count": rest}]


def _what(ref: dict[str, Any], rest: int) -> str:
    """Say what the surplus is."""
    if rest == ref["vocab_size"] * ref["hidden_size"]:
        return "a second copy of the tied head"
    known = {
        "gpt_neox": "attention masks (context squared a layer) and rotary buffers",
        "gpt2": "attention masks (context squared a layer)",
        "deepseek_v4": "tables of token ids to experts of the hash-routed layers, integers",
        "gpt_bigcode": "a second copy of the tied head",
        "mimo_v2_flash": "scales of FP8 weights, one a block of 128 by 128",
        "gemma4": "buffers of the vision tower",
        "kimi_k3": "not explained: the vision tower's shapes are not confirmed",
        "glm5_next": "not explained: in the prediction layer",
        "qwen4_exp": "not explained: in the prediction layer",
        "mllama": "not explained: in the vision tower",
    }
    if ref["architecture"] in known:
        return known[ref["architecture"]]
    if any("fp8 scale" in note for note in ref["notes"]):
        return "scales of FP8 weights, one a block of 128 by 128"
    found = re.search(r"published count (includes|excludes) ([^;(]*)", ref["verification"])
    if found:
        word = "not counted: " if found[1] == "excludes" else ""
        return word + found[2].strip()
    return "not explained"


def _sources(ref: dict[str, Any]) -> list[dict[str, str]]:
    count = ref["published_total"]
    known = f": {count:,} parameters" if count and ref["published_total_trustworthy"] else ""
    repo = ref["hf_repo"]
    sources = [{"title": f"{repo} on Hugging Face{known}", "url": f"https://huggingface.co/{repo}"}]
    for text in ref["sources"]:
        url = next((url for word, url in _CHECKS.items() if word in text), "")
        if url and "DIFFERS" not in text:
            sources.append({"title": _clean(text)[:160], "url": url})
    return sources[:4]


def _clean(text: str) -> str:
    text = re.sub(r" \(([Pp]y[Pp][Ii]|read by eye)\)", "", text)
    text = re.sub(r"\(memory(, unverified)?\)", "(unverified)", text).replace(
        "dims memory, ", "dims "
    )
    return text.replace("own formula", "closed form").replace("own closed form", "closed form")


def _notes(ref: dict[str, Any]) -> list[str]:
    notes = [_clean(note) for note in ref["notes"]]
    if "not confirmed" in (ref["max_context_basis"] or ""):
        notes.append("maximum context from the model card, not confirmed by a configuration")
    notes += [f"sources disagree: {_clean(text)}" for text in ref["sources"] if "DIFFERS" in text]
    if ref["max_context"] is None:
        notes.append("no maximum context is stated")
    return notes


def main(folder: Path) -> None:
    """Write every family's file; say what was left out and why."""
    path = folder / "models_reference.jsonl"
    families: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        ref = json.loads(line)
        try:
            row = record(ref)
            ModelRow.model_validate(yaml.safe_load(write([row]))[0])
        except (KeyError, TypeError, ValueError) as error:
            print(f"left out {ref['id']} ({ref['confidence']}): {error!r}"[:300])
            continue
        families[row["family"]].append(row)
    everything = [row for rows in families.values() for row in rows]
    settle(everything)
    shared_names(everything)
    OUT.mkdir(parents=True, exist_ok=True)
    for family, rows in families.items():
        (OUT / f"{family}.yaml").write_text(write(rows), encoding="utf-8")
    print(f"{sum(map(len, families.values()))} models in {len(families)} files")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
