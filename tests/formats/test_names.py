"""The words people type for formats."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitcheck.catalog.format_names import for_runtime, resolve_format
from fitcheck.errors import AmbiguousNameError, UnknownNameError, UsageError


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("Q4_K_M", "q4_k_m"),
        ("Q4_K - Medium", "q4_k_m"),
        ("q4_k_m.gguf", "q4_k_m"),
        ("ud-q4_k_xl", "ud-q4_k_xl"),
        ("awq", "awq-4bit-g128"),
        ("awq w4 g64", "awq-4bit-g64"),
        ("GPTQ-Int4", "gptq-4bit-g128"),
        ("GPTQ_4bit_128g", "gptq-4bit-g128"),
        ("gptq-4bit-32g-actorder", "gptq-4bit-g32"),
        ("mlx-4bit", "mlx-4bit-g64"),
        ("mlx-4bits-group128", "mlx-4bit-g128"),
        ("exl2-4.65bpw", "exl2-4.65bpw"),
        ("exl2-4.25", "exl2-4.25bpw"),
        ("EXL3 3.5", "exl3-3.5bpw"),
        ("exl2-5.0-h8", "exl2-5.0bpw-h8"),
        ("nf4", "nf4"),
        ("fp4", "fp4"),
        ("w8a8", "w8a8-int8"),
        ("LLM.int8()", "llm.int8"),
        ("gptq-8", "gptq-8bit-g128"),
        ("mlx-4bit-dwq", "mlx-4bit-g64"),
        ("torchao-int4wo-128g", "torchao-int4-g128"),
        ("gptq-int4-marlin-sym", "gptq-4bit-g128"),
    ],
)
def test_words(catalog, word, key):
    assert resolve_format(word, catalog.formats).id == key


def test_what_several_mean_is_refused_with_the_choices(catalog):
    with pytest.raises(AmbiguousNameError) as caught:
        resolve_format("int4", catalog.formats)
    assert "awq-4bit-g128" in caught.value.choices


def test_what_none_means_gets_a_hint(catalog):
    with pytest.raises(UnknownNameError) as caught:
        resolve_format("gptq-5bit", catalog.formats)
    assert caught.value.suggestions


@pytest.mark.parametrize(
    "word",
    [
        "torchao-fp8",
        "torchao-nvfp4",
        "gptq-fp8",
        "mlx-fp8",
        "awq-w4a8",
        "hqq-mxfp4",
        "gptq-4bit-2x",
    ],
)
def test_a_word_that_decides_is_not_dropped(catalog, word):
    with pytest.raises(UnknownNameError) as caught:
        resolve_format(word, catalog.formats)
    assert caught.value.suggestions


@given(
    family=st.sampled_from(["awq", "gptq", "hqq", "mlx", "torchao"]),
    bits=st.sampled_from(["", "-4bit", "-int8", "-w4"]),
    more=st.sampled_from(["fp8", "nvfp4", "mxfp4", "exl3", "dq", "2:4", "a8", "kv8", "nf4"]),
)
def test_no_word_is_dropped_whatever_is_before_it(catalog, family, bits, more):
    word = f"{family}{bits}-{more}"
    try:
        found = resolve_format(word, catalog.formats)
    except UnknownNameError:
        return
    assert more in found.id


def test_a_rate_the_family_does_not_have(catalog):
    with pytest.raises(UsageError, match="no rate of 9"):
        resolve_format("exl2-9", catalog.formats)


def test_a_format_as_a_runtime_has_it(catalog):
    formats = catalog.formats
    assert for_runtime(formats.get("mxfp4"), "llama.cpp", formats).id == "mxfp4_moe"
    assert for_runtime(formats.get("mxfp4"), "mlx", formats).id == "mlx-mxfp4"
    assert for_runtime(formats.get("mxfp4"), "vllm", formats).id == "mxfp4"
    assert for_runtime(formats.get("f16"), "transformers", formats).id == "bf16"
    assert for_runtime(formats.get("bf16"), "llama.cpp", formats).id == "gguf-bf16"
    assert for_runtime(formats.get("fp32"), "lm-studio", formats).id == "gguf-f32"
    assert for_runtime(formats.get("mlx-nvfp4"), "sglang", formats).id == "nvfp4"
    assert for_runtime(formats.get("awq-4bit-g128"), "llama.cpp", formats).id == "awq-4bit-g128"
