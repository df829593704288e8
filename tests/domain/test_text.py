"""Reading what patients type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.spelling import Speller, opposite
from bot.domain.text import (
    asks_something,
    clauses,
    content_words,
    has_words,
    normalise,
    sentences,
    stem,
    words,
)


def test_slack_markup_links_and_emoji_leave_only_what_the_patient_said() -> None:
    typed = "<@U123ABC> *What’s* in <#C9|general> &amp; <https://example.org/a|this page> :sob: 😭 https://x.org/y"
    assert normalise(typed) == "what's in general & this page"


def test_invisible_characters_and_wide_letters_do_not_hide_a_word() -> None:
    assert words("fu\u200bsion Ｌumbar\u00ad") == ["fusion", "lumbar"]


def test_contractions_shorthand_and_split_negations_come_out_as_one_spelling() -> None:
    assert words("Whats, what's, what’s") == ["what", "is"] * 3
    assert words("I can not, cannot, can’t") == ["i", "cant", "cant", "cant"]
    assert words("b4 my op u need 500mg") == ["before", "my", "operation", "you", "need", "500", "mg"]


def test_a_possessive_is_read_as_its_owner() -> None:
    assert words("my doctor's letter") == ["my", "doctor", "letter"]


def test_decimals_stay_whole_and_do_not_end_a_sentence() -> None:
    assert sentences("temp is 38.5 now. Is that bad?") == ["temp is 38.5 now", "is that bad?"]


def test_chinese_is_read_sign_by_sign() -> None:
    assert words("胸痛") == ["胸", "痛"]


def test_content_words_leave_out_what_carries_no_subject() -> None:
    assert content_words("what is the lumbar fusion") == ["lumbar", "fusion"]


def test_clauses_end_at_commas_and_but() -> None:
    assert clauses("no fever, cant pee but feeling fine") == ["no fever", "cant pee", "feeling fine"]


@pytest.mark.parametrize("typed", ["", "   ", "😭😭", ":tada:", "?!...", "<@U1>", "<https://example.org>"])
def test_a_message_without_words_has_none(typed: str) -> None:
    assert not has_words(typed)


@pytest.mark.parametrize("typed", ["ok", "38", "胸痛", "<@U1> hi"])
def test_a_message_with_words_has_some(typed: str) -> None:
    assert has_words(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "when can I drive",
        "Is it minimaly invasive",
        "hi all, how long does it take",
        "anyone know about braces",
        "has anyone had this done",
        "just wondering if swimming is allowed",
        "waht is a bone graft",
        "please help",
        "I could use some help, need advice",
        "not sure what to do about my stairs",
        "my doctor says I need a fusion what is it",
        "shoud I pack slippers",
        "I go home tomorrow and can i shower then",
        "Fusion?",
    ],
)
def test_a_question_or_a_request_is_heard(typed: str) -> None:
    assert asks_something(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "thanks all",
        "I had mine done last week",
        "what a day",
        "have a nice day",
        "when i woke up it was fine",
        "do not worry",
        "how nice",
        "see https://example.org/page?x=1",
        "😭",
        "",
    ],
)
def test_a_statement_is_not_taken_for_a_question(typed: str) -> None:
    assert not asks_something(typed)


@pytest.mark.parametrize(
    "family",
    [
        ("drive", "drives", "driving"),
        ("fusion", "fused", "fuse", "fusing"),
        ("bleed", "bleeding", "bleeds"),
        ("numb", "numbness"),
        ("swell", "swelling"),
        ("surgery", "surgeries"),
        ("recover", "recovery", "recovering"),
    ],
)
def test_forms_of_one_word_share_a_stem(family: tuple[str, ...]) -> None:
    assert len({stem(word) for word in family}) == 1


@given(st.text(max_size=300))
def test_no_text_is_too_odd_to_read(typed: str) -> None:
    assert normalise(normalise(typed)) is not None
    assert all(word and word == word.strip() for word in words(typed))
    asks_something(typed)
    sentences(typed)


def test_a_misspelt_word_finds_the_known_one() -> None:
    speller = Speller(["percutaneous", "lumbar", "fusion"])
    assert [speller.near(word)[0][0] for word in ("percutanous", "lumber", "fuson")] == [
        "percutaneous",
        "lumbar",
        "fusion",
    ]
    assert all(similarity >= 0.8 for _, similarity in speller.near("percutanus"))


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("hyperthyroidism", "hypothyroidism"),
        ("symptomatic", "asymptomatic"),
        ("preoperative", "postoperative"),
        ("rabies", "scabies"),
    ],
)
def test_one_condition_or_drug_is_never_repaired_into_another(typed: str, known: str) -> None:
    assert Speller([known]).near(typed) == ()


def test_a_word_the_knowledge_base_has_is_never_repaired_into_another() -> None:
    assert Speller(["prednisone", "prednisolone"]).near("prednisone") == ()


def test_an_everyday_word_is_never_repaired() -> None:
    assert Speller(["bowel", "wound"]).near("towel") == ()
    assert Speller(["wound"]).near("sound") == ()


def test_opposite_prefixes_are_seen_both_ways_round() -> None:
    assert opposite("hypotension", "hypertension")
    assert opposite("typical", "atypical")
    assert not opposite("fusion", "infusions")
