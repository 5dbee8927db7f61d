"""Decode time: what must hold for every question, whatever the constants are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fitcheck.catalog import load
from fitcheck.estimator.cache.read import kv_read_bytes
from fitcheck.estimator.quantizers import store
from fitcheck.estimator.speed import (
    bound_by,
    ceiling_seconds,
    decode_costs,
    decode_seconds,
    decode_work,
    likely_range,
    split_decode_seconds,
)
from fitcheck.estimator.tensors import expand
from fitcheck.estimator.weights import summarize
from fitcheck.records.calibration import Calibration, Correction, by_scope
from fitcheck.records.weights import Loading

RUNTIMES = load().runtimes
LLAMA = RUNTIMES.get("llama.cpp")


@pytest.fixture(scope="module")
def catalog():
    return load()


@pytest.fixture(scope="module")
def work(catalog):
    types = {key: catalog.storage_types.get(key) for key in catalog.storage_types.ids()}

    def make(name: str, form: str, *, depth: int = 512, concurrency: int = 1):
        architecture = catalog.models.get(name).architecture
        stored = store(architecture, expand(architecture), catalog.formats.get(form), types)
        weights = summarize(architecture, stored, types, loading=Loading(lookups_on_host=True))
        read = kv_read_bytes(
            architecture, depth=depth, key_storage=types["f16"], value_storage=types["f16"]
        )
        return decode_work(
            weights,
            architecture,
            storage_types=types,
            kv_read_bytes=read,
            depth=depth,
            concurrency=concurrency,
        )

    return make


def test_no_step_is_faster_than_its_bytes(catalog, work) -> None:
    works = [
        work("llama-3.1-8b", "q4_k_m"),
        work("qwen2.5-0.5b", "q8_0"),
        work("gpt-oss-20b", "mxfp4_moe"),
        work("llama-3.1-70b", "iq2_xxs", depth=65536),
    ]
    for gpu in catalog.gpus.all():
        for runtime, backend in (("llama.cpp", ""), ("llama.cpp", "vulkan"), ("vllm", "cuda")):
            costs = decode_costs(gpu, RUNTIMES.get(runtime), backend, catalog.calibration)
            for one in works:
                least = ceiling_seconds(one, [costs], [1.0])
                seconds = decode_seconds(one, costs)
                assert seconds >= least
                low, high = likely_range(
                    1 / seconds,
                    kind=one.kind,
                    ranges=costs.ranges,
                    ceiling_tokens_per_s=1 / least,
                )
                assert 0 < low <= 1 / seconds <= high <= 1 / least * (1 + 1e-12)


def test_speed_falls_as_the_cache_fills(catalog, work) -> None:
    costs = decode_costs(catalog.gpus.get("rtx-4090"), LLAMA, "cuda", catalog.calibration)
    times = [
        decode_seconds(work("llama-3.1-8b", "q4_k_m", depth=depth), costs)
        for depth in (0, 512, 8192, 32768, 131072)
    ]
    assert times == sorted(times)
    # 16 GiB of cache beside 4.6 GB of weights: the ceiling there is 45.6 tok/s.
    assert 1 / times[-1] < 45.7
    assert times[-1] > 3 * times[0]


def test_more_sequences_take_longer_but_less_each(catalog, work) -> None:
    costs = decode_costs(catalog.gpus.get("rtx-4090"), LLAMA, "cuda", catalog.calibration)
    for name, form in (("llama-3.1-8b", "q4_k_m"), ("qwen3-30b-a3b", "q4_k_m")):
        times = [decode_seconds(work(name, form, concurrency=n), costs) for n in (1, 2, 4, 8)]
        assert times == sorted(times)
        each = [seconds / n for seconds, n in zip(times, (1, 2, 4, 8), strict=True)]
        assert each == sorted(each, reverse=True)


def test_experts_read_are_the_distinct_ones(work) -> None:
    one = work("qwen3-30b-a3b", "q4_k_m").read_bytes
    eight = work("qwen3-30b-a3b", "q4_k_m", concurrency=8).read_bytes
    assert 3 * one < eight < 8 * one


def test_several_cards_take_their_layers_in_turn(catalog, work) -> None:
    gpus = [catalog.gpus.get("rtx-3090"), catalog.gpus.get("rtx-4090")]
    costs = [decode_costs(gpu, LLAMA, "cuda", catalog.calibration) for gpu in gpus]
    one = work("llama-3.1-8b", "q4_k_m")
    both = split_decode_seconds(one, costs, (0.5, 0.5))
    alone = sorted(decode_seconds(one, cost) for cost in costs)
    assert alone[0] < both < alone[1] * 1.01


def test_a_card_nobody_measured_takes_its_architectures_constants(catalog) -> None:
    calibration = Calibration(
        decode=by_scope({"bytes": 1.1, "bytes|architecture:ada": 1.2, "bytes|card:rtx-4090": 1.3}),
        decode_points={"card:rtx-4090": 9, "architecture:ada": 9, "vendor:nvidia": 9},
    )

    def costs(name: str):
        return decode_costs(catalog.gpus.get(name), LLAMA, "cuda", calibration)

    known, kin, cousin, stranger = map(costs, ("rtx-4090", "rtx-4060", "rtx-3090", "arc-b580"))
    levels = [one.basis for one in (known, kin, cousin, stranger)]
    assert levels == ["card", "architecture", "vendor", "global"]
    assert known.memory[0] * known.bandwidth_bytes_per_s == pytest.approx(1.1 * 1.2 * 1.3)
    assert kin.memory[0] * kin.bandwidth_bytes_per_s == pytest.approx(1.1 * 1.2)
    assert cousin.memory[0] * cousin.bandwidth_bytes_per_s == pytest.approx(1.1)


def test_a_correction_multiplies_the_time_of_that_card_only(catalog, work) -> None:
    one = work("llama-3.1-8b", "q4_k_m")
    gpu = catalog.gpus.get("rtx-4080")
    fitted = replace(catalog.calibration, corrections={})
    corrected = replace(
        fitted, corrections={"rtx-4080|llama.cpp|decode": Correction(1.25, 2, "r.json")}
    )
    plain = decode_seconds(one, decode_costs(gpu, LLAMA, "cuda", fitted))
    slowed = decode_seconds(one, decode_costs(gpu, RUNTIMES.get("ollama"), "cuda", corrected))
    ollama = decode_seconds(one, decode_costs(gpu, RUNTIMES.get("ollama"), "cuda", fitted))
    assert slowed == pytest.approx(1.25 * ollama)
    other = decode_seconds(one, decode_costs(gpu, RUNTIMES.get("vllm"), "cuda", corrected))
    assert other == decode_seconds(one, decode_costs(gpu, RUNTIMES.get("vllm"), "cuda", fitted))
    assert plain > 0


def test_what_bounds_a_step(catalog, work) -> None:
    h100 = decode_costs(catalog.gpus.get("h100-sxm5-80gb"), LLAMA, "cuda", catalog.calibration)
    assert bound_by(work("qwen2.5-0.5b", "q4_k_m"), h100) == "overhead"
    mac = decode_costs(
        catalog.gpus.get("apple-m4-10c"), RUNTIMES.get("mlx"), "metal", catalog.calibration
    )
    assert bound_by(work("llama-3.1-8b", "q8_0"), mac) == "memory_bandwidth"
