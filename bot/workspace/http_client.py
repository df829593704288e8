"""Posts one HTTP request and reads its answer, without holding a thread while it waits."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import h11


class NoHttpAnswer(Exception):
    """Nobody listens there, or the connection ended before an answer was complete."""


@dataclass(frozen=True)
class HttpAnswer:
    """An answer; the names of its headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def is_json(self) -> bool:
        return self.headers.get("content-type", "").startswith("application/json")


async def post(url: str, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
    """The answer to one request; raises NoHttpAnswer. Cancelling it closes the connection."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    try:
        reader, writer = await asyncio.open_connection(
            parts.hostname, parts.port or (443 if secure else 80), ssl=secure or None
        )
    except OSError as error:
        raise NoHttpAnswer(url) from error
    connection = h11.Connection(h11.CLIENT)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    more = {"Host": parts.netloc, "Connection": "close", "Content-Length": str(len(body))}
    request = h11.Request(method="POST", target=target, headers=list({**more, **headers}.items()))
    try:
        for part in (request, h11.Data(data=body), h11.EndOfMessage()):
            writer.write(connection.send(part) or b"")
        await writer.drain()
        return await _read(reader, connection)
    except (OSError, h11.RemoteProtocolError) as error:
        raise NoHttpAnswer(url) from error
    finally:
        writer.close()


async def _read(reader: asyncio.StreamReader, connection: h11.Connection) -> HttpAnswer:
    head: h11.Response | None = None
    body = b""
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(65_536))
        elif isinstance(event, h11.Response):
            head = event
        elif isinstance(event, h11.Data):
            body += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage) and head:
            fields = {name.decode().lower(): value.decode("latin-1") for name, value in head.headers}
            return HttpAnswer(head.status_code, fields, body)
        elif isinstance(event, h11.ConnectionClosed):
            raise h11.RemoteProtocolError("closed before an answer")
