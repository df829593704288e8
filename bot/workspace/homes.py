"""Each person's view of the app's Home tab: publishing and updating."""

from __future__ import annotations

from bot.workspace.model import Json, SlackError
from bot.workspace.state import State
from bot.workspace.stream import Stream
from bot.workspace.views import check_hash, new_view


class Homes:
    """The last view the app published for each person."""

    def __init__(self, state: State, stream: Stream) -> None:
        self._state = state
        self._stream = stream

    def publish(self, user: str, view: Json, hash_: str = "") -> Json:
        """Show a person this view; raises `not_enabled`, `hash_conflict` or what `new_view` raises."""
        if not self._state.seed.app.home:
            raise SlackError("not_enabled")
        old = self._state.homes.get(user)
        if old:
            check_hash(old, hash_)
        new = new_view(self._state, view, "home", instead_of=old)
        self._state.homes[user] = new
        self._stream.publish({"type": "home"}, lambda listener: listener == user)
        return new

    def owner(self, *, view_id: str = "", external_id: str = "") -> str | None:
        """Whose home a view is."""
        for user, view in self._state.homes.items():
            if (view_id and view["id"] == view_id) or (external_id and view["external_id"] == external_id):
                return user
        return None

    def of(self, user: str) -> Json:
        """A person's home as last published; raises `view_not_found`."""
        view = self._state.homes.get(self._state.person(user).id)
        if view is None:
            raise SlackError("view_not_found")
        return view
