"""Which words name a source, and models known by their size alone."""

from __future__ import annotations

import subprocess
import sys

import pytest

from fitcheck import catalog
from fitcheck.errors import SourceError, UsageError
from fitcheck.estimator.parameters import active_parameters, total_parameters
from fitcheck.estimator.tensors import expand
from fitcheck.sources import is_source, open_model, typical_model
from fitcheck.sources.names import kind_of_word, slug
from fitcheck.sources.text import clean


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("llama-3.1-8b", ""), ("qwen3 30b", ""), ("gpt2", ""), ("", ""), ("8b-instruct", ""),
        ("70b", "size"), ("0.5B", "size"), ("30b-a3b", "size"), ("30B-A3.3B", "size"),
        ("500m", "size"),
        ("model.gguf", "path"), ("./m", "path"), ("../x/m.GGUF", "path"), ("/abs", "path"),
        ("~/m", "path"), ("a/b/c.gguf", "hub"), ("config.json", "path"), ("m.safetensors", "path"),
        ("org/name", "hub"), ("org/name:Q4_K_M", "hub"), ("hf.co/org/name", "hub"),
        ("https://huggingface.co/org/name", "hub"),
        ("https://huggingface.co/org/name/resolve/main/m.gguf", "url"),
        ("https://example.org/m.gguf", "url"), ("http://example.org/m.gguf", "url"),
        ("ollama:llama3.1:8b", "ollama"), ("lmstudio:a/b", "lmstudio"),
        ("org/name\x1b", ""), ("a b/c", ""), ("\0/x", ""),
    ],
)  # fmt: skip
def test_what_a_word_names(word, kind) -> None:
    assert kind_of_word(word) == kind
    assert is_source(word) == bool(kind)


def test_a_folder_of_that_spelling_wins_over_the_hub(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert kind_of_word("org/name") == "hub"
    (tmp_path / "org" / "name").mkdir(parents=True)
    (tmp_path / "llama-3.1-8b").mkdir()
    assert kind_of_word("org/name") == "path"
    assert kind_of_word("llama-3.1-8b") == ""  # a folder never hides a model's name


def test_asking_costs_next_to_nothing() -> None:
    program = (
        "import sys; from fitcheck.sources import is_source; is_source('org/name');"
        "bad = {'yaml', 'pydantic', 'httpx', 'huggingface_hub', 'mmap', 'json'} & set(sys.modules);"
        "sys.exit(str(bad) if bad else 0)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(
    ("word", "name"),
    [("70b", "llama-3.1-70b"), ("8b", "llama-3.1-8b"), ("32b", "qwen3-32b"), ("3b", "llama-3.2-3b"),
     ("671b-a37b", "deepseek-v3"), ("30b-a3b", "qwen3-30b-a3b"), ("235b-a22b", "qwen3-235b-a22b")],
)  # fmt: skip
def test_a_size_is_answered_with_an_architecture_like_those_of_that_size(word, name) -> None:
    typical, real = open_model(word), catalog.load().models.resolve(name)
    tensors, theirs = expand(typical.architecture), expand(real.architecture)
    asked = typical.published_params
    assert total_parameters(tensors) == pytest.approx(asked, rel=0.02)
    assert total_parameters(tensors) == pytest.approx(total_parameters(theirs), rel=0.1)
    if "-a" in word:
        active = active_parameters(real.architecture, theirs)
        assert active_parameters(typical.architecture, tensors) == pytest.approx(active, rel=0.2)
    assert typical.architecture.layers == pytest.approx(real.architecture.layers, rel=0.15)
    assert typical.confidence == "low"
    assert "assumed" in typical.notes[0]


def test_what_is_known_is_kept() -> None:
    model = typical_model(params=13_000_000_000, layers=40, hidden=5120)
    assert (model.architecture.layers, model.architecture.hidden) == (40, 5120)
    assert model.architecture.blocks[0].mixers[0].head_dim == 128
    assert total_parameters(expand(model.architecture)) == pytest.approx(13e9, rel=0.01)
    assert model.id == "13b"
    assert typical_model(params=47 * 10**9, active=13 * 10**9).id == "47b-a13b"


@pytest.mark.parametrize("total", [1e7, 2e7, 1.3e8, 1e9, 9e9, 5e10, 4e11, 5e12, 1e13])
def test_every_size_has_an_answer(total) -> None:
    for active in (None, 0.5, 0.1, 0.03, 0.01):
        share = None if active is None or total * active < 1e7 else int(total * active)
        model = typical_model(params=int(total), active=share)
        tensors = expand(model.architecture)
        assert total_parameters(tensors) > 0
        if total >= 1e9 and (share is None or share > 5e8):
            assert total_parameters(tensors) == pytest.approx(total, rel=0.1)


@pytest.mark.parametrize(
    "counts",
    [
        {"params": 10}, {"params": 10**15}, {"params": 10**9, "active": 10**10},
        {"params": 10**9, "layers": 0}, {"params": 10**9, "layers": 9999},
        {"params": 10**9, "hidden": 1}, {"params": 10**9, "layers": 100, "hidden": 100_000},
    ],
)  # fmt: skip
def test_impossible_counts_are_refused(counts) -> None:
    with pytest.raises(UsageError) as caught:
        typical_model(**counts)
    assert caught.value.hint


def test_a_word_that_names_nothing() -> None:
    with pytest.raises(UsageError, match="names no file"):
        open_model("nothing at all")


def test_text_and_slugs() -> None:
    assert clean("a\x1b[31mb\u202ec\nd\0") == "a[31mbc d"
    assert clean(b"\xff\xfeok") == "\ufffd\ufffdok"
    assert clean("x" * 500) == "x" * 119 + "…"
    assert slug("Meta Llama/3.1_8B!") == "meta-llama-3.1-8b"
    assert slug("…") == "model"


@pytest.mark.parametrize(
    ("package", "word"),
    [("httpx", "https://example.org/m.gguf"), ("huggingface_hub", "org/name")],
)
def test_without_the_extra_the_network_is_refused_with_a_hint(monkeypatch, package, word) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(SourceError, match=f"needs the package `{package}`") as caught:
        open_model(word)
    assert "gpu-fitcheck[hub]" in caught.value.hint


def test_nothing_is_asked_where_the_network_is_off() -> None:
    for word in ("https://example.org/m.gguf", "org/name"):
        with pytest.raises(SourceError, match="network"):
            open_model(word, allow_network=False)
