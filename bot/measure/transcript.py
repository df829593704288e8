"""The format of a transcript: its steps, and what can be said of what is seen.

A step is one line, `who does what: words`. docs/conversations.md describes every step; FORMS below is what reads them.
"""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.phrases import KEYS

Texts = tuple[str, ...]
NOTICES = {
    "emergency": "emergency_notice",
    "cauda equina": "emergency_cauda_equina",
    "poisoning": "emergency_poisoning",
    "crisis": "crisis_notice",
    "urgent": "urgent_notice",
}
RECEIPTS = (*(key for key in KEYS if key.startswith("received")), "files_not_read", "abuse_boundary")
NUMBERED = {"first thread": 0, "second thread": 1, "third thread": 2}
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Sight(Record):
    """What must be seen: every key that is given must hold."""

    answers: str | None = Field(default=None, description="the id of the entry that is answered with, word for word")
    suggests: Texts = Field(default=(), description="ids of entries whose questions stand on buttons")
    offers: Texts = Field(default=(), description="ids of entries whose questions are shown, as on a card")
    notice: str | None = Field(default=None, description="emergency, cauda equina, poisoning, crisis or urgent")
    receipt: str | None = Field(default=None, description="a key of phrases.yaml, or any: a person will read it")
    phrase: Texts = Field(default=(), description="keys of phrases.yaml that are said")
    says: Texts = Field(default=(), description="words that are shown")
    omits: Texts = Field(default=(), description="words that are not shown")
    buttons: Texts | None = Field(default=None, description="labels of buttons that are there; [] = there is none")
    lacks: Texts = Field(default=(), description="labels of buttons that are not there")
    because: str | None = Field(default=None, description="why a card came: a reason_ key without reason_")
    alarm: str | None = Field(default=None, description="the route of an alarm's card, e.g. EMERGENCY; none = no alarm")
    patient: str | None = Field(default=None, description="whom a card is about")
    claimed: str | None = Field(default=None, description="the moderator who has the ticket")
    answered: str | None = Field(default=None, description="the moderator who answered")
    resolved: str | None = Field(default=None, description="the moderator who resolved it")
    unclaimed: bool = Field(default=False, description="yes = nobody has the ticket")
    nothing: bool = Field(default=False, description="yes = there is nothing to see")


SHORT: dict[str, Sight] = {
    "anything": Sight(),
    "nothing": Sight(nothing=True),
    "silent": Sight(nothing=True),
    "gone": Sight(nothing=True),
    "a person": Sight(receipt="any"),
    **{f"{name} notice": Sight(notice=name) for name in NOTICES},
}
"""Sights of which one word says all."""


class Step(Record):
    """One line of a transcript. `form` names the row of FORMS that it is; `text` are its words, for an act."""

    file: str
    line: int
    form: str
    said: str
    who: str = ""
    place: str = ""
    text: str = ""
    typed: dict[str, str] = {}
    sight: Sight | None = None


class Transcript(Record):
    """A conversation: what people do, and what is then seen."""

    file: str
    about: str
    steps: tuple[Step, ...]

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who appears, in the order of appearance."""
        named = (step.who for step in self.steps if step.who)
        shown = (name for s in self.steps if s.sight for name in (s.sight.claimed, s.sight.answered, s.sight.resolved))
        return tuple(dict.fromkeys(name for name in (*named, *shown) if name))

    @property
    def channels(self) -> frozenset[str]:
        """Every channel that somebody writes in or joins."""
        named = {s.place for s in self.steps if s.place and not is_thread(s.place) and s.place != "DM"}
        return frozenset(named | {s.text.lstrip("#") for s in self.steps if s.form == "joins"})

    @property
    def joins(self) -> frozenset[tuple[str, str]]:
        """(person, channel) for everybody who comes into a channel only in the course of it."""
        return frozenset((s.who, s.text.lstrip("#")) for s in self.steps if s.form == "joins")


_WHO = r"(?P<who>[\w.-]+)"
_PLACE = r"#?(?P<place>first thread|second thread|third thread|thread|DM|[\w.-]+)"
FORMS: dict[str, tuple[str, str]] = {
    # what is seen
    "bot in DM": (rf"bot in DM with {_WHO}", "bot in DM with PERSON"),
    "bot in": (rf"bot in {_PLACE}", "bot in thread"),
    "bot only to": (rf"bot only to {_WHO}", "bot only to PERSON"),
    "bot now": (r"bot's message now", "bot's message now"),
    "bot": (r"bot", "bot"),
    "moderators get": (r"moderators get", "moderators get"),
    "card now": (r"card now", "card now"),
    "under the card": (r"under the card", "under the card"),
    "sees window": (rf"{_WHO} sees window", "PERSON sees window"),
    "sees home": (rf"{_WHO} sees home", "PERSON sees home"),
    "sees prompts": (rf"{_WHO} sees prompts", "PERSON sees prompts"),
    # what people do
    "bot else": (rf"another bot in {_PLACE}", "another bot in CHANNEL"),
    "file": (rf"{_WHO} in {_PLACE} with a file", "PERSON in PLACE with a file"),
    "says": (rf"{_WHO} in {_PLACE}", "PERSON in PLACE"),
    "runs": (rf"{_WHO} runs(?: in #?(?P<place>[\w.-]+))?", "PERSON runs in CHANNEL"),
    "presses": (rf"{_WHO} presses", "PERSON presses"),
    "old": (rf"{_WHO} presses the old", "PERSON presses the old"),
    "forges": (rf"{_WHO} forges", "PERSON forges"),
    "types": (rf"{_WHO} types", "PERSON types"),
    "submits": (rf"{_WHO} submits", "PERSON submits"),
    "closes": (rf"{_WHO} closes", "PERSON closes"),
    "edits": (rf"{_WHO} edits", "PERSON edits"),
    "deletes": (rf"{_WHO} deletes", "PERSON deletes"),
    "opens": (rf"{_WHO} opens", "PERSON opens"),
    "uses": (rf"{_WHO} uses", "PERSON uses"),
    "joins": (rf"{_WHO} joins", "PERSON joins"),
    # what else happens
    "Slack": (r"Slack", "Slack"),
    "time": (r"time passes", "time passes"),
}
SEEN = frozenset(list(FORMS)[: list(FORMS).index("bot else")])
"""The forms that say what is seen; all others say what is done."""
WORDS = {
    "opens": ("home", "DM"),
    "closes": ("window",),
    "deletes": ("last message", "first message"),
    "Slack": ("delivers again", "shows a preview"),
}
"""The only words that may follow some forms."""


def is_thread(place: str) -> bool:
    return place == "thread" or place in NUMBERED


def seconds_of(text: str) -> int | None:
    """Seconds in "90 seconds", "2 minutes", "1 hour"; None when it is no length of time."""
    found = re.fullmatch(r"(\d+) (second|minute|hour|day)s?", text.strip())
    return int(found[1]) * _UNITS[found[2]] if found else None
