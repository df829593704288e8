"""Web API methods about modals."""

from __future__ import annotations

from bot.workspace.content import parsed
from bot.workspace.model import Json, SlackError
from bot.workspace.parts import Parts


def views_open(parts: Parts, args: Json) -> Json:
    view = _view(args)
    trigger_id = args.get("trigger_id")
    if not trigger_id:
        raise SlackError("invalid_arguments", ("[ERROR] missing required field: trigger_id",))
    parts.modals.check(view)
    return {"view": parts.modals.open(parts.grants.exchange(str(trigger_id)), view)}


def views_update(parts: Parts, args: Json) -> Json:
    view = _view(args)
    view_id, external_id = str(args.get("view_id") or ""), str(args.get("external_id") or "")
    if not view_id and not external_id:
        raise SlackError("invalid_arguments", ("[ERROR] must provide view_id or external_id",))
    updated = parts.modals.update(view, view_id=view_id, external_id=external_id, hash_=str(args.get("hash") or ""))
    return {"view": updated}


def _view(args: Json) -> Json:
    view = parsed(args.get("view"), "invalid_arguments")
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments", ("[ERROR] missing required field: view",))
    return view
