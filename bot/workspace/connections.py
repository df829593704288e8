"""One Socket Mode connection of the app, and a delivery in the envelopes it goes out in."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.workspace.deliveries import Delivery


@dataclass(eq=False)
class SocketDelivery(Delivery):
    """A delivery and the envelopes it went out in."""

    accepts_response_payload: bool = False
    timeouts: int = 0
    timer: asyncio.TimerHandle | None = None
    connection: Connection | None = None
    envelope_ids: list[str] = field(default_factory=list)

    def stop_timer(self) -> None:
        if self.timer:
            self.timer.cancel()
            self.timer = None


@dataclass(eq=False)
class Connection:
    """One open WebSocket of the app; what is put into `outbox` is sent in order, None ends it."""

    number: int
    outbox: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)

    def send_disconnect(self, reason: str) -> None:
        frame = {"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}}
        self.outbox.put_nowait(json.dumps(frame))


async def write(socket: WebSocket, connection: Connection) -> None:
    """Send what is put into the outbox until the connection ends."""
    try:
        while (text := await connection.outbox.get()) is not None:
            await socket.send_text(text)
        await socket.close()
    except (WebSocketDisconnect, RuntimeError):
        # the other side is gone; the reader ends the connection
        return


async def refuse(socket: WebSocket) -> None:
    """End one connection too many, with the words Slack has for it (slackapi/node-slack-sdk issue 1654)."""
    await socket.send_text(json.dumps({"type": "disconnect", "reason": "too_many_websockets"}))
    await socket.close()
