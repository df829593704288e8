"""Further doors, through a real socket: topics, /human, shortcuts on a message, the app's home, the first contact."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.app import Bot
from tests.town import (
    ANSWERED,
    OVERDUE,
    Town,
    action_ids,
    button,
    entry_text,
    eventually,
    phrases,
    question_of,
    rest,
    running_bot,
)

Json = dict[str, Any]
QUESTION = question_of(ANSWERED)
ANSWER = entry_text(ANSWERED)[:60]
STRANGE = "is there a choir for people with a zebra fish?"
EMERGENCY = "I have chest pain and cant breathe"
CALL = "Call your emergency number now"


def labels(blocks: list[Json]) -> list[str]:
    return [e["text"]["text"] for b in blocks for e in b.get("elements", []) if e.get("type") == "button"]


def home_that_says(town: Town, user: str, words: str) -> Json:
    return eventually(lambda: home if words in json.dumps(home := town.home(user)) else None, f"a home with {words}")


# --- /topics


def topics(town: Town) -> Json:
    town.command("patient-a", "/topics")
    return town.whisper("patient-a")


def test_topics_lists_every_entry_that_may_be_shown_to_the_asker_alone(town: Town, bot: Bot) -> None:
    listed = topics(town)
    assert QUESTION in listed["text"]
    assert QUESTION in labels(listed["blocks"])
    assert question_of(OVERDUE) not in listed["text"]
    assert len(labels(listed["blocks"])) == len(bot.parts.current())


def test_a_topic_is_answered_to_the_asker_alone(town: Town, bot: Bot) -> None:
    listed = topics(town)
    chosen = next(a for a in action_ids(listed) if ANSWERED in button(listed, a)["value"])
    town.press("patient-a", listed, chosen)
    answer = town.whisper("patient-a", nth=2)
    assert ANSWER in answer["text"]
    town.press("patient-a", answer, "talk_to_person")
    assert phrases().say("reason_requested") in town.card()["text"]
    rest(bot)
    assert town.thread(town.page) == []


def test_a_topic_that_no_longer_exists_is_told_so(town: Town) -> None:
    listed = topics(town)
    town.press("patient-a", listed, action_ids(listed)[0], json.dumps({"e": "no-such-entry"}))
    assert town.whisper("patient-a", nth=2)["text"] == phrases().say("unknown_button")


# --- /human


def test_human_brings_a_person_also_where_there_is_an_answer(town: Town, bot: Bot) -> None:
    town.command("patient-a", "/human", QUESTION)
    assert "A person will read it" in town.dm_reply("patient-a")["text"]
    assert phrases().say("reason_requested") in town.card()["text"]
    rest(bot)
    assert ANSWER not in str(town.by_bot(town.messages(town.dm("patient-a"))))


def test_human_with_a_red_flag_gets_the_notice_first(town: Town) -> None:
    town.command("patient-a", "/human", EMERGENCY)
    assert CALL in town.dm_reply("patient-a")["text"]
    assert "ALARM" in town.card()["text"]


def test_human_without_a_message_explains_itself(town: Town, bot: Bot) -> None:
    town.command("patient-a", "/human", " ")
    assert town.whisper("patient-a")["text"] == phrases().say("human_usage")
    rest(bot)
    assert town.cards() == []


# --- shortcuts on a message


def test_the_bot_is_asked_about_a_message_and_answers_whoever_asked(town: Town, bot: Bot) -> None:
    ts = town.say("patient-b", QUESTION, "general")
    town.shortcut("patient-a", "ask_about_message", ts, "general")
    assert ANSWER in town.whisper("patient-a", "general")["text"]
    rest(bot)
    assert town.whispers("patient-b", "general") == []
    assert town.thread(ts, "general") == []


def test_a_person_is_asked_about_a_message_and_finds_it_by_its_link(town: Town) -> None:
    ts = town.say("patient-b", QUESTION, "general")
    town.shortcut("patient-a", "person_about_message", ts, "general")
    card = town.card()
    assert f"/p{ts.replace('.', '')}" in card["text"]
    assert town.users["patient-a"] in card["text"]
    assert "A person will read it" in town.dm_reply("patient-a")["text"]


def test_a_red_flag_asked_about_by_shortcut_is_an_alarm(town: Town) -> None:
    ts = town.say("patient-b", EMERGENCY, "general")
    town.reply(ts, "general")
    town.shortcut("patient-a", "ask_about_message", ts, "general")
    assert CALL in town.dm_reply("patient-a")["text"]


# --- the app's home


def test_a_patients_home_has_a_search_topics_numbers_and_what_is_kept(town: Town) -> None:
    shown = json.dumps(town.home("patient-b"), ensure_ascii=False)
    for part in ("home_ask", QUESTION, "911", phrases().say("home_privacy"), "What is kept"):
        assert part in shown
    assert phrases().say("home_queue") not in shown


def test_what_is_typed_at_home_is_answered_in_the_dm_and_listed(town: Town) -> None:
    town.ask_at_home("patient-a", QUESTION)
    assert ANSWER in town.dm_reply("patient-a")["text"]
    home = home_that_says(town, "patient-a", phrases().say("home_state_answered"))
    assert QUESTION in json.dumps(home)


def test_a_red_flag_typed_at_home_is_an_alarm(town: Town) -> None:
    town.ask_at_home("patient-a", EMERGENCY)
    assert CALL in town.dm_reply("patient-a")["text"]
    assert "ALARM" in town.card()["text"]


def test_home_tells_what_became_of_a_question(town: Town) -> None:
    town.ask_at_home("patient-a", STRANGE)
    home_that_says(town, "patient-a", phrases().say("home_state_open"))
    town.press("moderator", town.card(), "ticket_claim")
    home_that_says(town, "patient-a", "has taken it")


def test_a_topic_at_home_is_answered_in_the_dm(town: Town) -> None:
    blocks = town.home("patient-a")["blocks"]
    chosen = next(e for b in blocks for e in b.get("elements", []) if ANSWERED in str(e.get("value")))
    town.post("home-interact", user=town.users["patient-a"], action=chosen)
    assert ANSWER in town.dm_reply("patient-a")["text"]


def test_a_moderators_home_has_the_queue_with_links_to_the_cards(town: Town) -> None:
    town.say("patient-a", STRANGE)
    card = town.card()
    home = home_that_says(town, "moderator", card["ts"].replace(".", ""))
    assert phrases().say("home_queue") in json.dumps(home)


def test_opening_the_dm_offers_at_most_four_questions(town: Town) -> None:
    dm = town.dm("patient-a")
    offered = eventually(lambda: town.get("state")["prompts"].get(dm), "the prompts")["prompts"]
    assert 1 <= len(offered) <= 4
    assert all(prompt["message"] for prompt in offered)


# --- first contact


@pytest.fixture
def stranger_town(empty_town: Town, knowledge: Path, data_dir: Path) -> Iterator[tuple[Town, Bot]]:
    """A town in which the bot has not introduced itself to anybody."""
    bot = running_bot(empty_town, data_dir, support_bot_knowledge_dir=knowledge, strangers=True)
    yield empty_town, bot
    bot.stop()


HELLO = "not watched day and night"


def join(town: Town, user: str, channel: str = "support") -> None:
    place = {"channel": town.channels[channel], "user": town.users[user], "channel_type": "C"}
    assert town.event(type="member_joined_channel", **place)["acked"]


def hellos(town: Town, user: str) -> int:
    return sum(HELLO in m["text"] for m in town.by_bot(town.messages(town.dm(user))))


def test_who_joins_a_channel_is_told_once_what_the_bot_is(stranger_town: tuple[Town, Bot]) -> None:
    town, bot = stranger_town
    for channel in ("support", "quiet"):
        join(town, "patient-a", channel)
    assert HELLO in town.dm_reply("patient-a")["text"]
    rest(bot)
    town.say("patient-a", QUESTION, town.dm("patient-a"))
    rest(bot)
    assert hellos(town, "patient-a") == 1


def test_who_writes_to_the_bot_for_the_first_time_is_answered_and_told_what_it_is(
    stranger_town: tuple[Town, Bot],
) -> None:
    town, bot = stranger_town
    for words in (QUESTION, "thank you"):
        town.say("patient-a", words, town.dm("patient-a"))
    rest(bot)
    assert hellos(town, "patient-a") == 1
    assert any(ANSWER in m["text"] for m in town.by_bot(town.messages(town.dm("patient-a"))))


@pytest.mark.parametrize(("user", "channel"), [("patient-a", "general"), ("moderator", "support")])
def test_who_joins_elsewhere_or_is_a_moderator_is_told_nothing(
    stranger_town: tuple[Town, Bot], user: str, channel: str
) -> None:
    town, bot = stranger_town
    join(town, user, channel)
    rest(bot)
    assert hellos(town, user) == 0
