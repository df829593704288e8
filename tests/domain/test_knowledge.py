"""What an entry, the knowledge base, the settings and the phrases promise."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from bot.domain.knowledge import ANSWER_LIMIT, Entry, Hours, KnowledgeBase, MatchingSettings
from bot.domain.phrases import KEYS, LIMITS, Phrases

ENTRY = Entry(
    id="driving",
    question="When may I drive again?",
    phrasings=("how long until I can use my car",),
    answer="When you can stop in an emergency.",
    author="A curator",
)


def changed(**fields: object) -> Entry:
    return Entry.model_validate({**ENTRY.model_dump(), **fields})


def test_a_patients_words_are_matched_with_the_question_and_its_phrasings() -> None:
    assert ENTRY.texts == ("When may I drive again?", "how long until I can use my car")


def test_an_entry_is_overdue_from_the_day_after_its_review_date() -> None:
    entry = changed(review_by=date(2026, 3, 1))
    assert not entry.overdue(date(2026, 3, 1))
    assert entry.overdue(date(2026, 3, 2))
    assert not ENTRY.overdue(date(2999, 1, 1))


def test_an_entry_is_reviewed_only_with_a_name_and_a_day() -> None:
    assert changed(reviewer="B", reviewed_on=date(2026, 1, 1)).reviewed
    assert not changed(reviewer="B").reviewed
    assert not changed(reviewed_on=date(2026, 1, 1)).reviewed


@pytest.mark.parametrize("field", ["question", "answer", "author", "credentials"])
def test_the_version_changes_with_everything_a_patient_is_shown(field: str) -> None:
    assert changed(**{field: "Something else"}).version != ENTRY.version


def test_the_version_stays_when_nothing_that_is_shown_changes() -> None:
    assert changed(phrasings=("other words",), topics=("cars",)).version == ENTRY.version
    assert len(ENTRY.version) == 12


def test_an_entry_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        ENTRY.answer = "Something else"  # type: ignore[misc] # what the test is about


def test_an_answer_too_long_for_one_message_is_refused() -> None:
    assert changed(answer="x" * ANSWER_LIMIT)
    with pytest.raises(ValidationError):
        changed(answer="x" * (ANSWER_LIMIT + 1))


@pytest.mark.parametrize("day", [0, 2027, 1.5, True, "soon", "2027-02-30"])
def test_only_a_day_of_the_calendar_is_a_review_date(day: object) -> None:
    with pytest.raises(ValidationError):
        changed(review_by=day)


def test_a_day_may_be_written_in_quotes() -> None:
    assert changed(review_by="2027-01-01").review_by == date(2027, 1, 1)


@pytest.mark.parametrize("confidence", [True, "0.8", 1.01, -0.1, float("nan")])
def test_a_confidence_is_a_number_from_0_to_1(confidence: object) -> None:
    with pytest.raises(ValidationError):
        changed(min_confidence=confidence)
    with pytest.raises(ValidationError):
        MatchingSettings.model_validate({"answer_confidence": confidence})


@pytest.mark.parametrize("slug", ["Driving", "driving again", "driving_again", "-driving", "driving-", "", "é"])
def test_an_id_is_lower_case_words_joined_by_hyphens(slug: str) -> None:
    with pytest.raises(ValidationError):
        changed(id=slug)


def test_an_entry_is_found_by_its_id() -> None:
    knowledge = KnowledgeBase(entries={"driving": ENTRY})
    assert knowledge.get("driving") is ENTRY
    assert knowledge.get("flying") is None
    assert len(knowledge) == 1


@pytest.mark.parametrize(
    ("day", "span", "good"),
    [
        ("monday", "09:00-17:00", True),
        ("sunday", "00:00-24:00", True),
        ("mon", "09:00-17:00", False),
        ("Monday", "09:00-17:00", False),
        ("monday", "9:00-17:00", False),
        ("monday", "09:00-24:30", False),
        ("monday", "09:00-25:00", False),
    ],
)
def test_hours_are_whole_weekdays_with_a_span_in_24_hours(day: str, span: str, good: bool) -> None:
    hours = {"timezone": "Europe/London", "days": {day: span}}
    if good:
        assert Hours.model_validate(hours).days == {day: span}
    else:
        with pytest.raises(ValidationError):
            Hours.model_validate(hours)


def test_a_phrase_is_said_with_its_placeholders_filled_in() -> None:
    phrases = Phrases({"answered_by": "Answered by {author}"})
    assert phrases.say("answered_by", author="A curator") == "Answered by A curator"


def test_a_phrase_does_not_take_a_placeholder_that_is_not_its_own() -> None:
    with pytest.raises(KeyError, match="answered_by does not take"):
        Phrases({"answered_by": "Answered by {author}"}).say("answered_by", moderator="B")


def test_a_phrase_that_passes_the_check_can_always_be_said() -> None:
    adorned = (
        "{author:d}",
        "{author!x}",
        "{author.name}",
        "{author[0]}",
        "{author:{author}}",
        "{}",
        "{0}",
        "{",
        "}",
    )
    for text in adorned:
        assert any(key == "answered_by" for key, _ in Phrases.problems({"answered_by": text})), text
    plain = Phrases({"answered_by": "{{Answered}} by {author}"})
    assert not any(key == "answered_by" for key, _ in Phrases.problems(plain.texts))
    assert plain.say("answered_by", author="A") == "{Answered} by A"


def test_every_limit_is_for_a_phrase_that_is_said() -> None:
    assert LIMITS.keys() <= KEYS.keys()
