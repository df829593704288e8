"""The rules that entries and settings must meet beyond their types, and what a curator should look at."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations, islice

from rapidfuzz import fuzz, process

from bot.domain.knowledge import ChannelMode, Entry, KnowledgeBase, ServiceConfig
from bot.domain.scope import Guard, Route
from bot.domain.text import content_words, words

Path = tuple[str | int, ...]

FEW_PHRASINGS = 3
LONG_ANSWER = 3_000
"""Characters: about two minutes of reading, and several screens on a telephone."""
CLOSE = 90
"""token_set_ratio (0-100) from which another entry's text could be taken for this one's."""
COMMON_WORD_TEXTS = 50
"""A word that stands in more texts than this does not make two of them worth comparing."""
MOST_JUDGED = 5_000
"""Questions and phrasings that are tried on the guard, a few seconds' worth; the rest is said to be untried."""

_SLACK_MARKUP = re.compile(r"<(?:https?://|mailto:)[^>\s]*(?:\|[^>]*)?>|<[@#!][^>]+>")


@dataclass(frozen=True)
class Finding:
    """One breach of a rule, or one thing to look at.

    `entry` is the entry's id, "" where no single one is meant. `path` leads to the place inside the entry or
    the settings; `fields` names the other fields that were judged. `other` is a second place: entry id, path.
    """

    entry: str
    path: Path
    message: str
    mend: str
    fields: frozenset[str] = frozenset()
    other: tuple[str, Path] | None = None


class Wording:
    """The words of texts, worked out once for each: a check reads every text several times."""

    def __init__(self) -> None:
        self._bare: dict[str, str] = {}
        self._content: dict[str, frozenset[str]] = {}

    def bare(self, text: str) -> str:
        """The words alone, so that two texts a patient would hold for the same are equal."""
        if text not in self._bare:
            self._bare[text] = " ".join(words(text))
        return self._bare[text]

    def content(self, text: str) -> frozenset[str]:
        """The words that carry a subject."""
        if text not in self._content:
            self._content[text] = frozenset(content_words(text))
        return self._content[text]

    def shared_share(self, one: str, other: str) -> float:
        """Which share (0-1) of the content words of the text with fewer stands in the other text too."""
        left, right = self.content(one), self.content(other)
        fewer = min(len(left), len(right))
        return len(left & right) / fewer if fewer else 0.0


def entry_errors(
    entry: Entry, known_ids: Collection[str], wording: Wording, today: date | None = None
) -> Iterator[Finding]:
    """Rules for one entry by itself; `known_ids` are the ids that `related` may name.

    A review day in the future is an error only when `today` is given.
    """
    yield from _review_errors(entry, wording, today)
    yield from _repeated_texts(entry, wording)
    yield from _related_errors(entry, known_ids)


def _review_errors(entry: Entry, wording: Wording, today: date | None) -> Iterator[Finding]:
    reviewer, reviewed_on, review_by = entry.reviewer, entry.reviewed_on, entry.review_by
    both = frozenset({"reviewer", "reviewed_on"})
    if reviewer is not None and reviewed_on is None:
        message, mend = "it has a reviewer but no day of review", "add `reviewed_on: year-month-day`"
        yield Finding(entry.id, ("reviewer",), message, f"{mend}, or remove the reviewer", both)
    if reviewed_on is not None and reviewer is None:
        message, mend = "it has a day of review but no reviewer", "add `reviewer: NAME`"
        yield Finding(entry.id, ("reviewed_on",), message, f"{mend}, or remove reviewed_on", both)
    if reviewer is not None and wording.bare(reviewer) == wording.bare(entry.author):
        message = "the author is also the reviewer; an author does not review their own answer"
        mend = "have someone else review it, or remove reviewer and reviewed_on"
        yield Finding(entry.id, ("reviewer",), message, mend, frozenset({"author", "reviewer"}))
    if reviewed_on is not None and review_by is not None and review_by < reviewed_on:
        message = f"review_by ({review_by}) is before reviewed_on ({reviewed_on})"
        mend = "review_by is the day the next review is due; write a later day"
        yield Finding(entry.id, ("review_by",), message, mend, frozenset({"reviewed_on", "review_by"}))
    if reviewed_on is not None and today is not None and reviewed_on > today:
        message, mend = (
            f"reviewed_on ({reviewed_on}) is in the future",
            "write the day it was really reviewed",
        )
        yield Finding(entry.id, ("reviewed_on",), message, mend)


def _places(entry: Entry) -> Iterator[tuple[Path, str]]:
    """Every text that a patient's words are matched with, and where it stands."""
    yield ("question",), entry.question
    for number, phrasing in enumerate(entry.phrasings):
        yield ("phrasings", number), phrasing


def _repeated_texts(entry: Entry, wording: Wording) -> Iterator[Finding]:
    own: dict[str, Path] = {}
    for path, text in _places(entry):
        bare = wording.bare(text)
        if bare and (known := own.setdefault(bare, path)) != path:
            message, fields = f'"{text}" stands twice in this entry', frozenset({"question"})
            yield Finding(entry.id, path, message, "remove one of the two", fields, (entry.id, known))
    for number, text in enumerate(entry.must_not_match):
        if place := own.get(wording.bare(text)):
            path, fields = ("must_not_match", number), frozenset({"question", "phrasings"})
            message = f'"{text}" is both one of its own questions and in must_not_match'
            mend = "keep it where it belongs and remove the other"
            yield Finding(entry.id, path, message, mend, fields, (entry.id, place))


def _related_errors(entry: Entry, known_ids: Collection[str]) -> Iterator[Finding]:
    for number, related in enumerate(entry.related):
        path = ("related", number)
        if related == entry.id:
            yield Finding(entry.id, path, "it names itself as related", "remove it", frozenset({"id"}))
        elif related not in known_ids:
            near = nearest(related, known_ids)
            mend = (f'did you mean "{near}"? Otherwise ' if near else "") + "remove it, or add that entry"
            yield Finding(entry.id, path, f'related names "{related}", and there is no such entry', mend)


def nearest(word: str, choices: Collection[str]) -> str | None:
    """The choice that `word` was most likely meant to be, or None when nothing is near."""
    found = process.extractOne(word, list(choices), scorer=fuzz.ratio, processor=str.casefold, score_cutoff=70)
    return found[0] if found else None


def shared_phrasings(knowledge: KnowledgeBase, wording: Wording) -> Iterator[Finding]:
    """Texts that stand in two entries: a patient who asks in these words could get either answer."""
    first: dict[str, tuple[str, Path]] = {}
    for entry in knowledge.entries.values():
        for path, text in _places(entry):
            bare = wording.bare(text)
            if bare and (known := first.setdefault(bare, (entry.id, path)))[0] != entry.id:
                message = f'"{text}" also stands in entry {known[0]}'
                mend = "keep it in the entry that answers it, and remove it from the other"
                yield Finding(entry.id, path, message, mend, other=known)


def config_errors(config: ServiceConfig) -> Iterator[Finding]:
    """Settings that contradict each other."""
    numbers = config.emergency_numbers
    if config.country is not None and config.country not in numbers:
        message = f"country is {config.country}, which has no emergency_numbers"
        mend = f"add its numbers, or choose one of {', '.join(sorted(numbers))}"
        yield Finding("", ("country",), message, mend, frozenset({"emergency_numbers"}))
    answer, suggest = config.matching.answer_confidence, config.matching.suggest_confidence
    if answer is not None and suggest is not None and suggest > answer:
        message = "suggest_confidence is above answer_confidence"
        mend = "suggesting begins below answering; write a lower suggest_confidence"
        yield Finding("", ("matching", "suggest_confidence"), message, mend)
    yield from _channel_errors(config)
    for day, span in (config.hours.days if config.hours else {}).items():
        start, end = span.split("-")
        if end <= start:
            message = f"on {day} duty ends ({end}) before it starts ({start})"
            mend = "write the earlier time first; duty past midnight goes on the next day from 00:00"
            yield Finding("", ("hours", "days", day), message, mend)


def _channel_errors(config: ServiceConfig) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for number, setting in enumerate(config.channels):
        name, path = _channel_name(setting.channel), ("channels", number, "channel")
        if (known := first.setdefault(name, number)) != number:
            message, mend = f"channel {setting.channel} is listed twice", "keep one of the two"
            yield Finding("", path, message, mend, other=("", ("channels", known, "channel")))
        if name == _channel_name(config.moderators_channel) and setting.mode is not ChannelMode.OFF:
            message = f"{setting.channel} is the moderators' channel, and patients' questions are answered in it"
            mend = "remove it from channels, or name another moderators_channel"
            yield Finding("", path, message, mend, frozenset({"moderators_channel"}))


def _channel_name(channel: str) -> str:
    return channel.removeprefix("#").casefold()


def warnings(knowledge: KnowledgeBase, wording: Wording, today: date | None = None) -> Iterator[Finding]:
    """What a curator should look at; it stops nothing. Overdue reviews only where `today` is given."""
    yield from _summaries(knowledge.entries)
    for entry in knowledge.entries.values():
        yield from _entry_warnings(entry, today)
        yield from _alike_phrasings(entry, wording)
    yield from _close_entries(knowledge, wording)


def _summaries(entries: Mapping[str, Entry]) -> Iterator[Finding]:
    if not entries:
        yield Finding("", (), "there are no entries: every question goes to a person", "add an entry")
    unreviewed = sum(not entry.reviewed for entry in entries.values())
    if unreviewed:
        message = f"{unreviewed} of {len(entries)} entries are not yet clinically reviewed, and say so to patients"
        yield Finding("", (), message, "have a clinician review them, then add reviewer and reviewed_on")
    undated = sum(entry.review_by is None for entry in entries.values())
    if undated:
        message = f"{undated} of {len(entries)} entries have no review_by: they never fall due for review"
        yield Finding("", (), message, "add `review_by: year-month-day`")


def _entry_warnings(entry: Entry, today: date | None) -> Iterator[Finding]:
    if today is not None and entry.overdue(today):
        message = f"its review was due by {entry.review_by}: moderators see it as a draft, patients do not get it"
        yield Finding(entry.id, ("review_by",), message, "review it again and write the next day it is due")
    if (count := len(entry.phrasings)) < FEW_PHRASINGS:
        message = f"it has {count} phrasing{'' if count == 1 else 's'}; with so few, patients' words often miss it"
        yield Finding(entry.id, ("phrasings",), message, f"add phrasings, at least {FEW_PHRASINGS}")
    if not entry.sources:
        mend = "add a source with title and url"
        yield Finding(entry.id, ("sources",), "it names no source that supports the answer", mend)
    if (length := len(entry.answer)) > LONG_ANSWER:
        message = f"the answer is long reading: {length} characters, over {LONG_ANSWER}"
        yield Finding(entry.id, ("answer",), message, "shorten it, or split it into entries that are related")
    if markup := _SLACK_MARKUP.search(entry.answer):
        message = f"the answer has Slack markup ({markup.group()}), which patients would see as typed"
        yield Finding(entry.id, ("answer",), message, "answers are Markdown; a link is [words](https://address)")


def _alike_phrasings(entry: Entry, wording: Wording) -> Iterator[Finding]:
    told: set[int] = set()
    for (_, one), (number, other) in combinations(enumerate(entry.phrasings), 2):
        if number not in told and wording.shared_share(one, other) > 0.5:
            told.add(number)
            message = f'"{other}" has more than half its content words in common with "{one}"'
            mend = "say it in other words: alike phrasings add little"
            yield Finding(entry.id, ("phrasings", number), message, mend)


def _close_entries(knowledge: KnowledgeBase, wording: Wording) -> Iterator[Finding]:
    """Entries without must_not_match whose words come close to another entry's: the closest pair of each."""
    texts = [(entry, path, text) for entry in knowledge.entries.values() for path, text in _places(entry)]
    bare = [wording.bare(text) for _, _, text in texts]
    holders: dict[str, list[int]] = {}
    for number, (_, _, text) in enumerate(texts):
        for word in wording.content(text):
            holders.setdefault(word, []).append(number)
    closest: dict[str, tuple[float, int, int]] = {}
    for number, (entry, _, text) in enumerate(texts):
        if entry.must_not_match:
            continue
        near = [n for n in _worth_comparing(wording.content(text), holders) if texts[n][0] is not entry]
        choices = [bare[n] for n in near]
        found = process.extractOne(bare[number], choices, scorer=fuzz.token_set_ratio, score_cutoff=CLOSE)
        if found and found[0] != bare[number] and found[1] > closest.get(entry.id, (0.0,))[0]:
            closest[entry.id] = (found[1], number, near[found[2]])
    for _, number, close in closest.values():
        (entry, path, text), (other, other_path, other_text) = texts[number], texts[close]
        message = f'"{text}" is very close to "{other_text}" of entry {other.id}'
        mend = "add the other entry's question to must_not_match, so that the two are told apart"
        yield Finding(entry.id, path, message, mend, other=(other.id, other_path))


def _worth_comparing(content: frozenset[str], holders: Mapping[str, list[int]]) -> set[int]:
    """Texts that share one of the two rarest words: all with all would take hours at 40,000 entries."""
    rarest = sorted((holders[word] for word in content), key=len)[:2]
    return {number for holding in rarest if len(holding) <= COMMON_WORD_TEXTS for number in holding}


def unanswerable(knowledge: KnowledgeBase, guard: Guard, most: int = MOST_JUDGED) -> Iterator[Finding]:
    """Questions and phrasings that the guard keeps from the matcher; at most `most` texts are tried."""
    texts = ((entry, path, text) for entry in knowledge.entries.values() for path, text in _places(entry))
    for entry, path, text in islice(texts, most):
        verdict = guard.judge(text)
        if verdict.route is not Route.GENERAL_INFO:
            rule = f" (rule {verdict.rule})" if verdict.rule else ""
            message = f'the guard sends "{text}" to {verdict.route}{rule} before any matching; it can never be answered'
            yield Finding(entry.id, path, message, "put it differently")
    count = sum(len(entry.texts) for entry in knowledge.entries.values())
    if count > most:
        message = f"only the first {most} of {count} questions and phrasings were tried on the guard"
        yield Finding("", (), message, 'try others by hand: support-bot ask "..." --explain')
