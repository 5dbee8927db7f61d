"""The table of runtimes: checked, decoded, and what each takes of a card."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from fitcheck.answers.query import Query
from fitcheck.answers.settings import settings_for
from fitcheck.estimator.runtimes import rules_of
from fitcheck.estimator.runtimes.cuda_context import context_bytes
from fitcheck.estimator.runtimes.rules import Card, Rules
from fitcheck.schema.runtimes import RuntimeRow
from fitcheck.units import GIB, MIB

ROW = {
    "id": "some-runtime",
    "name": "Some runtime",
    "version": "1",
    "rules": "llama_cpp.rules",
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
        ({"rules": "magic"}, "no module `magic`"),
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
            for ranks in (1, 2, 8):
                overhead = rules_of(runtime).overhead(runtime, Card(gpu, "cuda"), ranks=ranks)
                assert overhead.low_bytes <= overhead.overhead_bytes <= overhead.high_bytes


def test_vllm_takes_a_share_and_others_all(held):
    usable = 23 * GIB

    def budget(runtime: str, **settings: object) -> int:
        ask = held.ask("llama-3.1-8b", runtime=runtime, **settings)
        return rules_of(ask.runtime).budget(ask, card, usable_bytes=usable, fixed_bytes=5 * GIB)

    card = held.card()
    assert budget("llama.cpp") == usable
    half = budget("vllm", gpu_memory_utilization=0.5)
    assert half == int(11.5 * GIB) + context_bytes(card.gpu)
    assert budget("vllm") < usable
    assert budget("tensorrt-llm") == 5 * GIB + int(0.9 * 18 * GIB)


def test_vllm_profiles_a_batch_as_large_as_the_card_takes(held):
    def activations(gpu: str) -> float:
        return held.buffer("llama-3.1-8b", runtime="vllm", gpu=gpu).device_bytes / MIB

    assert activations("rtx-4090") == pytest.approx(1085, abs=1)
    assert activations("a100-sxm4-80gb") == pytest.approx(1085, abs=1)  # vLLM takes it as small
    assert activations("h100-sxm5-80gb") == pytest.approx(1709, abs=1)
    assert activations("b200-sxm") == pytest.approx(2541, abs=1)


class Recording(dict):
    """A runtime's constants that remember which of them were read."""

    def __init__(self, constants):
        super().__init__(constants)
        self.read = set()

    def __getitem__(self, name):
        self.read.add(name)
        return super().__getitem__(name)


def test_every_constant_is_read(catalog, held):
    """A constant that no rule reads is a fact nobody is told."""
    backends = ("cuda", "rocm", "vulkan", "metal", "sycl")
    cards = [
        Card(catalog.gpus.get(gpu), backend)
        for gpu in ("gtx-1070", "rtx-4090", "h100-sxm5-80gb", "b200-sxm")
        for backend in backends
    ]
    for runtime in catalog.runtimes.all():
        constants = Recording(runtime.constants)
        told = replace(runtime, constants=constants)
        rules = rules_of(told)
        ask = replace(held.ask("llama-3.1-8b", runtime=runtime.id), runtime=told)
        for card in cards:
            for ranks in (1, 2, 4):
                rules.kv_cache(ask, card, ranks=ranks)
                rules.compute_buffer(ask, card, ranks=ranks)
                for position in (0, 1):
                    rules.overhead(told, card, ranks=ranks, position=position)
            rules.budget(ask, card, usable_bytes=2**35, fixed_bytes=2**30)
        for memory_bytes in (8 * GIB, 32 * GIB, 80 * GIB):
            rules.default_context(told, memory_bytes=memory_bytes)
        rules.spare_bytes(told)
        settings_for(Query(), catalog.models.get("llama-3.1-8b"), told)
        assert set(constants) == constants.read, runtime.id


def test_a_runtime_overrides_rules_and_adds_none(catalog):
    known = {name for name in vars(Rules) if not name.startswith("_")}
    for runtime in catalog.runtimes.all():
        for kind in type(rules_of(runtime)).__mro__:
            if issubclass(kind, Rules):
                own = {name for name in vars(kind) if not name.startswith("_")}
                assert own <= known | {"slides"}, kind


def test_exllama_reserves_windows_and_states_by_the_slot(held):
    """ExLlamaV3's sliding_attn.py: F16, the window and two pages, for each slot, nothing else."""
    one = held.cache("gpt-oss-20b", runtime="exllamav3", context=32_768)
    windows = 12 * 768 * 8 * 64 * 2 * 2  # a window of 128 and 512 tokens are three pages
    assert one.kv_bytes == windows + 12 * 32_768 * 8 * 64 * 2 * 2
    # Gemma 3 has no such module there: all its layers hold the context.
    other = held.cache("gemma-3-12b", runtime="exllamav3", context=32_768)
    assert other.kv_bytes == 48 * 32_768 * 8 * 256 * 2 * 2
    # ExLlamaV2 never has.
    second = held.cache("gpt-oss-20b", runtime="exllamav2", context=32_768)
    assert second.kv_bytes == 24 * 32_768 * 8 * 64 * 2 * 2
