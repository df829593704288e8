"""The figures of an evaluation, on cases small enough to count by hand."""

from __future__ import annotations

import pytest

from bot.domain.matching import Match
from bot.measure.evaluation.figures import Figures, Share, misses, mistakes, risk_coverage
from bot.measure.evaluation.files import PosedQuestion
from bot.measure.evaluation.outcome import Outcome
from bot.measure.evaluation.predicting import folds_of
from bot.measure.evaluation.self_test import LeftOut, Taken, confusable, summed


def an_outcome(
    name: str,
    gold: tuple[str, ...] | None,
    ranked: tuple[tuple[str, float], ...],
    *,
    answered: bool = False,
    held: str = "",
    kind: str = "",
    must_not: tuple[str, ...] = (),
    action: str = "escalate",
) -> Outcome:
    """A question with its gold and what came of it; `answered` with the first of `ranked`."""
    question = PosedQuestion(
        name, f"words of {name}", None if gold is None else frozenset(gold), frozenset(must_not), kind
    )
    matches = tuple(Match(entry_id, confidence, "", 0.0) for entry_id, confidence in ranked)
    entry_id = ranked[0][0] if answered else None
    return Outcome(question, "GENERAL_INFO", "answer" if answered else action, entry_id, matches, held, 0.5)


RIGHT = an_outcome("right", ("a",), (("a", 0.9), ("b", 0.1)), answered=True, kind="known")
WRONG = an_outcome("wrong", ("a",), (("b", 0.8), ("c", 0.2), ("a", 0.1)), answered=True, kind="known", must_not=("b",))
MISSED = an_outcome("missed", ("c",), (("c", 0.4),), kind="known", action="suggest")
VETOED = an_outcome("vetoed", ("c",), (("c", 0.95),), held="asks about other numbers", kind="known")
FALSE = an_outcome("false", (), (("d", 0.7),), answered=True, kind="absent")
QUIET = an_outcome("quiet", (), (("d", 0.3),), kind="absent")
NOBODY_KNOWS = an_outcome("nobody-knows", None, (("d", 0.99),), answered=True)
ALL = (RIGHT, WRONG, MISSED, VETOED, FALSE, QUIET, NOBODY_KNOWS)


def test_top_1_and_recall_count_the_answerable_questions_only() -> None:
    figures = Figures.of(ALL)
    assert (figures.top_1.hits, figures.top_1.tries) == (3, 4)
    assert (figures.recall.hits, figures.recall.tries) == (4, 4)


def test_coverage_is_the_share_of_answerable_questions_answered_rightly_or_not() -> None:
    assert Figures.of(ALL).coverage == Share(2, 4)


def test_precision_counts_the_false_answers_to_unanswerable_questions_too() -> None:
    figures = Figures.of(ALL)
    assert figures.precision == Share(1, 3)
    assert figures.false_answers == Share(1, 2)


def test_an_answer_that_the_question_bars_is_counted() -> None:
    assert Figures.of(ALL).barred == Share(1, 3)


def test_suggestions_are_counted_among_the_answerable() -> None:
    assert Figures.of(ALL).suggested == Share(1, 4)


def test_a_question_without_labels_counts_nowhere() -> None:
    assert Figures.of(ALL) == Figures.of(ALL[:-1])
    assert risk_coverage(ALL) == risk_coverage(ALL[:-1])
    assert NOBODY_KNOWS not in mistakes(ALL)


def test_the_figures_are_told_by_kind() -> None:
    absent, known = Figures.of(ALL).by_kind
    assert (absent.kind, absent.answered, absent.answerable) == ("absent", Share(1, 2), 0)
    assert (known.kind, known.answered, known.right) == ("known", Share(2, 4), Share(1, 2))


def test_without_tries_a_share_is_unknown_and_not_nought() -> None:
    nothing = Figures.of(())
    assert nothing.precision.share is None
    assert nothing.to_json()["precision"] == {"share": None, "hits": 0, "of": 0, "lower": 0.0, "upper": 1.0}


def test_the_interval_is_wilsons() -> None:
    # 8 of 10: centre (0.8 + 3.8416/20) / 1.38416 = 0.71674, half-width 0.22659
    share = Share(8, 10)
    assert share.lower == pytest.approx(0.4902, abs=1e-4)
    assert share.upper == pytest.approx(0.9433, abs=1e-4)


def test_the_curve_goes_from_the_surest_match_to_the_least_sure() -> None:
    told = [(point.confidence, point.coverage, point.precision) for point in risk_coverage(ALL)]
    assert told == [
        (0.9, 1 / 4, 1.0),
        (0.8, 2 / 4, 1 / 2),
        (0.7, 2 / 4, 1 / 3),
        (0.4, 3 / 4, 2 / 4),
        (0.3, 3 / 4, 2 / 5),
    ]


def test_matches_of_one_confidence_are_one_point_of_the_curve() -> None:
    same = [an_outcome("one", ("a",), (("a", 0.6),)), an_outcome("other", ("a",), (("b", 0.6),))]
    assert [(point.coverage, point.precision) for point in risk_coverage(same)] == [(1.0, 0.5)]


def test_a_match_that_a_veto_holds_back_is_never_on_the_curve() -> None:
    assert max(point.confidence for point in risk_coverage(ALL)) == 0.9


def test_the_curve_of_many_questions_stays_short_and_keeps_its_ends() -> None:
    many = [an_outcome(str(n), ("a",), (("a", n / 1000),)) for n in range(1, 1000)]
    points = risk_coverage(many)
    assert len(points) == 200
    assert (points[0].confidence, points[-1].confidence) == (0.999, 0.001)


def test_mistakes_are_wrong_answers_most_confident_first() -> None:
    assert mistakes(ALL) == [WRONG, FALSE]
    assert mistakes(ALL, most=1) == [WRONG]


def test_misses_are_unanswered_questions_whose_right_entry_stood_first() -> None:
    assert misses(ALL) == [VETOED, MISSED]


def test_folds_are_alike_in_size_and_do_not_depend_on_the_order() -> None:
    ids = [f"q{n}" for n in range(23)]
    folds = folds_of(ids, 5)
    assert sorted(folds.count(fold) for fold in range(5)) == [4, 4, 5, 5, 5]
    assert folds_of(ids[::-1], 5) == folds[::-1]


def test_a_self_test_tells_answers_from_right_answers() -> None:
    tried = [
        LeftOut("a", "a text", "a", 0.9, answered=True, suggested=False),
        LeftOut("a", "another", "b", 0.8, answered=True, suggested=False),
        LeftOut("b", "a third", "b", 0.4, answered=False, suggested=True),
        LeftOut("b", "a fourth", "", 0.0, answered=False, suggested=False),
    ]
    test = summed(tried, (), single=1)
    assert (test.top_1, test.answered, test.right, test.suggested) == (
        Share(2, 4),
        Share(2, 4),
        Share(1, 2),
        Share(1, 4),
    )
    assert [one.text for one in test.wrong] == ["another", "a fourth"]


def test_two_entries_taken_for_each_other_are_one_pair_with_both_texts() -> None:
    taken = [
        Taken("a", "weak text of a", "b", "question of b", 0.5, held=False),
        Taken("a", "text of a", "b", "question of b", 0.7, held=True),
        Taken("b", "text of b", "a", "question of a", 0.6, held=False),
        None,
    ]
    (pair,) = confusable(taken, least=0.3)
    assert (pair.one, pair.text_of_one, pair.other, pair.text_of_other) == ("a", "text of a", "b", "text of b")
    assert (pair.confidence, pair.mutual, pair.held) == (0.7, True, True)


def test_entries_that_are_hardly_alike_are_no_pair() -> None:
    assert confusable([Taken("a", "text of a", "b", "question of b", 0.2, held=False)], least=0.3) == []


def test_a_pair_that_goes_one_way_shows_the_other_entrys_question() -> None:
    (pair,) = confusable([Taken("a", "text of a", "b", "question of b", 0.4, held=False)], least=0.3)
    assert (pair.text_of_other, pair.mutual) == ("question of b", False)
