"""What benchmark tools write is read as it is meant, and nothing else is."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from fitcheck.errors import SourceError
from fitcheck.sources.bench_output import parse_bench_output, read_bench_output

# llama-bench -o json, from its README: https://github.com/ggml-org/llama.cpp/tree/master/tools/llama-bench
COMMON = {
    "build_commit": "8cf427ff", "build_number": 5163, "gpu_info": "NVIDIA GeForce RTX 4080",
    "backends": "CUDA", "model_filename": "models/Qwen2.5-7B-Instruct-Q4_K_M.gguf",
    "model_type": "qwen2 7B Q4_K - Medium", "model_size": 4677120000, "model_n_params": 7615616512,
    "type_k": "f16", "type_v": "f16", "n_gpu_layers": -1, "flash_attn": -1, "n_depth": 0,
    "test_time": "2025-04-24T11:58:50Z",
}  # fmt: skip
PROMPT = COMMON | {"n_prompt": 512, "n_gen": 0, "avg_ts": 7100.002165, "stddev_ts": 140.34}
TOKENS = COMMON | {"n_prompt": 0, "n_gen": 128, "avg_ts": 118.881588, "stddev_ts": 1.04}
TABLE = """
Device 0: NVIDIA GeForce RTX 4080, compute capability 8.9, VMM: yes
| model                  |     size |  params | backend | ngl |          test |            t/s |
| ---------------------- | -------: | ------: | ------- | --: | ------------: | -------------: |
| qwen2 7B Q4_K - Medium | 4.36 GiB |  7.62 B | CUDA    |  99 |         pp512 | 7100.0 ± 140.3 |
| qwen2 7B Q4_K - Medium | 4.36 GiB |  7.62 B | CUDA    |  99 | tg128 @ d4096 |   99.6 ± 0.3   |
| qwen2 7B Q4_K - Medium | 4.36 GiB |  7.62 B | CUDA    |  99 |   pp512+tg128 |  500.0 ± 1.0   |
"""
VLLM = {
    "date": "20260801-120000", "backend": "vllm", "model_id": "Qwen/Qwen3-8B", "completed": 10,
    "total_input_tokens": 10240, "total_output_tokens": 2560, "max_concurrency": 1,
    "output_throughput": 80.0, "median_tpot_ms": 12.5, "median_ttft_ms": 100.0,
}  # fmt: skip


def test_llama_bench_json() -> None:
    prefill, decode = parse_bench_output(json.dumps([PROMPT, TOKENS]))
    assert (prefill.phase, prefill.prompt_tokens) == ("prefill", 512)
    assert prefill.tokens_per_s == pytest.approx(7100, rel=1e-4)
    assert (decode.phase, decode.generated_tokens) == ("decode", 128)
    assert decode.gpu_name == "NVIDIA GeForce RTX 4080"
    assert decode.backend == "cuda"
    assert decode.gpu_layers is None
    assert decode.date == "2025-04-24"


def test_llama_bench_jsonl_is_the_same() -> None:
    lines = f"{json.dumps(PROMPT)}\n{json.dumps(TOKENS)}\n"
    one, other = parse_bench_output(lines), parse_bench_output(json.dumps([PROMPT, TOKENS]))
    assert [asdict(run) for run in one] == [asdict(run) for run in other]


def test_llama_bench_table() -> None:
    prefill, decode = parse_bench_output(TABLE)
    assert (prefill.tokens_per_s, prefill.spread) == (7100.0, 140.3)
    assert (decode.tokens_per_s, decode.depth) == (99.6, 4096)
    assert decode.gpu_name == "NVIDIA GeForce RTX 4080"
    assert decode.parameters == 7_620_000_000


def test_vllm_serve_tells_prefill_from_decode() -> None:
    decode, prefill = parse_bench_output(json.dumps(VLLM))
    assert (decode.tokens_per_s, decode.depth) == (80.0, 1024)
    assert prefill.tokens_per_s == pytest.approx(10240.0)


def test_several_streams_calibrate_nothing() -> None:
    with pytest.raises(SourceError, match="several requests"):
        parse_bench_output(json.dumps(VLLM | {"max_concurrency": 8}))


def test_partial_offload_is_told() -> None:
    (run,) = parse_bench_output(json.dumps([TOKENS | {"n_gpu_layers": 20}]))
    assert run.gpu_layers == 20


@pytest.mark.parametrize(
    "text",
    [
        "not a benchmark",
        "{",
        "[1, 2, 3]",
        '[{"avg_ts": "fast", "n_gen": 128}]',
        '[{"avg_ts": -1, "n_gen": 128}]',
        '[{"avg_ts": NaN, "n_gen": 128}]',
        "| model | test | t/s |\n| x | tg128 | quick |",
        '{"avg_latency": 1.5, "latencies": []}',
    ],
)
def test_anything_else_is_refused_in_a_sentence(text: str, tmp_path) -> None:
    path = tmp_path / "results"
    path.write_text(text)
    with pytest.raises(SourceError) as refused:
        read_bench_output(path)
    assert refused.value.message
    assert refused.value.hint


def test_files_that_cannot_be_read(tmp_path) -> None:
    binary = tmp_path / "model.gguf"
    binary.write_bytes(b"GGUF\x00\xff\xfe")
    for path in (tmp_path / "missing.json", tmp_path, binary):
        with pytest.raises(SourceError):
            read_bench_output(path)


def test_control_characters_do_not_pass() -> None:
    (run,) = parse_bench_output(json.dumps([TOKENS | {"gpu_info": "\x1b[31mRTX\x07 4080"}]))
    assert run.gpu_name == "[31mRTX 4080"
