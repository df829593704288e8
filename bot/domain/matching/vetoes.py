"""Says in plain words why an entry that looks right may not be the answer; no score outvotes it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bot.domain.common_words import COMMON_WORDS, word_set
from bot.domain.matching.features import Candidate
from bot.domain.matching.index import Index, Text, telling
from bot.domain.matching.kinds import Kind, conflict
from bot.domain.matching.reading import Reading
from bot.domain.matching.subjects import CHILD_UNDER, OPPOSED, OTHER_SUBJECTS
from bot.domain.matching.topic import strangers
from bot.domain.spelling import opposite

_NEGATIONS = word_set("not never without dont doesnt didnt isnt arent wont cant cannot")
_UNSURE = word_set("know sure understand idea")
"""Beside these a "not" says only that the patient is unsure."""
_POINTING = word_set("it this that they them these those")
_ONE_SUBJECT, _SHORT = 30, 12
"""Words up to which a question has one subject, and up to which each of its words counts: measured on patients'
questions, a veto on longer ones holds back far more right answers than wrong ones."""
_ONE_QUESTION = 14
"""Words up to which another part of the body or another being is what they are about."""
_LAST_LATIN = 0x24F
_STRICT = frozenset({Kind.COST, Kind.TIME, Kind.RISK, Kind.COMPARISON})
"""Kinds that an answer to another kind does not serve."""
_SAME_MEANING = 0.94
"""Cosine from which a text that must not match is meant, though what sets it apart is not said in its words."""
_MOST_NAMES = 1
"""Words that nothing knows, in one question: more are rather the typist's slips than names."""
_SAME_ROOT = 5
"""Letters at the start that make two words one for this purpose: anemia, anemic."""
_NO_SLIP = 0.72
"""Similarity to English words below which an unknown word is a name, not a misspelling."""


def vetoes(
    reading: Reading, candidate: Candidate, index: Index, vectors: NDArray[np.floating] | None
) -> tuple[str, ...]:
    """Every reason found; empty when nothing speaks against the entry."""
    return tuple(_reasons(reading, candidate, index, vectors))


def _reasons(
    reading: Reading, candidate: Candidate, index: Index, vectors: NDArray[np.floating] | None
) -> Iterator[str]:
    text = index.texts[candidate.number]
    yield from _foreign_subjects(reading, candidate, index)
    yield from _opposites(reading, text, index)
    decoy = _nearer_decoy(reading, candidate, index, vectors)
    if decoy:
        yield f"closer to a phrasing that must not match: {decoy}"
    if len(reading.spelt) <= _ONE_SUBJECT and reading.kinds & _STRICT and Kind.MEANING not in text.kinds:
        other_kind = conflict(reading.kinds & _STRICT, text.kinds)
        if other_kind:
            yield other_kind
    if Kind.COST in reading.kinds and Kind.COST not in text.kinds:
        yield "asks what it costs, too"
    if any(ord(letter) > _LAST_LATIN for letter in reading.joined if letter.isalpha()):
        yield "part of the message is in another script"
    yield from _other_subjects(reading, candidate, index)
    if len(reading.spelt) <= _SHORT:
        yield from _strangers(reading, candidate, index)
        yield from _turned(reading, text)
    if len(reading.asked) <= _SHORT and reading.numbers and text.numbers and not reading.numbers & text.numbers:
        yield f"other numbers: {', '.join(sorted(reading.numbers))} and {', '.join(sorted(text.numbers))}"
    if _no_subject(reading, candidate, index):
        yield "does not say what it is about"


def _foreign_subjects(reading: Reading, candidate: Candidate, index: Index) -> Iterator[str]:
    """A name that the entry does not have, in a question short enough to have one subject."""
    if len(reading.spelt) > _ONE_SUBJECT:
        return
    said, answered = index.said_in(candidate.entry), index.answered_in(candidate.entry)
    roots = {key[:_SAME_ROOT] for key in said}
    unheard = [word.word for word in reading.words if word.unknown and _is_name(word.word, index)]
    typist = len(unheard) > _MOST_NAMES and index.language.names.isdisjoint(unheard)
    for word in reading.words:
        if word.key[:_SAME_ROOT] in roots and word.word not in index.language.names:
            continue
        if word.word in unheard and word.key not in answered and not typist:
            yield f"unknown focus word: {word.word}"
        elif word.word in index.language.names and not any(key in said or key in answered for key in word.readings):
            yield f"the entry does not speak of: {word.word}"


def _other_subjects(reading: Reading, candidate: Candidate, index: Index) -> Iterator[str]:
    """Another part of the body, another operation, an animal or a child, of which the entry does not speak."""
    if len(reading.spelt) > _ONE_QUESTION:
        return
    text = index.texts[candidate.number]
    said, answered = index.said_in(candidate.entry), index.answered_in(candidate.entry)
    roots = {key[:_SAME_ROOT] for key in said if len(key) >= _SAME_ROOT}
    for word in reading.words:
        if word.word in OTHER_SUBJECTS and word.key not in said | answered and word.key[:_SAME_ROOT] not in roots:
            yield f"the entry does not speak of: {word.word}"
    for number, year, old in zip(reading.spelt, reading.spelt[1:], reading.spelt[2:], strict=False):
        if (
            number.isdigit()
            and int(number) < CHILD_UNDER
            and not text.numbers
            and year.startswith("year")
            and old == "old"
        ):
            yield "is about a child"


def _strangers(reading: Reading, candidate: Candidate, index: Index) -> Iterator[str]:
    """A word that no entry has and that turns the topic into another: "fusion cooking", "after cataract surgery"."""
    known = {word.word for word in reading.words if not word.unknown}
    subjects = {word for word in known if word not in COMMON_WORDS}
    unknown = {word.word for word in reading.words if word.unknown and index.repair.knows(word.word)}
    foreign = {word for word in unknown if word not in COMMON_WORDS}
    roots = {key[:_SAME_ROOT] for key in index.said_in(candidate.entry)}
    for word in sorted(strangers(reading.spelt, subjects, foreign, unknown - foreign)):
        if word[:_SAME_ROOT] not in roots:
            yield f"unknown word beside the topic: {word}"


def _is_name(word: str, index: Index) -> bool:
    """Whether an unknown word is a name: of a medicine or condition, or one that English does not have."""
    if word in index.language.names:
        return True
    if word in COMMON_WORDS or not word.isalpha() or len(word) < 6 or index.repair.knows(word):
        return False
    if index.repair.rather_a_name(word, _NO_SLIP):
        return True
    if index.repair.near(word, _NO_SLIP) or index.language.near(word, _NO_SLIP):
        return False
    return not any(_run_together(word[:cut], word[cut:], index) for cut in range(2, len(word) - 1))


def _run_together(one: str, two: str, index: Index) -> bool:
    """Whether two parts of a word may be two words, one of them misspelt: no name then."""
    for plain, other in ((one, two), (two, one)):
        if plain in COMMON_WORDS and (index.repair.knows(other) or index.language.near(other, _NO_SLIP)):
            return True
    return False


def _opposites(reading: Reading, text: Text, index: Index) -> Iterator[str]:
    """A word whose opposite stands in the other text, and not the word itself."""
    asked, known = set(telling(reading.spelt)), set(telling(text.words))
    for word in sorted(word for word in asked - known if index.repair.knows(word)):
        for other in sorted(known - asked):
            if len(word) > 4 and len(other) > 4 and opposite(word, other):
                yield f"asks about {word}, the entry is about {other}"


def _turned(reading: Reading, text: Text) -> Iterator[str]:
    asked, known = set(reading.spelt), set(text.words)
    if asked & _NEGATIONS and not known & _NEGATIONS and not asked & _UNSURE:
        yield f"says {min(asked & _NEGATIONS)}, the entry does not"
    for pair in OPPOSED:
        for one, other in (pair, pair[::-1]):
            if one in asked and other in known and other not in asked and one not in known:
                yield f"asks about {one}, the entry is about {other}"


def _nearer_decoy(reading: Reading, candidate: Candidate, index: Index, vectors: NDArray[np.floating] | None) -> str:
    """The text that must not match and that the question is nearer to than to the entry's own, if any."""
    decoys = index.decoys.get(candidate.entry)
    if not decoys:
        return ""
    own = index.texts[candidate.number]
    mine = frozenset(key for number in index.of_entry[candidate.entry] for key in index.texts[number].keys)
    meanings = None
    if vectors is not None and index.facets is not None:
        meanings = index.facets.at([row for _, row in decoys])[:, 0] @ np.asarray(vectors[:, 0], np.float32).T
    asked = reading.best_readings
    for place, (decoy, _) in enumerate(decoys):
        apart = frozenset(decoy.keys) - mine
        says_so = not apart or any(key in apart for key in {word.key for word in reading.words} | set(asked))
        if not says_so and (meanings is None or float(meanings[place].max()) < _SAME_MEANING):
            continue
        theirs, ours = _alike(reading, decoy, index), _alike(reading, own, index)
        if meanings is not None:
            theirs, ours = theirs + float(meanings[place].max()), ours + candidate.nearness
        if theirs >= ours:
            return decoy.text
    return ""


def _alike(reading: Reading, text: Text, index: Index) -> float:
    """Share (0-1) of the two texts' weight that both have."""
    asked = {word.key: word.weight for word in reading.words}
    known = {key: index.weight(key, key) for key in set(text.keys)}
    asked_as = {key for word in reading.words for key in (word.readings or {word.key: 1.0})}
    shared = sum(weight for key, weight in known.items() if key in asked_as)
    return 2 * shared / ((sum(asked.values()) + sum(known.values())) or 1.0)


def _no_subject(reading: Reading, candidate: Candidate, index: Index) -> bool:
    """Whether a short question says "it" or "this" and no telling word that the entry speaks of."""
    if len(reading.spelt) > _SHORT or not _POINTING.intersection(reading.spelt):
        return False
    said = index.said_in(candidate.entry)
    carried = set(telling(reading.spelt))
    return not any(word.word in carried and any(key in said for key in word.readings) for word in reading.words)
