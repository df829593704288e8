"""Every door crossed with every kind of decision, over Socket Mode and over signed HTTP: the rules are the same.

A cell is a door and a decision. Each either says what comes of it, or stands in IMPOSSIBLE with the reason; a door or a
decision that somebody adds later, and a cell that nobody thought of, fail the test of the table itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, get_args

import pytest

from bot.app import Bot
from bot.domain.decision import Answer, Decision, Escalate, Forward, Ignore, Reply, SafetyNotice, Suggestions
from bot.domain.question import Door
from bot.workspace import SeedChannel
from tests.town import (
    ANSWERED,
    MANIFEST,
    NEARLY,
    PEOPLE,
    SUGGESTED,
    Town,
    action_ids,
    entry_text,
    eventually,
    over_both_transports,
    question_of,
    rest,
    seed,
)

pytestmark = over_both_transports

Json = dict[str, Any]

FIRST_ASKED = "wound-care"
"""What the thread is about in which another question follows."""
WORDS = {
    "answer": question_of(ANSWERED),
    "suggestion": NEARLY,
    "person": "what's the capital of France?",
    "emergency": "I have chest pain and cant breathe",
    "crisis": "i dont want to live any more",
    "ignore": "good to see everybody at the meeting yesterday",
}
CHATTER = "the garden looks lovely this morning"


@dataclass(frozen=True)
class Asking:
    """Somebody at a door."""

    town: Town
    bot: Bot
    who: str
    words: str


@dataclass(frozen=True)
class Entrance:
    """A door: how the words come in, and where answers, people's replies and notices are then seen.

    `come_in` returns the ts of the thread that belongs to it, "" where there is none. Places: thread, dm, whisper.
    `channel`: where it happens. `ignored`: words that need no reply there.
    """

    kind: Door
    come_in: Callable[[Asking], str]
    answers: str = "thread"
    people: str = "thread"
    notices: str = "thread"
    channel: str = "support"
    ignored: str = WORDS["ignore"]

    def words(self, decision: str) -> str:
        """What to say here for this decision."""
        return self.ignored if decision == "ignore" else WORDS[decision]


# --- the doors


def in_a_channel(asking: Asking) -> str:
    return asking.town.say(asking.who, asking.words)


def by_mention(asking: Asking) -> str:
    return asking.town.say(asking.who, f"<@{asking.bot.directory.bot_user}> {asking.words}", "general")


def in_a_dm(asking: Asking) -> str:
    asking.town.say(asking.who, asking.words, asking.town.dm(asking.who))
    return ""


def in_an_answered_thread(asking: Asking) -> str:
    ts = asking.town.say(asking.who, question_of(FIRST_ASKED))
    asking.town.reply(ts)
    asking.town.say(asking.who, asking.words, thread=ts)
    return ts


def by_ask(asking: Asking) -> str:
    asking.town.ask(asking.who, asking.words)
    return ""


def by_human(asking: Asking) -> str:
    asking.town.command(asking.who, "/human", asking.words)
    return ""


def by_asking_about_a_message(asking: Asking) -> str:
    return on_a_message(asking, "ask_about_message")


def by_bringing_a_person_to_a_message(asking: Asking) -> str:
    return on_a_message(asking, "person_about_message")


def on_a_message(asking: Asking, shortcut: str) -> str:
    """The message is where the bot is not, so that only the shortcut brings it the words."""
    ts = asking.town.say(PEOPLE[0], asking.words, "elsewhere")
    assert asking.town.shortcut(asking.who, shortcut, ts, "elsewhere")["ok"]
    return ""


def in_the_home_tab(asking: Asking) -> str:
    assert asking.town.ask_at_home(asking.who, asking.words)["ok"]
    return ""


def by_an_edit(asking: Asking) -> str:
    ts = asking.town.say(asking.who, CHATTER)
    asking.town.edit(asking.who, ts, asking.words)
    return ts


ENTRANCES = {
    "channel": Entrance(Door.CHANNEL, in_a_channel),
    "mention": Entrance(Door.MENTION, by_mention, channel="general"),
    "dm": Entrance(Door.DM, in_a_dm, answers="dm", people="dm", notices="dm"),
    "thread": Entrance(Door.THREAD, in_an_answered_thread, ignored="thanks so much"),
    "/ask": Entrance(Door.COMMAND, by_ask, answers="whisper", people="dm", notices="dm"),
    "/human": Entrance(Door.COMMAND, by_human, people="dm", notices="dm"),
    "ask about a message": Entrance(
        Door.SHORTCUT, by_asking_about_a_message, answers="whisper", people="dm", notices="dm", channel="elsewhere"
    ),
    "a person about a message": Entrance(
        Door.SHORTCUT, by_bringing_a_person_to_a_message, people="dm", notices="dm", channel="elsewhere"
    ),
    "home": Entrance(Door.HOME, in_the_home_tab, answers="dm", people="dm", notices="dm"),
    "edit": Entrance(Door.CHANNEL, by_an_edit),
}
AS_DECLARED = {
    "/ask": "/ask",
    "/human": "/human",
    "ask_about_message": "ask about a message",
    "person_about_message": "a person about a message",
}
"""The doors that the manifest declares, by their names there."""
ASKS_NOTHING = {"/topics": "it lists what the bot has answers about; nothing is asked by it"}
DECIDED = {
    Answer: "answer",
    Suggestions: "suggestion",
    Escalate: "person",
    SafetyNotice: "emergency",
    Ignore: "ignore",
}
"""The kind of decision behind each column; a crisis is a SafetyNotice as well."""
NO_COLUMN = {
    Reply: "a fixed sentence to what asks nothing: no curated answer, no person, no alarm",
    Forward: "only where a ticket is open: the moderators get the words, the patient needs no reply",
}
NO_DOOR = {
    Door.BUTTON: "a press has no words of its own: it is about a question that came by another door",
}
FOR_A_PERSON = ("/human", "a person about a message")
ON_PURPOSE = ("/ask", "ask about a message", "home", *FOR_A_PERSON)
IMPOSSIBLE = {
    ("mention", "ignore"): "who names the bot gets a reply, whatever they say",
    ("dm", "ignore"): "who writes to the bot alone gets a reply, whatever they say",
    **{(door, "ignore"): "who turns to the bot on purpose gets a reply, whatever they say" for door in ON_PURPOSE},
    **{(door, "answer"): "who asks for a person gets one, also where the bot has an answer" for door in FOR_A_PERSON},
    **{(door, "suggestion"): "who asks for a person gets one, not a choice of entries" for door in FOR_A_PERSON},
}
CELLS = [cell for cell in product(ENTRANCES, WORDS) if cell not in IMPOSSIBLE]


# --- the town: a patient for each cell, so that none follows on from another


def patient_of(cell: tuple[str, str]) -> str:
    return f"patient-{CELLS.index(cell)}"


@pytest.fixture(scope="module")
def shared_town(transport: str) -> Iterator[Town]:
    plan, patients = seed(), tuple(patient_of(cell) for cell in CELLS)
    users = (*plan.users, *(replace(plan.users[0], name=name, real_name=name) for name in patients))
    open_to_all = [replace(c, members=(*c.members, *patients)) for c in plan.channels if not c.is_private]
    closed = [c for c in plan.channels if c.is_private]
    without_the_bot = SeedChannel("elsewhere", members=(PEOPLE[0], *patients))
    town = Town.open(replace(plan, users=users, channels=(*open_to_all, *closed, without_the_bot)))
    yield town
    town.workspace.stop()


# --- what is seen


@dataclass(frozen=True)
class Scene:
    """Where to look afterwards. `before`: how many of the bot's messages the thread already had."""

    town: Town
    bot: Bot
    who: str
    entrance: Entrance
    ts: str

    @property
    def before(self) -> int:
        return 1 if self.entrance.kind is Door.THREAD else 0

    def at(self, place: str) -> Json:
        """The bot's message at this place, once it is there."""
        match place:
            case "thread":
                return self.town.reply(self.ts, self.entrance.channel, nth=self.before + 1)
            case "dm":
                return self.town.dm_reply(self.who)
            case "whisper":
                return self.town.whisper(self.who, self.entrance.channel)
        raise AssertionError(place)

    def card(self) -> Json:
        """The card about this person, of whom there is one."""
        mine = f"<@{self.town.users[self.who]}>"
        return eventually(lambda: [c for c in self.town.cards() if mine in c["text"]], "the card")[0]

    def in_public(self) -> list[Json]:
        """What the bot has said where others read."""
        said = self.town.by_bot([*self.town.messages("support"), *self.town.messages("general")])
        return [m for m in said if not m.get("ephemeral_to")]

    def in_private(self) -> list[Json]:
        return [
            *self.town.by_bot(self.town.messages(self.town.dm(self.who))),
            *self.town.whispers(self.who, self.entrance.channel),
        ]


def sees_the_answer(scene: Scene) -> None:
    answer = scene.at(scene.entrance.answers)
    assert [b["text"] for b in answer["blocks"] if b["type"] == "markdown"] == [entry_text(ANSWERED).strip()]
    rest(scene.bot)
    assert scene.town.cards() == []


def sees_suggestions(scene: Scene) -> None:
    suggestions = scene.at(scene.entrance.answers)
    assert {"pick_1", "none_of_these"} <= set(action_ids(suggestions))
    assert entry_text(SUGGESTED)[:60] not in suggestions["text"]
    rest(scene.bot)
    assert scene.town.cards() == []


def is_told_that_a_person_reads(scene: Scene) -> None:
    assert "A person will read it" in scene.at(scene.entrance.people)["text"]
    assert "ALARM" not in scene.card()["text"]


def is_told_to_call_for_help(scene: Scene) -> None:
    assert "Call your emergency number now" in scene.at(scene.entrance.notices)["text"]
    assert "ALARM" in scene.card()["text"]


def is_answered_in_private_alone(scene: Scene) -> None:
    assert "You matter" in scene.town.dm_reply(scene.who)["text"]
    assert "ALARM" in scene.card()["text"]
    rest(scene.bot)
    assert len(scene.in_public()) == scene.before


def sees_nothing(scene: Scene) -> None:
    rest(scene.bot)
    assert len(scene.in_public()) == scene.before
    assert scene.in_private() == []
    assert scene.town.cards() == []
    if not scene.before:
        assert (
            scene.bot.parts.store.question(f"q:{scene.bot.directory.team}:{scene.entrance.channel}:{scene.ts}") is None
        )


OUTCOMES = {
    "answer": sees_the_answer,
    "suggestion": sees_suggestions,
    "person": is_told_that_a_person_reads,
    "emergency": is_told_to_call_for_help,
    "crisis": is_answered_in_private_alone,
    "ignore": sees_nothing,
}


# --- the table


@pytest.mark.parametrize("cell", CELLS, ids=[f"{door} {decision}" for door, decision in CELLS])
def test_each_door_gets_each_decision(town: Town, bot: Bot, cell: tuple[str, str]) -> None:
    door, decision = cell
    entrance, who = ENTRANCES[door], patient_of(cell)
    ts = entrance.come_in(Asking(town, bot, who, entrance.words(decision)))
    OUTCOMES[decision](Scene(town, bot, who, entrance, ts))


def test_no_cell_is_missing(bot: Bot) -> None:
    assert {*CELLS, *IMPOSSIBLE} == set(product(ENTRANCES, OUTCOMES))
    assert set(WORDS) == set(OUTCOMES)
    assert all(len(why.split()) >= 5 for why in IMPOSSIBLE.values())


def test_every_door_that_the_code_knows_is_in_the_table(bot: Bot) -> None:
    assert {entrance.kind for entrance in ENTRANCES.values()} | set(NO_DOOR) == set(Door)


def test_every_kind_of_decision_that_the_code_knows_is_in_the_table(bot: Bot) -> None:
    assert {*DECIDED, *NO_COLUMN} == set(get_args(Decision))
    assert {*DECIDED.values(), "crisis"} == set(OUTCOMES)


def test_every_door_that_the_manifest_declares_is_in_the_table(bot: Bot) -> None:
    features = MANIFEST["features"]
    declared = {c["command"] for c in features["slash_commands"]} | {s["callback_id"] for s in features["shortcuts"]}
    assert declared == {*AS_DECLARED, *ASKS_NOTHING}
    assert set(AS_DECLARED.values()) <= set(ENTRANCES)
