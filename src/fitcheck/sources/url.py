"""An https address of a GGUF or safetensors file: its header by range requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from fitcheck.errors import SourceError
from fitcheck.sources.text import clean
from fitcheck.sources.web import WebRanges, check_url, get_text, shown_url

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from fitcheck.records.model import Model


def open_url(url: str, *, allow_network: bool = True) -> Model:
    """Open a file on a server without downloading it. Raises SourceError."""
    check_url(url)
    if not allow_network:
        raise SourceError("reading an address needs the network, which is switched off")
    parts = urlsplit(url)
    name = unquote(parts.path).rsplit("/", 1)[-1]
    if name.casefold().endswith(".safetensors"):
        from fitcheck.sources.hf.folder import model_of
        from fitcheck.sources.hf.safetensors import read_shard

        ranges = WebRanges(url)
        try:
            shard = read_shard(ranges)
        finally:
            ranges.close()
        return model_of(_config_beside(parts), [shard], name=name, file=name, url=shown_url(url))
    from fitcheck.sources.gguf.files import parts_of, read_parts
    from fitcheck.sources.gguf.model import gguf_model

    def opened(part: str) -> WebRanges:
        path = parts.path.rsplit("/", 1)[0] + "/" + part
        return WebRanges(parts._replace(path=path).geturl() if part != name else url)

    headers = read_parts(parts_of(name), opened)
    return gguf_model(headers, file=clean(name), url=shown_url(url))


def _config_beside(parts: SplitResult) -> dict[str, Any]:
    """Read the `config.json` in the same place; a file on its own has none."""
    from fitcheck.sources.hf.config import parse_json

    path = parts.path.rsplit("/", 1)[0] + "/config.json"
    try:
        return parse_json(get_text(parts._replace(path=path).geturl()), "config.json")
    except SourceError:
        return {}
