"""How the bot behaves among people: deletions, edits, quick messages, pictures, other people's talk, repetitions."""

from __future__ import annotations

from typing import Any

import pytest

from bot.app import Bot
from tests.town import (
    ANSWERED,
    NEARLY,
    Town,
    action_ids,
    an_hour_passes,
    entry_text,
    eventually,
    phrases,
    question_of,
    rest,
)

Json = dict[str, Any]
QUESTION = question_of(ANSWERED)
ANSWER = entry_text(ANSWERED)[:60]
OTHER_ENTRY = "wound-care"
STRANGE = "is there a choir for people with a zebra fish?"
EMERGENCY = "I have chest pain and cant breathe"
PICTURE: Json = {"subtype": "file_share", "files": [{"id": "F0PICTURE"}]}


def said_in(town: Town, ts: str, channel: str = "support") -> list[str]:
    return [m["text"] for m in town.by_bot(town.thread(ts, channel))]


def question_id(town: Town, bot: Bot, ts: str, channel: str = "support") -> str:
    return f"q:{bot.directory.team}:{town.channels.get(channel, channel)}:{ts}"


# --- a deleted question


def test_deleting_a_question_takes_its_answer_away(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", QUESTION)
    town.reply(ts)
    assert town.delete("patient-a", ts)["acked"]
    eventually(lambda: said_in(town, ts) == [], "the answer to be gone")
    rest(bot)
    assert bot.parts.store.words(question_id(town, bot, ts)) is None


def test_deleting_a_question_closes_its_ticket_and_says_so_on_the_card(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", STRANGE)
    town.reply(ts)
    town.card()
    town.delete("patient-a", ts)
    card = town.card_when(phrases().say("card_deleted"))
    assert "ticket_claim" not in action_ids(card)
    eventually(lambda: said_in(town, ts) == [], "the receipt to be gone")
    rest(bot)
    assert bot.parts.store.words(question_id(town, bot, ts)) is None


def test_the_moderator_who_has_the_ticket_is_told_of_the_deletion(town: Town) -> None:
    ts = town.say("patient-a", STRANGE)
    town.press("moderator", town.card(), "ticket_claim")
    claimed = town.card_when("Claimed by")
    town.delete("patient-a", ts)
    note = town.under_card(claimed)
    assert town.users["moderator"] in note["text"]
    assert phrases().say("card_deleted") in note["text"]


def test_an_alarms_notice_words_and_ticket_outlive_the_deletion(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", EMERGENCY)
    town.reply(ts)
    town.card()
    town.delete("patient-a", ts)
    card = town.card_when(phrases().say("card_deleted_still_open"))
    assert "ticket_claim" in action_ids(card)
    rest(bot)
    assert len(said_in(town, ts)) == 1
    assert bot.parts.store.words(question_id(town, bot, ts)) == EMERGENCY
    town.press("moderator", card, "ticket_resolve")
    town.card_when("deleted the question; this ticket is closed")
    rest(bot)
    assert bot.parts.store.words(question_id(town, bot, ts)) is None


def test_a_deleted_question_in_a_dm_loses_its_answer(town: Town) -> None:
    dm = town.dm("patient-a")
    ts = town.say("patient-a", QUESTION, dm)
    town.dm_reply("patient-a")
    town.delete("patient-a", ts, dm)
    eventually(lambda: town.by_bot(town.messages(dm)) == [], "the answer to be gone")


def test_the_words_of_a_deleted_question_are_nowhere_in_the_data_folder_any_more(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", f"{STRANGE} pelargonium")
    town.card()
    rest(bot)
    town.delete("patient-a", ts)
    town.card_when(phrases().say("card_deleted"))
    rest(bot)
    with bot._database.ours.connect() as c:
        kept = c.exec_driver_sql("select inputs from workflow_status").scalars().all()
    assert not any("pelargonium" in (inputs or "") for inputs in kept)


def test_a_message_the_bot_had_no_part_in_may_be_deleted(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", "good to see everybody yesterday")
    assert town.delete("patient-a", ts)["acked"]
    rest(bot)
    assert town.by_bot(town.messages("support")) == []


# --- an edited question


def test_a_suggestion_is_replaced_when_the_question_is_edited_into_a_plain_one(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", NEARLY)
    town.reply(ts)
    town.edit("patient-a", ts, QUESTION)
    eventually(lambda: [t for t in said_in(town, ts) if ANSWER in t], "the answer")
    rest(bot)
    assert len(said_in(town, ts)) == 1


def test_the_desk_gets_the_new_words_of_an_edited_question(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", STRANGE)
    card = town.card()
    rest(bot)
    town.edit("patient-a", ts, f"{STRANGE} In Leeds?")
    assert phrases().say("card_edited") in town.under_card(card)["text"]
    rest(bot)
    assert bot.parts.store.words(question_id(town, bot, ts)) == f"{STRANGE} In Leeds?"
    assert len(town.cards()) == 1
    assert len(said_in(town, ts)) == 1


def test_an_unclaimed_question_edited_into_one_with_an_answer_gets_it(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", STRANGE)
    town.card()
    rest(bot)
    town.edit("patient-a", ts, QUESTION)
    assert ANSWER in town.reply(ts, nth=2)["text"]


def test_a_claimed_question_edited_is_left_to_its_moderator(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", STRANGE)
    town.press("moderator", town.card(), "ticket_claim")
    claimed = town.card_when("Claimed by")
    rest(bot)
    town.edit("patient-a", ts, QUESTION)
    assert town.users["moderator"] in town.under_card(claimed)["text"]
    rest(bot)
    assert not any(ANSWER in text for text in said_in(town, ts))


def test_capitals_and_spaces_are_no_new_words(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", STRANGE)
    town.card()
    rest(bot)
    town.edit("patient-a", ts, STRANGE.upper())
    rest(bot)
    assert len(town.by_bot(town.messages("moderators"))) == 1


# --- several quick messages


def test_the_rest_of_a_question_joins_the_ticket_of_its_beginning(town: Town, bot: Bot) -> None:
    first = town.say("patient-a", STRANGE)
    second = town.say("patient-a", "it is for my sister")
    assert second.replace(".", "") in town.under_card(town.card())["text"]
    rest(bot)
    assert len(town.cards()) == 1
    assert said_in(town, second) == []
    assert len(said_in(town, first)) == 2


def test_the_rest_of_a_question_is_answered_in_the_thread_of_its_beginning(town: Town, bot: Bot) -> None:
    first = town.say("patient-a", QUESTION)
    second = town.say("patient-a", f"and {question_of(OTHER_ENTRY).lower()}")
    assert entry_text(OTHER_ENTRY)[:60] in town.reply(first, nth=2)["text"]
    rest(bot)
    assert said_in(town, second) == []


def test_a_clear_question_of_its_own_has_its_own_thread(town: Town) -> None:
    town.say("patient-a", STRANGE)
    second = town.say("patient-a", QUESTION)
    assert ANSWER in town.reply(second)["text"]


def test_an_alarm_stands_alone(town: Town) -> None:
    town.say("patient-a", STRANGE)
    second = town.say("patient-a", EMERGENCY)
    assert "Call your emergency number now" in town.reply(second)["text"]
    assert sum("ALARM" in card["text"] for card in town.two_cards()) == 1


def test_somebody_elses_next_message_joins_nothing(town: Town, bot: Bot) -> None:
    town.say("patient-a", STRANGE)
    town.card()
    town.say("patient-b", "it is for my sister")
    rest(bot)
    assert len(town.by_bot(town.messages("moderators"))) == 1


def test_an_hour_later_nothing_is_joined(town: Town, bot: Bot) -> None:
    town.say("patient-a", STRANGE)
    rest(bot)
    an_hour_passes(bot)
    town.say("patient-a", "it is for my sister")
    rest(bot)
    assert len(town.by_bot(town.messages("moderators"))) == 1


def test_in_a_dm_the_rest_of_a_question_joins_its_ticket(town: Town, bot: Bot) -> None:
    dm = town.dm("patient-a")
    town.say("patient-a", STRANGE, dm)
    town.say("patient-a", "it is for my sister", dm)
    assert phrases().say("forwarded") in town.dm_reply("patient-a", nth=2)["text"]
    rest(bot)
    assert len(town.cards()) == 1


def test_a_ticket_that_more_was_forwarded_to_stays_open_when_its_beginning_is_deleted(town: Town, bot: Bot) -> None:
    first = town.say("patient-a", STRANGE)
    town.say("patient-a", "it is for my sister")
    town.under_card(town.card())
    rest(bot)
    town.delete("patient-a", first)
    assert "ticket_claim" in action_ids(town.card_when(phrases().say("card_deleted_still_open")))


# --- pictures and files


def test_words_beside_a_picture_are_answered_and_the_picture_is_said_not_to_be_read(town: Town) -> None:
    ts = town.say("patient-a", QUESTION, **PICTURE)
    assert ANSWER in town.reply(ts)["text"]
    note = town.dm_reply("patient-a")
    assert phrases().say("files_note_offer") in note["text"]
    town.press("patient-a", note, "talk_to_person")
    assert phrases().say("reason_requested") in town.card()["text"]


def test_a_picture_beside_words_that_reach_a_person_is_said_not_to_be_read(town: Town) -> None:
    town.say("patient-a", STRANGE, **PICTURE)
    note = town.dm_reply("patient-a")
    assert phrases().say("files_note") in note["text"]
    assert action_ids(note) == []


def test_a_picture_without_words_in_a_channel_is_offered_a_person_in_private(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", "", **PICTURE)
    offer = town.dm_reply("patient-a")
    assert phrases().say("files_offer") in offer["text"]
    rest(bot)
    assert said_in(town, ts) == []
    assert town.cards() == []
    town.press("patient-a", offer, "talk_to_person")
    assert phrases().say("reason_requested") in town.card()["text"]


def test_a_picture_in_a_channel_that_is_off_is_left_alone(town: Town, bot: Bot) -> None:
    town.say("patient-a", "", "general", **PICTURE)
    rest(bot)
    assert town.by_bot(town.messages(town.dm("patient-a"))) == []


# --- people talking


def test_a_moderator_hands_a_thread_back_to_the_bot(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", QUESTION)
    town.reply(ts)
    town.say("patient-b", "for me it went well", thread=ts)
    town.say("moderator", f"<@{bot.directory.bot_user}> hand back", thread=ts)
    assert phrases().say("handed_back") in town.reply(ts, nth=2)["text"]
    town.say("patient-a", question_of(OTHER_ENTRY), thread=ts)
    assert entry_text(OTHER_ENTRY)[:60] in town.reply(ts, nth=3)["text"]


def test_a_patient_cannot_hand_a_thread_back(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", QUESTION)
    town.reply(ts)
    town.say("patient-b", "for me it went well", thread=ts)
    town.say("patient-b", f"<@{bot.directory.bot_user}> hand back", thread=ts)
    rest(bot)
    assert not any(phrases().say("handed_back") in text for text in said_in(town, ts))


def test_among_people_what_the_asker_writes_reaches_the_desk_and_the_bot_stays_silent(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", STRANGE)
    card = town.card()
    town.say("patient-b", "I would like that too", thread=ts)
    town.say("patient-a", "it is for my sister", thread=ts)
    town.under_card(card)
    rest(bot)
    assert len(said_in(town, ts)) == 1


# --- the same answer twice


def test_the_same_answer_is_not_given_twice_in_a_thread(town: Town) -> None:
    ts = town.say("patient-a", QUESTION)
    town.reply(ts)
    town.say("patient-a", QUESTION, thread=ts)
    again = town.reply(ts, nth=2)
    assert phrases().say("answer_above") in again["text"]
    assert ANSWER not in again["text"]
    town.press("patient-a", again, "talk_to_person")
    assert phrases().say("reason_requested") in town.card()["text"]


def test_a_related_entry_is_shown_once_in_the_thread(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", QUESTION)
    answer = town.reply(ts)
    town.press("patient-a", answer, "related_1")
    assert entry_text("lumbar-fusion")[:60] in town.reply(ts, nth=2)["text"]
    town.press("patient-a", answer, "related_1")
    assert town.whisper("patient-a")["text"] == phrases().say("answer_above")
    rest(bot)
    assert len(said_in(town, ts)) == 2


def test_only_the_asker_can_press_a_related_entry(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", QUESTION)
    town.press("patient-b", town.reply(ts), "related_1")
    assert town.whisper("patient-b")["text"] == phrases().say("only_asker")
    rest(bot)
    assert len(said_in(town, ts)) == 1


# --- what is nobody's question


@pytest.mark.parametrize("who", ["patient-b", "support-bot"])
def test_who_joins_is_not_answered_in_the_channel(town: Town, bot: Bot, who: str) -> None:
    place = {"channel": town.channels["support"], "user": town.users[who], "channel_type": "C"}
    assert town.event(type="member_joined_channel", **place)["acked"]
    rest(bot)
    assert town.by_bot(town.messages("support")) == []
