"""The control endpoints: people's actions for tests and for the page, and what a test may look at.

The endpoints message, command, interact, reaction, edit-message, delete-message, open-home, reset, log,
state and messages take and give what those of parvalabs/local-slack do; the others are ours.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.workspace.arguments import read_args
from bot.workspace.model import SlackError
from bot.workspace.parts import Parts
from bot.workspace.people_actions import Action, PeopleActions
from bot.workspace.rigging import Rigging
from bot.workspace.web_api import AsciiJSON


class Control:
    """Answers POST and GET under /_control/; a refusal is `{ok: false, error}` with status 200."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._rigging = Rigging(parts)
        self._posts = PeopleActions(parts).posts | self._rigging.posts

    async def post(self, request: Request) -> Response:
        return await self._answer(self._posts.get(request.path_params["name"]), request)

    async def get(self, request: Request) -> Response:
        return await self._answer(self._rigging.gets.get(request.path_params["name"]), request)

    async def messages(self, request: Request) -> Response:
        return await self._answer(self._rigging.messages, request, channel=request.path_params["channel"])

    async def stream(self, request: Request) -> Response:
        """Server-sent hints for one person, or for everybody."""
        events = self._parts.stream.listen(request.query_params.get("user", ""))
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)

    async def _answer(self, action: Action | None, request: Request, **more: str) -> Response:
        if _is_foreign(request):
            return AsciiJSON({"ok": False, "error": "foreign_origin"}, 403)
        if action is None:
            return AsciiJSON({"ok": False, "error": "unknown_endpoint"}, 404)
        try:
            args = await read_args(request)
            return AsciiJSON({"ok": True, **await action(args | more)})
        except SlackError as error:
            details = {"details": list(error.messages)} if error.messages else {}
            return AsciiJSON({"ok": False, "error": error.code, **details})


def _is_foreign(request: Request) -> bool:
    """Whether a browser sends this for a page that is not the workspace's own."""
    origin = request.headers.get("origin")
    return origin is not None and origin != f"http://{request.headers.get('host')}"
