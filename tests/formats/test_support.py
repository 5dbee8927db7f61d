"""What runs where: the levels, and what a card does instead."""

from __future__ import annotations

import pytest

from fitcheck.answers.formats import FormatQuery, list_formats
from fitcheck.answers.query import Query
from fitcheck.answers.settings import kv_format_for, runtime_for
from fitcheck.catalog import load
from fitcheck.errors import UsageError
from fitcheck.estimator.devices.backends import backend_for, card_backends
from fitcheck.estimator.support import runs, runs_on, support, support_on
from fitcheck.schema.derive import derive


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
        ("gptq-4bit-g128", "vllm", "rtx-2080-ti", "native"),
        ("gptq-4bit-g128", "vllm", "tesla-p100-pcie-16gb", "unsupported"),
        ("gptq-4bit-g128", "vllm", "arc-b580", "native"),
        ("awq-4bit-g128", "vllm", "arc-b580", "native"),
        ("mxfp4", "vllm", "arc-b580", "emulated"),
        ("w8a8-int8", "vllm", "arc-b580", "unsupported"),
        ("gptq-8bit-g128", "tensorrt-llm", "rtx-3090", "unsupported"),
        ("bf16", "vllm", "tpu-v6e", "native"),
        ("w8a8-int8", "vllm", "tpu-v6e", "native"),
        ("fp8-channel", "vllm", "tpu-v6e", "unknown"),
        ("awq-4bit-g128", "vllm", "trainium2", "unknown"),
        ("fp8-channel", "vllm", "trainium2", "native"),
        ("fp8-channel", "vllm", "gaudi-3", "native"),
        ("w8a8-int8", "vllm", "gaudi-3", "emulated"),
        ("bf16", "transformers", "tpu-v6e", "unsupported"),
        ("bf16", "sglang", "tpu-v6e", "native"),
        ("bf16", "sglang", "apple-m4-max-40c", "native"),
        ("mlx-4bit-g64", "vllm", "apple-m4-max-40c", "native"),
        ("mlx-4bit-g64", "sglang", "apple-m4-max-40c", "native"),
        ("mlx-4bit-g64", "ollama", "apple-m4-max-40c", "native"),
        ("mlx-3bit-g64", "ollama", "apple-m4-max-40c", "unsupported"),
        ("q4_k_m", "ollama", "arc-b580", "native"),
        ("q4_k_m", "ik_llama.cpp", "rx-7900-xtx", "unsupported"),
        ("q4_k_m", "ik_llama.cpp", "gtx-1080", "unsupported"),
        ("gguf-nvfp4", "ik_llama.cpp", "rtx-3090", "unsupported"),
    ],
)
def test_levels(catalog, form, runtime, gpu, level):
    runs_in = catalog.runtimes.get(runtime)
    found = support(catalog.formats.get(form), runs_in, catalog.gpus.resolve(gpu))
    assert found.level == level
    assert found.how


def test_b200_has_no_native_fp4_in_llama_cpp(catalog):
    b200 = next(gpu for gpu in catalog.gpus.all() if gpu.compute_capability == "10.0")
    form = catalog.formats.get("mxfp4_moe")
    assert support(form, catalog.runtimes.get("llama.cpp"), b200).level == "emulated"
    assert not runs_on("cuda>=12.0", b200)


def test_every_line_can_be_read_and_every_level_is_reached(catalog):
    cards = catalog.gpus.all()
    for form in catalog.formats.all():
        for line in form.support:
            assert line.how
            assert line.source.startswith("https://"), (form.id, line.runtime)
            assert any(runs_on(line.hardware, gpu) for gpu in cards), (form.id, line.hardware)


def test_a_format_runs_natively_somewhere_by_default(catalog):
    cards = catalog.gpus.all()
    for form in catalog.formats.all():
        runtime = catalog.runtimes.get(form.default_runtime)
        levels = {support(form, runtime, gpu).level for gpu in cards}
        assert levels & {"native", "emulated"}, form.id


@pytest.mark.parametrize(
    ("gpu", "level"),
    [
        ("mi210", "unsupported"),
        ("mi300x", "native"),
        ("mi355x", "native"),
        ("rx-6800-xt", "unsupported"),
        ("rx-7900-xtx", "unsupported"),
        ("ryzen-ai-max-395-128gb", "unsupported"),
        ("rx-9070-xt", "native"),
    ],
)
@pytest.mark.parametrize("form", ["fp8-channel", "fp8-tensor", "fp8-block128"])
def test_fp8_of_vllm_by_amd_generation(catalog, form, gpu, level):
    found = support(
        catalog.formats.get(form), catalog.runtimes.get("vllm"), catalog.gpus.resolve(gpu)
    )
    assert found.level == level


def test_nothing_runs_in_vllm_below_the_capability_its_wheels_start_at(catalog):
    vllm = catalog.runtimes.get("vllm")
    old = [catalog.gpus.get(key) for key in ("tesla-p100-pcie-16gb", "v100-sxm2-32gb", "gtx-1080")]
    for form in catalog.formats.all():
        for gpu in old:
            assert support(form, vllm, gpu).level == "unsupported", (form.id, gpu.id)


def accelerators(catalog):
    return [
        gpu
        for gpu in catalog.gpus.all()
        if gpu.vendor in ("google", "aws") or gpu.architecture == "gaudi"
    ]


def test_accelerators_run_only_what_was_ported_to_them(catalog):
    cards = accelerators(catalog)
    assert len(cards) == 12
    ported = {"16bit", "fp8", "int8", "mxfp4"}
    for gpu in cards:
        for runtime in catalog.runtimes.all():
            for form in catalog.formats.all():
                found = support(form, runtime, gpu)
                if runtime.id not in ("vllm", "sglang"):
                    assert found.level == "unsupported", (form.id, runtime.id, gpu.id)
                    assert "has no backend for" in found.how
                elif found.level in ("native", "emulated"):
                    assert form.family in ported, (form.id, runtime.id, gpu.id)
                    assert found.hardware in card_backends(gpu)


def test_what_is_said_to_run_on_an_accelerator_has_a_backend_there(catalog):
    names = {runtime.name: runtime for runtime in catalog.runtimes.all()}
    form = catalog.formats.get("q4_k_m")
    for gpu in accelerators(catalog):
        told = support(form, catalog.runtimes.get("llama.cpp"), gpu).how.partition("; ")[2]
        for name in told.replace(" runs there", "").replace(" run there", "").split(" and "):
            assert backend_for(names[name], gpu), (gpu.id, name)


@pytest.mark.parametrize(
    ("runtime", "gpu", "backend"),
    [
        ("llama.cpp", "rtx-3090", "cuda"),
        ("llama.cpp", "rx-7900-xtx", "rocm"),
        ("llama.cpp", "arc-b580", "sycl"),
        ("ollama", "arc-b580", "vulkan"),
        ("vllm", "arc-b580", "xpu"),
        ("vllm", "gaudi-3", "hpu"),
        ("vllm", "tpu-v6e", "tpu"),
        ("vllm", "inferentia2", "neuron"),
        ("llama.cpp", "tpu-v6e", ""),
        ("mlx", "rtx-3090", ""),
        ("mlx", "apple-m4-max-40c", "metal"),
    ],
)
def test_the_backend_is_one_that_card_and_runtime_share(catalog, runtime, gpu, backend):
    record = catalog.runtimes.get(runtime)
    assert backend_for(record, catalog.gpus.resolve(gpu)) == backend
    asked = backend_for(record, catalog.gpus.resolve(gpu), "vulkan")
    assert asked == ("vulkan" if gpu in ("rtx-3090", "rx-7900-xtx", "arc-b580") else "")


def test_both_directions_agree(catalog):
    cards = catalog.gpus.all()
    for runtime in catalog.runtimes.all():
        families = set()
        for form in catalog.formats.all():
            levels = {support(form, runtime, gpu).level for gpu in cards}
            running = bool(levels & {"native", "emulated"})
            assert running == (runtime.id in form.runtimes), (form.id, runtime.id)
            assert running == runs(form, runtime), (form.id, runtime.id)
            if running:
                families.add(form.family)
        assert families == set(runtime.families), runtime.id
        for kv in catalog.kv_formats.all():
            if runtime.engine and runtime.id not in kv.runtimes:
                continue
            assert (runtime.id in kv.runtimes) == (kv.id in runtime.kv_formats), (kv.id, runtime.id)


def test_a_runtime_keeps_what_its_engine_keeps_unless_its_own_formats_are_named(catalog):
    kept = {runtime.id: set(runtime.kv_formats) for runtime in catalog.runtimes.all()}
    assert kept["lm-studio"] == kept["ik_llama.cpp"] == kept["llama.cpp"]
    assert kept["ollama"] == {"f16", "q8_0", "q4_0"}
    assert {"int8", "int4", "fp8_per_token_head", "nvfp4"} <= kept["vllm"]
    assert kept["tensorrt-llm"] == {"bf16", "f16", "fp8", "nvfp4"}


@pytest.mark.parametrize(
    ("runtime", "gpu"),
    [
        ("vllm", "rtx-3090"),
        ("vllm", "rx-7900-xtx"),
        ("vllm", "tpu-v6e"),
        ("llama.cpp", "arc-b580"),
        ("llama.cpp", "gaudi-3"),
        ("sglang", "apple-m4-max-40c"),
    ],
)
def test_the_list_of_formats_agrees(catalog, runtime, gpu):
    query = FormatQuery(runtime=runtime, gpu=gpu, every=True)
    record, card = catalog.runtimes.get(runtime), catalog.gpus.resolve(gpu)
    levels = {form.id: support(form, record, card).level for form in catalog.formats.all()}
    listed = {row.id: row.level for row in list_formats(query).rows}
    expected = {key for key, level in levels.items() if level != "unsupported"}
    assert listed == {key: levels[key] for key in expected}


RUNTIME = """
- id: some-runtime
  name: Some runtime
  version: "1"
  rules: llama_cpp.rules
  engine: llama.cpp
  default_kv: f16
  backends: [cuda]
  sources: [{of: engine, title: its source, url: "https://example.org"}]
"""


def test_a_runtime_of_a_users_folder_runs_what_its_engine_runs(tmp_path):
    (tmp_path / "runtimes.yaml").write_text(RUNTIME, encoding="utf-8")
    catalog = load([str(tmp_path)])
    runtime, card = catalog.runtimes.get("some-runtime"), catalog.gpus.get("rtx-3090")
    found = support(catalog.formats.get("q4_k_m"), runtime, card)
    assert (found.runtime, found.level) == ("some-runtime", "native")
    assert support(catalog.formats.get("nvfp4"), runtime, card).level == "unsupported"
    radeon = catalog.gpus.get("rx-7900-xtx")
    assert support(catalog.formats.get("q4_k_m"), runtime, radeon).level == "unsupported"
    asked = Query(runtime="some-runtime", kv="q8_0")
    assert runtime_for(asked, catalog, catalog.formats.get("q4_k_m")) is runtime
    assert kv_format_for(asked, catalog, runtime).id == "q8_0"
    with pytest.raises(UsageError, match="does not run AWQ"):
        runtime_for(asked, catalog, catalog.formats.get("awq-4bit-g128"))
    with pytest.raises(UsageError, match="does not keep the KV cache in FP8"):
        kv_format_for(Query(kv="fp8"), catalog, runtime)
    query = FormatQuery(runtime="some-runtime", every=True, data_folders=(str(tmp_path),))
    of_engine = FormatQuery(runtime="llama.cpp", every=True)
    assert len(list_formats(query).rows) == len(list_formats(of_engine).rows) > 0


def compiled():
    line = ["engine", "any", "native", "", "", ""]
    own = ["heir", "cuda<7.5", "unsupported", "", "", ""]
    form = {"default_runtime": "engine", "family": "gguf", "support": [line, own]}
    heir = {"default_kv": "f16", "engine": "engine"}
    return {
        "formats": {"rows": {"q4": form}},
        "kv_formats": {"rows": {"f16": {"runtimes": ["engine"]}}},
        "runtimes": {"rows": {"engine": {"default_kv": "f16"}, "heir": heir}},
    }


def test_lines_of_an_engine_come_after_those_of_its_own():
    tables = compiled()
    assert derive(tables) == []
    form = tables["formats"]["rows"]["q4"]
    assert [line[:2] for line in form["support"] if line[0] == "heir"] == [
        ["heir", "cuda<7.5"],
        ["heir", "any"],
    ]
    assert form["runtimes"] == ["engine", "heir"]
    assert tables["runtimes"]["rows"]["heir"]["families"] == ["gguf"]
    assert tables["runtimes"]["rows"]["heir"]["kv_formats"] == ["f16"]


@pytest.mark.parametrize(
    ("table", "record", "change", "message"),
    [
        ("formats", "q4", {"default_runtime": "other"}, "no line says that `other` runs it"),
        ("runtimes", "heir", {"default_kv": "q8_0"}, "does not say that it keeps `q8_0`"),
        ("runtimes", "heir", {"engine": "nothing"}, "`nothing` is no runtime"),
    ],
)
def test_what_cannot_be_derived_is_told(table, record, change, message):
    tables = compiled()
    tables[table]["rows"][record] |= change
    (problem, *_) = derive(tables)
    assert message in problem


def test_all_cards_must_run_a_format_through_the_backend_asked_for(catalog):
    fp8, vllm = catalog.formats.get("fp8-channel"), catalog.runtimes.get("vllm")
    cards = [catalog.gpus.get(key) for key in ("rtx-4090", "gtx-1080-ti")]
    assert support_on(fp8, vllm, cards[:1]).level == "native"
    assert support_on(fp8, vllm, cards).level == "unsupported"
    llama, q4 = catalog.runtimes.get("llama.cpp"), catalog.formats.get("q4_k_m")
    assert support_on(q4, llama, cards, backend="vulkan").level == "native"
    refused = support_on(q4, llama, cards, backend="metal")
    assert (refused.level, refused.how) == (
        "unsupported",
        "GeForce RTX 4090 is not reached through metal but cuda, vulkan",
    )
