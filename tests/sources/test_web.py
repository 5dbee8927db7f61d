from __future__ import annotations

import time

import pytest
from gguf_files import write_model

from fitcheck import catalog
from fitcheck.errors import SourceError
from fitcheck.sources import open_model, web
from fitcheck.sources.web import WebRanges


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gguf")
    model = catalog.load().models.resolve("llama-3.1-8b")
    (path,) = write_model(folder / "llama.gguf", model, vocabulary=60_000)
    return path.read_bytes() + bytes(4_000_000)  # tensor data that nobody should fetch


def test_a_header_is_read_by_parts_and_nothing_more(server, content) -> None:
    server.files["/a/llama-Q4_K_M.gguf"] = content
    model = open_model(f"{server.url}/a/llama-Q4_K_M.gguf?download=true")
    assert model.architecture.hidden == 4096
    assert sum(item.tensor.copies for item in model.stored) == 292
    assert model.sources[0].url.startswith(server.url)
    header = len(content) - 4_000_000
    assert header < server.sent < header + 2**21
    assert all("range" in headers for _, headers in server.requests)


@pytest.mark.parametrize(
    ("way", "sentence"),
    [
        ("whole", "ignores range requests"),
        ("truncated", "breaks off its answer"),
        ("longer", "sends more than it announces"),
        ("shorter", "less than was asked for"),
        ("elsewhere", "another part than was asked for"),
        ("no header", "another part than was asked for"),
        ("growing", "changes its mind"),
    ],
)
def test_each_way_a_server_misbehaves_has_its_sentence(server, content, way, sentence) -> None:
    server.files["/m.gguf"] = content
    server.ways["/m.gguf"] = way
    with pytest.raises(SourceError, match=sentence) as caught:
        open_model(f"{server.url}/m.gguf")
    assert caught.value.hint
    assert server.sent <= 2 * web.FIRST_BYTES or way == "whole"


@pytest.mark.parametrize("way", ["slow", "silent"])
def test_a_slow_server_is_given_up(server, content, way, monkeypatch) -> None:
    monkeypatch.setattr(web, "READ_S", 0.3)
    monkeypatch.setattr(web, "TOTAL_S", 0.3)
    server.files["/m.gguf"] = content
    server.ways["/m.gguf"] = way
    start = time.monotonic()
    with pytest.raises(SourceError, match=r"too slow|in time"):
        open_model(f"{server.url}/m.gguf")
    assert time.monotonic() - start < 10  # the server would go on for much longer


def test_no_more_than_the_stated_number_of_bytes_is_read(server, monkeypatch) -> None:
    monkeypatch.setattr(web, "MAX_BYTES", 3 * 2**20)
    header = b"GGUF" + (3).to_bytes(4, "little") + bytes(8) + (1).to_bytes(8, "little")
    key = b"tokenizer.ggml.tokens"
    header += len(key).to_bytes(8, "little") + key + (9).to_bytes(4, "little")
    header += (8).to_bytes(4, "little") + (3_000_000).to_bytes(8, "little")
    server.files["/m.gguf"] = header + bytes(8 * 2**20)
    with pytest.raises(SourceError, match="more than 3 MiB"):
        open_model(f"{server.url}/m.gguf")
    assert server.sent <= 3 * 2**20


def test_redirects_are_followed_to_https_only(server, content) -> None:
    server.files["/real.gguf"] = content
    server.answers["/moved.gguf"] = (302, {"Location": "/real.gguf"}, b"")
    assert open_model(f"{server.url}/moved.gguf").architecture.layers == 32
    server.answers["/plain.gguf"] = (302, {"Location": "http://example.org/m.gguf"}, b"")
    server.answers["/file.gguf"] = (302, {"Location": "file:///etc/passwd"}, b"")
    server.answers["/loop.gguf"] = (302, {"Location": "/loop.gguf"}, b"")
    for name in ("plain", "file"):
        with pytest.raises(SourceError, match="not https"):
            open_model(f"{server.url}/{name}.gguf")
    with pytest.raises(SourceError, match="redirects more than"):
        open_model(f"{server.url}/loop.gguf")


def test_a_token_stays_with_its_server(server, content) -> None:
    other = type(server)()
    try:
        other.files["/real.gguf"] = content
        server.answers["/moved.gguf"] = (302, {"Location": f"{other.url}/real.gguf"}, b"")
        ranges = WebRanges(f"{server.url}/moved.gguf", headers={"authorization": "Bearer secret"})
        ranges.window(2 * web.FIRST_BYTES)  # a second part, asked of the other server directly
        ranges.close()
        assert len(other.requests) > 1
        assert server.requests[0][1]["authorization"] == "Bearer secret"
        assert all("authorization" not in headers for _, headers in other.requests)
    finally:
        other.stop()


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (404, "does not exist"),
        (401, "not let you read"),
        (429, "limits how often"),
        (500, "HTTP 500"),
    ],
)
def test_each_refusal_has_its_sentence(server, status, sentence) -> None:
    server.answers["/m.gguf"] = (status, {"Retry-After": "30"}, b"")
    with pytest.raises(SourceError, match=sentence):
        open_model(f"{server.url}/m.gguf")


def test_plain_http_and_nonsense_are_refused(monkeypatch) -> None:
    monkeypatch.delenv("FITCHECK_ALLOW_LOCAL_HTTP", raising=False)
    for url in ("http://127.0.0.1:1/m.gguf", "http://example.org/m.gguf", "https://", "https://["):
        with pytest.raises(SourceError, match="https"):
            open_model(url)


def test_nobody_there(server) -> None:
    url = server.url
    server.stop()
    with pytest.raises(SourceError, match=r"cannot reach|in time"):
        open_model(f"{url}/m.gguf")


def test_an_empty_file_and_a_web_page(server) -> None:
    server.files["/empty.gguf"] = b""
    server.files["/page.gguf"] = b"<!doctype html><title>Sign in</title>" * 10
    for name, sentence in (("empty", "empty"), ("page", "not a GGUF file")):
        with pytest.raises(SourceError, match=sentence):
            open_model(f"{server.url}/{name}.gguf")


def test_no_secret_of_an_address_is_shown(server, content) -> None:
    server.files["/m.gguf"] = content
    host = server.url.removeprefix("http://")
    model = open_model(f"http://me:hunter2@{host}/m.gguf?signature=abc")
    assert model.sources[0].url == f"{server.url}/m.gguf"
    with pytest.raises(SourceError) as caught:
        open_model(f"http://me:hunter2@{host}/none.gguf?signature=abc")
    assert "hunter2" not in caught.value.message
    assert "abc" not in caught.value.message
