"""Entries, the knowledge base and the settings that curators and operators write beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

ANSWER_LIMIT = 11_000
"""Characters: one `markdown` block carries at most 12,000, and the signature needs the rest."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^\n]*$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Weekday = Annotated[str, StringConstraints(pattern=r"^(mon|tues|wednes|thurs|fri|satur|sun)day$")]
Share = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]


def _not_a_number(day: object) -> object:
    """A bare number would be read as seconds since 1970: `review_by: 0` is a slip, not a date."""
    if isinstance(day, int | float):
        raise PydanticCustomError("date_type", "a date is written year-month-day")
    return day


Day = Annotated[date, BeforeValidator(_not_a_number)]


class _Record(BaseModel):
    """Frozen, and refuses keys it does not know: a misspelt key must not be silently ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Record):
    """A public source that supports an answer."""

    title: Line = Field(max_length=150, description="what the source is called, with its publisher")
    url: Annotated[str, StringConstraints(pattern=r"^https://\S+$")] = Field(description="https address")


class Entry(_Record):
    """One curated answer with the questions it answers."""

    id: Slug = Field(description="lower-case words joined by hyphens; never reused")
    question: Line = Field(description="the question in one line, as the reply shows it", max_length=150)
    phrasings: tuple[Line, ...] = Field(default=(), description="the same question as patients would put it")
    must_not_match: tuple[Line, ...] = Field(
        default=(), description="questions that look alike and must never get this answer"
    )
    answer: Text = Field(description="Markdown; shown word for word", max_length=ANSWER_LIMIT)
    author: Line = Field(max_length=200, description="who wrote the answer; shown as written")
    credentials: Line | None = Field(
        default=None, max_length=200, description="the author's profession, shown after the name"
    )
    reviewer: Line | None = Field(default=None, description="who checked it; empty = not yet clinically reviewed")
    reviewed_on: Day | None = Field(default=None, description="the day it was checked")
    review_by: Day | None = Field(
        default=None, description="after this day a moderator sees it as a draft, a patient never"
    )
    sources: tuple[Source, ...] = Field(default=(), max_length=6, description="public sources, shown under the answer")
    topics: tuple[Line, ...] = Field(default=(), description="a few words to group entries by")
    related: tuple[Slug, ...] = Field(default=(), description="ids of entries to offer next, at most 4", max_length=4)
    min_confidence: Share | None = Field(default=None, description="a stricter confidence (0-1) for this entry")

    @property
    def texts(self) -> tuple[str, ...]:
        """The question and its phrasings: what a patient's words are matched with."""
        return (self.question, *self.phrasings)

    @property
    def reviewed(self) -> bool:
        return self.reviewer is not None and self.reviewed_on is not None

    def overdue(self, today: date) -> bool:
        """Whether its review date has passed on `today`."""
        return self.review_by is not None and today > self.review_by

    @property
    def version(self) -> str:
        """12 hex digits of the SHA-256 of what the patient is shown; kept with every reply."""
        shown = "\x1f".join((self.question, self.answer, self.author, self.credentials or ""))
        return hashlib.sha256(shown.encode()).hexdigest()[:12]


class KnowledgeBase(BaseModel):
    """All entries, by id, in the order of their files. Immutable: a reload makes a new one."""

    model_config = ConfigDict(frozen=True)

    entries: Mapping[str, Entry]

    def __len__(self) -> int:
        return len(self.entries)

    def get(self, entry_id: str) -> Entry | None:
        return self.entries.get(entry_id)


class LabelledQuestion(_Record):
    """A question whose right entries the operator knows, in the operator's own words and never a patient's.

    `entries` are the ids that are right; without any it must not be answered.
    """

    text: Text
    entries: tuple[Slug, ...]


class ChannelMode(StrEnum):
    """What the bot does in a channel."""

    OFF = "off"
    PRIVATE = "private"
    THREAD = "thread"


class ChannelSetting(_Record):
    """A channel that the bot may listen in."""

    channel: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^#?[^\s#]+$")] = Field(
        description="the channel's id (best: it survives a rename) or its name"
    )
    mode: ChannelMode = Field(
        description="off = red flags and @mentions only; private = in the asker's DM; thread = in a thread"
    )


class EmergencyNumbers(_Record):
    """What to call in one country."""

    name: Line | None = Field(default=None, description="the country as patients know it; empty = its code is shown")
    emergency: Line = Field(description="the number for an emergency")
    urgent: Line | None = Field(default=None, description="medical advice when it cannot wait, e.g. 111 in the UK")
    crisis: Line | None = Field(default=None, description="who listens in a crisis, with the number")
    poison: Line | None = Field(default=None, description="the poison centre")


class Hours(_Record):
    """When people are on duty, in `timezone`: "monday" -> "HH:MM-HH:MM". A missing day is closed."""

    timezone: Line = Field(description="IANA name, e.g. Europe/London")
    days: Mapping[
        Weekday,
        Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$")],
    ] = Field(description='from and to, in 24 hours, e.g. monday: "09:00-17:00"; a day left out is closed')


class MatchingSettings(_Record):
    """Where the three bands begin. Confidences and precision are 0-1; those left empty the bot finds by itself."""

    promised_precision: Annotated[float, Field(ge=0.5, le=0.999)] = Field(
        default=0.98, description="share of answers that must be the right ones; the bot answers less to keep it"
    )
    answer_confidence: Share | None = Field(default=None, description="from here on the entry is the answer")
    suggest_confidence: Share | None = Field(default=None, description='from here on it is offered as "did you mean"')
    margin: Share = Field(default=0.0, description="how far the best entry must lead the second to be the answer")


class ServiceConfig(_Record):
    """knowledge/config.yaml: what the operator decides about the service."""

    service_name: Line = Field(description="how the bot names the service to patients", max_length=60)
    country: CountryCode | None = Field(
        default=None, description="ISO country of most patients; empty = every country's numbers are shown"
    )
    emergency_numbers: Mapping[CountryCode, EmergencyNumbers] = Field(description="by ISO country code", min_length=1)
    channels: tuple[ChannelSetting, ...] = Field(default=(), description="channels not listed are off")
    moderators_channel: Annotated[str, StringConstraints(pattern=r"^#?[^\s#]+$")] = Field(
        description="the private channel that gets the tickets; its members are the moderators"
    )
    moderators: tuple[Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]+$")], ...] = Field(
        default=(), description="user ids that are moderators beside the channel's members"
    )
    copy_patient_words: bool = Field(
        default=False,
        strict=True,
        description="true = the ticket card shows the patient's words in the moderators' channel",
    )
    hours: Hours | None = Field(default=None, description="empty = no promise of hours is made")
    matching: MatchingSettings = Field(default=MatchingSettings(), description="where answering and suggesting begin")
