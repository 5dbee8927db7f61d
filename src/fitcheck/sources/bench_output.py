"""Reads what benchmark tools write: llama-bench (`-o json|jsonl|md`) and vLLM's `vllm bench`."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

from fitcheck.errors import SourceError
from fitcheck.records.bench_run import BenchRun
from fitcheck.sources.text import clean
from fitcheck.units import GIB, MIB

if TYPE_CHECKING:
    from pathlib import Path

_MOST_BYTES = 64 * MIB  # a results file is small; anything larger is another kind of file
_HINT = "make one with `llama-bench -m MODEL.gguf -o json > results.json`"
_ALL_LAYERS = 99  # the tool's default of old: more than any model has
_MARKDOWN_TEST = re.compile(r"^(pp|tg)\s*(\d+)(?:\s*@\s*d(\d+))?$")
_SIZE = re.compile(r"([\d.]+)\s*([KMGT]?)i?B")
_SCALE = {"": 1, "K": 1024, "M": MIB, "G": GIB, "T": 1024 * GIB}


def read_bench_output(path: Path) -> tuple[BenchRun, ...]:
    """Read every test in a results file. Raises SourceError where it is none this module knows.

    Tests that mix prompt and generation are left out: they say neither speed.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise SourceError(f"`{clean(str(path))}` is too large for benchmark results", _HINT)
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError(f"`{clean(str(path))}` is not text", _HINT) from None
    except OSError as error:
        reason = error.strerror or "cannot be opened"
        raise SourceError(f"`{clean(str(path))}` cannot be read: {reason}", _HINT) from None
    runs = parse_bench_output(text)
    if not runs:
        raise SourceError(f"`{clean(str(path))}` holds no speed of prompt or generation", _HINT)
    return runs


def parse_bench_output(text: str) -> tuple[BenchRun, ...]:
    """Parse results by their shape: a JSON document, one JSON object a line, or Markdown tables."""
    stripped = text.strip()
    if stripped.startswith(("{", "[")):
        return tuple(run for row in _json_rows(stripped) for run in _from_json(row))
    if "|" in stripped:
        return tuple(_from_markdown(stripped))
    raise SourceError("the file is neither JSON nor a llama-bench table", _HINT)


def _json_rows(text: str) -> list[dict[str, Any]]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        try:
            content = [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError) as error:
            raise SourceError("the file is not valid JSON", _HINT) from error
    rows = content if isinstance(content, list) else [content]
    return [row for row in rows if isinstance(row, dict)]


def _from_json(row: dict[str, Any]) -> list[BenchRun]:
    if "avg_ts" in row:
        return _from_llama_bench(row)
    if "output_throughput" in row:
        return _from_vllm_serve(row)
    if "avg_latency" in row or "requests_per_second" in row:
        raise SourceError(
            "`vllm bench latency` and `throughput` results do not tell prefill from decode",
            "use `vllm bench serve --max-concurrency 1 --save-result`",
        )
    return []


def _from_llama_bench(row: dict[str, Any]) -> list[BenchRun]:
    prompt, generated = _whole(row.get("n_prompt")), _whole(row.get("n_gen"))
    if (prompt > 0) == (generated > 0):
        return []
    speed = _positive(row.get("avg_ts"))
    flash = row.get("flash_attn")
    return [
        BenchRun(
            phase="decode" if generated else "prefill",
            tokens_per_s=speed,
            prompt_tokens=prompt,
            generated_tokens=generated,
            depth=_whole(row.get("n_depth")),
            backend=_backend(_word(row.get("backends"))),
            gpu_name=_word(row.get("gpu_info")),
            model_name=_word(row.get("model_type")),
            model_file=_word(row.get("model_filename")),
            parameters=_whole(row.get("model_n_params")) or None,
            model_bytes=_whole(row.get("model_size")) or None,
            key_format=_word(row.get("type_k")) or "f16",
            value_format=_word(row.get("type_v")) or "f16",
            flash_attention=None if flash in {None, -1} else bool(flash),
            gpu_layers=_layers(row.get("n_gpu_layers")),
            spread=_positive(row.get("stddev_ts")) if row.get("stddev_ts") else None,
            build=f"{_word(row.get('build_commit'))} ({_whole(row.get('build_number'))})",
            date=_word(row.get("test_time"))[:10],
        )
    ]


def _from_vllm_serve(row: dict[str, Any]) -> list[BenchRun]:
    """Read a result of `vllm bench serve`: TPOT is the decode time of one stream, TTFT its prefill.

    Source: vLLM, calculate_metrics in vllm/benchmarks/serve.py
    """
    completed = _whole(row.get("completed"))
    if not completed:
        return []
    prompt = round(_whole(row.get("total_input_tokens")) / completed)
    generated = round(_whole(row.get("total_output_tokens")) / completed)
    common: dict[str, Any] = {
        "tool": "vllm bench serve",
        "model_name": _word(row.get("model_id")),
        "concurrency": max(1, _whole(row.get("max_concurrency"))),
        "date": _word(row.get("date"))[:8],
    }
    if common["concurrency"] > 1 or row.get("max_concurrency") is None:
        raise SourceError(
            "the vLLM benchmark ran several requests at once",
            "run `vllm bench serve --max-concurrency 1 --save-result` to calibrate one stream",
        )
    runs = []
    if row.get("median_tpot_ms"):
        runs.append(
            BenchRun(
                phase="decode",
                tokens_per_s=1000.0 / _positive(row["median_tpot_ms"]),
                generated_tokens=generated,
                depth=prompt,
                **common,
            )
        )
    if row.get("median_ttft_ms") and prompt:
        speed = prompt * 1000.0 / _positive(row["median_ttft_ms"])
        runs.append(BenchRun(phase="prefill", tokens_per_s=speed, prompt_tokens=prompt, **common))
    return runs


def _from_markdown(text: str) -> list[BenchRun]:
    runs = []
    header: list[str] = []
    device = re.search(r"Device 0: ([^,\n]+)", text)
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if "t/s" in cells and "test" in cells:
            header = cells
            continue
        if not header or len(cells) != len(header):
            continue
        row = dict(zip(header, cells, strict=True))
        test = _MARKDOWN_TEST.match(row["test"])
        speed = re.match(r"([\d.]+)(?:\s*±\s*([\d.]+))?", row["t/s"])
        if not test or not speed:
            continue
        count, depth = int(test[2]), int(test[3] or 0)
        generating = test[1] == "tg"
        params = re.match(r"([\d.]+)\s*B", row.get("params", ""))
        runs.append(
            BenchRun(
                phase="decode" if generating else "prefill",
                tokens_per_s=_positive(speed[1]),
                prompt_tokens=0 if generating else count,
                generated_tokens=count if generating else 0,
                depth=depth,
                backend=_backend(row.get("backend", "")),
                gpu_name=clean(device[1]) if device else "",
                model_name=clean(row.get("model", "")),
                parameters=round(float(params[1]) * 1e9) if params else None,
                model_bytes=_size(row.get("size", "")),
                key_format=row.get("type_k", "f16"),
                value_format=row.get("type_v", "f16"),
                gpu_layers=_layers(row.get("ngl")),
                spread=float(speed[2]) if speed[2] else None,
            )
        )
    return runs


def _backend(name: str) -> str:
    first = re.split(r"[,+ ]", name.strip())[0].lower()
    return {"hip": "rocm", "mtl": "metal", "blas": ""}.get(first, first)


def _layers(value: object) -> int | None:
    layers = _whole(value, least=-1)
    return None if layers < 0 or layers >= _ALL_LAYERS else layers


def _word(value: object) -> str:
    return clean(value) if isinstance(value, str) else ""


def _whole(value: object, *, least: int = 0) -> int:
    try:
        return max(least, int(float(value)))  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return least


def _positive(value: object) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number) or number <= 0:
        raise SourceError("the file gives a speed that is no positive number", _HINT)
    return number


def _size(text: str) -> int | None:
    found = _SIZE.search(text)
    return round(float(found[1]) * _SCALE[found[2]]) if found else None
