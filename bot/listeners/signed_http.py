"""Slack to us over HTTP: the request URL, behind waitress. Bolt checks each signature and how old it is.

One process with threads: several processes could not share one SQLite file. TLS is for the reverse proxy in front.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import structlog
from slack_bolt import App
from slack_bolt.adapter.wsgi import SlackRequestHandler
from waitress import wasyncore
from waitress.server import create_server

from bot.config import ConfigError

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

log = structlog.get_logger()

PATH = "/slack/events"
BODY_BYTES = 1024 * 1024
"""Slack's own bodies are far smaller; what is larger is refused with 413 before it is read."""
THREADS = 8
CLOSE_SECONDS = 3.0
"""More than accepting may take (2.5 s), so that what has begun is answered before the end."""


class SignedHttp:
    """Serves POST /slack/events at `host`:`port` (0: any free one). `app` must know the signing secret."""

    def __init__(self, app: App, host: str, port: int) -> None:
        self._slack = SlackRequestHandler(app, path=PATH)
        self._host, self._port = host, port
        self._server: Any = None  # waitress' types do not say what its trigger and channels are
        self._sockets: dict[int, Any] = {}
        self._loop: threading.Thread | None = None

    def open(self) -> str:
        """Listen; the address. Raises ConfigError when that cannot be listened at."""
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        try:
            listening = socket.create_server((self._host, self._port), family=family)
        except OSError as error:
            raise ConfigError(
                f"cannot listen at {self._host}:{self._port} ({error.strerror}). Choose another "
                "SUPPORT_BOT_HTTP_HOST or SUPPORT_BOT_HTTP_PORT."
            ) from None
        self._server = create_server(
            self._answer, self._sockets, sockets=[listening], threads=THREADS, max_request_body_size=BODY_BYTES
        )
        self._loop = threading.Thread(target=self._server.run, name="http", daemon=True)
        self._loop.start()
        return f"http://{self._host}:{self._server.effective_port}{PATH}"

    def close(self) -> None:
        """Take no more requests, answer those that have begun, hang up. What waits unbegun Slack sends again."""
        if self._server is None or self._loop is None:
            return
        self._in_loop(lambda: wasyncore.dispatcher.close(self._server))
        self._server.task_dispatcher.shutdown(timeout=CLOSE_SECONDS)
        self._in_loop(self._hang_up)
        self._loop.join(CLOSE_SECONDS)
        wasyncore.close_all(self._sockets)

    def _in_loop(self, call: Callable[[], None]) -> None:
        """Let waitress' own thread make the call: its sockets are not safe to touch from another.

        Waking it comes after handing over the call; a loop that is awake may have made it, and have ended, by then.
        """
        with suppress(OSError):
            self._server.trigger.pull_trigger(call)

    def _hang_up(self) -> None:
        """Close each connection once its answer is out; with nothing left to watch, waitress' loop ends."""
        for channel in list(self._server.active_channels.values()):
            channel.close_when_flushed = True
        self._server.trigger.close()

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Let Bolt answer. It reads a body before it checks the signature, so a stranger's nonsense ends here."""
        try:
            return self._slack(environ, start_response)
        except Exception as error:
            log.warning("request not understood", error=type(error).__name__)
            start_response("400 Bad Request", [("content-type", "text/plain"), ("content-length", "0")])
            return [b""]
