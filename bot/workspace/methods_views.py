"""Web API methods about modals and homes."""

from __future__ import annotations

from bot.workspace.content import parsed
from bot.workspace.model import Json, SlackError
from bot.workspace.parts import Parts
from bot.workspace.views import check_view


def views_open(parts: Parts, args: Json) -> Json:
    view, trigger_id = _view_with_trigger(args)
    return {"view": parts.modals.open(parts.grants.exchange(trigger_id), view)}


def views_push(parts: Parts, args: Json) -> Json:
    view, trigger_id = _view_with_trigger(args)
    user = parts.grants.exchange(trigger_id)
    if parts.state.views.top(user) is None:
        raise SlackError("not_found")
    return {"view": parts.modals.push(user, view)}


def views_update(parts: Parts, args: Json) -> Json:
    view = _view(args)
    view_id, external_id = str(args.get("view_id") or ""), str(args.get("external_id") or "")
    if not view_id and not external_id:
        raise SlackError("invalid_arguments", ("[ERROR] must provide view_id or external_id",))
    owner = parts.homes.owner(view_id=view_id, external_id=external_id)
    hash_ = str(args.get("hash") or "")
    if owner:
        return {"view": parts.homes.publish(owner, view, hash_)}
    return {"view": parts.modals.update(view, view_id=view_id, external_id=external_id, hash_=hash_)}


def views_publish(parts: Parts, args: Json) -> Json:
    view, user = _view(args), str(args.get("user_id") or "")
    if user not in parts.state.users:
        raise SlackError("invalid_arguments", ("invalid `user_id`",))
    return {"view": parts.homes.publish(user, view, str(args.get("hash") or ""))}


def _view_with_trigger(args: Json) -> tuple[Json, str]:
    """A modal and the trigger to show it with; what is wrong with the modal leaves the trigger unused."""
    view, trigger_id = _view(args), str(args.get("trigger_id") or "")
    if not trigger_id:
        raise SlackError("invalid_arguments", ("[ERROR] missing required field: trigger_id",))
    check_view(view, "modal")
    return view, trigger_id


def _view(args: Json) -> Json:
    view = parsed(args.get("view"), "invalid_arguments")
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments", ("[ERROR] missing required field: view",))
    return view
