"""The parts of one workspace, built together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.workspace.app_calls import AppCalls
from bot.workspace.faults import Faults
from bot.workspace.grants import Grants
from bot.workspace.homes import Homes
from bot.workspace.interactivity import Interactivity
from bot.workspace.journal import Journal
from bot.workspace.line import Line
from bot.workspace.modals import Modals
from bot.workspace.rate_limits import RateLimits
from bot.workspace.responses import Responses
from bot.workspace.seed import Seed
from bot.workspace.signed_http import SignedHttp
from bot.workspace.socket_mode import SocketMode
from bot.workspace.state import State
from bot.workspace.stream import Stream
from bot.workspace.view_interactivity import ViewInteractivity
from bot.workspace.workplace import Workplace


@dataclass(frozen=True)
class Parts:
    """Everything a request may need; used from the server's loop only."""

    state: State
    journal: Journal
    stream: Stream
    socket: SocketMode
    web: SignedHttp
    line: Line
    workplace: Workplace
    faults: Faults
    rate_limits: RateLimits
    grants: Grants
    modals: Modals
    homes: Homes
    responses: Responses
    interactivity: Interactivity
    in_views: ViewInteractivity

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
        web = SignedHttp(
            journal,
            url=seed.app.request_url,
            signing_secret=seed.app.signing_secret,
            ack_seconds=ack_seconds,
            redelivery_delays=redelivery_delays,
            now=now,
        )
        line = Line(socket, web)
        workplace = Workplace(state, line, stream)
        grants = Grants(now)
        calls = AppCalls(state, line, grants)
        modals, homes = Modals(state, stream), Homes(state, stream)
        responses = Responses(state, workplace, grants)
        return cls(
            state=state,
            journal=journal,
            stream=stream,
            socket=socket,
            web=web,
            line=line,
            workplace=workplace,
            faults=Faults(),
            rate_limits=RateLimits(now),
            grants=grants,
            modals=modals,
            homes=homes,
            responses=responses,
            interactivity=Interactivity(state, calls, workplace, grants, responses),
            in_views=ViewInteractivity(state, calls, modals, homes),
        )

    def reset(self) -> None:
        """Back to the seed, with nothing on its way and nothing remembered; connections stay open."""
        self.faults.forget()
        self.rate_limits.switch(False)
        self.line.forget_everything()
        self.socket.enable()
        self.web.url = self.state.seed.app.request_url
        self.grants.clear()
        self.state.reset()
        self.journal.clear()
        self.stream.publish({"type": "reset"})
