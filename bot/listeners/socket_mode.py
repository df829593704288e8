"""Slack to us over Socket Mode: a socket that we open, so that nothing of ours need be reachable from outside."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

from slack_bolt import App
from slack_bolt.adapter.socket_mode.websocket_client import SocketModeHandler

from bot.config import ConfigError

CONNECT_SECONDS = 20.0
CLOSE_SECONDS = 3.0


class SocketMode:
    """One socket to Slack. `app_token`: xapp-..., with the scope connections:write."""

    def __init__(self, app: App, app_token: str) -> None:
        self._socket = SocketModeHandler(app, app_token)
        self._connected = threading.Event()
        self._socket.client.on_open_listeners.append(lambda _socket: self._connected.set())

    def open(self) -> str:
        """Connect; return, once the socket is open, where. Raises what the SDK raises, ConfigError when Slack opens no
        socket."""
        self._socket.connect()  # type: ignore[no-untyped-call] # the SDK says no types here
        if not self._connected.wait(CONNECT_SECONDS):
            raise ConfigError(f"Slack did not open the socket within {CONNECT_SECONDS:.0f} s; is Socket Mode on?")
        return "Socket Mode"

    def close(self) -> None:
        """End the socket for good. Bounded: the SDK may just then be waiting to reconnect."""
        client = self._socket.client
        client.default_auto_reconnect_enabled = client.auto_reconnect_enabled = False
        client.closed = True
        client.message_queue.put(None)  # wakes the reader of the queue, which would sleep on for up to a second
        closing = threading.Thread(target=self._hang_up, name="hang-up", daemon=True)
        closing.start()
        closing.join(CLOSE_SECONDS)

    def _hang_up(self) -> None:
        """The SDK closes the connection under its own reader, which then waits forever: so end the reader first."""
        client = self._socket.client
        session = client.current_session
        connection = session.sock if session is not None else None
        if session is not None and connection is not None and connection.sock is not None:
            session.keep_running = False
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)
        client.current_session_runner.shutdown()  # type: ignore[no-untyped-call] # the SDK says no types here
        client.close()
