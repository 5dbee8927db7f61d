"""What runs where: the levels, and what a card does instead."""

from __future__ import annotations

import pytest

from fitcheck.estimator.support import runs_on, support


@pytest.mark.parametrize(
    ("form", "runtime", "gpu", "level"),
    [
        ("nvfp4", "vllm", "rtx-3090", "emulated"),
        ("nvfp4", "vllm", "rtx-5090", "native"),
        ("nvfp4", "tensorrt-llm", "rtx-4090", "unsupported"),
        ("fp8-channel", "vllm", "rtx-3090", "emulated"),
        ("fp8-channel", "vllm", "rtx-4090", "native"),
        ("awq-4bit-g128", "vllm", "rtx-3090", "native"),
        ("q4_k_m", "llama.cpp", "rtx-3090", "native"),
        ("q4_k_m", "llama.cpp", "rx-7900-xtx", "native"),
        ("q4_k_m", "vllm", "rtx-3090", "unsupported"),
        ("mxfp4_moe", "llama.cpp", "rtx-4090", "emulated"),
        ("mxfp4_moe", "llama.cpp", "rtx-5090", "native"),
        ("nf4", "transformers", "rtx-3090", "native"),
        ("nf4", "vllm", "rtx-3090", "unsupported"),
        ("quarot-w4a4", "transformers", "rtx-3090", "native"),
        ("quarot-w4a4", "transformers", "rtx-5090", "unsupported"),
        ("mlx-4bit-g64", "mlx", "rtx-4090", "unsupported"),
        ("awq-4bit-g128", "llama.cpp", "rtx-3090", "unsupported"),
    ],
)
def test_levels(catalog, form, runtime, gpu, level):
    found = support(catalog.formats.get(form), runtime, catalog.gpus.resolve(gpu))
    assert found.level == level
    assert found.how


def test_b200_has_no_native_fp4_in_llama_cpp(catalog):
    b200 = next(gpu for gpu in catalog.gpus.all() if gpu.compute_capability == "10.0")
    form = catalog.formats.get("mxfp4_moe")
    assert support(form, "llama.cpp", b200).level in ("emulated", "native")
    assert not runs_on("cuda>=12.0", b200)


def test_every_line_can_be_read_and_every_level_is_reached(catalog):
    cards = catalog.gpus.all()
    for form in catalog.formats.all():
        for line in form.support:
            assert line.how
            assert any(runs_on(line.hardware, gpu) for gpu in cards), (form.id, line.hardware)


def test_a_format_runs_natively_somewhere_by_default(catalog):
    cards = catalog.gpus.all()
    for form in catalog.formats.all():
        if form.support:
            levels = {support(form, form.default_runtime, gpu).level for gpu in cards}
            assert levels & {"native", "emulated"}, form.id
