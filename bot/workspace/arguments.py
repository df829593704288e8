"""The arguments of a call, in every way in which Slack takes them: query, form, multipart form, JSON."""

from __future__ import annotations

import json
from email import message_from_bytes, policy
from urllib.parse import parse_qsl

from starlette.requests import Request

from bot.workspace.model import Json, SlackError


async def read_args(request: Request) -> Json:
    """The arguments; raises `invalid_json`, `json_not_object` and `invalid_form_data`."""
    args: Json = dict(request.query_params)
    body = await request.body()
    if not body:
        return args
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        return args | _json(body)
    if kind.startswith("multipart/form-data"):
        return args | _multipart(kind, body)
    return args | dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _json(body: bytes) -> Json:
    try:
        given = json.loads(body)
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(given, dict):
        raise SlackError("json_not_object")
    return given


def _multipart(kind: str, body: bytes) -> Json:
    """The text fields of a form; files are passed over, since no method served takes one."""
    head = f"Content-Type: {kind}\r\n\r\n".encode("latin-1")
    form = message_from_bytes(head + body, policy=policy.HTTP)
    if not form.is_multipart():
        raise SlackError("invalid_form_data")
    fields: Json = {}
    for part in form.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes) and part.get_filename() is None:
            fields[name] = content.decode("utf-8", "replace")
    return fields
