"""ik_llama.cpp's compute buffers against published load logs, experts in RAM or not.

The threads are under https://github.com/ikawrakow/ik_llama.cpp/tree/main/github-data.
"""

from __future__ import annotations

import pytest

from fitcheck.estimator.runtimes.ik_llama_cpp.compute_buffer import (
    ik_compute_buffer,
    ik_compute_buffer_range,
)
from fitcheck.units import MIB

# model, context, micro-batch, `-amb` in MiB, MiB printed for the last card
_LOGS = [
    ("gemma-3-27b", 32768, 512, 0, 522.62),  # discussions/334
    ("glm-4-32b-0414", 32768, 512, 0, 308.0),  # pull_requests/344
    ("qwen3-235b-a22b", 32768, 512, 0, 312.75),  # discussions/357, experts in RAM
    ("qwen3-235b-a22b", 16384, 512, 0, 312.75),  # discussions/357, experts in RAM
    ("qwen3-235b-a22b", 65536, 4096, 0, 2502.0),  # issues/530, experts in RAM
    ("qwen3-235b-a22b", 4096, 4096, 0, 2502.0),  # issues/530, experts in RAM
    ("deepseek-v3", 16384, 1024, 0, 3444.0),  # pull_requests on mainline GGUFs
    ("deepseek-v3", 2048, 512, 256, 503.0),  # discussions/477, experts in RAM
    ("deepseek-v3", 32768, 1024, 512, 3650.0),  # issues/450, experts in RAM
    ("deepseek-v3", 65536, 512, 512, 6081.0),  # discussions/286, experts in RAM
    ("deepseek-v3", 16384, 4096, 1024, 3152.0),  # issues/596, experts in RAM
    ("deepseek-v3", 20480, 4096, 512, 2872.0),  # discussions/477
    ("deepseek-v3", 114688, 4096, 256, 12400.0),  # discussions/477, experts in RAM
]


def _run(catalog, context: int, ubatch: int, step_mib: int) -> dict:
    f16 = catalog.storage_types.get("f16")
    return {
        "context": context,
        "sequences": 1,
        "key_storage": f16,
        "value_storage": f16,
        "ubatch": ubatch,
        "attention_step_bytes": step_mib * MIB,
    }


@pytest.mark.parametrize("log", _LOGS)
def test_what_was_printed_lies_in_the_range(catalog, log):
    model, context, ubatch, step_mib, printed = log
    architecture = catalog.models.resolve(model).architecture
    run = _run(catalog, context, ubatch, step_mib)
    low, high = ik_compute_buffer_range(architecture, **run)
    assert low == ik_compute_buffer(architecture, **run).device_bytes
    assert low * 0.97 <= printed * MIB <= high * 1.03


@pytest.mark.parametrize("log", [_LOGS[0], _LOGS[1], _LOGS[6]])
def test_whole_models_on_the_card_are_within_3_percent(catalog, log):
    model, context, ubatch, step_mib, printed = log
    architecture = catalog.models.resolve(model).architecture
    buffer = ik_compute_buffer(architecture, **_run(catalog, context, ubatch, step_mib))
    assert buffer.device_bytes / MIB == pytest.approx(printed, rel=0.03)


def test_a_smaller_step_takes_less(catalog):
    architecture = catalog.models.resolve("deepseek-v3").architecture
    sizes = [
        ik_compute_buffer(architecture, **_run(catalog, 32768, 512, step)).device_bytes
        for step in (0, 1024, 256)
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == 3
