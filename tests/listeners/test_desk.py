"""The moderators' desk: claim, show, write, send and resolve; and what the patient gets to see of it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bot.app import Bot
from bot.domain.tickets import State
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
QUESTION = "is there a choir for people with a zebra fish?"
WORDS = "Ask at *reception*: they keep <a list> & it is free.\n\nSee you there."


def asked(town: Town) -> tuple[str, Json]:
    """(ts, card) of a question of patient-a's that needs a person."""
    ts = town.say("patient-a", QUESTION)
    town.reply(ts)
    return ts, town.card()


def offering(town: Town) -> Json:
    """The card of a question of patient-a's for which no suggestion was right."""
    ts = town.say("patient-a", NEARLY)
    town.press("patient-a", town.reply(ts), "none_of_these")
    town.press("patient-a", town.reply(ts, nth=2), "talk_to_person")
    return town.card()


def number(card: Json) -> int:
    return int(json.loads(button(card, "ticket_show")["value"])["t"])


def written(town: Town, card: Json, words: str = WORDS, moderator: str = "moderator") -> Json:
    """The preview of an answer that a moderator has written."""
    town.press(moderator, card, "ticket_write")
    town.view_when(moderator, "write_answer")
    assert town.submit(moderator, answer={"words": words})["response_action"] == "update"
    return town.view_when(moderator, "preview_answer")


def shape(blocks: list[Json]) -> list[Json]:
    """Blocks without the ids Slack gives them."""
    return [{k: v for k, v in block.items() if k != "block_id"} for block in blocks]


# --- the card


def test_the_card_names_the_patient_and_links_to_the_question_without_the_words(town: Town) -> None:
    ts, card = asked(town)
    assert f"<@{town.users['patient-a']}>" in card["text"]
    assert f"/archives/{town.channels['support']}/p{ts.replace('.', '')}" in card["text"]
    assert phrases().say("reason_no_match") in card["text"]
    assert "zebra" not in str(card)
    assert {"ticket_claim", "ticket_write", "ticket_show", "ticket_resolve"} <= set(action_ids(card))


def test_the_card_offers_the_entries_that_come_closest_with_their_confidence(town: Town) -> None:
    card = offering(town)
    assert question_of(SUGGESTED) in card["text"]
    assert "%)" in card["text"]
    assert 1 <= sum(a.startswith("ticket_send_") for a in action_ids(card)) <= 3


# --- claim


def test_a_claim_is_shown_on_the_card_and_told_to_the_patient(town: Town, bot: Bot) -> None:
    ts, card = asked(town)
    town.press("moderator", card, "ticket_claim")
    claimed = town.card_when(phrases().say("card_claimed", moderator=f"<@{town.users['moderator']}>"))
    assert "ticket_claim" not in action_ids(claimed)
    told = phrases().say("claimed", moderator=f"<@{town.users['moderator']}>")
    assert told in town.reply(ts, nth=2)["text"]
    assert bot.parts.store.audit_of(number(card))[-1] == ("claim", town.users["moderator"])


def test_of_two_moderators_one_has_the_claim_and_the_other_is_told_who(town: Town, bot: Bot) -> None:
    ts, card = asked(town)
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda who: town.press(who, card, "ticket_claim"), ("moderator", "moderator-2")))
    rest(bot)
    ticket = bot.parts.store.ticket(number(card))
    assert ticket is not None
    winner, loser = ("moderator", "moderator-2")[:: 1 if ticket.holder == town.users["moderator"] else -1]
    hint = town.whisper(loser, "moderators")["text"]
    assert hint == phrases().say("ticket_taken", moderator=f"<@{town.users[winner]}>")
    assert town.whispers(winner, "moderators") == []
    assert [act for act, _ in bot.parts.store.audit_of(ticket.number)] == ["open", "claim"]
    assert len(town.by_bot(town.thread(ts))) == 2


def test_claiming_twice_tells_the_patient_once(town: Town, bot: Bot) -> None:
    ts, card = asked(town)
    for _ in range(2):
        town.press("moderator", card, "ticket_claim")
        rest(bot)
    assert len(town.by_bot(town.thread(ts))) == 2


# --- show the question


def test_a_moderator_reads_the_patients_words_in_a_modal_and_it_is_noted(town: Town, bot: Bot) -> None:
    _, card = asked(town)
    town.press("moderator", card, "ticket_show")
    view = town.view_when("moderator", "show_words")
    assert [b["text"]["text"] for b in view["blocks"]] == [QUESTION]
    assert ("show_question", town.users["moderator"]) in bot.parts.store.audit_of(number(card))
    assert "zebra" not in str(town.messages("moderators"))


def test_patients_are_told_that_moderators_can_read_what_they_ask(town: Town) -> None:
    ts, _ = asked(town)
    assert phrases().say("privacy_line") in town.reply(ts)["text"]


# --- write an answer


def test_what_the_preview_shows_is_what_the_patient_gets_signed_and_once(town: Town, bot: Bot) -> None:
    ts, card = asked(town)
    preview = written(town, card)
    assert town.submit("moderator")["response_action"] == "clear"
    sent = town.reply(ts, nth=2)
    assert shape(sent["blocks"]) == shape(preview["blocks"][2:-2])
    assert phrases().say("moderator_answer", moderator=f"<@{town.users['moderator']}>") in sent["text"]
    assert "Ask at *reception*: they keep &lt;a list&gt; &amp; it is free." in sent["text"]
    town.card_when(phrases().say("card_answered", moderator=f"<@{town.users['moderator']}>"))
    rest(bot)
    assert len(town.by_bot(town.thread(ts))) == 2
    assert town.view("moderator") is None


def test_nothing_is_sent_before_send_to_patient(town: Town, bot: Bot) -> None:
    ts, card = asked(town)
    written(town, card)
    rest(bot)
    assert len(town.by_bot(town.thread(ts))) == 1


def test_going_back_from_the_preview_keeps_the_words(town: Town) -> None:
    ts, card = asked(town)
    written(town, card)
    town.press_in_view("moderator", "draft_back")
    view = town.view_when("moderator", "write_answer")
    assert view["blocks"][0]["element"]["initial_value"] == WORDS
    town.submit("moderator", answer={"words": "Other words"})
    town.view_when("moderator", "preview_answer")
    town.submit("moderator")
    assert "Other words" in town.reply(ts, nth=2)["text"]


@pytest.mark.parametrize("words", ["  ", "\n"])
def test_an_empty_answer_is_an_error_under_its_field(town: Town, words: str) -> None:
    _, card = asked(town)
    town.press("moderator", card, "ticket_write")
    town.view_when("moderator", "write_answer")
    refused = town.submit("moderator", answer={"words": words})
    assert refused["errors"] == {"answer": phrases().say("write_empty")}


def test_whoever_claimed_can_still_write_and_write_again(town: Town) -> None:
    ts, card = asked(town)
    town.press("moderator", card, "ticket_claim")
    claimed = town.card_when("Claimed by")
    for nth, words in ((3, "First part."), (4, "Second part.")):
        written(town, claimed, words)
        town.submit("moderator")
        assert words in town.reply(ts, nth=nth)["text"]


def test_a_ticket_that_another_holds_cannot_be_answered(town: Town, bot: Bot) -> None:
    ts, card = asked(town)
    town.press("moderator", card, "ticket_claim")
    claimed = town.card_when("Claimed by")
    town.press("moderator-2", claimed, "ticket_write")
    hint = town.whisper("moderator-2", "moderators")["text"]
    assert hint == phrases().say("ticket_taken", moderator=f"<@{town.users['moderator']}>")
    assert town.view("moderator-2") is None
    rest(bot)
    assert len(town.by_bot(town.thread(ts))) == 2


def test_a_claim_between_preview_and_sending_stops_the_sending(town: Town, bot: Bot) -> None:
    ts, card = asked(town)
    written(town, card)
    town.press("moderator-2", card, "ticket_claim")
    town.card_when("Claimed by")
    town.submit("moderator")
    refused = town.view_when("moderator", "show_words")
    assert f"<@{town.users['moderator-2']}>" in str(refused["blocks"])
    rest(bot)
    assert len(town.by_bot(town.thread(ts))) == 2


def test_an_answer_to_ask_reaches_the_patients_dm(town: Town) -> None:
    town.ask("patient-a", QUESTION)
    town.dm_reply("patient-a")
    written(town, town.card())
    town.submit("moderator")
    assert "Ask at *reception*" in town.dm_reply("patient-a", 2)["text"]


def test_a_long_answer_is_sent_whole(town: Town) -> None:
    ts, card = asked(town)
    words = " ".join(f"word{n}" for n in range(370))
    written(town, card, words)
    town.submit("moderator")
    assert words in town.reply(ts, nth=2)["text"]


# --- send an entry


def test_a_curated_answer_is_sent_word_for_word_and_signed(town: Town, bot: Bot) -> None:
    card = offering(town)
    town.press("moderator", card, "ticket_send_1")
    town.card_when("Answered by")
    ts = next(m["ts"] for m in town.messages("support") if m["user"] == town.users["patient-a"])
    sent = town.reply(ts, nth=4)
    assert json.loads(button(card, "ticket_send_1")["value"])["e"] == SUGGESTED
    assert [b["text"] for b in sent["blocks"] if b["type"] == "markdown"] == [entry_text(SUGGESTED).strip()]
    assert phrases().say("moderator_answer", moderator=f"<@{town.users['moderator']}>") in sent["text"]
    assert bot.parts.store.audit_of(number(card))[-1] == ("answer", town.users["moderator"])


def test_an_entry_nobody_knows_cannot_be_sent(town: Town, bot: Bot) -> None:
    ts, card = asked(town)
    town.forge("moderator", card, "ticket_send_1", json.dumps({"t": number(card), "e": "no-such-entry"}))
    assert town.whisper("moderator", "moderators")["text"] == phrases().say("unknown_button")
    rest(bot)
    assert len(town.by_bot(town.thread(ts))) == 1


# --- resolve


def test_resolving_closes_the_card_and_tells_the_patient(town: Town, bot: Bot) -> None:
    ts, card = asked(town)
    town.press("moderator", card, "ticket_resolve")
    resolved = town.card_when(phrases().say("card_resolved", moderator=f"<@{town.users['moderator']}>"))
    assert action_ids(resolved) == []
    assert phrases().say("closed") in town.reply(ts, nth=2)["text"]
    ticket = bot.parts.store.ticket(number(card))
    assert ticket is not None
    assert ticket.state is State.RESOLVED


@pytest.mark.parametrize("press", ["ticket_claim", "ticket_resolve", "ticket_write"])
def test_a_stale_press_on_a_resolved_ticket_changes_nothing_and_is_told_so(town: Town, bot: Bot, press: str) -> None:
    ts, card = asked(town)
    town.press("moderator", card, "ticket_resolve")
    town.card_when("Resolved by")
    town.press("moderator-2", card, press)
    assert town.whisper("moderator-2", "moderators")["text"] == phrases().say("ticket_closed")
    rest(bot)
    assert [act for act, _ in bot.parts.store.audit_of(number(card))] == ["open", "resolve"]
    assert len(town.by_bot(town.thread(ts))) == 2


def test_after_resolving_the_patients_next_question_in_the_thread_is_a_new_one(town: Town) -> None:
    ts, card = asked(town)
    town.press("moderator", card, "ticket_resolve")
    town.reply(ts, nth=2)
    town.say("patient-a", question_of(ANSWERED), thread=ts)
    assert entry_text(ANSWERED)[:60] in town.reply(ts, nth=3)["text"]


# --- a patient at the moderators' buttons


@pytest.mark.parametrize("press", ["ticket_claim", "ticket_resolve", "ticket_write", "ticket_show", "ticket_send_1"])
def test_a_patient_who_presses_a_moderators_button_changes_nothing_and_is_told_so(
    town: Town, bot: Bot, press: str
) -> None:
    ts, card = asked(town)
    value = json.dumps({"t": number(card), "e": ANSWERED})
    town.forge("patient-a", town.reply(ts), press, value)
    assert town.whisper("patient-a")["text"] == phrases().say("not_a_moderator")
    rest(bot)
    assert town.view("patient-a") is None
    assert [act for act, _ in bot.parts.store.audit_of(number(card))] == ["open"]
    assert len(town.by_bot(town.thread(ts))) == 1
    assert town.card()["blocks"] == card["blocks"]


# --- the patient writes again


def test_a_patient_who_writes_again_is_noted_under_the_card_for_the_holder(town: Town, bot: Bot) -> None:
    ts, card = asked(town)
    town.press("moderator", card, "ticket_claim")
    town.reply(ts, nth=2)
    again = town.say("patient-a", "it is about a striped one", thread=ts)
    note = town.under_card(card)["text"]
    assert f"<@{town.users['moderator']}>" in note
    assert f"<@{town.users['patient-a']}>" in note
    assert f"p{again.replace('.', '')}" in note
    assert "striped" not in note
    rest(bot)
    assert len(town.cards()) == 1
    assert len(town.by_bot(town.thread(ts))) == 2


def test_until_somebody_claims_it_a_patient_who_writes_again_is_told_it_was_passed_on(town: Town) -> None:
    ts, card = asked(town)
    town.say("patient-a", "it is about a striped one", thread=ts)
    assert phrases().say("forwarded") in town.reply(ts, nth=2)["text"]
    assert f"<@{town.users['patient-a']}>" in town.under_card(card)["text"]


def test_in_a_private_channel_the_word_that_it_was_passed_on_stays_private(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", QUESTION, "quiet")
    town.dm_reply("patient-a")
    town.say("patient-a", "it is about a striped one", "quiet", thread=ts)
    assert phrases().say("forwarded") in town.dm_reply("patient-a", 2)["text"]
    rest(bot)
    assert town.by_bot(town.messages("quiet")) == []


def test_two_people_who_need_a_person_have_two_cards(town: Town, bot: Bot) -> None:
    for patient in ("patient-a", "patient-b"):
        town.say(patient, QUESTION)
    eventually(lambda: len(town.cards()) == 2, "two cards")
    assert len({number(card) for card in town.cards()}) == 2
