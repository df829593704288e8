"""The rules that need no file: what breaks them, and what a curator is only pointed to."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from bot.domain.knowledge import Entry, KnowledgeBase, ServiceConfig
from bot.domain.lint import (
    LONG_ANSWER,
    Finding,
    Wording,
    config_errors,
    entry_errors,
    nearest,
    shared_phrasings,
    unanswerable,
    warnings,
)
from bot.domain.scope import Guard, ScopeRules
from bot.knowledge_files import check

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"

TODAY = date(2026, 3, 1)
SOURCE = {"title": "A public page", "url": "https://example.org"}
DRIVING: dict[str, object] = {
    "id": "driving",
    "question": "When may I drive again?",
    "phrasings": ["weeks before using my car", "getting behind the wheel", "is the road safe yet"],
    "must_not_match": ["When may I fly again?"],
    "answer": "When you can stop in an emergency.",
    "author": "A curator",
    "review_by": "2027-01-01",
    "sources": [SOURCE],
}
FLYING: dict[str, object] = {
    **DRIVING,
    "id": "flying",
    "question": "When may I fly again?",
    "phrasings": ["taking a plane", "airport and long flights", "holiday abroad"],
    "must_not_match": ["When may I drive again?"],
}


def entry(base: dict[str, object], **fields: object) -> Entry:
    return Entry.model_validate({**base, **fields})


def knowledge(*entries: Entry) -> KnowledgeBase:
    return KnowledgeBase(entries={one.id: one for one in entries})


def warned(*entries: Entry, about: str) -> list[Finding]:
    return [finding for finding in warnings(knowledge(*entries), Wording(), TODAY) if about in finding.message]


def places(findings: Iterable[Finding]) -> list[tuple[str, tuple[str | int, ...]]]:
    return [(finding.entry, finding.path) for finding in findings]


# --- Errors ---


def test_an_entry_that_keeps_the_rules_has_no_errors() -> None:
    good = entry(DRIVING, reviewer="B", reviewed_on=TODAY, related=["flying"])
    assert list(entry_errors(good, {"driving", "flying"}, Wording(), TODAY)) == []


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"reviewer": "B"}, ("reviewer",)),
        ({"reviewed_on": "2026-01-01"}, ("reviewed_on",)),
        ({"reviewer": " a  CURATOR. ", "reviewed_on": "2026-01-01"}, ("reviewer",)),
        ({"reviewer": "B", "reviewed_on": "2026-01-02", "review_by": "2026-01-01"}, ("review_by",)),
        ({"reviewer": "B", "reviewed_on": "2026-03-02"}, ("reviewed_on",)),
        ({"related": ["flying", "driving"]}, ("related", 1)),
        ({"related": ["swimming", "flying"]}, ("related", 0)),
        ({"phrasings": ["one", "when may I DRIVE, again"]}, ("phrasings", 1)),
        ({"must_not_match": ["fly", "Getting behind the wheel?"]}, ("must_not_match", 1)),
    ],
)
def test_a_broken_rule_is_found_where_it_is_broken(fields: dict[str, object], path: tuple[str | int, ...]) -> None:
    found = list(entry_errors(entry(DRIVING, **fields), {"driving", "flying"}, Wording(), TODAY))
    assert places(found) == [("driving", path)]
    assert found[0].mend


def test_without_a_day_no_review_is_in_the_future() -> None:
    assert (
        list(entry_errors(entry(DRIVING, reviewer="B", reviewed_on="2999-01-01", review_by=None), (), Wording())) == []
    )


def test_the_same_words_in_two_entries_are_found_whatever_their_spelling_marks() -> None:
    other = entry(FLYING, phrasings=["by air", "Weeks, before using MY car?"])
    found = list(shared_phrasings(knowledge(entry(DRIVING), other), Wording()))
    assert places(found) == [("flying", ("phrasings", 1))]
    assert found[0].other == ("driving", ("phrasings", 0))


def test_texts_of_signs_alone_are_not_taken_for_the_same() -> None:
    assert (
        list(shared_phrasings(knowledge(entry(DRIVING, question="??"), entry(FLYING, question="!!")), Wording())) == []
    )
    assert list(entry_errors(entry(DRIVING, phrasings=["?!", "…"]), (), Wording())) == []


def config(**fields: object) -> ServiceConfig:
    numbers = {"GB": {"emergency": "999"}}
    base = {"service_name": "A service", "emergency_numbers": numbers, "moderators_channel": "moderators"}
    return ServiceConfig.model_validate({**base, **fields})


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"country": "US"}, ("country",)),
        ({"matching": {"answer_confidence": 0.8, "suggest_confidence": 0.9}}, ("matching", "suggest_confidence")),
        (
            {"channels": [{"channel": "a", "mode": "off"}, {"channel": "#A", "mode": "thread"}]},
            ("channels", 1, "channel"),
        ),
        ({"channels": [{"channel": "#moderators", "mode": "thread"}]}, ("channels", 0, "channel")),
        ({"channels": [{"channel": "moderators", "mode": "private"}]}, ("channels", 0, "channel")),
        ({"hours": {"timezone": "UTC", "days": {"monday": "17:00-09:00"}}}, ("hours", "days", "monday")),
        ({"hours": {"timezone": "UTC", "days": {"friday": "09:00-09:00"}}}, ("hours", "days", "friday")),
    ],
)
def test_settings_that_contradict_each_other_are_found(fields: dict[str, object], path: tuple[str | int, ...]) -> None:
    assert places(config_errors(config(**fields))) == [("", path)]


def test_settings_that_agree_have_no_errors() -> None:
    channels = [{"channel": "support", "mode": "thread"}, {"channel": "moderators", "mode": "off"}]
    hours = {"timezone": "UTC", "days": {"monday": "00:00-24:00"}}
    assert list(config_errors(config(country="GB", channels=channels, hours=hours))) == []


# --- Warnings ---


def test_a_sound_knowledge_base_is_only_told_that_nobody_reviewed_it() -> None:
    found = list(warnings(knowledge(entry(DRIVING), entry(FLYING)), Wording(), TODAY))
    assert [finding.message for finding in found] == [
        "2 of 2 entries are not yet clinically reviewed, and say so to patients"
    ]


def test_reviewed_entries_are_not_counted_as_unreviewed() -> None:
    reviewed = entry(DRIVING, reviewer="B", reviewed_on=TODAY)
    assert not warned(reviewed, about="clinically reviewed")
    assert warned(reviewed, entry(FLYING), about="1 of 2 entries are not yet")


@pytest.mark.parametrize(
    ("fields", "about", "path"),
    [
        ({"review_by": "2026-02-28"}, "its review was due by 2026-02-28", ("review_by",)),
        ({"phrasings": ["one", "two"]}, "it has 2 phrasings;", ("phrasings",)),
        ({"phrasings": ["one"]}, "it has 1 phrasing;", ("phrasings",)),
        ({"sources": []}, "no source", ("sources",)),
        ({"answer": "x" * (LONG_ANSWER + 1)}, "long reading", ("answer",)),
        ({"answer": "See <https://example.org|this page>."}, "<https://example.org|this page>", ("answer",)),
        ({"answer": "Ask <@U012AB3CD>."}, "<@U012AB3CD>", ("answer",)),
        ({"answer": "Ask <!channel>."}, "<!channel>", ("answer",)),
        (
            {"phrasings": ["using my car", "road safe yet", "is my car worth using"]},
            "more than half",
            ("phrasings", 2),
        ),
    ],
)
def test_a_curator_is_pointed_to_the_place(fields: dict[str, object], about: str, path: tuple[str | int, ...]) -> None:
    assert places(warned(entry(DRIVING, **fields), about=about)) == [("driving", path)]


def test_markdown_is_not_taken_for_slack_markup() -> None:
    answer = "Pain < 3 and > 1. [A page](https://example.org), **bold**, *soft*, `code`\n> quote"
    assert not warned(entry(DRIVING, answer=answer), about="Slack markup")


def test_entries_without_a_review_date_are_counted() -> None:
    assert warned(entry(DRIVING, review_by=None), entry(FLYING), about="1 of 2 entries have no review_by")


def test_a_knowledge_base_without_entries_is_pointed_out() -> None:
    assert warned(about="there are no entries")


def test_an_entry_close_to_another_and_without_must_not_match_is_pointed_out() -> None:
    close = entry(DRIVING, question="How long after my fusion until I can drive?", must_not_match=[])
    other = entry(FLYING, question="How long after my fusion until I can fly?", must_not_match=[])
    found = warned(close, other, about="very close")
    assert sorted(places(found)) == [("driving", ("question",)), ("flying", ("question",))]
    assert found[0].other == ("flying", ("question",))


def test_must_not_match_quiets_the_warning_about_close_entries() -> None:
    close = entry(DRIVING, question="How long after my fusion until I can drive?")
    other = entry(FLYING, question="How long after my fusion until I can fly?")
    assert not warned(close, other, about="very close")


def test_entries_about_different_things_are_not_called_close() -> None:
    other = entry(FLYING, question="What is a bone graft made of?", must_not_match=[])
    assert not warned(entry(DRIVING, must_not_match=[]), other, about="very close")


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ("driving a car", "car insurance", 1 / 2),
        ("bone graft", "bone graft healing", 1.0),
        ("how is it", "what is it", 0.0),
        ("bone graft", "wheel", 0.0),
    ],
)
def test_the_share_of_common_words_is_of_the_text_with_fewer(one: str, other: str, share: float) -> None:
    wording = Wording()
    assert wording.shared_share(one, other) == wording.shared_share(other, one) == share


def test_a_slip_of_the_fingers_finds_the_word_that_was_meant() -> None:
    assert nearest("autor", {"author", "answer"}) == "author"
    assert nearest("zzz", {"author", "answer"}) is None


# --- What the guard keeps from being answered ---


def a_guard(*phrases: str) -> Guard:
    rules = {"id": "the-rule", "phrases": list(phrases)}
    return Guard(ScopeRules.model_validate({"owner": "A test", "routes": {"ADMIN": {"rules": [rules]}}}))


def test_a_text_the_guard_sends_elsewhere_is_pointed_out_with_its_rule() -> None:
    found = list(unanswerable(knowledge(entry(DRIVING), entry(FLYING)), a_guard("behind wheel", "fly again")))
    assert places(found) == [("driving", ("phrasings", 1)), ("flying", ("question",))]
    assert 'sends "getting behind the wheel" to ADMIN (rule the-rule) before any matching' in found[0].message


def test_texts_the_guard_lets_through_are_not_pointed_out() -> None:
    assert list(unanswerable(knowledge(entry(DRIVING), entry(FLYING)), a_guard("bill"))) == []


def test_the_knowledge_check_names_the_line_of_a_text_that_can_never_be_answered(tmp_path: Path) -> None:
    folder = shutil.copytree(KNOWLEDGE, tmp_path / "knowledge")
    file = folder / "answers" / "bone-graft.yaml"
    lines = file.read_text("utf-8").splitlines()
    number = lines.index("phrasings:") + 1
    file.write_text("\n".join([*lines[:number], "  - please cancel my appointment", *lines[number:]]), "utf-8")
    _, found = check(folder)
    told = [problem for problem in found if "can never be answered" in problem.message]
    assert [(problem.file, problem.line, problem.entry) for problem in told] == [
        ("answers/bone-graft.yaml", number + 1, "bone-graft")
    ]


def test_texts_beyond_the_most_are_said_to_be_untried() -> None:
    found = list(unanswerable(knowledge(entry(DRIVING), entry(FLYING)), a_guard("fly again"), most=4))
    assert [finding.message for finding in found] == [
        "only the first 4 of 8 questions and phrasings were tried on the guard"
    ]
