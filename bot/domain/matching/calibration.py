"""Chooses from which confidence to answer, so that a promised precision is kept on this knowledge base.

Evidence is trials: questions whose right answer is known. Labelled questions say most; without them the knowledge base
tries itself (a phrasing left out, a whole entry removed, texts that must not match, questions about nothing of ours),
and the shipped confidence's own record stands beside that. The bound is Wilson's (1927), not the point estimate.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.domain.matching.coefficients import Coefficients
from bot.domain.matching.model import Numbers, Weighing, fit

NEVER = 1.01
"""A confidence that no match reaches."""
EXACT = 1.0
"""The confidence of an entry's own words, and of nothing else."""
SUREST = 0.999
"""The highest confidence of anything else."""
FEWEST_LABELLED = 60
"""Labelled questions from which the confidence is fitted to them."""
ENOUGH_LABELLED = 200
"""Labelled questions from which the weights are fitted to them alone."""
UNPROVEN_FROM = 0.92
"""Confidence from which to answer where the trials neither prove the promise nor contradict it."""
LEAST_ANSWERED = 0.2
"""Confidence below which nothing is answered, whatever the trials say."""
LEAST_SUGGESTED = 0.06
"""Confidence below which nothing is suggested, however often it would be right."""
FEWEST_RIGHT = 30
"""Left-out phrasings from which the knowledge base's own trials can promise anything."""
_SURENESS = 0.85
"""Standard deviations below the estimate at which Wilson's bound is taken: about 80 % one-sided."""
_SLACK = 0.005
"""How far the bound may stay under the promise; a bound at the promise itself would need hundreds without a mistake."""
_PULL = 8.0
"""How strongly weights fitted to labelled questions are held to zero."""
_FOLDS = 10
_WORST = 0.05
"""How far under the promise the best bound may lie for anything to be answered at all."""
_LEAST_STRETCH = 0.1
SUGGEST_PRECISION = 0.4
"""Share of suggestions that should hold the right entry first."""
_ABSENT = 0.25
"""Share of patients' questions that no entry answers, assumed when the knowledge base tries itself."""


class Source(StrEnum):
    """Where a trial comes from."""

    LABELLED = "labelled questions"
    PHRASING = "phrasings left out"
    REMOVED = "entries removed"
    MUST_NOT = "texts that must not match"
    OFF_TOPIC = "questions about something else"


@dataclass(frozen=True)
class Trial:
    """A question with a known outcome: what the confidence weighs of its first match (None: no match), whether that
    match is right, whether a veto holds it back, and whether any entry would have been right. Trials of one `group`
    resemble each other: none is judged by weights fitted to another of them."""

    source: Source
    inputs: Numbers | None
    right: bool
    vetoed: bool
    answerable: bool
    group: str = ""


@dataclass(frozen=True)
class Calibration:
    """From which confidence (0-1) to answer and to suggest, and what that rests on.

    `confidence` replaces the shipped weights. `precision` and `lower` are what the trials reached and its bound,
    `coverage` the share of answerable trials answered. `promise_kept` is False where the trials are too few or too
    bad: then it answers less than they would allow. `trials` counts them by source, `basis` says it in a sentence.
    """

    confidence: Weighing
    promised: float
    answer_from: float
    suggest_from: float
    precision: float
    lower: float
    coverage: float
    promise_kept: bool
    trials: dict[Source, int]
    basis: str

    def to_json(self) -> dict[str, Any]:
        """For the cache."""
        plain = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in {"confidence", "trials"}}
        return {**plain, "confidence": self.confidence.to_json(), "trials": {str(k): v for k, v in self.trials.items()}}

    @staticmethod
    def from_json(stored: Mapping[str, Any], names: Sequence[str]) -> Calibration:
        """What `to_json` wrote. Raises ValueError, KeyError or TypeError for anything else."""
        if not isinstance(stored, Mapping) or not isinstance(stored["confidence"], Mapping):
            raise ValueError("this is no calibration")
        confidence = Weighing.from_json(stored["confidence"], names)
        answer_from, suggest_from = stored["answer_from"], stored["suggest_from"]
        if not (LEAST_ANSWERED <= answer_from <= NEVER and 0 <= suggest_from <= answer_from):
            raise ValueError("the thresholds are not in order")
        trials = {Source(source): int(number) for source, number in dict(stored["trials"]).items()}
        return Calibration(**{**stored, "confidence": confidence, "trials": trials})


def wilson_lower(right: float, tries: float, z: float = 1.96) -> float:
    """The lower end of Wilson's interval for a share (0-1); 0 without tries."""
    if tries <= 0:
        return 0.0
    share = right / tries
    centre = share + z * z / (2 * tries)
    spread = z * math.sqrt(share * (1 - share) / tries + z * z / (4 * tries * tries))
    return max(0.0, (centre - spread) / (1 + z * z / tries))


def wilson_upper(right: float, tries: float, z: float = 1.96) -> float:
    """The upper end of Wilson's interval for a share (0-1); 1 without tries."""
    return 1.0 - wilson_lower(tries - right, tries, z) if tries > 0 else 1.0


def calibrate(trials: Sequence[Trial], coefficients: Coefficients, promised: float) -> Calibration:
    """The calibration for a promised precision (0-1). Deterministic; any number of trials will do, even none."""
    counts = {source: sum(trial.source is source for trial in trials) for source in Source}
    labelled = [trial for trial in trials if trial.source is Source.LABELLED]
    own = [trial for trial in trials if trial.source is not Source.LABELLED]
    if len(labelled) >= FEWEST_LABELLED and 0 < sum(trial.right for trial in labelled) < len(labelled):
        prior = None if len(labelled) >= ENOUGH_LABELLED else coefficients.confidence
        basis = f"fitted to {len(labelled)} labelled questions"
        return _fitted(labelled, np.ones(len(labelled)), coefficients.confidence, prior, promised, counts, basis)
    if counts[Source.PHRASING] >= FEWEST_RIGHT and not all(trial.right for trial in own):
        basis = "the knowledge base tried on itself"
        shipped = coefficients.confidence
        return _fitted(own, _shares(own), shipped, shipped, promised, counts, basis)
    answer_from = coefficients.curve.confidence_for(promised)
    suggest_from = min(coefficients.curve.confidence_for(SUGGEST_PRECISION), answer_from)
    basis = "too few phrasings to try itself: the shipped confidence's own record stands"
    return Calibration(
        coefficients.confidence, promised, answer_from, suggest_from, 0.0, 0.0, 0.0, False, counts, basis
    )


def _fitted(
    trials: Sequence[Trial],
    shares: Numbers,
    shipped: Weighing,
    prior: Weighing | None,
    promised: float,
    counts: dict[Source, int],
    basis: str,
) -> Calibration:
    """Weights fitted to the trials, and thresholds from trials that the weights had not seen."""
    sure = _out_of_fold(trials, shares, shipped, prior)
    found = _threshold(trials, sure, shares, promised - _SLACK)
    proven = found.confidence < NEVER
    if not proven:
        basis += (
            ", which is too little to prove the promise: it answers only what looks sure, and where nothing speaks "
        )
        basis += "against the promise"
        found = _unproven(trials, sure, shares, promised, labelled=prior is None)
    suggest = _threshold(trials, sure, shares, SUGGEST_PRECISION, z=0.0, vetoes=False)
    return Calibration(
        confidence=_refit(trials, shares, shipped, prior),
        promised=promised,
        answer_from=max(found.confidence, LEAST_ANSWERED),
        suggest_from=min(max(suggest.confidence, LEAST_SUGGESTED), max(found.confidence, LEAST_ANSWERED)),
        precision=found.precision,
        lower=found.lower,
        coverage=found.coverage,
        promise_kept=proven,
        trials=counts,
        basis=basis,
    )


def _unproven(trials: Sequence[Trial], sure: Numbers, shares: Numbers, promised: float, *, labelled: bool) -> _Found:
    """What to answer when the promise cannot be proven: with patients' questions at hand only what they prove best,
    else what the trials do not contradict."""
    if not labelled:
        return _threshold(trials, sure, shares, promised - _SLACK, z=-_SURENESS, least=UNPROVEN_FROM)
    best = _Found(EXACT, 0.0, 0.0, 0.0)
    precision = promised
    while precision > promised - _WORST and best.confidence >= EXACT:
        precision -= _SLACK
        found = _threshold(trials, sure, shares, precision)
        best = found if found.confidence < NEVER else best
    return best


@dataclass(frozen=True)
class _Found:
    confidence: float
    precision: float
    lower: float
    coverage: float


def _threshold(
    trials: Sequence[Trial],
    sure: Numbers,
    shares: Numbers,
    precision: float,
    z: float = _SURENESS,
    vetoes: bool = True,
    least: float = 0.0,
) -> _Found:
    """The lowest confidence, not under `least`, at which the precision's bound holds; its upper bound for z < 0."""
    candidates = [n for n, trial in enumerate(trials) if not (vetoes and trial.vetoed) and trial.inputs is not None]
    order = sorted(candidates, key=lambda n: (-sure[n], trials[n].right))
    answerable = sum(shares[n] for n, trial in enumerate(trials) if trial.answerable) or 1.0
    right = answered = answerable_answered = 0.0
    best = _Found(NEVER, 0.0, 0.0, 0.0)
    for place, number in enumerate(order):
        answered += shares[number]
        right += shares[number] * trials[number].right
        answerable_answered += shares[number] * trials[number].answerable
        if place + 1 < len(order) and sure[order[place + 1]] == sure[number]:
            continue
        if sure[number] < least:
            break
        lower = wilson_lower(right, answered, z) if z >= 0 else wilson_upper(right, answered, -z)
        if lower >= precision:
            bound = wilson_lower(right, answered, abs(z))
            best = _Found(float(sure[number]), right / answered, bound, answerable_answered / answerable)
    if z >= 0:
        return best
    reached = [float(sure[n]) for n in order if sure[n] >= least]
    if not reached or best.confidence == min(reached):
        return replace(best, confidence=least)
    return replace(best, confidence=min(best.confidence, EXACT))


def _shares(trials: Sequence[Trial]) -> Numbers:
    """What each of the own trials counts, so that the unanswerable are the assumed share of all."""
    absent = sum(not trial.answerable for trial in trials)
    present = len(trials) - absent
    if not absent or not present:
        return np.ones(len(trials))
    each = _ABSENT / (1 - _ABSENT) * present / absent
    return np.array([1.0 if trial.answerable else min(1.0, each) for trial in trials])


def _probabilities(trials: Sequence[Trial], by: Weighing) -> Numbers:
    return np.array([0.0 if t.inputs is None else float(by.probability(t.inputs[None])[0]) for t in trials])


def _refit(trials: Sequence[Trial], shares: Numbers, shipped: Weighing, prior: Weighing | None) -> Weighing:
    """Weights of its own where there are labelled questions enough; else the shipped ones, stretched and shifted, which
    leaves their order of questions as it is (Platt 1999)."""
    used = [n for n, trial in enumerate(trials) if trial.inputs is not None]
    inputs = np.array([trials[n].inputs for n in used])
    right: NDArray[np.bool_] = np.array([trials[n].right for n in used])
    if prior is None:
        return fit(shipped.names, inputs, right, weights=shares[used], strength=_PULL)
    straight = Weighing(("shipped",), np.ones(1), np.zeros(1), np.ones(1), 0.0)
    line = fit(("shipped",), prior.score(inputs)[:, None], right, weights=shares[used], strength=1.0, prior=straight)
    stretch = max(float(line.weights[0]), _LEAST_STRETCH)
    return replace(prior, weights=prior.weights * stretch, bias=prior.bias * stretch + line.bias)


def _out_of_fold(trials: Sequence[Trial], shares: Numbers, shipped: Weighing, prior: Weighing | None) -> Numbers:
    """Every trial's confidence by weights fitted to the other folds; a group is never divided."""
    folds = [zlib.crc32((trial.group or str(n)).encode()) % _FOLDS for n, trial in enumerate(trials)]
    sure = np.zeros(len(trials))
    for fold in range(_FOLDS):
        kept = [n for n, its in enumerate(folds) if its != fold]
        held = [n for n, its in enumerate(folds) if its == fold]
        if held and kept:
            weights = _refit([trials[n] for n in kept], shares[kept], shipped, prior)
            sure[held] = _probabilities([trials[n] for n in held], weights)
    return sure
