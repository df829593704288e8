"""Tells the app what a person did and waits for its acknowledgement."""

from __future__ import annotations

from typing import Any

from bot.workspace.deliveries import Outcome
from bot.workspace.grants import Grants
from bot.workspace.line import Line
from bot.workspace.model import Json, SlackError
from bot.workspace.state import State


class AppCalls:
    """Makes interaction payloads and delivers them."""

    def __init__(self, state: State, line: Line, grants: Grants) -> None:
        self._state = state
        self._line = line
        self._grants = grants

    def payload(self, type_: str, user: str) -> Json:
        """What every interaction of a person tells; raises `user_not_found`."""
        identity = self._state.identity
        name = self._state.person(user).name
        return {
            "type": type_,
            "user": {"id": user, "username": name, "name": name, "team_id": identity.team},
            "api_app_id": identity.app,
            "token": "verification-token",
            "trigger_id": self._grants.new_trigger(user),
            "team": {"id": identity.team, "domain": self._state.seed.domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    async def tell(self, type_: str, payload: Json) -> Any:
        """The payload of the acknowledgement.

        Raises `operation_timeout` when nobody acknowledged in time, `dispatch_failed` when the app has no
        connection, and `http_service_error` when its request URL answered with an error.
        """
        answers = payload.get("type") != "block_actions"
        delivery = self._line.deliver(type_, payload, accepts_response_payload=answers)
        settled = await delivery.settled
        if settled.outcome is not Outcome.ACKED:
            raise SlackError(settled.outcome.value)
        return settled.payload
