"""Web API methods about the app itself, about people and their groups."""

from __future__ import annotations

from bot.workspace.methods_conversations import truth
from bot.workspace.model import Json, SlackError
from bot.workspace.paging import page
from bot.workspace.parts import Parts
from bot.workspace.render import bot_json, user_json, usergroup_json


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


def team_info(parts: Parts, args: Json) -> Json:
    seed, identity = parts.state.seed, parts.state.identity
    if args.get("team") not in (None, "", identity.team):
        raise SlackError("team_not_found")
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


def usergroups_list(parts: Parts, args: Json) -> Json:
    users, count = truth(args.get("include_users")), truth(args.get("include_count"))
    groups = parts.state.usergroups
    return {"usergroups": [usergroup_json(parts.state, group, users=users, count=count) for group in groups]}


def usergroups_users_list(parts: Parts, args: Json) -> Json:
    return {"users": list(parts.state.usergroup(str(args.get("usergroup") or "")).members)}
