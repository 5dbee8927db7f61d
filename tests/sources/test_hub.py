"""The Hub, played by a server on 127.0.0.1 through HF_ENDPOINT; every byte is counted."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from gguf_files import write_model
from test_hf import SMALL, plain, write_checkpoint

from fitcheck import catalog
from fitcheck.errors import SourceError
from fitcheck.sources import hub, is_source, open_model

pytest.importorskip("huggingface_hub")


@pytest.fixture
def stand_in(server, monkeypatch):
    """Point huggingface_hub at the server: it reads HF_ENDPOINT once, when it is imported."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", server.url)
    template = server.url + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)

    def publish(repo: str, files: dict[str, bytes], **more) -> None:
        info = {"id": repo, "modelId": repo, "siblings": [{"rfilename": name} for name in files]}
        body = json.dumps({**info, **more}).encode()
        server.answers[f"/api/models/{repo}"] = (200, {"Content-Type": "application/json"}, body)
        server.files |= {f"/{repo}/resolve/main/{name}": data for name, data in files.items()}

    server.publish = publish
    return server


@pytest.fixture(scope="module")
def gguf(tmp_path_factory):
    model = catalog.load().models.resolve("llama-3.2-1b")
    (path,) = write_model(tmp_path_factory.mktemp("g") / "m.gguf", model, vocabulary=1000)
    return path.read_bytes() + bytes(3_000_000)


def test_a_gguf_repository_is_asked_for_one_header(stand_in, gguf) -> None:
    names = ["m-Q8_0.gguf", "m-Q4_K_M.gguf", "m-IQ4_K_M-x.gguf", "mmproj-Q4_K_M.gguf", "README.md"]
    stand_in.publish("org/Some-GGUF", dict.fromkeys(names, gguf))
    for word in ("org/Some-GGUF:Q4_K_M", "hf.co/org/Some-GGUF:q4_k_m", "org/Some-GGUF",
                 "org/Some-GGUF/m-Q4_K_M.gguf", "https://huggingface.co/org/Some-GGUF:Q4_K_M",
                 "https://huggingface.co/org/Some-GGUF/blob/main/m-Q4_K_M.gguf"):  # fmt: skip
        assert is_source(word)
        stand_in.requests.clear()
        stand_in.sent = 0
        model = open_model(word)
        assert model.architecture.layers == 16
        assert model.repo == "org/Some-GGUF"
        assert model.id == "m-q4-k-m"
        paths = {path.split("?")[0] for path, _ in stand_in.requests if "/api/agent" not in path}
        assert paths == {"/api/models/org/Some-GGUF", "/org/Some-GGUF/resolve/main/m-Q4_K_M.gguf"}
        assert stand_in.sent < 2 * 2**20


def test_a_format_that_is_not_there_is_answered_with_those_that_are(stand_in, gguf) -> None:
    stand_in.publish("org/g", {"m-Q8_0.gguf": gguf, "m-Q6_K.gguf": gguf})
    with pytest.raises(SourceError, match="no GGUF file `Q2_K`") as caught:
        open_model("org/g:Q2_K")
    assert "`m-Q8_0.gguf`, `m-Q6_K.gguf`" in caught.value.hint
    with pytest.raises(SourceError, match="no file `x"):
        open_model("org/g/x.gguf")
    assert open_model("org/g").architecture.layers == 16  # the smallest name where no Q4_K_M is


def test_a_checkpoint_is_read_without_its_weights(stand_in, tmp_path) -> None:
    write_checkpoint(tmp_path / "m", plain, None)
    files = {path.name: path.read_bytes() for path in (tmp_path / "m").iterdir()}
    files["README.md"] = b"hello"
    total = sum(len(data) for data in files.values())
    stand_in.publish("org/model", files, safetensors={"parameters": {"BF16": 5}, "total": 5})
    model = open_model("org/model")
    assert model.stored_format == "bf16"
    assert model.architecture.hidden == SMALL["hidden_size"]
    assert sum(item.tensor.copies for item in model.stored) == 21
    assert model.published_params == 5
    assert model.sources[0].url == "https://huggingface.co/org/model"
    assert stand_in.sent < total / 2  # two parts of 128 KiB of weights of 3 MiB


def test_too_many_files_are_sized_by_their_configuration(stand_in) -> None:
    names = [f"model-{i:05d}-of-00100.safetensors" for i in range(1, 101)]
    files = {"config.json": json.dumps(SMALL).encode(), **dict.fromkeys(names, b"")}
    stand_in.publish("org/huge", files)
    model = open_model("org/huge")
    assert model.stored == ()
    assert model.architecture.layers == 2
    assert len(stand_in.requests) == 2


@pytest.mark.parametrize(
    ("status", "headers", "sentence"),
    [
        (401, {"X-Error-Code": "RepoNotFound"}, "no public repository"),
        (404, {"X-Error-Code": "RepoNotFound"}, "no public repository"),
        (403, {"X-Error-Code": "GatedRepo"}, "is gated"),
        (429, {}, "limits how often"),
        (500, {}, "HTTP 500"),
    ],
)
def test_each_refusal_of_the_hub_has_its_sentence(stand_in, status, headers, sentence) -> None:
    stand_in.answers["/api/models/org/model"] = (status, headers, b"{}")
    with pytest.raises(SourceError, match=sentence) as caught:
        open_model("org/model")
    assert caught.value.hint
    assert caught.value.message.isprintable()


def test_a_gated_file_of_a_listed_repository(stand_in) -> None:
    stand_in.publish("org/model", {"config.json": b"{}"})
    stand_in.answers["/org/model/resolve/main/config.json"] = (
        401, {"X-Error-Code": "GatedRepo"}, b"",
    )  # fmt: skip
    with pytest.raises(SourceError, match="is gated"):
        open_model("org/model")


def test_the_token_is_sent_to_the_hub(stand_in, gguf, monkeypatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_abcdefghijklmnopqrstuvwxyz")
    stand_in.publish("org/g", {"m-Q4_K_M.gguf": gguf})
    open_model("org/g")
    assert all("hf_abc" in headers["authorization"] for _, headers in stand_in.requests)


def test_no_network(stand_in) -> None:
    stand_in.stop()
    with pytest.raises(SourceError) as caught:
        open_model("models/llama/m.gguf")
    assert "on this disk" in caught.value.hint
    with pytest.raises(SourceError, match=r"cannot reach|in time"):
        open_model("org/model")


def test_offline_mode_and_the_cache(stand_in, tmp_path, monkeypatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(SourceError, match="offline mode is on"):
        open_model("org/model")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    with pytest.raises(SourceError, match="not in the Hub's cache"):
        open_model("org/model", allow_network=False)
    folder = tmp_path / "hub" / "models--org--model"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text("0123abcd", encoding="ascii")
    (folder / "snapshots").mkdir()
    write_checkpoint(folder / "snapshots" / "0123abcd", plain, None)
    model = open_model("org/model")
    assert sum(item.tensor.copies for item in model.stored) == 21
    assert model.repo == "org/model"
    assert not stand_in.requests


def test_a_fresh_process_honours_the_environment(stand_in, gguf, monkeypatch) -> None:
    stand_in.publish("org/g", {"m-Q4_K_M.gguf": gguf})
    monkeypatch.delenv("FITCHECK_ALLOW_LOCAL_HTTP")
    monkeypatch.setenv("HF_ENDPOINT", stand_in.url)
    program = "from fitcheck.sources import open_model; print(open_model('org/g').id)"
    command = [sys.executable, "-c", program]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (shown.stdout.strip(), shown.stderr) == ("m-q4-k-m", "")


@pytest.mark.parametrize(
    ("word", "address"),
    [
        ("org/name", ("org/name", "", "")),
        ("org/name:Q4_K_M", ("org/name", "", "Q4_K_M")),
        ("hf.co/org/name:IQ2_M", ("org/name", "", "IQ2_M")),
        ("hf:org/name", ("org/name", "", "")),
        ("org/name/sub/file.gguf", ("org/name", "sub/file.gguf", "")),
        ("https://huggingface.co/org/name/tree/main", ("org/name", "", "")),
        ("https://hf.co/org/name/blob/main/a.gguf?x=1", ("org/name", "a.gguf", "")),
    ],
)
def test_addresses(word, address) -> None:
    read = hub.parse_address(word)
    assert (read.repo, read.file, read.tag) == address


def test_a_tag_means_the_plainest_file() -> None:
    names = ["m-Q4_K_M-00001-of-00002.gguf", "m-Q4_K_M-00002-of-00002.gguf", "UD-Q4_K_XL/m.gguf",
             "m-Q4_K.gguf", "imatrix-Q4_K.gguf"]  # fmt: skip
    assert hub.choose(names, "Q4_K_M") == "m-Q4_K_M-00001-of-00002.gguf"
    assert hub.choose(names, "q4_k") == "m-Q4_K.gguf"
    assert hub.choose(names, "UD-Q4_K_XL") == "UD-Q4_K_XL/m.gguf"
    assert hub.choose(names, "Q5_K_M") == ""
