"""What the bot does with each posed question: the product's own finder, guard and decision."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from bot.domain.decision import TEXT_LIMIT, Answer, Decision, Suggestions, decide
from bot.domain.knowledge import KnowledgeBase
from bot.domain.matching import Ranking
from bot.domain.matching.calibration import FEWEST_LABELLED, Calibration, Source, Trial, calibrate
from bot.domain.question import Door, Question
from bot.domain.scope import Guard, Level, Route, Verdict
from bot.measure.evaluation.files import PosedQuestion
from bot.measure.evaluation.outcome import SUGGEST, Outcome
from bot.measure.evaluation.progress import Bar
from bot.workflows.finding import Finder, Labelled

Vectors = NDArray[np.float32] | None
_TOP = 10


@dataclass(frozen=True)
class Bench:
    """One knowledge base with all that decides. `guard` None: every question is taken for general information."""

    knowledge: KnowledgeBase
    finder: Finder
    guard: Guard | None
    today: date

    def outcome(self, posed: PosedQuestion, vectors: Vectors, finder: Finder) -> Outcome:
        """What `posed` gets, as a direct message would; `vectors` are those of its views."""
        verdict = self.guard.judge(posed.text) if self.guard else Verdict(Route.GENERAL_INFO)
        ranking = finder.matcher.rank(posed.text, vectors, _TOP) if len(posed.text) <= TEXT_LIMIT else None
        question = Question("eval", "", "", "", posed.text, Door.DM, 0.0)
        decision = decide(question, verdict, ranking, self.knowledge, finder.rules, self.today)
        return Outcome(
            posed,
            verdict.route.value,
            _action(decision),
            decision.entry_id if isinstance(decision, Answer) else None,
            ranking.matches if ranking else (),
            self._held(verdict, ranking),
            self._needed(finder, ranking),
        )

    def _held(self, verdict: Verdict, ranking: Ranking | None) -> str:
        """What keeps the first match from being the answer whatever its confidence."""
        if verdict.level is Level.PAGE or verdict.route is not Route.GENERAL_INFO:
            rule = f", by rule {verdict.rule}" if verdict.rule else ""
            return f"the guard's route is {verdict.route}{rule}"
        if ranking is None:
            return "the message is too long to be matched"
        if ranking.matches and self.knowledge.entries[ranking.matches[0].entry_id].overdue(self.today):
            return "the entry's review date has passed"
        return "; ".join(ranking.matches[0].vetoes) if ranking.matches else ""

    def _needed(self, finder: Finder, ranking: Ranking | None) -> float:
        own = self.knowledge.entries[ranking.matches[0].entry_id].min_confidence if ranking and ranking.matches else 0.0
        return max(finder.rules.answer_confidence or 0.0, own or 0.0)


def _action(decision: Decision) -> str:
    """The decision's name as `ask --json` has it, but "suggest" for suggestions."""
    return SUGGEST if isinstance(decision, Suggestions) else type(decision).__name__.lower()


@dataclass(frozen=True)
class Predictions:
    """An outcome a question, in the questions' order, and the calibrations they rest on: one, or one a fold."""

    outcomes: tuple[Outcome, ...]
    calibrations: tuple[Calibration, ...]


def predict(bench: Bench, questions: Sequence[PosedQuestion], bar: Bar) -> Predictions:
    """Every question by the finder as it is calibrated."""
    finder = bench.finder
    outcomes = [bench.outcome(q, finder.vectors(q.text), finder) for q in bar.over(questions, "asking")]
    return Predictions(tuple(outcomes), (finder.calibration,))


def predict_out_of_fold(bench: Bench, questions: Sequence[PosedQuestion], folds: int, bar: Bar) -> Predictions:
    """Every question by a finder calibrated on the other folds' labels. Index and vectors are made once for all."""
    finder = bench.finder
    vectors = [finder.vectors(question.text) for question in bar.over(questions, "reading")]
    trials = list(_trials(finder, questions, vectors))
    of = folds_of([question.id for question in questions], folds)
    kept = [[trial for trial, fold in zip(trials, of, strict=True) if fold != held] for held in range(folds)]
    own = list(finder.own_trials(finder.matcher, bench.knowledge)) if any(map(_too_few, kept)) else []
    promised = finder.rules.promised_precision
    fold_finders = [
        _calibrated(finder, calibrate([*known, *own], finder.matcher.coefficients, promised)) for known in kept
    ]
    posed = zip(questions, vectors, of, strict=True)
    asked = [bench.outcome(q, found, fold_finders[fold]) for q, found, fold in bar.over(list(posed), "asking")]
    return Predictions(tuple(asked), tuple(fold_finder.calibration for fold_finder in fold_finders))


def folds_of(ids: Sequence[str], folds: int) -> list[int]:
    """The fold (0 to folds - 1) of each id: alike in size, and the same whatever the order of the ids."""
    shuffled = sorted(ids, key=lambda one: hashlib.sha256(one.encode("utf-8")).digest())
    place = {one: number % folds for number, one in enumerate(shuffled)}
    return [place[one] for one in ids]


def labels(questions: Iterable[PosedQuestion]) -> tuple[Labelled, ...]:
    """The questions with a gold, as the finder wants them."""
    return tuple(Labelled(q.text, q.gold) for q in questions if q.gold is not None)


def _trials(finder: Finder, questions: Sequence[PosedQuestion], vectors: Sequence[Vectors]) -> Iterator[Trial]:
    for question, found in zip(questions, vectors, strict=True):
        yield finder.matcher.trial(question.text, found, question.gold or frozenset(), Source.LABELLED)[0]


def _too_few(trials: Sequence[Trial]) -> bool:
    """Whether labelled trials are not enough to calibrate on, so that the knowledge base's own ones count."""
    right = sum(trial.right for trial in trials)
    return len(trials) < FEWEST_LABELLED or right in (0, len(trials))


def _calibrated(finder: Finder, calibration: Calibration) -> Finder:
    """The same finder, calibrated otherwise."""
    other = copy(finder)
    other.calibration = calibration
    other.matcher = finder.matcher.weighing(calibration.confidence)
    return other
