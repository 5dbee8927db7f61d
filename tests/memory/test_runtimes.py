"""The table of runtimes: checked, decoded, and what each takes of a card."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from fitcheck.estimator.runtimes.cuda_context import context_bytes
from fitcheck.estimator.runtimes.old_buffers import runtime_overhead, share_limit
from fitcheck.schema.runtimes import RuntimeRow
from fitcheck.units import GIB, MIB

ROW = {
    "id": "some-runtime",
    "name": "Some runtime",
    "version": "1",
    "memory_rule": "llama.cpp",
    "families": ["gguf"],
    "kv_formats": ["f16"],
    "default_kv": "f16",
    "backends": ["cuda"],
    "sources": [{"of": "all", "title": "its source", "url": "https://example.org"}],
}


def test_constants_are_compiled_to_base_units():
    row = RuntimeRow.model_validate(
        ROW | {"constants": {"overhead_cuda": {"value": 1.5, "unit": "mib", "source": "a log"}}}
    )
    assert row.compile()["constants"]["overhead_cuda"]["value"] == 1.5 * MIB


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"default_kv": "q8_0"}, "not among kv_formats"),
        ({"memory_rule": "magic"}, "memory_rule"),
        ({"colour": "blue"}, "colour"),
        ({"sources": []}, "sources"),
        (
            {"constants": {"x": {"value": 2, "low": 3, "unit": "mib", "source": "a log"}}},
            "between low and high",
        ),
        ({"constants": {"x": {"value": 2, "unit": "share", "source": "s"}}}, "at most 1"),
    ],
)
def test_a_bad_record_is_refused(change, message):
    with pytest.raises(ValidationError, match=message):
        RuntimeRow.model_validate(ROW | change)


def test_every_runtime_keeps_its_cache_in_known_formats_and_runs_known_families(catalog):
    families = {record.family for record in catalog.formats.all()}
    run = set()
    for runtime in catalog.runtimes.all():
        assert set(runtime.kv_formats) <= set(catalog.kv_formats.ids()), runtime.id
        assert set(runtime.families) <= families, runtime.id
        run |= set(runtime.families)
    assert run == families


@pytest.mark.parametrize(
    ("card", "measured_mib"),
    [
        ("rtx-4060-ti-16gb", 107),
        ("rtx-3090", 256),
        ("rtx-6000-ada", 426),
        ("rtx-pro-6000-blackwell-workstation", 555),
    ],
)
def test_cuda_context_is_near_what_was_measured(catalog, card, measured_mib):
    gpu = catalog.gpus.find(card)
    if gpu is None:
        pytest.skip(f"no card is called {card}")
    assert context_bytes(gpu) / MIB == pytest.approx(measured_mib, rel=0.2)


def test_overhead_lies_within_its_spread(catalog):
    for runtime in catalog.runtimes.all():
        for gpu in catalog.gpus.all()[::25]:
            overhead = runtime_overhead(runtime, gpu)
            assert overhead.low_bytes <= overhead.overhead_bytes <= overhead.high_bytes


def test_vllm_takes_a_share_and_others_all(catalog):
    gpu = catalog.gpus.resolve("rtx-4090")
    vllm, llama = catalog.runtimes.get("vllm"), catalog.runtimes.get("llama.cpp")
    assert share_limit(llama, gpu, usable_bytes=23 * GIB) == 23 * GIB
    share = share_limit(vllm, gpu, usable_bytes=23 * GIB, utilization=0.5)
    assert share == int(11.5 * GIB) + context_bytes(gpu)
    assert share_limit(vllm, gpu, usable_bytes=23 * GIB) < 23 * GIB
