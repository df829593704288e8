"""Follow-ups: what "it" means under an answer, what goes on with it, and what is a question of its own."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.knowledge import Entry, KnowledgeBase
from bot.domain.matching import Match, Ranking
from bot.domain.matching.follow_up import OTHER_TOPIC, belongs, follow_up, narrowed, subject
from bot.domain.text import content_words

FUSION = "What is percutaneous lumbar fusion?"
DRIVING = "When can I drive again after a lumbar fusion?"
STENOSIS = "What is spinal stenosis?"
SCREWS = "Do the screws and rods stay in after a spinal fusion?"


def meant(text: str, question: str = FUSION) -> str:
    found = follow_up(text, question)
    return found.text if found is not None else ""


# --- what points back


@pytest.mark.parametrize(
    ("text", "question", "whole"),
    [
        ("and how long does that take?", FUSION, "how long does percutaneous lumbar fusion take"),
        ("how long does it take?", FUSION, "how long does percutaneous lumbar fusion take"),
        ("is it painful?", FUSION, "is percutaneous lumbar fusion painful"),
        ("Is it safe?", FUSION, "is percutaneous lumbar fusion safe"),
        ("does it hurt", FUSION, "does percutaneous lumbar fusion hurt"),
        ("how's it done?", FUSION, "how is percutaneous lumbar fusion done"),
        ("What causes it?", STENOSIS, "what causes spinal stenosis"),
        ("can it be cured?", STENOSIS, "can spinal stenosis be cured"),
        ("also, does it come back?", STENOSIS, "does spinal stenosis come back"),
        ("is this dangerous?", STENOSIS, "is spinal stenosis dangerous"),
        ("How common is that?", STENOSIS, "how common is spinal stenosis"),
        ("do they ever break?", SCREWS, "do screws rods stay spinal fusion ever break"),
        ("does that hurt at night?", STENOSIS, "does spinal stenosis hurt at night"),
        ("what happens if it fails?", FUSION, "what happens if percutaneous lumbar fusion fails"),
        ("ok thanks, and is it permanent?", FUSION, "is percutaneous lumbar fusion permanent"),
        ("oh so is it the same as a laminectomy?", FUSION, "is percutaneous lumbar fusion the same as a laminectomy"),
    ],
)
def test_a_word_that_points_back_is_written_out(text: str, question: str, whole: str) -> None:
    assert meant(text, question) == whole


@pytest.mark.parametrize(
    "text", ["is that operation dangerous?", "how risky is this surgery", "is this procedure safe"]
)
def test_this_operation_is_the_operation_that_the_entry_speaks_of(text: str) -> None:
    whole = meant(text, DRIVING)
    assert "lumbar fusion" in whole
    assert {"drive", "operation", "surgery", "procedure"}.isdisjoint(whole.split())


def test_a_word_that_is_said_already_is_not_said_twice() -> None:
    assert meant("is it a fusion?").split().count("fusion") == 1


@pytest.mark.parametrize("text", ["is it painful?", "does that hurt?", "and is it safe"])
def test_what_points_back_is_told_from_what_goes_on(text: str) -> None:
    found = follow_up(text, FUSION)
    assert found is not None
    assert found.points


# --- what goes on


@pytest.mark.parametrize(
    ("text", "question", "whole"),
    [
        ("and can I fly?", DRIVING, "can i fly after lumbar fusion"),
        ("what about the stairs?", DRIVING, "what about the stairs after lumbar fusion"),
        ("how about sleeping?", DRIVING, "how about sleeping after lumbar fusion"),
        ("and how soon can I shower", DRIVING, "how soon can i shower after lumbar fusion"),
        ("also what are the risks?", FUSION, "what are the risks with percutaneous lumbar fusion"),
        ("and can I exercise?", STENOSIS, "can i exercise with spinal stenosis"),
        ("how long?", DRIVING, "how long after lumbar fusion"),
        ("why?", STENOSIS, "why with spinal stenosis"),
    ],
)
def test_what_goes_on_is_put_under_the_entrys_topic(text: str, question: str, whole: str) -> None:
    found = follow_up(text, question)
    assert found is not None
    assert (found.text, found.points) == (whole, False)


@pytest.mark.parametrize(
    "text", ["is it safe to fly?", "how long does it take to heal?", "is it normal that I am tired"]
)
def test_an_it_that_stands_for_nothing_points_to_nothing(text: str) -> None:
    found = follow_up(text, DRIVING)
    assert found is not None
    assert not found.points
    assert found.text.startswith("is it" if text.startswith("is") else "how long does it")


# --- what is a question of its own


@pytest.mark.parametrize(
    "text",
    [
        "What is spinal stenosis?",
        "and what is spondylolisthesis?",
        "When can I go back to work after a lumbar fusion?",
        "how do I look after the wound",
        "how long does that brace have to be worn?",
        "is there anything that I should avoid?",
        "and will it set off the scanner at the airport gate?",
        "does my insurance have to know that I drive?",
        "can I take ibuprofen?",
        "I was told it would be fine but my neighbour says that her fusion took a year to heal, is that normal?",
    ],
)
def test_a_question_that_names_its_subject_is_left_as_it_is(text: str) -> None:
    assert follow_up(text, FUSION) is None


@pytest.mark.parametrize(
    "text", ["", "😀", "thanks so much", "and thanks for that", "that helps", "it hurts", "ok", "?"]
)
def test_what_asks_nothing_is_no_follow_up(text: str) -> None:
    assert follow_up(text, FUSION) is None


@given(st.text(max_size=120), st.text(max_size=80))
def test_any_text_under_any_question_gives_a_text_or_nothing(text: str, question: str) -> None:
    found = follow_up(text, question)
    assert found is None or found.text


@given(st.lists(st.sampled_from(("and", "is", "it", "that", "painful", "long", "how", "fly", "to", "the")), max_size=8))
def test_a_follow_up_keeps_its_own_subjects(spelt: Sequence[str]) -> None:
    text = " ".join(spelt) + "?"
    found = follow_up(text, FUSION)
    assert found is None or set(content_words(text)) <= set(found.text.split())


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (FUSION, ("percutaneous", "lumbar", "fusion")),
        (DRIVING, ("drive", "lumbar", "fusion")),
        ("How long does a lumbar fusion take to heal?", ("lumbar", "fusion")),
        (
            "How does minimally invasive spine surgery differ from open surgery?",
            ("minimally", "invasive", "spine", "open"),
        ),
        ("Is it painful?", ("painful",)),
        ("What is it?", ()),
    ],
)
def test_a_subject_is_what_only_this_question_is_about(question: str, words: tuple[str, ...]) -> None:
    assert subject(question) == words


# --- what may answer it


def an_entry(entry_id: str, question: str, topics: tuple[str, ...] = (), related: tuple[str, ...] = ()) -> Entry:
    return Entry(
        id=entry_id, question=question, answer="Ask the ward.", author="Starter content", topics=topics, related=related
    )


ABOVE = an_entry("driving", DRIVING, topics=("daily life",), related=("insurance",))
OTHERS = {
    "insurance": an_entry("insurance", "Must I tell my insurer?"),
    "sleeping": an_entry("sleeping", "How can I sleep well?", topics=("daily life",)),
    "flying": an_entry("flying", "Is flying possible after a lumbar fusion?", topics=("travel",)),
    "stenosis": an_entry("stenosis", STENOSIS, topics=("conditions",)),
}
KNOWLEDGE = KnowledgeBase(entries={"driving": ABOVE, **OTHERS})


@pytest.mark.parametrize(
    ("entry_id", "may"), [("insurance", True), ("sleeping", True), ("flying", True), ("stenosis", False)]
)
def test_only_what_belongs_to_the_entry_above_may_answer(entry_id: str, may: bool) -> None:
    assert belongs(OTHERS[entry_id], ABOVE) is may


def test_an_entry_never_answers_the_follow_up_to_itself() -> None:
    assert not belongs(ABOVE, ABOVE)


def ranked(*ids: str) -> Ranking:
    return Ranking(tuple(Match(entry_id, 0.9 - n / 10, "a phrasing", 0.5) for n, entry_id in enumerate(ids)), 0.4)


def test_an_entry_that_belongs_and_comes_first_stays_the_answer() -> None:
    found = narrowed(ranked("flying", "stenosis", "sleeping"), ABOVE, KNOWLEDGE)
    assert [match.entry_id for match in found.matches] == ["flying", "sleeping"]
    assert not found.matches[0].vetoes


@pytest.mark.parametrize("first", ["stenosis", "driving"])
def test_where_another_came_first_the_rest_can_only_be_offered(first: str) -> None:
    found = narrowed(ranked(first, "flying"), ABOVE, KNOWLEDGE)
    assert [(match.entry_id, match.vetoes) for match in found.matches] == [("flying", (OTHER_TOPIC,))]


def test_where_nothing_belongs_nothing_is_left() -> None:
    assert narrowed(ranked("stenosis"), ABOVE, KNOWLEDGE).matches == ()
    assert narrowed(Ranking(), ABOVE, KNOWLEDGE).matches == ()
