"""The Web API at /api/METHOD: reads a call as Slack does, checks its token, meets it with any fault, and
answers in Slack's form."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.workspace.arguments import read_args
from bot.workspace.faults import Fault
from bot.workspace.methods import METHODS, Method
from bot.workspace.model import Json, SlackError
from bot.workspace.parts import Parts
from bot.workspace.scopes import check_scopes, needed, provided
from bot.workspace.tcp import reset_connection


@dataclass(frozen=True)
class Answer:
    """An HTTP answer before it is written; `headers` beside the usual ones. `cut`: never written, the
    connection is reset instead."""

    body: Json
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    cut: bool = False


class AsciiJSON(JSONResponse):
    """JSON in ASCII: half a surrogate pair, which a test may send, has no UTF-8 form."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content).encode()


class WebApi:
    """Answers calls to the Web API."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def __call__(self, request: Request) -> Response:
        method = request.path_params["method"]
        try:
            args = await read_args(request)
        except SlackError as error:
            return self._finish(request, method, {}, Answer(_refusal(error)))
        token = _token(request, args)
        fault = self._parts.faults.meet(method, _channel(args))
        answer = await meet_fault(self._parts, fault, lambda: self._answer(method, token, args))
        return self._finish(request, method, args, answer)

    def _answer(self, name: str, token: str, args: Json) -> Answer:
        try:
            method = self._method(name, token)
            check_scopes(self._parts.state, name, args)
            wait = self._parts.rate_limits.retry_after(name, _channel(args), method.per_minute)
            return rate_limited(wait) if wait else Answer({"ok": True, **method.call(self._parts, args)})
        except SlackError as error:
            return Answer(_refusal(error))

    def _method(self, name: str, token: str) -> Method:
        """The method a token may call; raises what Slack refuses a token with."""
        method = METHODS.get(name)
        app = self._parts.state.seed.app
        if method is None:
            raise SlackError("unknown_method")
        if not token:
            raise SlackError("not_authed")
        if token not in (app.bot_token, app.app_token):
            raise SlackError("invalid_auth")
        if (token == app.app_token) != method.takes_app_token:
            raise SlackError("not_allowed_token_type")
        return method

    def _finish(self, request: Request, method: str, args: Json, answer: Answer) -> Response:
        self._parts.journal.add(
            "call",
            method=method,
            args=args,
            ok=bool(answer.body.get("ok")),
            error=answer.body.get("error"),
            status=answer.status,
        )
        if answer.cut:
            reset_connection(request)
        state = self._parts.state
        accepted = {scope for any_of in needed(state, method, args) for scope in any_of}
        scopes = {"x-oauth-scopes": ",".join(provided(state)), "x-accepted-oauth-scopes": ",".join(sorted(accepted))}
        return AsciiJSON(answer.body, answer.status, dict(answer.headers) | scopes)


def _channel(args: Json) -> str:
    return str(args.get("channel", ""))


def rate_limited(retry_after: int) -> Answer:
    """Slack's answer to one call too many; `retry_after` in seconds."""
    return Answer({"ok": False, "error": "ratelimited"}, 429, (("Retry-After", str(retry_after)),))


async def meet_fault(parts: Parts, fault: Fault | None, answer: Callable[[], Answer]) -> Answer:
    """The answer as a fault lets it through."""
    if fault is None:
        return answer()
    failure = Answer({"ok": False, "error": "internal_error"}, 500)
    timeout = Answer({"ok": False, "error": "request_timeout"}, 504)
    match fault.kind:
        case "ratelimited":
            return rate_limited(fault.retry_after)
        case "error_before":
            return failure
        case "error_after":
            answer()
            return failure
        case "reset":
            return replace(failure, cut=True)
        case "reset_after":
            return replace(answer(), cut=True)
        case "hang":
            await parts.faults.wait(fault.seconds)
            return timeout
        case "hang_after":
            stored = answer()
            await parts.faults.wait(fault.seconds)
            return stored
        case "late":
            parts.faults.later(fault.seconds or 0, answer)
            return timeout
        case "delay":
            return answer() if await parts.faults.wait(fault.seconds or 0) else timeout
    return answer()


def _token(request: Request, args: Json) -> str:
    """The token from the header or the `token` argument, which is taken out of `args`."""
    in_args = str(args.pop("token", "") or "")
    scheme, _, in_header = request.headers.get("authorization", "").partition(" ")
    return in_header.strip() if scheme.lower() == "bearer" else in_args


def _refusal(error: SlackError) -> Json:
    body: Json = {"ok": False, "error": error.code, **error.more}
    if error.errors:
        body["errors"] = list(error.errors)
    if error.messages:
        body["response_metadata"] = {"messages": list(error.messages)}
    return body
