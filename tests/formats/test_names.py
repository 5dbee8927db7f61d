"""The words people type for formats."""

from __future__ import annotations

import pytest

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


def test_a_rate_the_family_does_not_have(catalog):
    with pytest.raises(UsageError, match="no rate of 9"):
        resolve_format("exl2-9", catalog.formats)


def test_a_format_as_a_runtime_has_it(catalog):
    formats = catalog.formats
    assert for_runtime(formats.get("mxfp4"), "llama.cpp", formats).id == "mxfp4_moe"
    assert for_runtime(formats.get("mxfp4"), "mlx", formats).id == "mlx-mxfp4"
    assert for_runtime(formats.get("mxfp4"), "vllm", formats).id == "mxfp4"
    assert for_runtime(formats.get("f16"), "transformers", formats).id == "bf16"
    assert for_runtime(formats.get("awq-4bit-g128"), "llama.cpp", formats).id == "awq-4bit-g128"
