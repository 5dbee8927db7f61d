"""Parts of a file on a web server, by range requests: counted, bounded, and never plain http.

Everything the server says is checked: that it honours ranges, where a part starts and ends, how
long the whole file is, and that a redirect stays on https. RFC 9110, section 14.
"""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from fitcheck.errors import SourceError
from fitcheck.sources.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BYTES = 64 * 2**20  # of one file
FIRST_BYTES = 2**20
MAX_STEP_BYTES = 8 * 2**20
CONNECT_S = 10.0
READ_S = 15.0  # between two pieces of an answer
TOTAL_S = 60.0  # of one answer
MAX_REDIRECTS = 5
MAX_TEXT_BYTES = 16 * 2**20
LOCAL_HTTP = "FITCHECK_ALLOW_LOCAL_HTTP"  # tests serve from 127.0.0.1 without TLS

_CONTENT_RANGE = re.compile(r"^bytes (\d{1,19})-(\d{1,19})/(\d{1,19})$")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_NOT_FOUND = (404, 410)
_REFUSED = (401, 403)


class WebRanges:
    """A file on a server; `received` counts the bytes of bodies read so far."""

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        first_bytes: int | None = None,
    ) -> None:
        httpx = _httpx()
        check_url(url)
        self.name = shown_url(url)
        self.received = 0
        self._url = url
        self._headers = dict(headers or {})
        self._client = httpx.Client(
            timeout=httpx.Timeout(READ_S, connect=CONNECT_S), follow_redirects=False
        )
        self._held = bytearray()
        self.size = 2**62  # until the server says
        try:
            self._held += self._fetch(0, first_bytes or FIRST_BYTES)
        except BaseException:
            self._client.close()
            raise

    def window(self, end: int) -> bytearray:
        """Give the start of the file, fetched as far as `end` needs, in growing steps."""
        end = min(end, self.size)
        while len(self._held) < end:
            step = min(max(len(self._held), FIRST_BYTES), MAX_STEP_BYTES)
            stop = min(max(end, len(self._held) + step), self.size)
            self._held += self._fetch(len(self._held), stop - len(self._held))
        return self._held

    def read(self, offset: int, length: int) -> bytes:
        """Fetch a part of the file."""
        length = min(length, self.size - offset)
        if length <= 0:
            return b""
        if offset + length <= len(self._held):
            return bytes(self._held[offset : offset + length])
        return self._fetch(offset, length)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _fetch(self, offset: int, length: int) -> bytes:
        if self.received + length > MAX_BYTES:
            raise SourceError(
                f"reading the header of `{self.name}` would take more than "
                f"{MAX_BYTES // 2**20} MiB",
                "download the file and name it here",
            )
        headers = {
            **self._headers,
            "Range": f"bytes={offset}-{offset + length - 1}",
            "Accept-Encoding": "identity",
        }
        url, response = _follow(self._client, self._url, headers, self.name)
        try:
            if urlsplit(url).netloc != urlsplit(self._url).netloc:
                self._headers = _without_secrets(self._headers)
            self._url = url  # so that the next part needs no redirect
            if response.status_code == 416 and offset == 0:  # noqa: PLR2004
                raise SourceError(f"`{self.name}` is empty", "is the address right?")
            if response.status_code == 200:  # noqa: PLR2004
                raise SourceError(
                    f"`{self.name}` can only be had whole: its server ignores range requests",
                    "download the file and name it here",
                )
            check_status(response, self.name)
            expected = self._check_range(response, offset, length)
            content = _read_exactly(response, expected, self.name)
            self.received += len(content)
            return content
        finally:
            response.close()

    def _check_range(self, response: Any, offset: int, length: int) -> int:  # noqa: ANN401
        match = _CONTENT_RANGE.match(response.headers.get("content-range", ""))
        start, end, total = (int(part) for part in match.groups()) if match else (-1, -1, -1)
        known = self.size != 2**62
        if start != offset or end >= total or not 0 < end - start + 1 <= length:
            raise _lying(self.name, "answers with another part than was asked for")
        if known and total != self.size:
            raise _lying(self.name, "changes its mind about the length of the file")
        if end - start + 1 < min(length, total - offset):
            raise _lying(self.name, "answers with less than was asked for")
        self.size = total
        return end - start + 1


def get_text(url: str, *, headers: Mapping[str, str] | None = None) -> bytes:
    """Fetch a small file whole. Raises SourceError, also when it is not small."""
    httpx = _httpx()
    check_url(url)
    name = shown_url(url)
    timeout = httpx.Timeout(READ_S, connect=CONNECT_S)
    with httpx.Client(timeout=timeout, follow_redirects=False) as client:
        wanted = {**(headers or {}), "Accept-Encoding": "identity"}
        _, response = _follow(client, url, wanted, name)
        try:
            check_status(response, name)
            return _read_exactly(response, None, name)
        finally:
            response.close()


def shown_url(url: str) -> str:
    """Give an address as it may be shown: without a password, a query or what signs it."""
    parts = urlsplit(url)
    return clean(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")


def _without_secrets(headers: Mapping[str, str]) -> dict[str, str]:
    secret = ("authorization", "cookie")
    return {key: value for key, value in headers.items() if key.lower() not in secret}


def check_url(url: str) -> None:
    """Refuse what is not https. Raises SourceError.

    Without TLS only this machine itself is asked, and only where the environment says so: the
    server that HF_ENDPOINT names, or any if FITCHECK_ALLOW_LOCAL_HTTP is set.
    """
    try:
        parts = urlsplit(url)
        host, scheme = parts.hostname or "", parts.scheme
        endpoint = urlsplit(os.environ.get("HF_ENDPOINT", ""))
    except ValueError:
        host = scheme = ""
    if host and scheme == "https":
        return
    if host in _LOOPBACK and scheme == "http":
        meant = endpoint.scheme == "http" and endpoint.netloc == parts.netloc
        if meant or os.environ.get(LOCAL_HTTP):
            return
    raise SourceError(
        f"`{clean(url.split('?', maxsplit=1)[0])}` is not an https address",
        "only https addresses are read",
    )


def check_status(response: Any, name: str) -> None:  # noqa: ANN401  # httpx is imported late
    """Turn an HTTP status that is no success into its sentence. Raises SourceError."""
    status = response.status_code
    if status in (200, 206):
        return
    if status in _NOT_FOUND:
        raise SourceError(f"`{name}` does not exist on its server", "is the address right?")
    if response.headers.get("x-error-code") == "GatedRepo":  # the Hub's own word
        raise SourceError(
            f"`{name}` is gated: its owner must let you in",
            "accept its terms on its page, then `hf auth login`",
        )
    if status in _REFUSED:
        raise SourceError(
            f"the server does not let you read `{name}` (HTTP {status})",
            "it may need an account, a licence to be accepted, or a token",
        )
    if status == 429:  # noqa: PLR2004
        wait = clean(response.headers.get("retry-after", ""), 20)
        raise SourceError(
            f"the server of `{name}` limits how often it may be asked (HTTP 429)",
            f"try again in {wait} s" if wait.isdigit() else "try again later",
        )
    raise SourceError(f"the server of `{name}` answers with HTTP {status}", "try again later")


def _httpx() -> Any:  # noqa: ANN401  # a module
    try:
        import httpx
    except ImportError:
        raise SourceError(
            "reading from the network needs the package `httpx`",
            'install it with `pip install "gpu-fitcheck[hub]"`',
        ) from None
    return httpx


def _follow(
    client: Any,  # noqa: ANN401
    url: str,
    headers: Mapping[str, str],
    name: str,
) -> tuple[str, Any]:
    """Send a request and follow redirects by hand: each must be https, secrets stay at home."""
    httpx = _httpx()
    home = urlsplit(url).netloc
    for _ in range(MAX_REDIRECTS + 1):
        sent = dict(headers) if urlsplit(url).netloc == home else _without_secrets(headers)
        try:
            response = client.send(client.build_request("GET", url, headers=sent), stream=True)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            raise network_error(error, f"the server of `{name}`") from None
        if response.status_code not in (301, 302, 303, 307, 308):
            return url, response
        target = urljoin(url, response.headers.get("location", ""))
        response.close()
        try:
            check_url(target)
        except SourceError:
            raise SourceError(
                f"`{name}` redirects to an address that is not https", "it is not followed"
            ) from None
        url = target
    raise SourceError(f"`{name}` redirects more than {MAX_REDIRECTS} times", "it leads nowhere")


def _read_exactly(response: Any, expected: int | None, name: str) -> bytes:  # noqa: ANN401
    """Read a body of exactly `expected` bytes, or of at most MAX_TEXT_BYTES."""
    httpx = _httpx()
    limit = MAX_TEXT_BYTES if expected is None else expected
    content = bytearray()
    deadline = time.monotonic() + TOTAL_S
    try:
        for piece in response.iter_raw():
            content += piece
            if len(content) > limit:
                if expected is None:
                    raise SourceError(
                        f"`{name}` is larger than {MAX_TEXT_BYTES // 2**20} MiB",
                        "that is not a configuration",
                    )
                raise _lying(name, "sends more than it announces")
            if time.monotonic() > deadline:
                raise SourceError(
                    f"the server of `{name}` is too slow: {len(content)} bytes in {TOTAL_S:.0f} s",
                    "try again later, or download the file and name it here",
                )
    except (httpx.HTTPError, OSError) as error:
        raise network_error(error, f"the server of `{name}`") from None
    if expected is not None and len(content) < expected:
        raise _lying(name, f"sends {len(content)} bytes of {expected}")
    return bytes(content)


def _lying(name: str, what: str) -> SourceError:
    return SourceError(f"the server of `{name}` {what}", "download the file and name it here")


def network_error(error: Exception, server: str) -> SourceError:
    """Turn a failure of the network into its sentence; `server` says who was asked."""
    kind = type(error).__name__
    if "Timeout" in kind:
        return SourceError(f"{server} does not answer in time", "try again later")
    if kind in ("RemoteProtocolError", "DecodingError", "ReadError"):
        return SourceError(f"{server} breaks off its answer", "try again later")
    return SourceError(
        f"cannot reach {server}: {clean(str(error)) or kind}",
        "is this machine online?",
    )
