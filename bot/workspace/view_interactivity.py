"""What people do with the app's views: pressing in a modal or in the app's home, submitting, closing."""

from __future__ import annotations

from bot.workspace.app_calls import AppCalls
from bot.workspace.element_values import refused_inputs, values_of
from bot.workspace.homes import Homes
from bot.workspace.modals import Modals
from bot.workspace.model import Json, SlackError
from bot.workspace.pressing import completed, state_of
from bot.workspace.state import State


class ViewInteractivity:
    """Each method tells the app, waits for its acknowledgement and does what the answer says; each raises
    what `AppCalls.tell` raises."""

    def __init__(self, state: State, calls: AppCalls, modals: Modals, homes: Homes) -> None:
        self._state = state
        self._calls = calls
        self._modals = modals
        self._homes = homes

    async def press(self, user: str, view_id: str, action: Json, given: Json) -> None:
        """A person presses or chooses an element of a modal they have open; `given` are its other values."""
        await self._press(user, self._open_view(user, view_id), action, given)

    async def press_in_home(self, user: str, action: Json, given: Json) -> None:
        """A person presses or chooses an element of their Home tab; raises `view_not_found` too."""
        await self._press(user, self._homes.of(user), action, given)

    async def _press(self, user: str, view: Json, action: Json, given: Json) -> None:
        pressed = completed(view["blocks"], action, self._state.next_ts())
        values = values_of(view["blocks"], given)
        for block_id, by_action in state_of(view["blocks"], pressed).items():
            values.setdefault(block_id, {}).update(by_action)
        payload = self._calls.payload("block_actions", user) | {
            "container": {"type": "view", "view_id": view["id"]},
            "view": view | {"state": {"values": values}},
            "actions": [pressed],
        }
        await self._calls.tell("interactive", payload)

    async def submit(self, user: str, given: Json) -> Json:
        """A person submits their top modal; says what a page shows next.

        A required input left empty never reaches the app, as in Slack's own window.
        """
        view = self._open_view(user)
        values = values_of(view["blocks"], given)
        refused = refused_inputs(view["blocks"], values)
        if refused:
            return {"response_action": "errors", "errors": refused}
        submitted = view | {"state": {"values": values}}
        payload = self._calls.payload("view_submission", user) | {"view": submitted, "response_urls": []}
        answer = await self._calls.tell("interactive", payload)
        return self._modals.submitted(user, view, answer)

    async def close(self, user: str) -> None:
        """A person closes their top modal; the app hears of it if the modal asked for that."""
        view = self._open_view(user)
        if view["clear_on_close"]:
            self._modals.close_all(user)
        else:
            self._modals.close_top(user)
        if view["notify_on_close"]:
            payload = self._calls.payload("view_closed", user) | {"view": view, "is_cleared": view["clear_on_close"]}
            payload.pop("trigger_id")
            await self._calls.tell("interactive", payload)

    def _open_view(self, user: str, view_id: str = "") -> Json:
        self._state.person(user)
        for view in reversed(self._state.views.by_user.get(user, [])):
            if view_id in ("", view["id"]):
                return view
        raise SlackError("view_not_found")
