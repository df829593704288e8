"""What a bot token may do: the scopes it has, against those a call needs."""

from __future__ import annotations

from bot.workspace.methods import METHODS, Method
from bot.workspace.model import Json, Kind, SlackError
from bot.workspace.state import State

_FAMILIES: dict[Kind, str] = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}
_BY_TYPE = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}


def _families(method: Method) -> list[str]:
    # no bot scope writes to channels: apps manage them
    return [family for family in _FAMILIES.values() if family != "channels" or "KIND:write" not in method.scopes]


EVERY_SCOPE = tuple(
    sorted({scope.replace("KIND", family) for m in METHODS.values() for family in _families(m) for scope in m.scopes})
)


def provided(state: State) -> tuple[str, ...]:
    """The scopes of the bot token: those of the seed, or every one a served method knows."""
    return state.seed.app.scopes or EVERY_SCOPE


def needed(state: State, name: str, args: Json) -> list[tuple[str, ...]]:
    """What a call needs: of each group of scopes, any one."""
    scopes = METHODS[name].scopes if name in METHODS else ()
    if not scopes:
        return []
    kinds = _kinds(state, name, args) if any("KIND" in scope for scope in scopes) else ["channels"]
    return [tuple(scope.replace("KIND", kind) for scope in scopes) for kind in kinds]


def _kinds(state: State, name: str, args: Json) -> list[str]:
    """The families of scopes of the conversations a call is about."""
    if name == "conversations.list":
        types = str(args.get("types") or "public_channel").split(",")
        return [_BY_TYPE[kind.strip()] for kind in types if kind.strip() in _BY_TYPE]
    if name == "conversations.open":
        return ["mpim" if "," in str(args.get("users")) else "im"]
    channel = state.channels.get(str(args.get("channel") or ""))
    return [_FAMILIES[channel.kind] if channel else "channels"]


def check_scopes(state: State, name: str, args: Json) -> None:
    """Raise `missing_scope`, saying what is needed and what the token has."""
    has = provided(state)
    for any_of in needed(state, name, args):
        if not set(any_of) & set(has):
            raise SlackError("missing_scope", more={"needed": ",".join(any_of), "provided": ",".join(has)})
