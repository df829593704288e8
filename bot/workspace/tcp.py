"""The TCP connection behind a request, for faults that cut it."""

from __future__ import annotations

import asyncio
import socket
import struct

from starlette.requests import Request
from uvicorn.protocols.http.h11_impl import H11Protocol

_STATE = "transport"
# linger on, for no time: closing then sends a reset instead of an end
_RESET = struct.pack("ii", 1, 0)


class OpenProtocol(H11Protocol):
    """uvicorn's protocol, which lets a request reach its own connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in uvicorn
        self.app_state = {**self.app_state, _STATE: transport}
        super().connection_made(transport)


def reset_connection(request: Request) -> None:
    """Cut the connection a request came on: the caller sees it reset, and no answer."""
    transport = getattr(request.state, _STATE)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    transport.abort()
