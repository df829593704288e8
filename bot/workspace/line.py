"""The app's line: Socket Mode, or its request URL as soon as it has one."""

from __future__ import annotations

from bot.workspace.deliveries import Delivery
from bot.workspace.model import Json
from bot.workspace.signed_http import SignedHttp
from bot.workspace.socket_mode import SocketMode


class Line:
    """Whatever the app is told goes through here."""

    def __init__(self, socket: SocketMode, web: SignedHttp) -> None:
        self._socket = socket
        self._web = web

    @property
    def mode(self) -> str:
        return "http" if self._web.url else "socket"

    @property
    def is_up(self) -> bool:
        """Whether the app has a connection, or its request URL was reached when last tried."""
        return self._web.reached if self._web.url else self._socket.connection_count > 0

    def deliver(self, type_: str, payload: Json, *, accepts_response_payload: bool = False) -> Delivery:
        """Tell the app; never waits."""
        if self._web.url:
            return self._web.deliver(type_, payload)
        return self._socket.deliver(type_, payload, accepts_response_payload=accepts_response_payload)

    async def change_url(self, url: str) -> bool:
        """Use this request URL (empty: Socket Mode); says whether it passed Slack's verification.

        As in an app's settings, a URL that does not pass is not taken.
        """
        before, self._web.url = self._web.url, url
        if not url or await self._web.verify():
            return True
        self._web.url = before
        return False

    def forget_everything(self) -> None:
        """Drop what is kept or on its way; connections stay open."""
        self._socket.forget_everything()
        self._web.forget_everything()
