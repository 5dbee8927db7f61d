"""A model from any source, saved as a record of the user's own and read back."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml
from configs import CONFIGS
from gguf_files import write_model

from fitcheck import catalog
from fitcheck.errors import FitcheckError, UsageError
from fitcheck.estimator.tensors import expand
from fitcheck.sources import open_model, save_as
from fitcheck.sources.hf.folder import model_of
from fitcheck.sources.save import write_layout


def same(ours, theirs) -> bool:
    return {(t.name, t.shape, t.kind, t.gguf, t.hf) for t in expand(ours)} == {
        (t.name, t.shape, t.kind, t.gguf, t.hf) for t in expand(theirs)
    }


@pytest.mark.parametrize("name", ["llama-3.1-8b", "deepseek-v3", "gemma-3-12b", "jamba-1.5-mini"])
def test_a_configuration_is_saved_and_found_again(tmp_path, name) -> None:
    model = model_of(dict(CONFIGS[name]), [], name=name, file="config.json")
    path = save_as(model, "My Model", tmp_path)
    assert path == tmp_path / "models" / "my-model.yaml"
    found = catalog.load([tmp_path]).models.resolve("my model")
    assert same(found.architecture, model.architecture)
    assert found.architecture.layout == model.architecture.layout
    assert found.max_context == model.max_context
    assert yaml.safe_load(path.read_text(encoding="utf-8"))[0]["sources"]


@pytest.mark.parametrize("name", ["qwen3-30b-a3b", "gpt-oss-20b", "gemma-3n-e4b", "lfm2-1.2b"])
def test_a_file_and_a_size_are_saved_and_found_again(tmp_path, name) -> None:
    (path,) = write_model(tmp_path / "m.gguf", catalog.load().models.resolve(name))
    for word, key in ((str(path), "from-file"), ("30b-a3b", "from-size")):
        model = open_model(word)
        folder = tmp_path / key  # what a folder holds is read once
        save_as(model, key, folder)
        found = catalog.load([folder]).models.resolve(key)
        assert same(found.architecture, model.architecture)
        assert found.confidence == model.confidence


def test_what_cannot_be_saved_says_why(tmp_path) -> None:
    model = open_model("8b")
    save_as(model, "mine", tmp_path)
    with pytest.raises(UsageError, match="is there already"):
        save_as(model, "mine", tmp_path)
    with pytest.raises(UsageError, match="is unknown"):
        save_as(replace(model, architecture=None), "other", tmp_path)
    with pytest.raises(FitcheckError, match="cannot be written as a record"):
        save_as(replace(model, max_context=-1), "negative", tmp_path)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(FitcheckError, match="cannot write"):
        save_as(model, "x", tmp_path / "file")
    assert save_as(model, "../../evil", tmp_path).parent == tmp_path / "models"


def test_layouts_are_written_short() -> None:
    assert write_layout(["a"] * 3 + ["b"] * 58) == "3 a, 58 b"
    assert write_layout((["w"] * 5 + ["f"]) * 10 + ["w"] * 2) == "10 (5 w, f), 2 w"
    assert write_layout(["a"]) == "a"
