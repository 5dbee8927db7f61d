"""The main job from the command line, on the real tables: what is printed and exited with."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

FITS = ("model", "llama-3.1-8b", "--gpu", "rtx4090", "--format", "q4_k_m")
TOO_BIG = ("model", "llama-3.1-70b", "--gpu", "rtx4090", "--format", "q4_k_m")


def result(ran) -> dict:
    [one] = json.loads(ran.stdout)["results"]
    return one


def test_one_verdict(fitcheck) -> None:
    ran = fitcheck(*FITS, "--json")
    assert (ran.status, ran.stderr) == (0, "")
    one = result(ran)
    assert one["verdict"] == "fits"
    assert one["memory"]["weights_total_bytes"] == 4_912_898_304
    assert one["memory"]["kv_cache_bytes"] == 1024**3
    assert one["decode"]["depth_tokens"] == 512
    assert one["decode_full_context"]["depth_tokens"] == 8192
    assert one["decode"]["tokens_per_s_low"] < one["decode"]["tokens_per_s_high"]
    assert one["decode"]["tokens_per_s_high"] <= one["decode"]["tokens_per_s_ceiling"]


@pytest.mark.parametrize(
    "args",
    [
        ("llama-3.1-8b", "--gpu", "rtx4090", "--format", "q4_k_m"),
        ("--gpu", "rtx4090", "llama-3.1-8b", "-f", "q4_k_m"),
        ("model", "Llama 3.1 8B", "-g", "NVIDIA GeForce RTX 4090", "--quant", "Q4_K_M"),
        ("--format=q4_k_m", "--gpu=rtx-4090", "llama-3.1-8b"),
    ],
)
def test_the_same_question_in_other_words(fitcheck, args) -> None:
    assert fitcheck(*args).stdout == fitcheck(*FITS).stdout


def test_too_big_is_status_3_with_an_offer(fitcheck) -> None:
    ran = fitcheck(*TOO_BIG, "--json")
    assert (ran.status, ran.stderr) == (3, "")
    one = result(ran)
    assert one["verdict"] == "too_big"
    assert one["decode"] is None
    assert one["memory"]["free_bytes"] < 0
    assert one["offers"]
    assert fitcheck(*TOO_BIG, "--exit-zero").status == 0
    assert "instead" in fitcheck(*TOO_BIG).stdout


def test_an_offer_keeps_its_promise(fitcheck) -> None:
    offers = result(fitcheck(*TOO_BIG, "--json"))["offers"]
    for offer in offers:
        kept = list(TOO_BIG)
        if offer["flag"] in kept:
            kept[kept.index(offer["flag"]) + 1] = offer["value"]
        else:
            kept += [offer["flag"], offer["value"]]
        ran = fitcheck(*kept, "--json")
        assert ran.status == 0, offer
        assert result(ran)["verdict"] == offer["verdict"], offer


def test_quiet_answers_by_its_status_alone(fitcheck) -> None:
    assert fitcheck(*FITS, "-q") == fitcheck(*FITS, "--quiet")
    ran = fitcheck(*TOO_BIG, "-q")
    assert (ran.status, ran.stdout, ran.stderr) == (3, "", "")


def test_a_long_context_needs_a_larger_card(fitcheck) -> None:
    args = ("llama-3.1-8b", "-f", "q4_k_m", "--context", "131072")
    assert fitcheck(*args, "--gpu", "rtx4060ti-16gb").status == 3
    assert fitcheck(*args, "--gpu", "rtx4090").status == 0


def test_a_context_beyond_the_models_is_answered_with_a_note(fitcheck) -> None:
    ran = fitcheck(*FITS, "--context", "256k", "--json")
    one = result(ran)
    assert one["context_tokens"] == 262_144
    assert any("131,072" in note for note in one["notes"])


def test_the_largest_context(fitcheck) -> None:
    assert result(fitcheck(*FITS, "--context", "max", "--json"))["context_tokens"] == 131_072


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("llama-3.1-8b", "--gpu", "rtx4099"), "unknown_name", "unknown GPU `rtx4099`"),
        (("llama-3.1-8b", "--gpu", "rtx3060"), "ambiguous_name", "`rtx3060` names several"),
        (("lama-3.1-8b", "--gpu", "rtx4090"), "unknown_name", "unknown model `lama-3.1-8b`"),
        (("llama-3.1-8b", "--gpu", "rtx4090", "-f", "q4km4"), "unknown_name", "unknown format"),
    ],
)
def test_a_name_is_never_guessed(fitcheck, args, code, message) -> None:
    ran = fitcheck(*args, "--json")
    assert (ran.status, ran.stdout) == (2, "")
    error = json.loads(ran.stderr)["error"]
    assert error["code"] == code
    assert error["message"].startswith(message)
    assert error["hint"]


def test_at_most_three_suggestions(fitcheck) -> None:
    ran = fitcheck("llama-3.1-8b", "--gpu", "rtx409")
    hint = ran.stderr.split("hint: ")[1].split("?")[0]
    assert 1 <= hint.count("`") // 2 <= 3
    assert "`rtx-4090`" in hint


def test_several_values_make_a_table_in_their_order(fitcheck) -> None:
    ran = fitcheck(*FITS[:2], "-f", "q4_k_m", "--gpu", "rtx4090,rtx3090", "--gpu", "2xrtx3090")
    rows = [line.split()[0] for line in ran.stdout.splitlines()[3:6]]
    assert rows == ["rtx-4090", "rtx-3090", "2x"]


def test_names_from_stdin(fitcheck) -> None:
    ran = fitcheck(*FITS[:2], "-f", "q4_k_m", "-g", "-", "-o", "csv", stdin="rtx4090\nrtx3090\n")
    rows = list(csv.DictReader(io.StringIO(ran.stdout)))
    assert [row["gpu.id"] for row in rows] == ["rtx-4090", "rtx-3090"]


def test_a_noun_left_out_is_ranked(fitcheck) -> None:
    ran = fitcheck("--gpu", "rtx4090", "-f", "q4_k_m", "--limit", "5", "-o", "jsonl")
    models = [json.loads(line)["model"]["id"] for line in ran.stdout.splitlines()]
    assert len(set(models)) == 5
    assert ran.status == 0


def test_only_and_sort(fitcheck) -> None:
    args = ("llama-3.1-8b", "-f", "q4_k_m", "--only", "fits", "--sort", "speed", "-o", "jsonl")
    rows = [json.loads(line) for line in fitcheck(*args, "--limit", "20").stdout.splitlines()]
    assert {row["verdict"] for row in rows} == {"fits"}
    speeds = [row["decode"]["tokens_per_s"] for row in rows]
    assert speeds == sorted(speeds, reverse=True)


def test_a_card_that_no_table_knows(fitcheck) -> None:
    ran = fitcheck(*FITS[:2], "-f", "q4_k_m", "--vram", "24", "--bandwidth", "1008", "--json")
    assert ran.status == 0
    assert result(ran)["memory"]["capacity_bytes"] == 24 * 1024**3


def test_everything_with_everything_is_refused(fitcheck) -> None:
    ran = fitcheck("--format", "q4_k_m", "--kv", "f16")
    assert ran.status == 2
    assert "everything with everything" in ran.stderr


def test_explain_derives_with_sources(fitcheck) -> None:
    text = fitcheck(*FITS, "--explain").stdout
    assert "4,912,898,304" in text
    assert "[1]" in text
    assert "https://" in text
    steps = result(fitcheck(*FITS, "--explain", "--json"))["explain"]
    assert {"what", "formula", "result", "source"} == set(steps[0])


def test_explain_of_a_table_is_told(fitcheck) -> None:
    assert "--explain is for one answer" in fitcheck(*FITS[:4], "--explain").stdout


def test_a_description(fitcheck) -> None:
    ran = fitcheck("model", "llama-3.1-8b", "--json")
    one = result(ran)
    assert one["total_params"] == 8_030_261_248
    assert one["kv_bytes_per_token"] == 131_072
    caches = {c["context_tokens"]: c["kv_cache_bytes"] for c in one["caches"]}
    assert caches[131_072] == 16 * 1024**3


def test_the_list_of_models(fitcheck) -> None:
    rows = json.loads(fitcheck("model", "--json", "--sort", "released").stdout)["results"]
    dates = [row["released"] for row in rows if row["released"]]
    assert dates == sorted(dates, reverse=True)
    assert len(rows) > 60
    assert fitcheck("model", "--sort", "colour").status == 2


def test_colour_and_links_on_a_terminal(fitcheck) -> None:
    text = fitcheck(*FITS, width=80).stdout
    assert "\x1b[32m✓ fits\x1b[0m" in text
    assert "\x1b]8;;https://" in text
    for plain in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\x1b" not in fitcheck(*FITS, width=80, **plain).stdout
    assert "\x1b" not in fitcheck(*FITS, "--color", "never", width=80).stdout
    assert "\x1b" not in fitcheck(*FITS).stdout


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize(
    "args",
    [FITS, TOO_BIG, FITS[:4], FITS[:2] + FITS[4:], FITS[2:], FITS[:2], ("model",)],
    ids=["one", "too-big", "formats", "gpus", "models", "description", "list"],
)
def test_nothing_wraps(fitcheck, args, width) -> None:
    text = fitcheck(*args, "--color", "never", width=width).stdout
    assert text
    too_wide = [line for line in text.splitlines() if len(line) > width]
    assert [line for line in too_wide if "http" not in line] == []


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_any_encoding_can_be_written(fitcheck, encoding) -> None:
    for args in (FITS, FITS[:4], FITS[:2], ("model",)):
        ran = fitcheck(*args, encoding=encoding)
        assert ran.status == 0
        assert "ok fits" in ran.stdout or args[1:] in ((), FITS[1:2])


def test_a_bad_data_folder(fitcheck, tmp_path) -> None:
    ran = fitcheck(*FITS, "--data", str(tmp_path / "none"))
    assert ran.status == 2
    assert "does not exist" in ran.stderr
    (tmp_path / "gpus.yaml").write_text("- id: x\n  nonsense: 1\n")
    ran = fitcheck(*FITS, "--data", str(tmp_path), XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert ran.status in (1, 2)
    assert ran.stdout == ""
    assert "gpus.yaml" in ran.stderr


def test_save_as(fitcheck) -> None:
    ran = fitcheck("model", "70b", "--save-as", "my-70b")
    assert (ran.status, ran.stdout) == (0, "")
    assert ran.stderr.startswith("saved as `my-70b` in ")
    assert fitcheck("my-70b", "-g", "h100-sxm5-80gb", "-f", "q4_k_m").status == 0
    assert "names a model already" in fitcheck("model", "7b", "--save-as", "my-70b").stderr
    assert fitcheck("model", "--save-as", "x").status == 2


SPEEDS = re.compile(r"^(decode|prefill|measured| {10}(?=\d)).*$", re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "args"), [("one", FITS), ("too-big", TOO_BIG), ("description", FITS[:2])]
)
def test_screens_of_real_answers(fitcheck, golden, name, args) -> None:
    """Speeds are left out here: they move with the calibration, which has tests of its own."""
    text = fitcheck(*args, "--color", "never", width=80).stdout
    golden(f"model-{name}", SPEEDS.sub(r"\1 …", text))


def test_more_than_a_table_can_hold_is_refused_at_once(fitcheck) -> None:
    ran = fitcheck("model", "all", "--gpu", "all", "--format", "all")
    assert ran.status == 2
    assert "combinations, more than a table can hold" in ran.stderr


def test_an_empty_table_says_why(fitcheck) -> None:
    ran = fitcheck("llama-3.1-405b", "--gpu", "rtx4090,rtx3090", "-f", "q4_k_m", "--only", "fits")
    assert (ran.status, ran.stderr) == (3, "")
    assert ran.stdout == "nothing here is `fits`; without --only all of it is shown\n"
    assert "nothing fits: these are the nearest" in fitcheck("llama-3.1-405b", "-g", "t4").stdout
