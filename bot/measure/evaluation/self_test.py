"""A knowledge base tried on its own texts: each left out, and each entry removed to see what it is taken for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.domain.matching.calibration import Source, Trial
from bot.measure.evaluation.figures import Share
from bot.measure.evaluation.predicting import Bench
from bot.measure.evaluation.progress import Bar
from bot.workflows.finding import Finder

MOST_TEXTS = 2_000
"""Texts tried; of a larger knowledge base so many are taken, evenly spread."""


@dataclass(frozen=True)
class LeftOut:
    """What came first for a text that its own entry was left without. `found` is "" for nothing."""

    entry_id: str
    text: str
    found: str
    confidence: float
    answered: bool
    suggested: bool

    @property
    def right(self) -> bool:
        return self.found == self.entry_id

    def to_json(self) -> dict[str, Any]:
        return {
            "entry_id": self.entry_id,
            "text": self.text,
            "found": self.found,
            "confidence": round(self.confidence, 4),
            "answered": self.answered,
        }


@dataclass(frozen=True)
class Confusable:
    """Two entries of which one's text brings up the other when its own entry is not there.

    `confidence` is the highest with which that happens; `mutual`: it happens both ways; `held`: a veto keeps the
    likelier way from being answered.
    """

    one: str
    text_of_one: str
    other: str
    text_of_other: str
    confidence: float
    mutual: bool
    held: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "entries": [self.one, self.other],
            "texts": [self.text_of_one, self.text_of_other],
            "confidence": round(self.confidence, 4),
            "mutual": self.mutual,
            "held_by_a_veto": self.held,
        }


@dataclass(frozen=True)
class SelfTest:
    """`top_1`: of the texts left out, those whose entry still came first. `answered`, `right` and `suggested`: what
    the bot would have done with them. `single`: entries with one text, of which none can be left out."""

    texts: int
    single: int
    top_1: Share
    answered: Share
    right: Share
    suggested: Share
    wrong: tuple[LeftOut, ...]
    confusable: tuple[Confusable, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "texts_left_out": self.texts,
            "entries_with_one_text": self.single,
            "top_1": self.top_1.to_json(),
            "answered": self.answered.to_json(),
            "precision": self.right.to_json(),
            "suggested": self.suggested.to_json(),
            "wrong": [one.to_json() for one in self.wrong],
            "confusable": [pair.to_json() for pair in self.confusable],
        }


def try_itself(bench: Bench, bar: Bar) -> SelfTest:
    """The knowledge base on its own texts, with the thresholds that stand for it."""
    index = bench.finder.matcher.index
    several = [number for rows in index.of_entry if len(rows) > 1 for number in rows]
    tried = [_leave_out(bench, number) for number in bar.over(_spread(several), "leaving texts out")]
    taken = [_remove(bench.finder, number) for number in bar.over(_spread(range(len(index.texts))), "removing entries")]
    return summed(tried, confusable(taken, _suggest_from(bench.finder)), sum(len(rows) == 1 for rows in index.of_entry))


def summed(tried: Sequence[LeftOut], pairs: Sequence[Confusable], single: int) -> SelfTest:
    """The shares over all texts left out."""
    answers = [one for one in tried if one.answered]
    return SelfTest(
        texts=len(tried),
        single=single,
        top_1=Share.of(one.right for one in tried),
        answered=Share(len(answers), len(tried)),
        right=Share.of(one.right for one in answers),
        suggested=Share.of(one.suggested for one in tried),
        wrong=tuple(sorted((one for one in tried if not one.right), key=lambda one: (-one.confidence, one.text))),
        confusable=tuple(pairs),
    )


def _leave_out(bench: Bench, number: int) -> LeftOut:
    finder = bench.finder
    text = finder.matcher.index.texts[number]
    entry_id = finder.matcher.index.ids[text.entry]
    trial, found = _try(finder, number, {entry_id}, [number])
    confidence = _confidence(finder, trial)
    own = (bench.knowledge.entries[found].min_confidence if found else None) or 0.0
    sure = confidence >= max(finder.calibration.answer_from, finder.rules.answer_confidence or 0.0, own)
    answered = sure and not trial.vetoed
    suggested = not answered and confidence >= _suggest_from(finder)
    return LeftOut(entry_id, text.text, found, confidence, answered, suggested)


def _try(finder: Finder, number: int, right: set[str], without: Sequence[int]) -> tuple[Trial, str]:
    """One of the knowledge base's own texts, asked while the texts `without` are not there."""
    index = finder.matcher.index
    vectors = index.facets.at([number]) if index.facets is not None else None
    return finder.matcher.trial(index.texts[number].text, vectors, right, Source.PHRASING, without)


def _confidence(finder: Finder, trial: Trial) -> float:
    return 0.0 if trial.inputs is None else float(finder.calibration.confidence.probability(trial.inputs[None])[0])


def _suggest_from(finder: Finder) -> float:
    return finder.rules.suggest_confidence or 0.0


def _spread(numbers: Sequence[int]) -> list[int]:
    """At most MOST_TEXTS of them, evenly spread."""
    if len(numbers) <= MOST_TEXTS:
        return list(numbers)
    return [numbers[int(at)] for at in np.linspace(0, len(numbers) - 1, MOST_TEXTS).round()]


# --- entries that are taken for each other


@dataclass(frozen=True)
class Taken:
    """An entry's text that brought up another entry while its own was removed."""

    entry_id: str
    text: str
    other: str
    question_of_other: str
    confidence: float
    held: bool


def _remove(finder: Finder, number: int) -> Taken | None:
    index = finder.matcher.index
    text = index.texts[number]
    trial, other = _try(finder, number, set(), list(index.of_entry[text.entry]))
    if not other:
        return None
    first = index.texts[index.of_entry[index.ids.index(other)][0]].text
    return Taken(index.ids[text.entry], text.text, other, first, _confidence(finder, trial), trial.vetoed)


def confusable(taken: Sequence[Taken | None], least: float) -> list[Confusable]:
    """The pairs of entries that are taken for each other with at least that confidence, likeliest first."""
    best: dict[tuple[str, str], Taken] = {}
    for one in taken:
        if one is not None and one.confidence > getattr(best.get((one.entry_id, one.other)), "confidence", -1.0):
            best[one.entry_id, one.other] = one
    return sorted(_pairs(best, least), key=lambda pair: (-pair.confidence, pair.one, pair.other))


def _pairs(best: dict[tuple[str, str], Taken], least: float) -> Iterator[Confusable]:
    for (one, other), way in best.items():
        back = best.get((other, one))
        if way.confidence < least or (back is not None and _order(back) < _order(way)):
            continue
        text_of_other = back.text if back else way.question_of_other
        yield Confusable(one, way.text, other, text_of_other, way.confidence, back is not None, way.held)


def _order(taken: Taken) -> tuple[float, str]:
    """The likelier way of a pair comes first."""
    return -taken.confidence, taken.entry_id
