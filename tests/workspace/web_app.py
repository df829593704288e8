"""An app with a request URL: takes what the workspace sends over HTTP and answers as a test says."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

Json = dict[str, Any]


@dataclass(frozen=True)
class Heard:
    """One request as it came."""

    headers: dict[str, str]
    body: str

    @property
    def payload(self) -> Json:
        """What it tells: an event callback, an interaction, or the fields of a command."""
        if self.headers["content-type"] == "application/json":
            return dict(json.loads(self.body))
        fields = {name: values[0] for name, values in parse_qs(self.body, keep_blank_values=True).items()}
        return dict(json.loads(fields["payload"])) if "payload" in fields else fields


@dataclass(frozen=True)
class Reply:
    """How the app answers one request; `hold` makes it wait until the app is closed."""

    status: int = 200
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    hold: bool = False


class WebApp:
    """Listens on a free port of 127.0.0.1; answers challenges by itself unless `challenged` is False. With
    `answer` it leaves everything to that."""

    def __init__(self, answer: Callable[[Heard], Reply] | None = None) -> None:
        self._answer = answer
        self.heard: queue.Queue[Heard] = queue.Queue()
        self.replies: queue.Queue[Reply] = queue.Queue()
        self.challenged = True
        self.closed = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._request_class())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/slack/events"

    def answer_next(self, *replies: Reply) -> None:
        """How the next requests are answered; those after them with an empty 200."""
        for reply in replies:
            self.replies.put(reply)

    def next(self) -> Heard:
        return self.heard.get(timeout=5)

    def close(self) -> None:
        self.closed.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _request_class(self) -> type[BaseHTTPRequestHandler]:
        app = self

        class Request(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                heard = Heard({name.lower(): value for name, value in self.headers.items()}, body)
                reply = app._reply(heard)
                if reply.hold:
                    app.closed.wait(10)
                    return
                self.send_response(reply.status)
                for name, value in reply.headers:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(reply.body.encode())

            def log_message(self, *_args: Any) -> None:
                """Nothing."""

        return Request

    def _reply(self, heard: Heard) -> Reply:
        if self._answer:
            return self._answer(heard)
        if "url_verification" in heard.body and app_challenge(heard):
            return Reply(body=app_challenge(heard) if self.challenged else "no")
        self.heard.put(heard)
        return self.replies.get_nowait() if not self.replies.empty() else Reply()


def app_challenge(heard: Heard) -> str:
    return str(heard.payload.get("challenge", ""))
