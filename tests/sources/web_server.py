"""A web server on 127.0.0.1 that can misbehave in the ways real ones do; it counts its bytes."""

from __future__ import annotations

import re
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server:
    """Serves `files` (path: bytes); `ways` says how a path is served, `answers` its status."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.ways: dict[str, str] = {}
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.sent = 0
        self._stopped = False
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                owner.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                with suppress(BrokenPipeError, ConnectionResetError):
                    owner.answer(self)
                self.close_connection = True

            do_HEAD = do_GET  # noqa: N815  # the name http.server calls

            def log_message(self, *_args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        if self._stopped:
            return
        self._stopped = True
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def send(self, handler, status: int, headers: dict[str, str], body: bytes) -> None:
        handler.send_response(status)
        for key, value in {
            "Content-Length": str(len(body)),
            "Connection": "close",
            **headers,
        }.items():
            handler.send_header(key, value)
        handler.end_headers()
        if handler.command != "HEAD":
            self.sent += len(body)  # before the client can ask for the next part
            handler.wfile.write(body)

    def answer(self, handler) -> None:
        path = handler.path.split("?")[0]
        if path in self.answers:
            return self.send(handler, *self.answers[path])
        content = self.files.get(path)
        if content is None:
            return self.send(handler, 404, {}, b"")
        way = self.ways.get(path, "ranges")
        wanted = re.match(r"bytes=(\d+)-(\d+)", handler.headers.get("Range", ""))
        if way == "whole" or wanted is None:
            return self.send(handler, 200, {}, content)
        start, end = int(wanted[1]), min(int(wanted[2]), len(content) - 1)
        if start > end:
            return self.send(handler, 416, {}, b"")
        total = len(content)
        part = content[start : end + 1]
        headers = {"Content-Range": f"bytes {start}-{end}/{total}"}
        if way == "truncated":
            headers["Content-Length"] = str(len(part))
            return self.send(handler, 206, headers, part[: len(part) // 2])
        if way == "slow":
            handler.send_response(206)
            for key, value in {**headers, "Content-Length": str(len(part))}.items():
                handler.send_header(key, value)
            handler.end_headers()
            for byte in part[:1000]:
                handler.wfile.write(bytes([byte]))
                time.sleep(0.02)
            return None
        if way == "silent":
            time.sleep(1.5)
            return None
        if way == "longer":
            headers["Content-Length"] = str(len(part) + 5000)
            return self.send(handler, 206, headers, part + b"x" * 5000)
        if way == "shorter":
            headers["Content-Range"] = f"bytes {start}-{start + 9}/{total}"
            return self.send(handler, 206, headers, part[:10])
        if way == "elsewhere":
            headers["Content-Range"] = f"bytes {start + 1}-{end + 1}/{total + 2}"
            return self.send(handler, 206, headers, part)
        if way == "growing":
            headers["Content-Range"] = f"bytes {start}-{end}/{total + start}"
            return self.send(handler, 206, headers, part)
        if way == "no header":
            return self.send(handler, 206, {}, part)
        return self.send(handler, 206, headers, part)
