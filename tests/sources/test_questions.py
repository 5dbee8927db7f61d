"""Files, folders and sizes in whole questions, as a person asks them."""

from __future__ import annotations

import pytest
from gguf_files import write_model
from test_gguf_broken import header, pair, tensor, text
from test_hf import WAYS, write_checkpoint

from fitcheck import catalog
from fitcheck.answers.answer import answer
from fitcheck.answers.query import Query
from fitcheck.estimator.quantizers import store
from fitcheck.estimator.tensors import expand
from fitcheck.sources.contents import contents


def ask(*models, formats=None):
    gpus = ("rtx4090",)
    return answer(Query(models=tuple(map(str, models)), gpus=gpus, formats=formats)).results


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    loaded = catalog.load()
    model = loaded.models.resolve("llama-3.1-8b")
    storage = {item.id: item for item in loaded.storage_types.all()}
    form = loaded.formats.resolve("q4_k_m")
    stored = store(model.architecture, expand(model.architecture), form, storage)
    (path,) = write_model(tmp_path_factory.mktemp("f") / "llama-3.1-8b.gguf", model, stored=stored)
    return path


def test_a_file_is_answered_in_its_own_format_as_the_catalogue_is(file) -> None:
    (ours,), (theirs,) = ask(file), ask("llama-3.1-8b", formats=("q4_k_m",))
    assert ours.format.id == "q4_k_m"
    assert contents(ours.memory) == contents(theirs.memory)
    assert ours.verdict == theirs.verdict
    assert ours.decode.tokens_per_s == pytest.approx(theirs.decode.tokens_per_s, rel=1e-3)
    assert ours.max_context_tokens == theirs.max_context_tokens


def test_a_file_asked_about_in_another_format_is_described_anew(file) -> None:
    (ours,), (theirs,) = ask(file, formats=("q8_0",)), ask("llama-3.1-8b", formats=("q8_0",))
    assert contents(ours.memory) == contents(theirs.memory)


def test_several_files_are_a_table_each_in_its_own_format(file, tmp_path) -> None:
    model = catalog.load().models.resolve("gpt2")
    (other,) = write_model(tmp_path / "llama-3.1-8b.gguf", model)  # the same name in another place
    first, second = ask(file, other)
    assert (first.format.id, second.format.id) == ("q4_k_m", "f16")
    assert first.memory.weights_total_bytes > 10 * second.memory.weights_total_bytes


@pytest.mark.parametrize("form", WAYS)
def test_every_kind_of_checkpoint_is_answered(tmp_path, form) -> None:
    way, settings = WAYS[form]
    write_checkpoint(tmp_path / "m", way, settings)
    (found,) = ask(tmp_path / "m")
    assert found.format.id == form
    assert found.memory.weights_total_bytes > 0


def test_a_size_has_a_wider_range() -> None:
    (real,), (typical,) = ask("llama-3.1-8b", formats=("q4_k_m",)), ask("8b", formats=("q4_k_m",))

    def spread(found):
        return found.decode.tokens_per_s_high / found.decode.tokens_per_s_low

    assert spread(typical) > spread(real) * 1.1
    assert any("assumed" in note for note in typical.notes)


def test_an_unknown_architecture_has_weights_and_no_speed(tmp_path) -> None:
    path = tmp_path / "new.gguf"
    path.write_bytes(
        header(
            [pair(b"general.architecture", 8, text(b"brandnew"))],
            [tensor(b"token_embd.weight", (256, 100), 12)],
        )
        + bytes(14400)
    )
    (found,) = ask(path)
    assert found.memory.weights_total_bytes == 14400
    assert found.decode is None
    assert any("unknown" in note for note in found.notes)


def test_what_reading_a_file_showed_is_told(file) -> None:
    (found,) = ask(file)
    assert any("incomplete" in note for note in found.notes)  # a header without its tensors


def test_a_quantized_configuration_alone_is_answered_in_its_own_format(tmp_path) -> None:
    way, settings = WAYS["fp8-block128"]
    write_checkpoint(tmp_path / "m", way, settings)
    (found,) = ask(tmp_path / "m" / "config.json")
    assert found.format.id == "fp8-block128"
