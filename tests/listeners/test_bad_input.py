"""What is not a tidy question: far too long, without words, from a bot, edited, or of a kind nobody knows."""

from __future__ import annotations

import time
from typing import Any

import pytest

from bot.app import Bot
from tests.town import ANSWERED, Town, entry_text, phrases, question_of, rest

Json = dict[str, Any]
QUESTION = question_of(ANSWERED)
ANSWER = entry_text(ANSWERED)[:60]
CHATTER = "good to see everybody at the meeting yesterday"
EMERGENCY = "I have chest pain and cant breathe"
CALL = "Call your emergency number now"
ENDLESS = ("and then the nurse said something else about my back and the screws " * 300)[:19_990] + " why?"


def event_of(town: Town, ts: str, channel: str = "support", **other: Any) -> Json:
    """The event of a message on this page, with fields changed."""
    message = next(m for m in town.messages(channel) if m["ts"] == ts)
    kept = ("type", "user", "text", "ts", "client_msg_id", "channel")
    return {**{k: message[k] for k in kept}, "channel_type": "channel", **other}


# --- too long, or no words


@pytest.mark.parametrize("channel", ["support", "dm"])
def test_an_endless_message_is_brought_to_a_person_quickly(town: Town, bot: Bot, channel: str) -> None:
    where = town.dm("patient-a") if channel == "dm" else channel
    began = time.monotonic()
    ts = town.say("patient-a", ENDLESS, where)
    assert time.monotonic() - began < 2.5
    receipt = town.dm_reply("patient-a") if channel == "dm" else town.reply(ts)
    assert "A person will read it" in receipt["text"]
    assert phrases().say("reason_too_long") in town.card()["text"]


def test_a_moderator_can_read_all_of_an_endless_message(town: Town) -> None:
    town.say("patient-a", ENDLESS, town.dm("patient-a"))
    town.press("moderator", town.card(), "ticket_show")
    shown = town.view_when("moderator", "show_words")
    assert " ".join(b["text"]["text"] for b in shown["blocks"]).split() == ENDLESS.split()


def test_a_red_flag_at_the_end_of_an_endless_message_is_seen(town: Town) -> None:
    ts = town.say("patient-a", f"{ENDLESS} {EMERGENCY}")
    assert CALL in town.reply(ts)["text"]


@pytest.mark.parametrize("words", ["🎉🎉", ":tada: :tada:", "...", "?!"])
def test_a_dm_without_words_is_asked_for_some(town: Town, words: str) -> None:
    town.say("patient-a", words, town.dm("patient-a"))
    assert phrases().say("no_words") in town.dm_reply("patient-a")["text"]
    assert town.cards() == []


@pytest.mark.parametrize("words", ["🎉🎉", ":tada:", "..."])
def test_a_message_without_words_in_a_channel_is_left_alone(town: Town, bot: Bot, words: str) -> None:
    town.say("patient-a", words)
    rest(bot)
    assert town.by_bot(town.messages("support")) == []


def test_a_file_without_words_in_a_dm_is_told_that_a_person_will_see_it_and_one_does(town: Town) -> None:
    town.say("patient-a", "", town.dm("patient-a"), subtype="file_share", files=[{"id": "F0PICTURE"}])
    assert "cannot open pictures" in town.dm_reply("patient-a")["text"]
    assert phrases().say("reason_files") in town.card()["text"]


def test_a_question_beside_a_file_is_answered(town: Town) -> None:
    ts = town.say("patient-a", QUESTION, subtype="file_share", files=[{"id": "F0PICTURE"}])
    assert ANSWER in town.reply(ts)["text"]


def test_markup_in_a_question_notifies_nobody(town: Town, bot: Bot) -> None:
    town.say("patient-a", "<!channel> what is the *capital* of <https://example.org|France>?")
    town.card()
    rest(bot)
    assert "<!channel>" not in str(town.by_bot(town.messages("support")) + town.cards())


# --- other bots, and itself


def test_another_bots_question_is_left_alone(town: Town, bot: Bot) -> None:
    ts = town.say("patient-b", QUESTION, bot_id="B0SOMEOTHER")
    rest(bot)
    assert town.by_bot(town.thread(ts)) == []


def test_the_bots_own_words_are_left_alone(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", CHATTER)
    own = event_of(town, ts, user=bot.directory.bot_user, text=f"<@{bot.directory.bot_user}> {QUESTION}")
    assert town.event(**own)["acked"]
    rest(bot)
    assert town.thread(ts) == []


# --- edits


def test_an_unfurl_after_the_question_changes_nothing(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", CHATTER)
    message = event_of(town, ts, text=QUESTION)
    changed = {"type": "message", "subtype": "message_changed", "channel": message["channel"], "ts": ts, "hidden": True}
    assert town.event(**changed, message={**message, "attachments": [{}]}, previous_message=message)["acked"]
    edited = {**message, "edited": {"user": message["user"], "ts": ts}}
    assert town.event(**changed, message=edited, previous_message=message)["acked"]
    rest(bot)
    assert town.by_bot(town.messages("support")) == []


def test_a_question_edited_after_its_answer_is_not_answered_again(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", QUESTION)
    town.reply(ts)
    town.edit("patient-a", ts, f"{QUESTION} please")
    rest(bot)
    assert len(town.by_bot(town.thread(ts))) == 1


def test_chatter_edited_into_a_question_is_answered(town: Town) -> None:
    ts = town.say("patient-a", CHATTER)
    town.edit("patient-a", ts, QUESTION)
    assert ANSWER in town.reply(ts)["text"]


def test_chatter_edited_into_other_chatter_is_left_alone(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", CHATTER)
    town.edit("patient-a", ts, f"{CHATTER} evening")
    rest(bot)
    assert town.by_bot(town.messages("support")) == []


def test_a_mention_added_by_an_edit_is_answered(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", QUESTION, "general")
    town.edit("patient-a", ts, f"<@{bot.directory.bot_user}> {QUESTION}", "general")
    assert ANSWER in town.reply(ts, "general")["text"]


@pytest.mark.parametrize("before", [QUESTION, CHATTER])
def test_an_edit_that_brings_in_a_red_flag_gets_the_notice_and_a_card(town: Town, bot: Bot, before: str) -> None:
    ts = town.say("patient-a", before)
    rest(bot)
    town.edit("patient-a", ts, f"{before} {EMERGENCY}")
    said_before = 1 if before == QUESTION else 0
    assert CALL in town.reply(ts, nth=said_before + 1)["text"]
    assert "ALARM" in town.card()["text"]
    rest(bot)
    assert len(town.by_bot(town.thread(ts))) == said_before + 1


def test_a_spelling_put_right_in_a_red_flag_is_no_second_alarm(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", EMERGENCY)
    town.reply(ts)
    town.edit("patient-a", ts, f"{EMERGENCY}!")
    rest(bot)
    assert len(town.by_bot(town.thread(ts))) == 1
    assert len(town.cards()) == 1


def test_a_question_edited_before_anybody_answered_keeps_one_ticket(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", "what's the capital of France?")
    town.card()
    town.edit("patient-a", ts, "what's the capital of Spain?")
    rest(bot)
    assert len(town.cards()) == 1
    assert len(town.by_bot(town.thread(ts))) == 1


# --- what nobody knows


@pytest.mark.parametrize("kind", ["reaction_added", "app_home_opened", "team_join", "no_such_event"])
def test_an_event_the_bot_has_no_use_for_is_acknowledged(town: Town, kind: str) -> None:
    assert town.event(type=kind, user=town.users["patient-a"])["acked"]


@pytest.mark.parametrize("subtype", ["channel_join", "channel_topic", "message_deleted", "message_replied", "no_such"])
def test_a_message_event_that_is_nobodys_words_is_acknowledged_and_left_alone(
    town: Town, bot: Bot, subtype: str
) -> None:
    ts = town.say("patient-a", CHATTER)
    assert town.event(**event_of(town, ts, subtype=subtype, text=QUESTION))["acked"]
    rest(bot)
    assert town.by_bot(town.messages("support")) == []


def test_a_deleted_message_is_left_alone(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", CHATTER)
    deleted = town.post("delete-message", channel=town.channels["support"], ts=ts, user=town.users["patient-a"])
    assert deleted["acked"]
    rest(bot)
    assert town.by_bot(town.messages("support")) == []
