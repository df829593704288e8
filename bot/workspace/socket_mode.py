"""Socket Mode: envelopes to the app over WebSockets, their acknowledgements, and their redelivery.

An envelope goes to one connection only, the connections taking turns. An event that nobody acknowledged
in time is sent again with the same `event_id` and a higher `retry_attempt`, at most three times; an event
that meets no connection is kept and goes out when one opens. Buttons, modals and commands are not kept:
the person waiting for them is told at once.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
import uuid
from collections import deque
from collections.abc import Callable
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.workspace.connections import Connection, SocketDelivery, refuse, write
from bot.workspace.deliveries import Outcome, Settled
from bot.workspace.journal import Journal
from bot.workspace.model import Json, SlackError

MOST_CONNECTIONS = 10
CLOSED_AFTER_SECONDS = {"warning": 10.0, "refresh_requested": 0.0, "link_disabled": 0.0}


class SocketMode:
    """The app's connections and what is on its way to them.

    `ack_seconds` is the time for an acknowledgement, `redelivery_delays` the seconds waited before each
    further attempt; `changed` is called when the number of connections changes. `connected` is set while
    there is a connection, for other threads to wait for.
    """

    def __init__(
        self,
        journal: Journal,
        app_id: str,
        *,
        ack_seconds: float,
        redelivery_delays: tuple[float, ...],
        changed: Callable[[], None],
    ) -> None:
        self._journal = journal
        self._app_id = app_id
        self._ack_seconds = ack_seconds
        self._delays = redelivery_delays
        self._changed = changed
        self._tickets: set[str] = set()
        self._connections: deque[Connection] = deque()
        self._kept: deque[SocketDelivery] = deque()
        self._waiting: dict[str, SocketDelivery] = {}
        self._opened = 0
        self._disabled = False
        self.connected = threading.Event()

    @property
    def connection_count(self) -> int:
        return len(self._connections)

    @property
    def kept_count(self) -> int:
        """Events waiting for a connection."""
        return len(self._kept)

    def new_ticket(self) -> str:
        """A ticket for one connection; raises `forbidden_team` while Socket Mode is switched off."""
        if self._disabled:
            # Slack documents no error of its own for this case
            raise SlackError("forbidden_team")
        ticket = secrets.token_hex(16)
        self._tickets.add(ticket)
        return ticket

    # Telling the app

    def deliver(self, type_: str, payload: Json, *, accepts_response_payload: bool = False) -> SocketDelivery:
        """Send now, or keep an event for the next connection; never waits."""
        settled: asyncio.Future[Settled] = asyncio.get_running_loop().create_future()
        delivery = SocketDelivery(type_, payload, settled, accepts_response_payload=accepts_response_payload)
        self._send(delivery)
        return delivery

    def _send(self, delivery: SocketDelivery) -> None:
        if not self._connections:
            self._keep(delivery)
            return
        self._connections.rotate(-1)
        connection = self._connections[-1]
        envelope_id = str(uuid.uuid4())
        delivery.connection = connection
        delivery.envelope_ids.append(envelope_id)
        self._waiting[envelope_id] = delivery
        delivery.timer = asyncio.get_running_loop().call_later(self._ack_seconds, self._timed_out, delivery)
        connection.outbox.put_nowait(json.dumps(self._envelope(envelope_id, delivery)))
        self._note("envelope_sent", delivery, envelope_id=envelope_id, connection=connection.number)

    def _envelope(self, envelope_id: str, delivery: SocketDelivery) -> Json:
        envelope = {
            "envelope_id": envelope_id,
            "type": delivery.type,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.accepts_response_payload,
        }
        if delivery.is_event:
            envelope |= {"retry_attempt": delivery.attempt, "retry_reason": delivery.reason}
        return envelope

    def _keep(self, delivery: SocketDelivery) -> None:
        if delivery.is_event:
            self._kept.append(delivery)
            self._note("envelope_kept", delivery)
        else:
            self._forget(delivery)
        delivery.settle(Settled(Outcome.NOT_CONNECTED))

    def _timed_out(self, delivery: SocketDelivery) -> None:
        delivery.timer = None
        delivery.connection = None
        delivery.timeouts += 1
        self._note("envelope_timed_out", delivery)
        delivery.settle(Settled(Outcome.TIMED_OUT))
        if not delivery.is_event or delivery.timeouts > len(self._delays):
            self._forget(delivery)
            return
        delay = self._delays[delivery.timeouts - 1]
        again = asyncio.get_running_loop().call_later(delay, self._send_again, delivery, "timeout")
        delivery.timer = again

    def _send_again(self, delivery: SocketDelivery, reason: str) -> None:
        delivery.attempt += 1
        delivery.reason = reason
        self._send(delivery)

    def _forget(self, delivery: SocketDelivery) -> None:
        delivery.stop_timer()
        for envelope_id in delivery.envelope_ids:
            self._waiting.pop(envelope_id, None)

    def _note(self, kind: str, delivery: SocketDelivery, **details: Any) -> None:
        delivery.note(self._journal, kind, **details)

    # Hearing from the app

    async def serve(self, socket: WebSocket) -> None:
        """Be one connection from its handshake to its end; a ticket opens one connection only."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets:
            await socket.close(1008)
            return
        self._tickets.discard(ticket)
        await socket.accept()
        if len(self._connections) >= MOST_CONNECTIONS:
            await refuse(socket)
            return
        self._opened += 1
        connection = Connection(self._opened)
        writer = asyncio.create_task(write(socket, connection))
        try:
            self._open(connection)
            await self._read(socket, connection)
        finally:
            self._close(connection)
            writer.cancel()

    async def _read(self, socket: WebSocket, connection: Connection) -> None:
        try:
            while True:
                self._hear(connection, await socket.receive_text())
        except (WebSocketDisconnect, KeyError):
            # KeyError: a binary frame
            return

    def _hear(self, connection: Connection, text: str) -> None:
        try:
            frame = json.loads(text)
        except ValueError:
            if text.startswith("ping"):
                connection.outbox.put_nowait("pong" + text.removeprefix("ping"))
            return
        if not isinstance(frame, dict):
            return
        if frame.get("type") == "ping":
            connection.outbox.put_nowait(json.dumps({"type": "pong", "reply_to": frame.get("id")}))
        if "envelope_id" in frame:
            self._acked(str(frame["envelope_id"]), frame.get("payload"))

    def _acked(self, envelope_id: str, payload: Any) -> None:
        delivery = self._waiting.get(envelope_id)
        if delivery is None:
            return
        self._forget(delivery)
        self._note("envelope_acked", delivery, envelope_id=envelope_id)
        delivery.settle(Settled(Outcome.ACKED, payload))

    def _open(self, connection: Connection) -> None:
        self._connections.append(connection)
        self.connected.set()
        hello = {
            "type": "hello",
            "num_connections": len(self._connections),
            "connection_info": {"app_id": self._app_id},
            "debug_info": {"host": "local", "build_number": 1, "approximate_connection_time": 18060},
        }
        connection.outbox.put_nowait(json.dumps(hello))
        self._journal.add("connection_opened", connection=connection.number)
        self._changed()
        kept, self._kept = self._kept, deque()
        for delivery in kept:
            self._send(delivery)

    def _close(self, connection: Connection) -> None:
        self._retire(connection)
        self._journal.add("connection_closed", connection=connection.number)
        self._changed()
        lost = {id(d): d for d in self._waiting.values() if d.connection is connection and d.timer}
        for delivery in lost.values():
            delivery.stop_timer()
            self._send_again(delivery, "connection_closed")

    def _retire(self, connection: Connection) -> None:
        """Send nothing more on a connection; what is on its way may still be acknowledged there."""
        if connection in self._connections:
            self._connections.remove(connection)
        if not self._connections:
            self.connected.clear()

    # For the control endpoints

    def disconnect(self, reason: str, close_after_seconds: float | None = None) -> None:
        """Tell every connection that it ends, and end it as Slack does for that reason.

        warning: used a while longer, closed after ten seconds. refresh_requested: closed at once, the app is to
        open another. link_disabled: closed at once, and none can be opened until the workspace is reset.
        Raises `invalid_arguments` for any other reason.
        """
        if reason not in CLOSED_AFTER_SECONDS:
            raise SlackError("invalid_arguments", (f"reason is one of {', '.join(CLOSED_AFTER_SECONDS)}",))
        self._disabled = self._disabled or reason == "link_disabled"
        after = CLOSED_AFTER_SECONDS[reason] if close_after_seconds is None else close_after_seconds
        for connection in list(self._connections):
            connection.send_disconnect(reason)
            self._journal.add("disconnect_sent", connection=connection.number, reason=reason)
            if reason != "warning":
                self._retire(connection)
            asyncio.get_running_loop().call_later(after, connection.outbox.put_nowait, None)

    def enable(self) -> None:
        """Let connections be opened again."""
        self._disabled = False

    def forget_everything(self) -> None:
        """Drop what is kept or on its way; the connections stay open."""
        for delivery in [*self._kept, *self._waiting.values()]:
            self._forget(delivery)
            delivery.settle(Settled(Outcome.TIMED_OUT))
        self._kept.clear()
