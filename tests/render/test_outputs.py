"""The same answer as JSON, JSON Lines, CSV, TSV and Markdown."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

import pytest
import samples

from fitcheck.render.outputs.fields import ESTIMATE_FIELDS, EXPLAIN_FIELDS, flat, tree
from fitcheck.render.outputs.write import write
from fitcheck.render.report import Report
from fitcheck.render.screens.card import card
from fitcheck.render.text.terminal import Terminal
from fitcheck.units import MIB

if TYPE_CHECKING:
    from fitcheck.records.result import Estimate

# Written out, so that no field comes or goes unnoticed: within fitcheck/1 keys are only added.
FIELD_LIST = """
model.id model.name model.total_params model.active_params model.source model.confidence
format.id format.name format.bits_per_weight format.stored_params format.papers
format.support format.support_how
format.quality.change_percent format.quality.metric format.quality.model format.quality.source
format.quality.url
gpu.id gpu.name gpu.count gpu.bandwidth_bytes_per_s
runtime backend context_tokens concurrency kv_format verdict
memory.weights_bytes memory.kv_cache_bytes memory.recurrent_state_bytes
memory.compute_buffer_bytes memory.runtime_overhead_bytes memory.needed_bytes
memory.capacity_bytes memory.usable_bytes memory.free_bytes memory.weights_host_bytes
memory.weights_total_bytes
decode.depth_tokens decode.tokens_per_s decode.tokens_per_s_low decode.tokens_per_s_high
decode.tokens_per_s_ceiling decode.bytes_per_token decode.bound_by
decode_full_context.depth_tokens decode_full_context.tokens_per_s
decode_full_context.tokens_per_s_low decode_full_context.tokens_per_s_high
decode_full_context.tokens_per_s_ceiling decode_full_context.bytes_per_token
decode_full_context.bound_by
prefill.prompt_tokens prefill.tokens_per_s prefill.tokens_per_s_low prefill.tokens_per_s_high
prefill.ttft_s
max_context_tokens measured offers notes sources
cards
host.weights_bytes host.kv_cache_bytes host.recurrent_state_bytes host.compute_buffer_bytes
host.needed_bytes host.ram_bytes
"""
FIELDS = FIELD_LIST.split()


def report(*estimates: Estimate) -> Report:
    return Report(
        query={"models": ["llama-3.1-8b"]},
        results=estimates,
        fields=ESTIMATE_FIELDS,
        screen=lambda: card(estimates[0]),
        data_date="2026-11-20",
    )


def text(output: str, *estimates: Estimate) -> str:
    return "".join(write(report(*estimates), output, Terminal()))


def test_the_fields_of_an_estimate() -> None:
    assert list(ESTIMATE_FIELDS) == FIELDS
    assert list(EXPLAIN_FIELDS) == [*FIELDS, "explain"]


def test_no_field_of_the_record_is_forgotten() -> None:
    def paths(record: object, prefix: str = "") -> set[str]:
        found = set()
        for item in fields(record):
            value = getattr(record, item.name)
            if is_dataclass(value):
                found |= paths(value, f"{prefix}{item.name}.")
            else:
                found.add(prefix + item.name)
        return found

    assert paths(samples.FITS) == set(EXPLAIN_FIELDS)


def test_json_is_the_envelope_and_plain_values() -> None:
    document = json.loads(text("json", samples.FITS))
    assert list(document) == ["schema", "fitcheck", "data", "query", "results"]
    assert document["schema"] == "fitcheck/1"
    assert document["data"] == "2026-11-20"
    [result] = document["results"]
    assert result["model"]["total_params"] == 8_030_261_248
    assert result["format"]["papers"] == [
        {"id": "awq", "title": samples.AWQ.title, "url": samples.AWQ.url}
    ]
    assert result["decode"]["tokens_per_s"] == samples.FITS.decode.tokens_per_s
    assert result["sources"][0]["of"] == "model"
    assert "explain" not in result


def test_what_is_unknown_is_null() -> None:
    [result] = json.loads(text("json", samples.TOO_BIG))["results"]
    assert result["decode"] is None
    assert result["prefill"] is None
    assert result["offers"][0]["flag"] == "--format"


def test_jsonl_is_a_result_a_line() -> None:
    lines = text("jsonl", samples.FITS, samples.TOO_BIG).splitlines()
    assert [json.loads(line)["verdict"] for line in lines] == ["fits", "too_big"]
    assert json.loads(lines[0]) == json.loads(text("json", samples.FITS))["results"][0]


@pytest.mark.parametrize(("output", "separator"), [("csv", ","), ("tsv", "\t")])
def test_csv_is_the_same_fields_flat(output, separator) -> None:
    rows = list(
        csv.reader(io.StringIO(text(output, samples.FITS, samples.TOO_BIG)), delimiter=separator)
    )
    assert rows[0] == FIELDS
    assert [len(row) for row in rows] == [len(FIELDS)] * 3
    first = dict(zip(FIELDS, rows[1], strict=True))
    assert first["memory.needed_bytes"] == str(samples.FITS.memory.needed_bytes)
    assert first["format.papers"] == "awq"
    assert first["sources"] == samples.FITS.sources[0].url
    too_big = dict(zip(FIELDS, rows[2], strict=True))
    assert too_big["decode.tokens_per_s"] == ""
    assert too_big["offers"] == "--format iq2_xs; --gpu radeon-pro-w7900"
    card = samples.FITS.cards[0]
    assert first["cards"] == f"rtx-4090 {card.needed_bytes}/{card.usable_bytes}"
    assert first["host.weights_bytes"] == str(281 * MIB)


def test_a_cell_of_a_csv_is_one_line() -> None:
    record = {"note": "two\nlines\tand tabs", "flag": True, "list": ["a", {"id": "b"}]}
    made = Report(query={}, results=[record], fields=("note", "flag", "list"), screen=list)
    assert "".join(write(made, "tsv", Terminal())) == (
        "note\tflag\tlist\ntwo lines and tabs\ttrue\ta; b\n"
    )


def test_mappings_serve_as_records() -> None:
    record = {"a": {"b": 1}, "c": None}
    assert tree(record, ("a.b", "c")) == {"a": {"b": 1}, "c": None}
    assert tree(record, ("c.d",)) == {"c": None}
    assert flat(record, ("a.b", "c.d")) == [1, None]


def test_markdown(golden) -> None:
    golden("card-fits-md", text("md", samples.FITS))


def test_numbers_that_are_none_are_refused() -> None:
    made = Report(query={}, results=[{"x": float("nan")}], fields=("x",), screen=list)
    with pytest.raises(ValueError, match="not JSON compliant"):
        "".join(write(made, "json", Terminal()))
