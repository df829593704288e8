"""Starts and stops the local workspace: one uvicorn server in a thread, all state in its one loop."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import PathLike, StaticFiles
from starlette.types import Scope

from bot.workspace.control import Control
from bot.workspace.hooks import ResponseUrls
from bot.workspace.parts import Parts
from bot.workspace.seed import Seed
from bot.workspace.tcp import OpenProtocol
from bot.workspace.web_api import WebApi

HOST = "127.0.0.1"
REDELIVERY_DELAYS = (0.0, 60.0, 300.0)
Result = TypeVar("Result")
PAGE = Path(__file__).parent / "static"
_START_SECONDS = 10.0
_STOP_SECONDS = 5.0


class PortInUse(RuntimeError):
    """The port is taken by another program; the message says which and how to choose another."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} on {HOST} is already in use. Stop the program that uses it, or choose another"
            " port (--port 3001, for example; 0 takes any free one)."
        )
        self.port = port


class Workspace:
    """A pretend Slack serving `seed` on 127.0.0.1; `port=0` takes a free one.

    `ack_seconds` is how long the app has to acknowledge a delivery; `redelivery_delays` are the seconds
    waited before each further attempt of an unacknowledged event, over Socket Mode as over HTTP (Slack's own
    by default: at once, after a minute, after five); `now` gives
    seconds since 1970. What was said stays when it is stopped and started again.
    """

    def __init__(
        self,
        seed: Seed,
        *,
        port: int = 3000,
        ack_seconds: float = 3.0,
        redelivery_delays: tuple[float, ...] = REDELIVERY_DELAYS,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.seed = seed
        self._port = port
        self._parts = Parts.build(seed, ack_seconds=ack_seconds, redelivery_delays=redelivery_delays, now=now)
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Return once requests are served; raise PortInUse when the port is taken."""
        if self._server:
            return
        listening = _listen(self._port)
        self._port = listening.getsockname()[1]
        self._parts.state.base_url = self.url
        self._server = _Server(_application(self._parts), self._parts)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listening]}, name="workspace", daemon=True
        )
        self._thread.start()
        if not self._server.serving.wait(_START_SECONDS):
            raise RuntimeError(f"the workspace did not start within {_START_SECONDS:.0f} seconds")

    def stop(self) -> None:
        """Close every connection and end the thread; calling it again does nothing."""
        server, thread = self._server, self._thread
        self._server = self._thread = None
        if server and thread:
            server.ask_to_stop()
            thread.join(_STOP_SECONDS)

    def wait_until_connected(self, seconds: float = 10.0) -> bool:
        """Wait until the app has a Socket Mode connection, or its request URL answers Slack's challenge; says
        whether that came about."""
        if self._server and self._parts.web.url:
            return self._server.run_soon(self._parts.web.verified_within(seconds))
        return self._parts.socket.connected.wait(seconds)

    @property
    def url(self) -> str:
        """The address of the page, without a slash at the end."""
        return f"http://{HOST}:{self._port}"

    @property
    def api_url(self) -> str:
        """What `WebClient(base_url=...)` takes."""
        return f"{self.url}/api/"

    def __enter__(self) -> Workspace:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Server(uvicorn.Server):
    """A server that says when it serves, and lets go of what would keep it from stopping when asked to stop."""

    def __init__(self, application: Starlette, parts: Parts) -> None:
        super().__init__(
            uvicorn.Config(
                application,
                http=OpenProtocol,
                ws="websockets-sansio",
                loop="asyncio",
                lifespan="off",
                log_config=None,
                log_level="error",
                access_log=False,
                server_header=False,
                date_header=False,
                ws_per_message_deflate=False,
                timeout_keep_alive=30,
                timeout_graceful_shutdown=2,
            )
        )
        self.serving = threading.Event()
        self._parts = parts
        self._asked = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.serving.set()
        await self._asked.wait()
        self._parts.faults.clear()
        self._parts.stream.close()

    def run_soon(self, work: Coroutine[None, None, Result]) -> Result:
        """From another thread: the result of work done in the server's loop."""
        assert self._loop
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def ask_to_stop(self) -> None:
        """From another thread: finish what is under way and end."""
        self.should_exit = True
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._asked.set)


def _listen(port: int) -> socket.socket:
    # naming TCP makes asyncio switch Nagle's algorithm off; without it each answer waits some 40 ms
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen(2048)
    except OSError:
        listening.close()
        raise PortInUse(port) from None
    return listening


def _application(parts: Parts) -> Starlette:
    control, api, hooks = Control(parts), WebApi(parts), ResponseUrls(parts)
    routes = [
        Route("/api/{method}", api.__call__, methods=["GET", "POST"]),
        Route("/commands/{team}/{secret}", hooks.__call__, methods=["POST"]),
        Route("/actions/{team}/{secret}", hooks.__call__, methods=["POST"]),
        Route("/_control/messages/{channel}", control.messages, methods=["GET"]),
        Route("/_control/stream", control.stream, methods=["GET"]),
        Route("/_control/{name}", control.get, methods=["GET"]),
        Route("/_control/{name}", control.post, methods=["POST"]),
        WebSocketRoute("/link/", parts.socket.serve),
        WebSocketRoute("/link", parts.socket.serve),
        Route("/", _page, methods=["GET"]),
        Route("/archives/{rest:path}", _page, methods=["GET"]),
        Mount("/static", _Static(directory=PAGE, check_dir=False)),
    ]
    # a web page elsewhere must not reach the workspace through a name of its own for 127.0.0.1
    own_names = Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])
    return Starlette(routes=routes, middleware=[own_names])


class _Static(StaticFiles):
    """The page's files, asked for anew each time: whoever changes one sees the change."""

    def file_response(
        self, full_path: PathLike, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = "no-cache"
        return response


async def _page(_request: Request) -> Response:
    index = PAGE / "index.html"
    if index.is_file():
        return FileResponse(index, headers={"Cache-Control": "no-cache"})
    return PlainTextResponse("The local workspace is running; its page is not installed.")
