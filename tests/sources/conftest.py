"""What the tests of sources share: files made by `gguf`, and a web server on 127.0.0.1."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from web_server import Server


@pytest.fixture
def server(monkeypatch, tmp_path):
    """Serve from 127.0.0.1 without TLS, with no Hub account, cache or offline mode around."""
    monkeypatch.setenv("FITCHECK_ALLOW_LOCAL_HTTP", "1")
    for name in (
        "HF_TOKEN",
        "HF_HUB_OFFLINE",
        "HTTP_PROXY",
        "http_proxy",
        "ALL_PROXY",
        "all_proxy",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    served = Server()
    yield served
    served.stop()
