"""GGUF presets against llama.cpp's own quantizer: every byte."""

from __future__ import annotations

import json
import statistics
from collections import Counter

import pytest


def test_every_size_equals_llama_quantize(sizes, rows):
    different = [
        (row["model"], row["preset"], row["imatrix"])
        for row in rows("gguf_sizes.csv")
        if sizes.total(row["model"], row["preset"], imatrix=row["imatrix"] == "1")
        != int(row["tensor_bytes"])
    ]
    assert different == []


def test_every_type_equals_llama_quantize_on_other_architectures(sizes, rows):
    different = []
    for row in rows("llama_quantize_types.csv"):
        stored = sizes.stored(row["model"], row["preset"], imatrix=row["imatrix"] == "1")
        types = Counter()
        for item in stored:
            types[item.storage] += item.tensor.elements
        mib = sum(item.stored_bytes for item in stored) / 2**20
        if types != json.loads(row["elements_by_type"]) or abs(mib - float(row["mib"])) > 0.0051:
            different.append((row["model"], row["preset"], row["imatrix"]))
    assert different == []


@pytest.mark.parametrize(
    ("model", "bits"),
    [("llama-3.1-70b", 4.82), ("llama-3.1-8b", 4.89), ("qwen2.5-0.5b", 6.35)],
)
def test_a_preset_has_no_bits_of_its_own(sizes, model, bits):
    assert sizes.weights(model, "q4_k_m").bits_per_weight == pytest.approx(bits, abs=0.006)


def test_an_importance_matrix_changes_the_mix(sizes):
    with_it = sizes.total("llama-3.1-8b", "iq4_xs")
    assert sizes.total("llama-3.1-8b", "iq4_xs", imatrix=False) - with_it == 36_700_160


def test_mxfp4_moe_is_q8_0_on_a_dense_model(sizes):
    assert sizes.total("llama-3.1-8b", "mxfp4_moe") == sizes.total("llama-3.1-8b", "q8_0")


def test_a_variant_gives_head_and_embeddings_more(sizes):
    items = sizes.stored("llama-3.1-8b", "q4_k_l")
    types = {item.tensor.kind: item.storage for item in items if "attn_v" not in item.tensor.name}
    assert types["embedding"] == types["output"] == "q8_0"
    assert {item.storage for item in items if "attn_q." in item.tensor.name} == {"q4_k"}


@pytest.mark.parametrize(
    ("model", "form", "types"),
    [
        ("llama-3.1-8b", "iq4_ks", {"iq4_ks", "iq5_k", "q6_k"}),  # shared values; the head
        ("llama-2-7b", "iq4_ks", {"iq4_ks", "q6_k"}),  # every head has its own values
        ("llama-3.2-1b", "iq4_ks", {"iq4_ks", "iq5_k"}),  # tied: the table is the head
        ("qwen3-30b-a3b", "iq3_k", {"iq3_k", "q8_0", "q5_k"}),  # experts: values and keys in Q8_0
        ("llama-3.1-8b", "iq2_kt", {"iq2_kt", "iq3_k", "iq4_k", "q5_k"}),
        ("qwen2.5-0.5b", "iq4_k", {"q5_0", "q6_0", "q8_0"}),  # 896 columns: no block of 256 fits
    ],
)
def test_ik_presets(sizes, model, form, types):
    stored = sizes.stored(model, form)
    assert {item.storage for item in stored if item.storage not in ("f32", "f16")} - types <= {form}
    assert types <= {item.storage for item in stored}


def test_ik_types_have_row_scales(sizes):
    item = next(
        item
        for item in sizes.stored("llama-3.1-8b", "iq4_ks")
        if item.tensor.name == "attn_q.weight"
    )
    assert item.each_bytes == 4096 * (4096 // 256 * 136 + 4)


# Files made otherwise than by today's llama-quantize, or not of this model alone.
MADE_OTHERWISE = (
    "Dec 2023",  # before llama.cpp's rules for experts
    "(2024)",  # by the rules of early 2024
    "openbuddy",  # a larger vocabulary
    "Clef",  # architecture only guessed
    "tied lm_head separately",
    "nemotron 120B",  # another recipe under the same name
    "gemma4 E4B",
    "Qwen3.5-4B",
    "Gemma-4-12B",
    "Llama 3.1 405B",  # a figure older than the rules; its F32 size agrees to 0.1 %
    "GLM-4.5-Iceblink",  # its maker's own mixture
)


def test_published_files(sizes, rows, catalog):
    errors = []
    for row in rows("file_sizes.csv"):
        quant = row["quant"].lower()
        name = {"bf16": "gguf-bf16", "f32": "gguf-f32", "mxfp4": "mxfp4_moe"}.get(quant, quant)
        made = row["artifact"] + row["note"]
        if (
            not row["format"].startswith("gguf")
            or row["quant"].startswith("UD")
            or row["model"] not in catalog.models
            or not catalog.formats.choices(name)
            or any(part in made for part in MADE_OTHERWISE)
        ):
            continue
        published = int(row["bytes"])
        errors.append(
            min(
                abs(sizes.total(row["model"], name, imatrix=imatrix) / published - 1)
                for imatrix in (True, False)
            )
        )
    assert len(errors) > 180
    assert statistics.median(errors) < 0.003
    assert max(errors) < 0.025
