"""The Web API at /api/METHOD: reads a call as Slack does, checks its token, meets it with any fault, and
answers in Slack's form."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.workspace import methods_chat as chat
from bot.workspace import methods_conversations as conversations
from bot.workspace import methods_people as people
from bot.workspace import methods_views as views
from bot.workspace.faults import Fault
from bot.workspace.model import Json, SlackError
from bot.workspace.parts import Parts

Method = Callable[[Parts, Json], Json]

SCOPES = (
    "app_mentions:read,channels:history,channels:read,chat:write,commands,groups:history,groups:read,"
    "im:history,im:read,im:write,mpim:history,mpim:read,mpim:write,team:read,users:read"
)
APP_TOKEN_METHODS: dict[str, Method] = {"apps.connections.open": people.apps_connections_open}
BOT_TOKEN_METHODS: dict[str, Method] = {
    "auth.test": people.auth_test,
    "bots.info": people.bots_info,
    "chat.delete": chat.chat_delete,
    "chat.getPermalink": chat.chat_get_permalink,
    "chat.postEphemeral": chat.chat_post_ephemeral,
    "chat.postMessage": chat.chat_post_message,
    "chat.update": chat.chat_update,
    "conversations.history": conversations.conversations_history,
    "conversations.info": conversations.conversations_info,
    "conversations.list": conversations.conversations_list,
    "conversations.members": conversations.conversations_members,
    "conversations.open": conversations.conversations_open,
    "conversations.replies": conversations.conversations_replies,
    "team.info": people.team_info,
    "users.info": people.users_info,
    "users.list": people.users_list,
    "views.open": views.views_open,
    "views.update": views.views_update,
}


@dataclass(frozen=True)
class Answer:
    """An HTTP answer before it is written; `headers` beside the usual ones."""

    body: Json
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


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
            return self._finish(method, {}, Answer(_refusal(error)))
        token = _token(request, args)
        fault = self._parts.faults.meet(method, str(args.get("channel", "")))
        answer = await meet_fault(self._parts, fault, lambda: self._answer(method, token, args))
        return self._finish(method, args, answer)

    def _answer(self, method: str, token: str, args: Json) -> Answer:
        try:
            return Answer({"ok": True, **self._method(method, token)(self._parts, args)})
        except SlackError as error:
            return Answer(_refusal(error))

    def _method(self, method: str, token: str) -> Method:
        """The method a token may call; raises what Slack refuses a token with."""
        found = BOT_TOKEN_METHODS.get(method) or APP_TOKEN_METHODS.get(method)
        app = self._parts.state.seed.app
        if found is None:
            raise SlackError("unknown_method")
        if not token:
            raise SlackError("not_authed")
        if token not in (app.bot_token, app.app_token):
            raise SlackError("invalid_auth")
        if (token == app.app_token) != (method in APP_TOKEN_METHODS):
            raise SlackError("not_allowed_token_type")
        return found

    def _finish(self, method: str, args: Json, answer: Answer) -> Response:
        self._parts.journal.add(
            "call",
            method=method,
            args=args,
            ok=bool(answer.body.get("ok")),
            error=answer.body.get("error"),
            status=answer.status,
        )
        headers = dict(answer.headers) | {"x-oauth-scopes": SCOPES, "x-accepted-oauth-scopes": SCOPES}
        return AsciiJSON(answer.body, answer.status, headers)


async def meet_fault(parts: Parts, fault: Fault | None, answer: Callable[[], Answer]) -> Answer:
    """The answer as a fault lets it through."""
    failure = Answer({"ok": False, "error": "internal_error"}, 500)
    match fault.kind if fault else "":
        case "ratelimited":
            retry_after = str(fault.retry_after) if fault else "1"
            return Answer({"ok": False, "error": "ratelimited"}, 429, (("Retry-After", retry_after),))
        case "error_before":
            return failure
        case "error_after":
            answer()
            return failure
        case "hang":
            await parts.faults.wait(fault.seconds if fault else None)
            return Answer({"ok": False, "error": "request_timeout"}, 504)
        case "hang_after":
            late = answer()
            await parts.faults.wait(fault.seconds if fault else None)
            return late
        case "delay":
            await parts.faults.wait((fault.seconds if fault else None) or 0)
    return answer()


async def read_args(request: Request) -> Json:
    """The arguments of a call from query, form or JSON body; raises `invalid_json`, `json_not_object`."""
    args: Json = dict(request.query_params)
    body = await request.body()
    if not body:
        return args
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            given = json.loads(body)
        except ValueError:
            raise SlackError("invalid_json") from None
        if not isinstance(given, dict):
            raise SlackError("json_not_object")
        return args | given
    return args | dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _token(request: Request, args: Json) -> str:
    """The token from the header or the `token` argument, which is taken out of `args`."""
    in_args = str(args.pop("token", "") or "")
    scheme, _, in_header = request.headers.get("authorization", "").partition(" ")
    return in_header.strip() if scheme.lower() == "bearer" else in_args


def _refusal(error: SlackError) -> Json:
    body: Json = {"ok": False, "error": error.code}
    if error.errors:
        body["errors"] = list(error.errors)
    if error.messages:
        body["response_metadata"] = {"messages": list(error.messages)}
    return body
