"""Views as Slack stores them, modals and homes alike, made from what the app gave and checked."""

from __future__ import annotations

import json
import secrets

from bot.workspace.blocks_check import VIEW_BYTES, problems_in_view, with_ids
from bot.workspace.ids import fresh_id
from bot.workspace.model import Json, SlackError
from bot.workspace.state import State


def check_view(view: Json, kind: str) -> None:
    """Raise `invalid_arguments` with every problem a view of this kind (modal, home) has, or `view_too_large`."""
    problems = problems_in_view(view, kind)
    if problems:
        raise SlackError("invalid_arguments", tuple(problems))
    if len(json.dumps(view)) > VIEW_BYTES:
        raise SlackError("view_too_large")


def new_view(state: State, view: Json, kind: str, *, instead_of: Json | None = None) -> Json:
    """The view with an id and a hash of its own, or with the id of the one it replaces.

    Raises as `check_view` does, and `duplicate_external_id`.
    """
    check_view(view, kind)
    view_id = instead_of["id"] if instead_of else fresh_id("V")
    external_id = view.get("external_id", "")
    if external_id and _is_taken(state, external_id, view_id):
        raise SlackError("duplicate_external_id")
    identity = state.identity
    return {
        "id": view_id,
        "team_id": identity.team,
        "type": kind,
        "blocks": with_ids(view["blocks"]),
        "private_metadata": view.get("private_metadata", ""),
        "callback_id": view.get("callback_id", ""),
        "state": {"values": {}},
        "hash": f"{int(state.now())}.{secrets.token_hex(4)}",
        "title": view.get("title"),
        "close": view.get("close"),
        "submit": view.get("submit"),
        "clear_on_close": bool(view.get("clear_on_close")),
        "notify_on_close": bool(view.get("notify_on_close")),
        "previous_view_id": instead_of["previous_view_id"] if instead_of else None,
        "root_view_id": instead_of["root_view_id"] if instead_of else view_id,
        "app_id": identity.app,
        "external_id": external_id,
        "app_installed_team_id": identity.team,
        "bot_id": identity.bot_id,
    }


def check_hash(view: Json, hash_: str) -> None:
    """Raise `hash_conflict` when the app changes another form of the view than the present one."""
    if hash_ and hash_ != view["hash"]:
        raise SlackError("hash_conflict")


def _is_taken(state: State, external_id: str, view_id: str) -> bool:
    views = [*state.homes.values(), *(view for stack in state.views.by_user.values() for view in stack)]
    return any(view["external_id"] == external_id and view["id"] != view_id for view in views)
