"""What stands under an answer, and the choice between suggestions: who may press, and what a press does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.app import Bot
from tests.town import (
    ANSWERED,
    NEARLY,
    SUGGESTED,
    Town,
    action_ids,
    button,
    entry_text,
    eventually,
    over_both_transports,
    phrases,
    question_of,
    rest,
)

pytestmark = over_both_transports

Json = dict[str, Any]
THANKS = {"feedback_yes": "helpful_thanks", "feedback_no": "unhelpful_thanks"}


def answered(town: Town) -> Json:
    """An answer that patient-a has just got."""
    return town.reply(town.say("patient-a", question_of(ANSWERED)))


def suggested(town: Town) -> Json:
    """Suggestions that patient-a has just got."""
    return town.reply(town.say("patient-a", NEARLY))


def related(message: Json) -> list[str]:
    """The buttons of the entries that are offered next."""
    return [action_id for action_id in action_ids(message) if action_id.startswith("related_")]


def as_it_is_now(town: Town, message: Json) -> Json:
    return next(m for m in town.messages(message["channel"]) if m["ts"] == message["ts"])


def once_changed(town: Town, message: Json) -> Json:
    return eventually(
        lambda: now if (now := as_it_is_now(town, message))["blocks"] != message["blocks"] else None, "the change"
    )


def pick(message: Json, entry_id: str) -> str:
    """The action id of the button that chooses this entry."""
    return next(
        e["action_id"]
        for b in message["blocks"]
        for e in b.get("elements", [])
        if json.loads(e.get("value") or "{}").get("e") == entry_id
    )


# --- feedback


@pytest.mark.parametrize(("press", "helpful"), [("feedback_yes", True), ("feedback_no", False)])
def test_the_askers_feedback_is_stored_and_thanked_for(town: Town, bot: Bot, press: str, helpful: bool) -> None:
    answer = answered(town)
    question_id = json.loads(button(answer, press)["value"])["q"]
    town.press("patient-a", answer, press)
    now = once_changed(town, answer)
    assert phrases().say(THANKS[press]) in str(now["blocks"])
    assert action_ids(now) == ["talk_to_person", *related(now)]
    assert bot.parts.store.feedback_of(question_id) == [(town.users["patient-a"], helpful)]


def test_a_screen_reader_is_told_the_thanks_and_still_the_whole_answer(town: Town) -> None:
    answer = answered(town)
    town.press("patient-a", answer, "feedback_yes")
    now = once_changed(town, answer)
    assert now["text"].startswith(answer["text"])
    assert phrases().say("helpful_thanks") in now["text"]


def test_feedback_leaves_the_answer_word_for_word(town: Town) -> None:
    answer = answered(town)
    town.press("patient-a", answer, "feedback_no")
    markdown = [b["text"] for b in once_changed(town, answer)["blocks"] if b["type"] == "markdown"]
    assert markdown == [entry_text(ANSWERED).strip()]


def test_a_person_can_still_be_asked_for_after_feedback(town: Town) -> None:
    answer = answered(town)
    town.press("patient-a", answer, "feedback_no")
    town.press("patient-a", once_changed(town, answer), "talk_to_person")
    assert "A person will read it" in town.reply(answer["thread_ts"], nth=2)["text"]


def test_somebody_elses_feedback_is_stored_and_thanked_for_in_private(town: Town, bot: Bot) -> None:
    answer = answered(town)
    question_id = json.loads(button(answer, "feedback_yes")["value"])["q"]
    town.press("patient-b", answer, "feedback_yes")
    assert town.whisper("patient-b")["text"] == phrases().say("helpful_thanks")
    rest(bot)
    assert as_it_is_now(town, answer)["blocks"] == answer["blocks"]
    assert bot.parts.store.feedback_of(question_id) == [(town.users["patient-b"], True)]


def test_the_last_word_of_one_person_counts(town: Town, bot: Bot) -> None:
    answer = answered(town)
    question_id = json.loads(button(answer, "feedback_yes")["value"])["q"]
    for press in ("feedback_yes", "feedback_no", "feedback_no"):
        town.press("patient-a", answer, press)
        rest(bot)
    assert bot.parts.store.feedback_of(question_id) == [(town.users["patient-a"], False)]


def test_feedback_that_names_no_entry_is_told_that_the_button_is_unknown(town: Town, bot: Bot) -> None:
    answer = answered(town)
    question_id = json.loads(button(answer, "feedback_yes")["value"])["q"]
    town.press("patient-a", answer, "feedback_yes", json.dumps({"q": question_id, "e": "no-such-entry"}))
    assert town.whisper("patient-a")["text"] == phrases().say("unknown_button")
    assert bot.parts.store.feedback_of(question_id) == []


# --- a person


def test_talk_to_a_person_opens_a_ticket_and_leaves_a_receipt(town: Town) -> None:
    answer = answered(town)
    town.press("patient-a", answer, "talk_to_person")
    assert "A person will read it" in town.reply(answer["thread_ts"], nth=2)["text"]
    assert phrases().say("reason_requested") in town.card()["text"]


def test_asking_for_a_person_twice_is_one_ticket(town: Town, bot: Bot) -> None:
    answer = answered(town)
    town.press("patient-a", answer, "talk_to_person")
    town.reply(answer["thread_ts"], nth=2)
    town.press("patient-a", answer, "talk_to_person")
    assert town.whisper("patient-a")["text"] == phrases().say("already_with_a_person")
    rest(bot)
    assert len(town.cards()) == 1
    assert len(town.thread(answer["thread_ts"])) == 2


def test_only_the_asker_can_ask_for_a_person(town: Town, bot: Bot) -> None:
    answer = answered(town)
    town.press("patient-b", answer, "talk_to_person")
    assert town.whisper("patient-b")["text"] == phrases().say("only_asker")
    rest(bot)
    assert town.cards() == []
    assert len(town.thread(answer["thread_ts"])) == 1


def test_after_a_ticket_is_closed_a_person_can_be_asked_for_again(town: Town) -> None:
    answer = answered(town)
    town.press("patient-a", answer, "talk_to_person")
    town.press("moderator", town.card(), "ticket_resolve")
    town.card_when("Resolved by")
    town.press("patient-a", answer, "talk_to_person")
    open_again = town.card_when(phrases().say("card_unclaimed"))
    assert "ticket_claim" in action_ids(open_again)
    assert town.users["moderator"] in town.under_card(open_again)["text"]
    assert "A person will read it" in town.reply(answer["thread_ts"], nth=4)["text"]


# --- did you mean


def test_suggestions_are_buttons_with_the_entries_questions_and_a_person(town: Town) -> None:
    suggestions = suggested(town)
    labels = [e["text"]["text"] for b in suggestions["blocks"] for e in b.get("elements", []) if e["type"] == "button"]
    assert question_of(SUGGESTED) in labels[:-1]
    assert len(labels) <= 4
    assert labels[-1] == phrases().say("suggest_none")
    assert all(label in suggestions["text"] for label in labels)
    assert entry_text(SUGGESTED)[:60] not in str(suggestions)


def test_a_pick_posts_the_answer_and_takes_the_place_of_the_suggestions(town: Town) -> None:
    suggestions = suggested(town)
    town.press("patient-a", suggestions, pick(suggestions, SUGGESTED))
    answer = town.reply(suggestions["thread_ts"], nth=2)
    assert [b["text"] for b in answer["blocks"] if b["type"] == "markdown"] == [entry_text(SUGGESTED).strip()]
    assert action_ids(answer) == ["feedback_yes", "feedback_no", "talk_to_person", *related(answer)]
    now = once_changed(town, suggestions)
    assert question_of(SUGGESTED) in now["text"]
    assert action_ids(now) == []


def test_the_same_pick_pressed_twice_is_one_answer(town: Town, bot: Bot) -> None:
    suggestions = suggested(town)
    for _ in range(2):
        town.press("patient-a", suggestions, pick(suggestions, SUGGESTED))
    town.reply(suggestions["thread_ts"], nth=2)
    rest(bot)
    assert len(town.thread(suggestions["thread_ts"])) == 2


@pytest.mark.parametrize("press", ["pick_1", "none_of_these"])
def test_only_the_asker_can_choose(town: Town, bot: Bot, press: str) -> None:
    suggestions = suggested(town)
    town.press("patient-b", suggestions, press)
    assert town.whisper("patient-b")["text"] == phrases().say("only_asker")
    rest(bot)
    assert len(town.thread(suggestions["thread_ts"])) == 1
    assert as_it_is_now(town, suggestions)["blocks"] == suggestions["blocks"]
    assert town.cards() == []


def test_none_of_these_invites_to_rephrase_and_brings_nobody_yet(town: Town, bot: Bot) -> None:
    suggestions = suggested(town)
    town.press("patient-a", suggestions, "none_of_these")
    assert phrases().say("rephrase") in town.reply(suggestions["thread_ts"], nth=2)["text"]
    rest(bot)
    assert town.cards() == []


def test_the_second_none_of_these_brings_a_person(town: Town) -> None:
    first = suggested(town)
    town.press("patient-a", first, "none_of_these")
    town.reply(first["thread_ts"], nth=2)
    town.say("patient-a", NEARLY, thread=first["thread_ts"])
    suggestions = town.reply(first["thread_ts"], nth=3)
    town.press("patient-a", suggestions, "none_of_these")
    assert "A person will read it" in town.reply(first["thread_ts"], nth=4)["text"]
    assert action_ids(once_changed(town, suggestions)) == []
    card = town.card()
    assert phrases().say("reason_none_of_these") in card["text"]
    assert question_of(SUGGESTED) in card["text"]


@pytest.mark.parametrize("entry_id", ["wound-care", "no-such-entry"])
def test_an_entry_that_was_not_offered_cannot_be_picked(town: Town, bot: Bot, entry_id: str) -> None:
    suggestions = suggested(town)
    asked = json.loads(button(suggestions, "pick_1")["value"])["q"]
    town.press("patient-a", suggestions, "pick_1", json.dumps({"q": asked, "e": entry_id}))
    assert town.whisper("patient-a")["text"] == phrases().say("unknown_button")
    rest(bot)
    assert len(town.by_bot(town.thread(suggestions["thread_ts"]))) == 1
    assert as_it_is_now(town, suggestions)["blocks"] == suggestions["blocks"]


def test_an_answer_cannot_be_had_by_forging_a_pick_on_another_question(town: Town, bot: Bot) -> None:
    suggestions, answer = suggested(town), answered(town)
    value = json.loads(button(suggestions, "pick_1")["value"])
    asked = json.loads(button(answer, "feedback_yes")["value"])["q"]
    town.forge("patient-a", answer, "pick_1", json.dumps({"q": asked, "e": value["e"]}))
    assert town.whisper("patient-a")["text"] == phrases().say("unknown_button")
    rest(bot)
    assert len(town.by_bot(town.thread(answer["thread_ts"]))) == 1


def test_suggestions_to_ask_and_the_pick_are_for_the_asker_alone(town: Town, bot: Bot) -> None:
    town.ask("patient-a", NEARLY)
    suggestions = town.whisper("patient-a")
    town.press("patient-a", suggestions, pick(suggestions, SUGGESTED))
    answer = eventually(lambda: [m for m in town.whispers("patient-a") if "feedback_yes" in action_ids(m)])[0]
    assert entry_text(SUGGESTED)[:60] in answer["text"]
    rest(bot)
    assert all(m.get("ephemeral_to") == town.users["patient-a"] for m in town.messages("support"))
    assert action_ids(as_it_is_now(town, suggestions)) == []


def test_a_pick_in_a_private_channels_dm_is_answered_there(town: Town, bot: Bot) -> None:
    town.say("patient-a", NEARLY, "quiet")
    suggestions = town.dm_reply("patient-a")
    town.press("patient-a", suggestions, pick(suggestions, SUGGESTED))
    assert entry_text(SUGGESTED)[:60] in town.dm_reply("patient-a", 2)["text"]
    rest(bot)
    assert town.by_bot(town.messages("quiet")) == []


# --- buttons nobody knows


@pytest.mark.parametrize(
    ("action_id", "value"),
    [
        ("no_such_button", "{}"),
        ("feedback_yes", "not json"),
        ("feedback_yes", '["a list"]'),
        ("pick_1", '{"q": "q:no:such:question", "e": "wound-care"}'),
        ("talk_to_person", "{}"),
    ],
)
def test_an_unknown_button_or_value_is_told_so_and_changes_nothing(
    town: Town, bot: Bot, action_id: str, value: str
) -> None:
    answer = answered(town)
    town.forge("patient-a", answer, action_id, value)
    assert town.whisper("patient-a")["text"] == phrases().say("unknown_button")
    rest(bot)
    assert len(town.by_bot(town.thread(answer["thread_ts"]))) == 1
    assert as_it_is_now(town, answer)["blocks"] == answer["blocks"]
    assert town.cards() == []
