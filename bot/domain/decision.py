"""What to do with a question: `admit` says whether it is ours, `decide` what it gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, TypeAlias, assert_never

from bot.domain.knowledge import ChannelMode, Entry, KnowledgeBase, MatchingSettings
from bot.domain.matching import Match, Ranking
from bot.domain.question import Door, Question
from bot.domain.scope import Level, Route, Verdict
from bot.domain.text import asks_something, content_words, has_words, words

TEXT_LIMIT = 4_000
"""Characters: the guard reads all of a longer message, the matcher none of it; a person does."""

SUGGESTIONS = 3

NEVER = 1.01
"""A confidence that no match reaches: a threshold that nobody has set lets nothing through."""

WORTH_SHOWING = 0.01
"""Confidence (0-1) below which an entry is not even shown to a moderator."""


# --- is it ours? ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ThreadFacts:
    """What the bot knows of a thread it has replied in."""

    asker: str
    other_speaker: bool
    ticket: bool


@dataclass(frozen=True)
class Scene:
    """The circumstances of a message: who writes and where. `own_channel` is the moderators' channel."""

    mode: ChannelMode
    by_moderator: bool = False
    by_bot: bool = False
    subtype: str = ""
    thread: ThreadFacts | None = None
    own_channel: bool = False


@dataclass(frozen=True)
class Accept:
    """It is ours. `alarm` is set when a notice must start at once."""

    alarm: Verdict | None = None


@dataclass(frozen=True)
class Later:
    """Acknowledge, then match once: ours only when it matches an entry above the suggestion threshold."""


@dataclass(frozen=True)
class NotOurs:
    """Not ours: nothing is stored. `why` is for the log."""

    why: str


Admission: TypeAlias = Accept | Later | NotOurs

PERSONS_WORDS = frozenset({"", "file_share", "thread_broadcast", "me_message"})
"""Subtypes of Slack's message event that carry a person's words."""


def admit(
    question: Question,
    scene: Scene,
    verdict: Verdict,
    *,
    asks: bool,
    confidence: float | None = None,
    rules: MatchingSettings,
) -> Admission:
    """Whether a message is the bot's business. Cheap: it runs before Slack is acknowledged.

    `asks` tells whether the words ask something; `confidence` is the best match's (0-1), None before matching.
    """
    if scene.by_bot:
        return NotOurs("written by a bot")
    if scene.subtype not in PERSONS_WORDS:
        return NotOurs("not a person's words")
    if verdict.level is Level.PAGE and not (scene.own_channel and question.door is Door.THREAD):
        return Accept(alarm=verdict)
    match question.door:
        case Door.DM | Door.MENTION | Door.COMMAND | Door.BUTTON | Door.SHORTCUT | Door.HOME:
            return Accept()
        case Door.THREAD:
            admission = _admit_reply(question, scene)
            if question.joins_thread and isinstance(admission, Accept):
                return _admit_joining(scene, verdict, asks, confidence, rules)
            return admission
        case Door.CHANNEL:
            if question.has_files and scene.mode is not ChannelMode.OFF and not scene.by_moderator:
                return Accept()
            return _admit_top_level(scene, verdict, asks, confidence, rules)
        case _ as never:
            assert_never(never)


def _admit_reply(question: Question, scene: Scene) -> Admission:
    if scene.thread is None:
        return NotOurs("a thread the bot is not in")
    if scene.thread.asker != question.user:
        return NotOurs("a reply by someone else than the asker")
    if scene.thread.other_speaker and not scene.thread.ticket:
        return NotOurs("people are talking in this thread")
    return Accept()


def _admit_joining(
    scene: Scene, verdict: Verdict, asks: bool, confidence: float | None, rules: MatchingSettings
) -> Admission:
    """A message that goes on with the writer's own of a moment ago: a person who has that one gets this one too."""
    if scene.thread is not None and scene.thread.ticket:
        return Accept()
    return _admit_top_level(scene, verdict, asks, confidence, rules)


def _admit_top_level(
    scene: Scene, verdict: Verdict, asks: bool, confidence: float | None, rules: MatchingSettings
) -> Admission:
    if scene.mode is ChannelMode.OFF:
        return NotOurs("the channel is off")
    if scene.by_moderator:
        return NotOurs("a moderator's own message")
    if asks or verdict.level is not Level.NONE:
        return Accept()
    if confidence is None:
        return Later()
    if confidence >= _threshold(rules.suggest_confidence):
        return Accept()
    return NotOurs("asks nothing and matches no entry")


JOIN_SECONDS = 60.0
"""For so long after a question the same person's next message goes on with it, unless it stands alone."""

_GOING_ON = frozenset({"and", "also", "or", "but", "sorry", "oh", "ps", "plus", "i", "it", "its", "because"})


def stands_alone(text: str) -> bool:
    """Whether a message is a clear question of its own, and not the rest of what its writer has just asked."""
    first = words(text)[:1]
    return asks_something(text) and len(content_words(text)) >= 2 and not _GOING_ON.intersection(first)


# --- what does it get? ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Offered:
    """An entry shown to someone as a possibility. `confidence` is 0-1."""

    entry_id: str
    confidence: float


@dataclass(frozen=True)
class Answer:
    """One curated answer, word for word. `alarm` puts the emergency strip above it and tells a person."""

    entry_id: str
    version: str
    confidence: float
    alarm: Route | None = None
    offered: tuple[Offered, ...] = ()


@dataclass(frozen=True)
class Suggestions:
    """ "Did you mean": at most SUGGESTIONS entries, and a person."""

    offered: tuple[Offered, ...]


@dataclass(frozen=True)
class Escalate:
    """A person. `reason` completes a phrase key: reason_{reason}. `alarm` is a suspected one."""

    route: Route
    reason: str
    offered: tuple[Offered, ...] = ()
    alarm: Route | None = None


@dataclass(frozen=True)
class SafetyNotice:
    """Where to get help at once, and a person. `kind` picks the notice's special form."""

    route: Route
    kind: str = ""


@dataclass(frozen=True)
class Reply:
    """A fixed sentence, and nothing more."""

    phrase: str


@dataclass(frozen=True)
class Forward:
    """The patient wrote again while a person has the question: the person is told. `alarm` is a suspected one."""

    alarm: Route | None = None


@dataclass(frozen=True)
class Ignore:
    """Nothing to say."""


Decision: TypeAlias = Answer | Suggestions | Escalate | SafetyNotice | Reply | Forward | Ignore

_KINDS = {kind.__name__: kind for kind in (Answer, Suggestions, Escalate, SafetyNotice, Reply, Forward, Ignore)}


def ticket_for(decision: Decision) -> Escalate | None:
    """The ticket that a decision opens, None where no person is needed."""
    match decision:
        case Escalate():
            return decision
        case SafetyNotice(route=route):
            return Escalate(route, route.lower(), alarm=route)
        case Answer(alarm=alarm, offered=offered) if alarm is not None:
            return Escalate(Route.GENERAL_INFO, "possible_alarm", offered, alarm)
        case _:
            return None


def entries_of(decision: Decision) -> tuple[Offered, ...]:
    """The entries that came closest, best first, for the card of a ticket opened later."""
    match decision:
        case Answer(offered=offered) | Suggestions(offered=offered) | Escalate(offered=offered):
            return offered
        case _:
            return ()


def decide(
    question: Question,
    verdict: Verdict,
    ranking: Ranking | None,
    knowledge: KnowledgeBase,
    rules: MatchingSettings,
    today: date,
    *,
    thread: ThreadFacts | None = None,
) -> Decision:
    """What the question gets. `ranking` is None where matching was not wanted (alarms, long messages).

    The guard stands before the matcher: nothing that ranks well can outvote a route.
    """
    if verdict.level is Level.PAGE:
        return SafetyNotice(verdict.route, verdict.kind)
    if thread is not None and thread.ticket and (question.door is Door.THREAD or question.joins_thread):
        return Forward(verdict.alarm)
    if question.wants_person:
        return Escalate(verdict.route, "requested", _offered(ranking) if ranking else (), verdict.alarm)
    if not has_words(question.text):
        return _without_words(question, verdict)
    if len(question.text) > TEXT_LIMIT or ranking is None:
        return Escalate(verdict.route, "too_long", alarm=verdict.alarm)
    return _decide_by_route(question, verdict, ranking, knowledge, rules, today)


def _without_words(question: Question, verdict: Verdict) -> Decision:
    """People share pictures in a channel: a person is offered there; whoever turns to the bot itself gets one."""
    if not question.has_files:
        return Reply("no_words")
    if question.door is Door.CHANNEL:
        return Reply("files_offer")
    return Escalate(Route.GENERAL_INFO, "files", alarm=verdict.alarm)


def _decide_by_route(
    question: Question,
    verdict: Verdict,
    ranking: Ranking,
    knowledge: KnowledgeBase,
    rules: MatchingSettings,
    today: date,
) -> Decision:
    offered = _offered(ranking)
    match verdict.route:
        case Route.GENERAL_INFO:
            return _match(verdict, ranking, knowledge, rules, today)
        case Route.SMALLTALK if verdict.alarm is None:
            return Ignore() if question.door is Door.THREAD else Reply("smalltalk_reply")
        case Route.SMALLTALK:
            return Escalate(verdict.route, "possible_alarm", offered, verdict.alarm)
        case Route.MEDICATION | Route.PERSONAL_ADVICE | Route.ADMIN | Route.ABUSE_SPAM:
            return Escalate(verdict.route, verdict.route.lower(), offered, verdict.alarm)
        case Route.EMERGENCY | Route.CRISIS | Route.URGENT:
            return SafetyNotice(verdict.route, verdict.kind)
        case _ as never:
            assert_never(never)


def _match(
    verdict: Verdict, ranking: Ranking, knowledge: KnowledgeBase, rules: MatchingSettings, today: date
) -> Decision:
    offered = _offered(ranking)
    if ranking.matches:
        best = ranking.matches[0]
        entry = knowledge.entries[best.entry_id]
        if is_confident(best, ranking.margin, entry, rules):
            if entry.overdue(today):
                return Escalate(verdict.route, "overdue", offered, verdict.alarm)
            return Answer(entry.id, entry.version, best.confidence, verdict.alarm, offered)
    if verdict.alarm is not None:
        return Escalate(verdict.route, "possible_alarm", offered, verdict.alarm)
    suggestions = _suggestions(ranking, knowledge, rules, today)
    if suggestions:
        return Suggestions(suggestions)
    return Escalate(verdict.route, "no_match", offered)


def is_confident(match: Match, margin: float, entry: Entry, rules: MatchingSettings) -> bool:
    """Whether a match may be answered with: confidence and margin at their thresholds, and no veto."""
    needed = max(_threshold(rules.answer_confidence), entry.min_confidence or 0.0)
    return match.confidence >= needed and margin >= rules.margin and not match.vetoes


def _threshold(confidence: float | None) -> float:
    return NEVER if confidence is None else confidence


def _suggestions(
    ranking: Ranking, knowledge: KnowledgeBase, rules: MatchingSettings, today: date
) -> tuple[Offered, ...]:
    fit = [
        m
        for m in ranking.matches
        if m.confidence >= _threshold(rules.suggest_confidence) and not knowledge.entries[m.entry_id].overdue(today)
    ]
    return tuple(Offered(m.entry_id, m.confidence) for m in fit[:SUGGESTIONS])


def _offered(ranking: Ranking) -> tuple[Offered, ...]:
    return tuple(
        Offered(m.entry_id, m.confidence) for m in ranking.matches[:SUGGESTIONS] if m.confidence >= WORTH_SHOWING
    )


# --- kept with the question ---------------------------------------------------------------------------------------


def to_json(decision: Decision) -> dict[str, Any]:
    """The decision as JSON: ids and figures, no patient's words."""
    return {"decision": type(decision).__name__, **asdict(decision)}


def from_json(stored: Mapping[str, Any]) -> Decision:
    """The decision that `to_json` wrote. Raises KeyError for a kind this program does not know."""
    values = {key: value for key, value in stored.items() if key != "decision"}
    if "offered" in values:
        values["offered"] = tuple(Offered(**o) for o in values["offered"])
    for key in ("route", "alarm"):
        if values.get(key):
            values[key] = Route(values[key])
    decision: Decision = _KINDS[stored["decision"]](**values)
    return decision
