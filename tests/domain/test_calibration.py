"""Choosing from which confidence to answer, so that a promised precision is kept."""

from __future__ import annotations

import numpy as np
import pytest

from bot.domain.matching.calibration import (
    EXACT,
    FEWEST_RIGHT,
    LEAST_ANSWERED,
    UNPROVEN_FROM,
    Calibration,
    Source,
    Trial,
    calibrate,
    wilson_lower,
    wilson_upper,
)
from bot.domain.matching.coefficients import Coefficients, Curve
from bot.domain.matching.model import Weighing, fit

STRAIGHT = Weighing(("nearness",), np.ones(1), np.zeros(1), np.ones(1), 0.0)
CURVE = Curve(((0.5, 0.8, 0.9), (0.7, 0.95, 0.7), (0.9, 0.985, 0.4), (0.99, 0.5, 0.01)))
SHIPPED = Coefficients(False, STRAIGHT, STRAIGHT, CURVE, "test")


def trials(source: Source, score: float, count: int, *, right: bool, vetoed: bool = False) -> list[Trial]:
    return [
        Trial(source, np.array([score + n / 1000]), right, vetoed, right or source is Source.PHRASING, f"{source}{n}")
        for n in range(count)
    ]


def test_wilsons_bounds_are_those_of_the_published_example() -> None:
    assert wilson_lower(81, 263) == pytest.approx(0.2553, abs=1e-4)  # Newcombe 1998, table I
    assert wilson_upper(81, 263) == pytest.approx(0.3662, abs=1e-4)
    assert (wilson_lower(0, 0), wilson_upper(0, 0)) == (0.0, 1.0)


def test_an_empty_knowledge_base_keeps_the_shipped_record_and_says_so() -> None:
    found = calibrate([], SHIPPED, 0.98)
    assert found.answer_from == 0.9
    assert not found.promise_kept
    assert "too few" in found.basis


def test_a_promise_that_the_shipped_record_never_reached_is_not_made() -> None:
    assert calibrate([], SHIPPED, 0.995).answer_from > 1


def test_steps_at_which_hardly_anything_was_answered_say_nothing() -> None:
    assert CURVE.confidence_for(0.98) == 0.9


def test_trials_enough_and_clean_prove_the_promise() -> None:
    mixed = trials(Source.PHRASING, 2.0, 300, right=True) + trials(Source.REMOVED, -2.0, 100, right=False)
    found = calibrate(mixed, SHIPPED, 0.95)
    assert found.promise_kept
    assert found.lower >= 0.94
    assert found.coverage > 0.9


def test_trials_that_contradict_the_promise_leave_only_exact_words() -> None:
    mixed = trials(Source.PHRASING, 2.0, FEWEST_RIGHT, right=True) + trials(Source.PHRASING, 2.0, 200, right=False)
    found = calibrate(mixed, SHIPPED, 0.98)
    assert not found.promise_kept
    assert found.answer_from >= UNPROVEN_FROM


def test_too_few_trials_to_prove_anything_answer_only_what_looks_sure() -> None:
    mixed = trials(Source.PHRASING, 2.0, FEWEST_RIGHT, right=True) + trials(Source.OFF_TOPIC, -3.0, 20, right=False)
    found = calibrate(mixed, SHIPPED, 0.999)
    assert not found.promise_kept
    assert UNPROVEN_FROM <= found.answer_from <= EXACT


def test_vetoed_mistakes_do_not_count_against_the_promise() -> None:
    right = trials(Source.PHRASING, 2.0, 300, right=True) + trials(Source.REMOVED, -2.0, 50, right=False)
    wrong = trials(Source.MUST_NOT, 2.5, 40, right=False)
    held = trials(Source.MUST_NOT, 2.5, 40, right=False, vetoed=True)
    assert calibrate(right + held, SHIPPED, 0.98).promise_kept
    assert calibrate(right + held, SHIPPED, 0.98).answer_from <= calibrate(right + wrong, SHIPPED, 0.98).answer_from


def test_a_stricter_promise_never_answers_more() -> None:
    generator = np.random.default_rng(7)
    mixed = [
        Trial(Source.LABELLED, np.array([score]), bool(right), False, True, str(n))
        for n, (score, right) in enumerate(
            (score, generator.random() < 1 / (1 + np.exp(-2 * score))) for score in generator.normal(0.5, 1.5, 400)
        )
    ]
    thresholds = [calibrate(mixed, SHIPPED, promised).answer_from for promised in (0.7, 0.8, 0.9, 0.95)]
    assert thresholds == sorted(thresholds)


def test_labelled_questions_outweigh_the_knowledge_bases_own_trials() -> None:
    own = trials(Source.PHRASING, 2.0, 300, right=True)
    labelled = trials(Source.LABELLED, 2.0, 150, right=True) + trials(Source.LABELLED, 1.0, 150, right=False)
    found = calibrate(own + labelled, SHIPPED, 0.95)
    assert "labelled" in found.basis
    assert float(found.confidence.probability(np.array([[1.05]]))[0]) < 0.5


def test_trials_of_one_group_are_never_judged_by_weights_fitted_to_it() -> None:
    # every question is there twice, once right and once wrong by chance: only a leak could tell them apart
    generator = np.random.default_rng(3)
    twins = [
        Trial(Source.LABELLED, generator.normal(size=1), bool(generator.random() < 0.5), False, True, str(n // 2))
        for n in range(400)
    ]
    assert not calibrate(twins, SHIPPED, 0.9).promise_kept


def test_a_calibration_survives_its_cache() -> None:
    mixed = trials(Source.PHRASING, 2.0, 300, right=True) + trials(Source.REMOVED, -2.0, 100, right=False)
    found = calibrate(mixed, SHIPPED, 0.95)
    again = Calibration.from_json(found.to_json(), ["nearness"])
    assert again.trials == found.trials
    assert (again.answer_from, again.suggest_from) == (found.answer_from, found.suggest_from)


@pytest.mark.parametrize("threshold", [0.0, float("nan"), 5.0, -1.0])
def test_a_stored_threshold_out_of_order_is_refused(threshold: float) -> None:
    stored = {**calibrate([], SHIPPED, 0.95).to_json(), "answer_from": threshold}
    with pytest.raises(ValueError, match="order"):
        Calibration.from_json(stored, ["nearness"])


def test_however_clean_the_trials_an_unlikely_entry_is_never_answered() -> None:
    clean = trials(Source.PHRASING, -4.0, 300, right=True) + trials(Source.REMOVED, -8.0, 100, right=False)
    assert calibrate(clean, SHIPPED, 0.6).answer_from >= LEAST_ANSWERED


@pytest.mark.parametrize("damage", ["names", "number", "missing"])
def test_a_damaged_stored_calibration_is_refused(damage: str) -> None:
    stored = calibrate([], SHIPPED, 0.95).to_json()
    if damage == "names":
        stored["confidence"] = {"bias": 0, "inputs": {"other": [1, 0, 1]}}
    elif damage == "number":
        stored["confidence"] = {"bias": 0, "inputs": {"nearness": [1, 0, 0]}}
    else:
        del stored["trials"]
    with pytest.raises((ValueError, KeyError)):
        Calibration.from_json(stored, ["nearness"])


def test_fitting_finds_the_weights_that_made_the_data() -> None:
    generator = np.random.default_rng(11)
    inputs = generator.normal(size=(4000, 2))
    right = generator.random(4000) < 1 / (1 + np.exp(-(1.5 * inputs[:, 0] - 0.5 * inputs[:, 1] + 0.3)))
    found = fit(("one", "two"), inputs, right, strength=1e-3)
    assert found.weights / found.scale == pytest.approx([1.5, -0.5], abs=0.15)
    assert found.bias == pytest.approx(0.3, abs=0.15)


def test_fitting_data_that_one_line_divides_stays_finite() -> None:
    inputs = np.array([[-1.0], [-2.0], [1.0], [2.0]])
    found = fit(("one",), inputs, np.array([False, False, True, True]), strength=0.1)
    assert np.isfinite(found.weights).all()
