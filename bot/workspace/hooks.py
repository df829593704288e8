"""The response URLs: what an app posts there answers an interaction without a token."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.workspace.arguments import read_args
from bot.workspace.model import Json, SlackError
from bot.workspace.parts import Parts
from bot.workspace.tcp import reset_connection
from bot.workspace.web_api import Answer, AsciiJSON, meet_fault

METHOD = "response_url"
_GONE = frozenset({"no_such_url", "expired_url", "used_url"})


class ResponseUrls:
    """Answers posts to response URLs: 200 `ok`, 404 for an unknown or spent one, 400 for bad content."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def __call__(self, request: Request) -> Response:
        secret = request.path_params["secret"]
        try:
            args = await read_args(request)
        except SlackError as error:
            return self._finish(request, {}, Answer({"ok": False, "error": error.code}, 400))
        fault = self._parts.faults.meet(METHOD, "")
        answer = await meet_fault(self._parts, fault, lambda: self._answer(secret, args))
        return self._finish(request, args, answer)

    def _answer(self, secret: str, args: Json) -> Answer:
        try:
            self._parts.responses.use(secret, args)
        except SlackError as error:
            return Answer({"ok": False, "error": error.code}, 404 if error.code in _GONE else 400)
        return Answer({"ok": True})

    def _finish(self, request: Request, args: Json, answer: Answer) -> Response:
        error = answer.body.get("error")
        self._parts.journal.add("call", method=METHOD, args=args, ok=not error, error=error, status=answer.status)
        if answer.cut:
            reset_connection(request)
        if error:
            return AsciiJSON(answer.body, answer.status, dict(answer.headers))
        return PlainTextResponse("ok")
