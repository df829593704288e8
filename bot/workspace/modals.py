"""The modals people have open: opening, updating, and what the app's answer to a submission does."""

from __future__ import annotations

from bot.workspace.model import Json, SlackError
from bot.workspace.state import State
from bot.workspace.stream import Stream
from bot.workspace.views import check_hash, new_view

DEEPEST_STACK = 3


class Modals:
    """Each person's stack of open modals."""

    def __init__(self, state: State, stream: Stream) -> None:
        self._state = state
        self._stream = stream

    def open(self, user: str, view: Json) -> Json:
        """Open a first modal for a person, in place of any they had open; raises as `new_view` does."""
        opened = new_view(self._state, view, "modal")
        self._stacks[user] = [opened]
        self._hint(user)
        return opened

    def push(self, user: str, view: Json) -> Json:
        """Open a modal on top of the one a person has open; raises `push_limit_reached`."""
        stack = self._stacks.setdefault(user, [])
        if len(stack) >= DEEPEST_STACK:
            raise SlackError("push_limit_reached")
        opened = new_view(self._state, view, "modal")
        if stack:
            opened |= {"root_view_id": stack[0]["id"], "previous_view_id": stack[-1]["id"]}
        stack.append(opened)
        self._hint(user)
        return opened

    def update(self, view: Json, *, view_id: str = "", external_id: str = "", hash_: str = "") -> Json:
        """Replace an open modal; raises `not_found`, `hash_conflict` or `invalid_arguments`."""
        place = self._state.views.find(view_id=view_id, external_id=external_id)
        if place is None:
            raise SlackError("not_found")
        user, at = place
        old = self._stacks[user][at]
        check_hash(old, hash_)
        new = new_view(self._state, view, "modal", instead_of=old)
        self._stacks[user][at] = new
        self._hint(user)
        return new

    def close_top(self, user: str) -> None:
        stack = self._stacks.get(user, [])
        if stack:
            stack.pop()
        if not stack:
            self._stacks.pop(user, None)
        self._hint(user)

    def close_all(self, user: str) -> None:
        self._stacks.pop(user, None)
        self._hint(user)

    def submitted(self, user: str, view: Json, answer: object) -> Json:
        """Do what the app answered to the submission of `view`; says what a page shows next.

        Raises what `open` raises, and `unknown_response_action`.
        """
        action = answer.get("response_action") if isinstance(answer, dict) else None
        if not isinstance(answer, dict) or action is None:
            if self._is_open(user, view):
                self.close_top(user)
            return {}
        match action:
            case "clear":
                self.close_all(user)
            case "errors":
                return {"response_action": action, "errors": self._errors(view, answer.get("errors"))}
            case "update":
                self.update(answer.get("view") or {}, view_id=view["id"])
            case "push":
                self.push(user, answer.get("view") or {})
            case _:
                raise SlackError("unknown_response_action")
        return {"response_action": action}

    def _errors(self, view: Json, errors: object) -> Json:
        inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
        if not isinstance(errors, dict) or not errors or set(errors) - inputs:
            raise SlackError("invalid_errors", ("errors must name block_ids of input blocks",))
        return errors

    def _is_open(self, user: str, view: Json) -> bool:
        top = self._state.views.top(user)
        return top is not None and top["id"] == view["id"]

    @property
    def _stacks(self) -> dict[str, list[Json]]:
        return self._state.views.by_user

    def _hint(self, user: str) -> None:
        self._stream.publish({"type": "view"}, lambda listener: listener == user)
