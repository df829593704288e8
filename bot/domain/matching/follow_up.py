"""Reads a follow-up with its thread's entry in mind: "and how long does that take?" is about what is answered there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.common_words import STOP_WORDS, word_set
from bot.domain.knowledge import Entry, KnowledgeBase
from bot.domain.matching.kinds import Kind, kinds
from bot.domain.matching.results import Ranking
from bot.domain.text import asks_something, stem, words

OTHER_TOPIC = "the thread is about something else"

_MOST_WORDS = 14
_MOST_NEW = 2
"""Words of its own that a follow-up may bring: with more it names its subject itself."""
_GOING_ON = word_set("and also or but plus so then oh ok okay thanks")
_JOINS = word_set("and also or plus")
_POINTING = word_set("it this that these those they them")
_STANDS_FOR = word_set("surgery operation procedure treatment thing condition problem method technique one")
"""Behind "this" or "that" these name nothing of their own: "that operation"."""
_JUDGEMENTS = word_set(
    "ok okay safe normal possible bad true common alright allowed usual best better wise necessary dangerous fine good"
)
_CLAUSES = word_set("to if that when whether i you we they he she my the a")
_LINKS = word_set("after following before during of for in with")
_SAYS_NOTHING_NEW = word_set(
    """
    hurt hurts hurting pain painful sore long longer take takes taken taking last lasts lasting safe dangerous risk
    risks risky cost costs expensive normal common usual work works better worse happen happens mean means done
    difference need needed necessary side effects effect serious permanent successful success heal healing recover
    recovery feel feels start stop avoid help helps prevent treat treated treatment cause causes reversed removed
    time soon quickly fast weeks months days hours painless chance chances good bad big small hard difficult easy
    surgery operation procedure exactly actually usually really come back wrong worth possible allowed sure different
    """
)
"""Words of questions that can be asked about anything: they are no subject of their own."""
_EMPTY = _SAYS_NOTHING_NEW | word_set("again follow look limited possible affect differ")


@dataclass(frozen=True)
class FollowUp:
    """A follow-up as a whole question. `points`: it names its subject only by a word such as "it"."""

    text: str
    points: bool


def follow_up(text: str, question: str) -> FollowUp | None:
    """`text` written out with the subject of `question`, which its thread's entry answers.

    None where it names a subject of its own, or asks nothing: then it is to be matched as it stands.
    """
    spelt = words(text)
    if not spelt or len(spelt) > _MOST_WORDS or not asks_something(text):
        return None
    rest = _without_opening(spelt)
    at = next((place for place in range(len(rest)) if _points(rest, place)), None)
    new = [word for word in rest if word not in STOP_WORDS and word not in _SAYS_NOTHING_NEW]
    if at is None and not (_goes_on(spelt, rest) or "it" in rest):
        return None
    if len(new) > _MOST_NEW or (new and kinds(rest) == {Kind.MEANING} and at is None):
        return None
    if at is not None:
        return FollowUp(" ".join(_replaced(rest, at, question)), points=True)
    return FollowUp(" ".join([*rest, *_place(question)]), points=False)


def subject(question: str) -> tuple[str, ...]:
    """The content words of an entry's question, in order and once each, without those that fit any subject."""
    telling = [word for word in words(question) if word not in STOP_WORDS]
    return tuple(dict.fromkeys([word for word in telling if word not in _EMPTY] or telling))


def narrowed(ranking: Ranking, entry: Entry, knowledge: KnowledgeBase) -> Ranking:
    """A follow-up's ranking under `entry`: only entries that belong to it are left, and never itself.

    Where another one came first, nothing is answered: those left can only be offered.
    """
    left = [match for match in ranking.matches if belongs(knowledge.entries[match.entry_id], entry)]
    if left and left[0] is not ranking.matches[0]:
        left = [replace(match, vetoes=(*match.vetoes, OTHER_TOPIC)) for match in left]
    return replace(ranking, matches=tuple(left))


def belongs(other: Entry, entry: Entry) -> bool:
    """Whether `other` may answer a follow-up to `entry`: related, of a common topic, or about the same subject."""
    if other.id == entry.id:
        return False
    if other.id in entry.related or not set(other.topics).isdisjoint(entry.topics):
        return True
    theirs = {stem(word) for word in words(other.question)}
    return all(stem(word) in theirs for word in _topic(entry.question))


# --- how it is said


def _without_opening(spelt: Sequence[str]) -> list[str]:
    start = 0
    while start < len(spelt) - 1 and spelt[start] in _GOING_ON:
        start += 1
    return list(spelt[start:])


def _goes_on(spelt: Sequence[str], rest: Sequence[str]) -> bool:
    """Whether it begins with "and" or "what about", or is no more than a question word."""
    opening = spelt[: len(spelt) - len(rest)]
    asks_of = list(rest[:2]) in (["what", "about"], ["how", "about"])
    return bool(_JOINS.intersection(opening)) or asks_of or all(word in STOP_WORDS or word == "long" for word in rest)


def _points(spelt: Sequence[str], at: int) -> bool:
    """Whether the word stands for something said before: not the "it" of "is it safe to fly"."""
    word, behind = spelt[at], list(spelt[at + 1 :])
    if word not in _POINTING:
        return False
    if word == "it":
        judged = behind[:1] and behind[0] in _JUDGEMENTS and len(behind) > 1 and behind[1] in _CLAUSES
        lasts = behind[:1] in (["take"], ["takes"]) and "to" in behind
        return not (judged or lasts)
    if word in ("this", "that", "these", "those"):
        return not (behind and behind[0] in _CLAUSES) and not _names(behind)
    return not behind or behind[0] not in ("do", "put", "use", "give", "cut", "make", "say", "tell")


def _names(behind: Sequence[str]) -> bool:
    """Whether what stands behind "that" is a subject: "does that brace itch", and not "does that hurt at night"."""
    known = STOP_WORDS | _SAYS_NOTHING_NEW | _STANDS_FOR | _JUDGEMENTS
    return len(behind) > 1 and behind[0] not in known


def _replaced(spelt: list[str], at: int, question: str) -> list[str]:
    """ "it" as the whole subject of the question, "that operation" as what stands behind its "after"."""
    stands_for = at + 1 < len(spelt) and spelt[at] != "it" and spelt[at + 1] in _STANDS_FOR
    rest = spelt[at + 1 + stands_for :]
    said = {*spelt[:at], *rest}
    by = _topic(question) if stands_for else subject(question)
    return [*spelt[:at], *(word for word in by if word not in said), *rest]


def _topic(question: str) -> tuple[str, ...]:
    """What stands behind "after" or "of" in a question; its whole subject where nothing does."""
    spelt = words(question)
    link = next((place for place, word in enumerate(spelt) if word in _LINKS), None)
    behind = subject(" ".join(spelt[link + 1 :])) if link is not None else ()
    return behind or subject(question)


def _place(question: str) -> tuple[str, ...]:
    """The words that put a follow-up under the question: "after lumbar fusion"."""
    link = next((word for word in words(question) if word in ("after", "before", "during", "following")), "with")
    return (link, *_topic(question))
