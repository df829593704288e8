"""Red flags: whoever writes and wherever, help is named at once and people are told."""

from __future__ import annotations

from typing import Any

import pytest

from bot.app import Bot
from tests.town import ANSWERED, Town, action_ids, over_both_transports, phrases, question_of, rest

pytestmark = over_both_transports

Json = dict[str, Any]
EMERGENCY = "I have chest pain and cant breathe"
CAUDA_EQUINA = "I cant feel my private parts since this morning and I cant pee"
POISONING = "I took a whole box of paracetamol an hour ago"
CRISIS = "i dont want to live any more"
URGENT = "my wound is red and leaking pus"
POSSIBLE = "my leg feels a bit numb"

CALL = "Call your emergency number now"
STRIP = phrases().say("emergency_strip", emergency_number=phrases().say("emergency_number_unknown"))


def is_alarm_card(card: Json, patient: str) -> bool:
    return "ALARM" in card["text"] and f"<@{patient}>" in card["text"]


@pytest.mark.parametrize("user", ["patient-a", "moderator"])
@pytest.mark.parametrize("channel", ["support", "general"])
def test_an_emergency_gets_a_notice_in_the_thread_and_a_card(town: Town, bot: Bot, user: str, channel: str) -> None:
    ts = town.say(user, EMERGENCY, channel)
    notice = town.reply(ts, channel)
    assert notice["text"].startswith(f"*{CALL}")
    assert phrases().say("alarm_person_told") in notice["text"]
    assert action_ids(notice) == []
    assert is_alarm_card(town.card(), town.users[user])
    rest(bot)
    assert len(town.thread(ts, channel)) == 1
    assert len(town.cards()) == 1


def test_the_notice_names_the_numbers(town: Town) -> None:
    notice = town.reply(town.say("patient-a", EMERGENCY))
    assert all(number in notice["text"] for number in ("911", "999", "112", "000"))


def test_an_emergency_in_a_private_channel_gets_its_notice(town: Town) -> None:
    town.say("patient-a", EMERGENCY, "quiet")
    assert CALL in town.dm_reply("patient-a")["text"]
    assert is_alarm_card(town.card(), town.users["patient-a"])


def test_an_emergency_in_a_dm_gets_its_notice_there(town: Town) -> None:
    town.say("patient-a", EMERGENCY, town.dm("patient-a"))
    assert CALL in town.dm_reply("patient-a")["text"]
    assert is_alarm_card(town.card(), town.users["patient-a"])


def test_an_emergency_by_ask_gets_its_notice_in_the_dm_and_a_pointer_to_it(town: Town) -> None:
    town.ask("patient-a", EMERGENCY)
    notice = town.dm_reply("patient-a")
    assert CALL in notice["text"]
    assert action_ids(notice) == []
    assert is_alarm_card(town.card(), town.users["patient-a"])
    assert town.whisper("patient-a")["text"] == phrases().say("ask_sent_to_dm")


def test_an_emergency_that_mentions_the_bot_is_one_notice(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", f"<@{bot.directory.bot_user}> {EMERGENCY}")
    assert CALL in town.reply(ts)["text"]
    rest(bot)
    assert len(town.thread(ts)) == 1
    assert len(town.cards()) == 1


def test_an_emergency_told_by_somebody_else_in_a_thread_is_noticed(town: Town) -> None:
    ts = town.say("patient-a", "good to see everybody at the meeting", "general")
    town.say("patient-b", EMERGENCY, "general", thread=ts)
    assert CALL in town.reply(ts, "general")["text"]


def test_an_emergency_hidden_behind_a_question_gets_the_notice_alone(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", f"{question_of(ANSWERED)} also {EMERGENCY}")
    assert CALL in town.reply(ts)["text"]
    rest(bot)
    assert len(town.thread(ts)) == 1


def test_signs_of_cauda_equina_send_to_an_emergency_department(town: Town) -> None:
    notice = town.reply(town.say("patient-a", CAUDA_EQUINA))
    assert "Go to an emergency department now" in notice["text"]
    assert "Do not drive yourself" in notice["text"]


def test_a_poisoning_names_the_poison_centres(town: Town) -> None:
    assert "1-800-222-1222" in town.reply(town.say("patient-a", POISONING))["text"]


# --- a crisis


@pytest.mark.parametrize("channel", ["support", "general", "quiet"])
def test_a_crisis_is_answered_in_private_and_never_in_public(town: Town, bot: Bot, channel: str) -> None:
    town.say("patient-a", CRISIS, channel)
    notice = town.dm_reply("patient-a")
    assert "You matter" in notice["text"]
    assert "988" in notice["text"]
    assert action_ids(notice) == []
    assert is_alarm_card(town.card(), town.users["patient-a"])
    rest(bot)
    assert town.by_bot(town.messages(channel)) == []


def test_after_a_crisis_what_people_do_stays_in_private_too(town: Town, bot: Bot) -> None:
    town.say("patient-a", CRISIS)
    town.dm_reply("patient-a")
    town.press("moderator", town.card(), "ticket_claim")
    assert town.users["moderator"] in town.dm_reply("patient-a", 2)["text"]
    rest(bot)
    assert town.by_bot(town.messages("support")) == []


def test_a_crisis_by_ask_or_in_a_dm_is_answered_in_the_dm(town: Town) -> None:
    town.ask("patient-a", CRISIS)
    assert "You matter" in town.dm_reply("patient-a")["text"]
    town.say("patient-a", CRISIS, town.dm("patient-a"))
    assert "You matter" in town.dm_reply("patient-a", 2)["text"]


# --- urgent, and perhaps


def test_an_urgent_problem_is_sent_to_the_surgical_team(town: Town) -> None:
    notice = town.reply(town.say("patient-a", URGENT))
    assert "Please contact your surgical team today" in notice["text"]
    assert action_ids(notice) == []
    assert "URGENT" in town.card()["text"]


def test_a_possible_alarm_gets_the_emergency_line_above_its_receipt_and_a_card(town: Town) -> None:
    town.say("patient-a", POSSIBLE, town.dm("patient-a"))
    assert town.dm_reply("patient-a")["text"].startswith(STRIP)
    assert is_alarm_card(town.card(), town.users["patient-a"])


def test_a_possible_alarm_in_a_thread_with_an_open_ticket_still_gets_the_emergency_line(town: Town) -> None:
    ts = town.say("patient-a", "what's the capital of France?")
    town.reply(ts)
    town.card()
    town.press("moderator", town.card(), "ticket_claim")
    town.reply(ts, nth=2)
    town.say("patient-a", POSSIBLE, thread=ts)
    assert town.reply(ts, nth=3)["text"].startswith(STRIP)
    assert "ALARM" in town.under_card(town.card())["text"]


# --- the desk is told once, and keeps quiet itself


def test_the_moderators_can_talk_about_an_alarm_under_its_card(town: Town, bot: Bot) -> None:
    town.say("patient-a", EMERGENCY)
    card = town.card()
    town.say("moderator", f"she wrote: {EMERGENCY}", "moderators", thread=card["ts"])
    rest(bot)
    assert town.thread(card["ts"], "moderators")[1:] == []
    assert len(town.cards()) == 1


def test_the_patient_who_writes_again_after_a_notice_is_passed_on_to_the_desk(town: Town) -> None:
    ts = town.say("patient-a", EMERGENCY)
    town.reply(ts)
    card = town.card()
    town.say("patient-a", "my husband is with me", thread=ts)
    assert town.users["patient-a"] in town.under_card(card)["text"]


def test_a_bot_is_nobody_to_be_alarmed_about(town: Town, bot: Bot) -> None:
    town.say("patient-a", EMERGENCY, bot_id="B0SOMEOTHER")
    rest(bot)
    assert town.by_bot(town.thread(town.messages("support")[0]["ts"])) == []
    assert town.cards() == []
