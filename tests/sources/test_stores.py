"""Ollama, LM Studio, the Hub's cache: what is on this machine, found with none of them running."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict

import gguf
import numpy as np
import pytest
from gguf_files import write_model
from test_hf import plain, write_checkpoint

from fitcheck import catalog
from fitcheck.errors import FitcheckError, SourceError, UsageError
from fitcheck.sources import installed, installed_words, is_source, open_model

DIGEST, PROJECTOR = "a" * 64, "b" * 64


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with one model in each store."""
    home = tmp_path / "home"
    for name, value in {
        "HOME": home, "USERPROFILE": home, "OLLAMA_MODELS": tmp_path / "ollama",
        "HF_HUB_CACHE": tmp_path / "hub", "LMSTUDIO_HOME": home / ".lmstudio",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, str(value))
    model = catalog.load().models.resolve("llama-3.1-8b")
    (file,) = write_model(tmp_path / "m.gguf", model)
    (tmp_path / "ollama" / "blobs").mkdir(parents=True)
    shutil.copy(file, tmp_path / "ollama" / "blobs" / f"sha256-{DIGEST}")
    manifest(tmp_path, "registry.ollama.ai/library/llama3.1/8b", [model_layer()])
    folder = home / ".lmstudio" / "models" / "bartowski" / "Llama-GGUF"
    folder.mkdir(parents=True)
    shutil.copy(file, folder / "Llama-Q4_K_M.gguf")
    snapshot = tmp_path / "hub" / "models--org--model" / "snapshots" / "0123abcd"
    snapshot.parent.mkdir(parents=True)
    write_checkpoint(snapshot, plain, None)
    return tmp_path


def manifest(root, path, layers) -> None:
    place = root / "ollama" / "manifests" / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps({"schemaVersion": 2, "layers": layers}), encoding="utf-8")


def model_layer(digest=DIGEST, kind="model"):
    return {"mediaType": f"application/vnd.ollama.image.{kind}", "digest": f"sha256:{digest}"}


def test_an_ollama_model_is_found_by_its_manifest(machine) -> None:
    for word in ("ollama:llama3.1:8b", "ollama:library/llama3.1:8b",
                 "ollama:registry.ollama.ai/library/llama3.1:8b"):  # fmt: skip
        assert is_source(word)
        model = open_model(word)
        assert model.architecture.layers == 32
        assert model.name == "llama3.1:8b (Ollama)"
    manifest(machine, "registry.ollama.ai/me/own/latest", [model_layer()])
    manifest(machine, "hf.co/org/name-GGUF/Q4_K_M", [model_layer()])
    assert open_model("ollama:me/own").architecture.layers == 32
    assert open_model("ollama:hf.co/org/name-GGUF:Q4_K_M").architecture.layers == 32


def test_an_ollama_projector_comes_along(machine) -> None:
    writer = gguf.GGUFWriter(machine / "ollama" / "blobs" / f"sha256-{PROJECTOR}", "clip")
    writer.add_tensor_info("v.blk.0.attn_q.weight", (64, 32), np.dtype(np.float16), 4096)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    writer.close()
    layers = [model_layer(), model_layer(PROJECTOR, "projector")]
    manifest(machine, "registry.ollama.ai/library/seeing/latest", layers)
    assert open_model("ollama:seeing").vision_params == 64 * 32


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "damaged"),
        ("[]", "damaged"),
        ("[" * 100_000, "damaged"),
        (json.dumps({"layers": "none"}), "damaged"),
        (json.dumps({"layers": [{"mediaType": "m", "digest": "../../etc/passwd"}]}), "damaged"),
        (json.dumps({"layers": []}), "has no GGUF file"),
        (json.dumps({"layers": [model_layer("c" * 64)]}), "is missing"),
    ],
)
def test_a_broken_manifest_gets_its_sentence(machine, content, sentence) -> None:
    place = machine / "ollama" / "manifests" / "registry.ollama.ai" / "library" / "x" / "latest"
    place.parent.mkdir(parents=True)
    place.write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match=sentence) as caught:
        open_model("ollama:x")
    assert caught.value.hint


@pytest.mark.usefixtures("machine")
def test_names_that_are_not_there_or_no_names() -> None:
    with pytest.raises(SourceError, match="no model `llama3:70b`"):
        open_model("ollama:llama3:70b")
    with pytest.raises(SourceError) as caught:
        open_model("ollama:llama3.1:70b")
    assert "`ollama:llama3.1:8b`" in caught.value.hint
    for word in ("ollama:", "ollama:../../etc", "ollama:a/b/c/d/e", "ollama:\x1b[2J"):
        with pytest.raises(SourceError) as caught:
            open_model(word)
        assert caught.value.message.isprintable()


def test_lm_studio_models_are_found_by_name_or_part(machine) -> None:
    for word in ("lmstudio:bartowski/Llama-GGUF", "lmstudio:llama-gguf", "LMStudio:bartowski"):
        assert open_model(word).architecture.layers == 32
    with pytest.raises(SourceError, match="no model `nothing`"):
        open_model("lmstudio:nothing")
    folder = machine / "home" / ".lmstudio" / "models" / "bartowski" / "Llama-GGUF"
    shutil.copy(folder / "Llama-Q4_K_M.gguf", folder / "Llama-Q8_0.gguf")
    with pytest.raises(SourceError, match="2 models like") as caught:
        open_model("lmstudio:llama")
    assert "Llama-Q8_0.gguf" in caught.value.hint
    assert open_model("lmstudio:bartowski/Llama-GGUF/Llama-Q8_0.gguf").architecture.layers == 32


def test_lm_studios_own_folder_is_honoured(machine) -> None:
    other = machine / "elsewhere"
    (other / "p" / "m").mkdir(parents=True)
    shutil.copy(machine / "m.gguf", other / "p" / "m" / "m.gguf")
    settings = machine / "home" / ".lmstudio" / "settings.json"
    settings.write_text(json.dumps({"downloadsFolder": str(other)}), encoding="utf-8")
    assert open_model("lmstudio:p/m").architecture.layers == 32
    settings.write_text("{", encoding="utf-8")
    with pytest.raises(SourceError):
        open_model("lmstudio:p/m")


def test_everything_installed_is_listed_and_opens_again(machine) -> None:
    words = installed_words()
    assert words[:2] == ("ollama:llama3.1:8b", "lmstudio:bartowski/Llama-GGUF")
    assert len(words) == 3
    manifest(machine, "registry.ollama.ai/library/broken/latest", [model_layer("c" * 64)])
    models = installed()
    assert [model.id for model in models] == list(words)
    for model in models:
        assert asdict(open_model(model.id).architecture) == asdict(model.architecture)


def test_a_machine_with_nothing_lists_nothing(tmp_path, monkeypatch) -> None:
    for name in ("HOME", "USERPROFILE", "OLLAMA_MODELS", "HF_HUB_CACHE", "LMSTUDIO_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "nothing"))
    assert installed_words() == ()
    with pytest.raises(UsageError, match="no model of"):
        installed()
    with pytest.raises(FitcheckError):
        open_model("ollama:x")
