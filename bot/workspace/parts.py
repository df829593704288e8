"""The parts of one workspace, built together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.workspace.faults import Faults
from bot.workspace.grants import Grants
from bot.workspace.interactivity import Interactivity
from bot.workspace.journal import Journal
from bot.workspace.modals import Modals
from bot.workspace.responses import Responses
from bot.workspace.seed import Seed
from bot.workspace.socket_mode import SocketMode
from bot.workspace.state import State
from bot.workspace.stream import Stream
from bot.workspace.workplace import Workplace


@dataclass(frozen=True)
class Parts:
    """Everything a request may need; used from the server's loop only."""

    state: State
    journal: Journal
    stream: Stream
    socket: SocketMode
    workplace: Workplace
    faults: Faults
    grants: Grants
    modals: Modals
    responses: Responses
    interactivity: Interactivity

    @classmethod
    def build(
        cls,
        seed: Seed,
        *,
        ack_seconds: float,
        redelivery_delays: tuple[float, ...],
        now: Callable[[], float],
    ) -> Parts:
        """Parts for `seed`; `now` gives seconds since 1970."""
        state = State(seed, now)
        journal = Journal(now)
        stream = Stream()
        socket = SocketMode(
            journal,
            state.identity.app,
            ack_seconds=ack_seconds,
            redelivery_delays=redelivery_delays,
            changed=lambda: stream.publish({"type": "connection"}),
        )
        workplace = Workplace(state, socket, stream)
        grants = Grants(now)
        modals = Modals(state, stream)
        responses = Responses(state, workplace, grants)
        return cls(
            state=state,
            journal=journal,
            stream=stream,
            socket=socket,
            workplace=workplace,
            faults=Faults(),
            grants=grants,
            modals=modals,
            responses=responses,
            interactivity=Interactivity(state, socket, workplace, modals, grants, responses),
        )

    def reset(self) -> None:
        """Back to the seed, with nothing on its way and nothing remembered; connections stay open."""
        self.faults.clear()
        self.socket.forget_everything()
        self.grants.clear()
        self.state.reset()
        self.journal.clear()
        self.stream.publish({"type": "reset"})
