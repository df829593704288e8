"""Web API methods about the app itself and about people."""

from __future__ import annotations

from bot.workspace.model import Json, SlackError
from bot.workspace.paging import page
from bot.workspace.parts import Parts
from bot.workspace.render import bot_json, user_json


def auth_test(parts: Parts, _args: Json) -> Json:
    identity = parts.state.identity
    return {
        "url": f"{parts.state.base_url}/",
        "team": parts.state.seed.name,
        "user": parts.state.bot.name,
        "team_id": identity.team,
        "user_id": identity.bot_user,
        "bot_id": identity.bot_id,
        "is_enterprise_install": False,
    }


def apps_connections_open(parts: Parts, _args: Json) -> Json:
    base = parts.state.base_url.replace("http://", "ws://")
    ticket = parts.socket.new_ticket()
    return {"url": f"{base}/link/?ticket={ticket}&app_id={parts.state.identity.app}"}


def team_info(parts: Parts, _args: Json) -> Json:
    seed, identity = parts.state.seed, parts.state.identity
    return {
        "team": {
            "id": identity.team,
            "name": seed.name,
            "url": f"{parts.state.base_url}/",
            "domain": seed.domain,
            "email_domain": "",
            "icon": {"image_default": True},
        }
    }


def users_list(parts: Parts, args: Json) -> Json:
    users, cursor = page(list(parts.state.users.values()), args, default=1_000)
    return {
        "members": [user_json(parts.state, user) for user in users],
        "cache_ts": int(parts.state.now()),
        "response_metadata": {"next_cursor": cursor},
    }


def users_info(parts: Parts, args: Json) -> Json:
    return {"user": user_json(parts.state, parts.state.person(str(args.get("user", ""))))}


def bots_info(parts: Parts, args: Json) -> Json:
    if args.get("bot") not in (None, "", parts.state.identity.bot_id):
        raise SlackError("bot_not_found")
    return {"bot": bot_json(parts.state)}
