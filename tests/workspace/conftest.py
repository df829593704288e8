"""Two workspaces for all tests of this folder, put back to their seed before each: one waits long for an
acknowledgement, so that a busy machine does not matter, one only a moment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from slack_sdk import WebClient

from bot.workspace import Workspace
from tests.workspace.driver import ACK_SECONDS, SEED, BareApp, Clock, People, wait_for


@pytest.fixture(scope="session")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def _patient(clock: Clock) -> Iterator[People]:
    yield from _open_workspace(clock, ack_seconds=10.0)


@pytest.fixture(scope="session")
def _impatient(clock: Clock) -> Iterator[People]:
    yield from _open_workspace(clock, ack_seconds=ACK_SECONDS)


def _open_workspace(clock: Clock, ack_seconds: float) -> Iterator[People]:
    delays = (0.0, 0.0, 0.0)
    with Workspace(SEED, port=0, ack_seconds=ack_seconds, redelivery_delays=delays, now=clock) as workspace:
        people = People(workspace)
        yield people
        people.threads.shutdown()


@pytest.fixture
def hasty() -> None:
    """Asked for by a test in which nobody acknowledges: the workspace then waits a short time only."""


@pytest.fixture
def people(request: pytest.FixtureRequest, clock: Clock) -> People:
    """The people of a workspace that is as its seed describes it."""
    people: People = request.getfixturevalue("_impatient" if "hasty" in request.fixturenames else "_patient")
    clock.ahead_seconds = 0.0
    people.do("reset")
    return people


@pytest.fixture
def workspace(people: People) -> Workspace:
    """The workspace these people are in."""
    return people.workspace


@pytest.fixture
def client(workspace: Workspace) -> WebClient:
    """The bot's Web API client."""
    return WebClient(workspace.seed.app.bot_token, base_url=workspace.api_url)


@pytest.fixture
def app(workspace: Workspace, people: People) -> Iterator[BareApp]:
    app = BareApp(workspace)
    yield app
    app.close()
    wait_for(lambda: not people.state()["apps"][0]["connected"])
