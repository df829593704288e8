"""Every door leads to the same bot, through a real socket: channel, mention, DM, thread and command."""

from __future__ import annotations

import pytest

from bot.app import Bot
from tests.town import (
    ANSWERED,
    NEARLY,
    OVERDUE,
    Town,
    action_ids,
    entry_text,
    eventually,
    over_both_transports,
    phrases,
    question_of,
    rest,
)

pytestmark = over_both_transports

QUESTION = question_of(ANSWERED)
STRANGE = "what's the capital of France?"
CHATTER = "good to see everybody at the meeting yesterday"
MATCHING_CHATTER = "keyhole fusion for the lower back"


def is_answer(message: dict[str, object]) -> bool:
    return entry_text(ANSWERED)[:60] in str(message["text"])


# --- a message in a channel


def test_a_question_is_answered_once_in_its_thread(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", QUESTION)
    assert is_answer(town.reply(ts))
    rest(bot)
    assert len(town.thread(ts)) == 1
    assert [m["ts"] for m in town.by_bot(town.messages("support"))] == [town.reply(ts)["ts"]]


def test_a_question_with_typos_is_answered(town: Town) -> None:
    assert is_answer(town.reply(town.say("patient-a", "whats percutanous lumbar fuson?")))


def test_a_question_that_comes_near_gets_suggestions(town: Town) -> None:
    assert "none_of_these" in action_ids(town.reply(town.say("patient-a", NEARLY)))


def test_a_question_outside_the_knowledge_base_reaches_the_moderators(town: Town) -> None:
    ts = town.say("patient-a", STRANGE)
    assert "A person will read it" in town.reply(ts)["text"]
    assert town.users["patient-a"] in town.card()["text"]


def test_an_entry_past_its_review_date_reaches_the_moderators_and_not_the_patient(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", question_of(OVERDUE))
    assert "A person will read it" in town.reply(ts)["text"]
    card = town.card()
    assert phrases().say("reason_overdue") in card["text"]
    assert "Draft only" in str(card["blocks"])
    rest(bot)
    assert entry_text(OVERDUE)[:60] not in str(town.messages("support"))


def test_the_same_event_delivered_again_is_answered_once(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", QUESTION)
    town.reply(ts)
    message = next(m for m in town.messages("support") if m["ts"] == ts)
    again = {k: message[k] for k in ("type", "user", "text", "ts", "client_msg_id", "channel")}
    assert town.event(**again, channel_type="channel")["acked"]
    assert town.event(**again, channel_type="channel")["acked"]
    rest(bot)
    assert len(town.thread(ts)) == 1


def test_one_gesture_that_slack_tells_as_two_messages_is_answered_once(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", QUESTION)
    town.reply(ts)
    message = next(m for m in town.messages("support") if m["ts"] == ts)
    twin = {k: message[k] for k in ("type", "user", "text", "client_msg_id", "channel")}
    assert town.event(**twin, ts=f"{float(ts) + 1:.6f}", channel_type="channel")["acked"]
    rest(bot)
    assert len(town.by_bot(town.messages("support"))) == 1


def test_chatter_is_ignored_and_not_stored(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", CHATTER)
    rest(bot)
    assert town.by_bot(town.messages("support")) == []
    assert town.cards() == []
    question_id = f"q:{bot.directory.team}:{town.channels['support']}:{ts}"
    assert bot.parts.store.question(question_id) is None
    assert bot.parts.store.words(question_id) is None


def test_words_that_ask_nothing_but_match_an_entry_are_taken_up(town: Town) -> None:
    assert is_answer(town.reply(town.say("patient-a", MATCHING_CHATTER)))


def test_a_moderators_own_question_is_left_to_people(town: Town, bot: Bot) -> None:
    town.say("moderator", QUESTION)
    rest(bot)
    assert town.by_bot(town.messages("support")) == []


def test_small_talk_between_people_is_left_alone(town: Town, bot: Bot) -> None:
    town.say("patient-a", "good morning everyone")
    rest(bot)
    assert town.by_bot(town.messages("support")) == []


# --- modes of a channel


def test_in_a_channel_that_is_off_a_question_is_left_to_people(town: Town, bot: Bot) -> None:
    town.say("patient-a", QUESTION, "general")
    rest(bot)
    assert town.by_bot(town.messages("general")) == []


def test_in_a_private_channel_the_answer_goes_to_the_askers_dm_with_a_link(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", QUESTION, "quiet")
    answer = town.dm_reply("patient-a")
    assert is_answer(answer)
    assert f"/p{ts.replace('.', '')}" in answer["text"]
    rest(bot)
    assert town.by_bot(town.messages("quiet")) == []


def test_in_a_private_channel_a_receipt_and_the_moderators_words_go_to_the_dm(town: Town, bot: Bot) -> None:
    town.say("patient-a", STRANGE, "quiet")
    assert "A person will read it" in town.dm_reply("patient-a")["text"]
    town.press("moderator", town.card(), "ticket_claim")
    assert town.users["moderator"] in town.dm_reply("patient-a", 2)["text"]
    rest(bot)
    assert town.by_bot(town.messages("quiet")) == []


# --- a mention


@pytest.mark.parametrize("channel", ["support", "general"])
def test_a_mention_is_answered_once_in_the_thread(town: Town, bot: Bot, channel: str) -> None:
    ts = town.say("patient-a", f"<@{bot.directory.bot_user}> {QUESTION}", channel)
    assert is_answer(town.reply(ts, channel))
    rest(bot)
    assert len(town.thread(ts, channel)) == 1


def test_a_mention_in_a_private_channel_is_answered_in_the_dm(town: Town, bot: Bot) -> None:
    town.say("patient-a", f"<@{bot.directory.bot_user}> {QUESTION}", "quiet")
    assert is_answer(town.dm_reply("patient-a"))
    rest(bot)
    assert town.by_bot(town.messages("quiet")) == []
    assert len(town.by_bot(town.messages(town.dm("patient-a")))) == 1


def test_a_moderator_who_mentions_the_bot_is_answered(town: Town, bot: Bot) -> None:
    assert is_answer(town.reply(town.say("moderator", f"{QUESTION} <@{bot.directory.bot_user}>")))


def test_a_mention_in_a_thread_between_people_is_answered_there(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", CHATTER, "general")
    town.say("patient-b", f"<@{bot.directory.bot_user}> {QUESTION}", "general", thread=ts)
    assert is_answer(town.reply(ts, "general"))


def test_a_mention_without_a_question_is_told_to_ask(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", f"<@{bot.directory.bot_user}>", "general")
    assert phrases().say("no_words") in town.reply(ts, "general")["text"]


# --- a DM


def test_a_dm_is_answered_in_the_dm(town: Town) -> None:
    town.say("patient-a", QUESTION, town.dm("patient-a"))
    answer = town.dm_reply("patient-a")
    assert is_answer(answer)
    assert "thread_ts" not in answer


def test_a_dm_in_a_thread_is_answered_in_that_thread(town: Town) -> None:
    dm = town.dm("patient-a")
    first = town.say("patient-a", QUESTION, dm)
    town.say("patient-a", question_of(ANSWERED), dm, thread=first)
    assert is_answer(town.reply(first, dm))


def test_small_talk_in_a_dm_is_answered_politely(town: Town) -> None:
    town.say("patient-a", "good morning", town.dm("patient-a"))
    assert "I am the bot of Spine Support" in town.dm_reply("patient-a")["text"]


def test_a_dm_that_needs_a_person_gets_a_receipt_and_a_card_without_a_link_into_the_dm(town: Town) -> None:
    town.say("patient-a", STRANGE, town.dm("patient-a"))
    assert "A person will read it" in town.dm_reply("patient-a")["text"]
    assert "asked in private" in town.card()["text"]
    assert "/archives/" not in str(town.card()["blocks"])


def test_a_dm_is_visible_to_its_patient_alone(town: Town) -> None:
    dm = town.dm("patient-a")
    town.say("patient-a", QUESTION, dm)
    town.dm_reply("patient-a")
    mine, theirs = (town.get(f"messages/{dm}?user={town.users[name]}") for name in ("patient-a", "patient-b"))
    assert len(mine["messages"]) >= 2
    assert theirs["ok"] is False
    assert QUESTION not in str(theirs)


# --- a reply in a thread


def test_the_askers_next_question_in_an_answered_thread_is_answered(town: Town) -> None:
    ts = town.say("patient-a", QUESTION)
    town.reply(ts)
    town.say("patient-a", question_of("wound-care"), thread=ts)
    assert entry_text("wound-care")[:60] in town.reply(ts, nth=2)["text"]


def test_thanks_in_an_answered_thread_need_no_reply(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", QUESTION)
    town.reply(ts)
    town.say("patient-a", "thanks so much", thread=ts)
    rest(bot)
    assert len(town.by_bot(town.thread(ts))) == 1


def test_somebody_elses_reply_in_an_answered_thread_is_left_alone(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", QUESTION)
    town.reply(ts)
    town.say("patient-b", QUESTION, thread=ts)
    rest(bot)
    assert len(town.by_bot(town.thread(ts))) == 1


@pytest.mark.parametrize("speaker", ["patient-b", "moderator"])
def test_once_another_person_spoke_in_the_thread_the_bot_is_silent_there(town: Town, bot: Bot, speaker: str) -> None:
    ts = town.say("patient-a", QUESTION)
    town.reply(ts)
    town.say(speaker, "for me it went well", thread=ts)
    town.say("patient-a", QUESTION, thread=ts)
    rest(bot)
    assert len(town.by_bot(town.thread(ts))) == 1


def test_a_red_flag_is_answered_also_where_people_are_talking(town: Town) -> None:
    ts = town.say("patient-a", QUESTION)
    town.reply(ts)
    town.say("patient-b", "for me it went well", thread=ts)
    town.say("patient-a", "I have chest pain and cant breathe", thread=ts)
    assert "Call your emergency number now" in town.reply(ts, nth=2)["text"]


def test_a_reply_in_a_thread_the_bot_is_not_in_is_left_alone(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", CHATTER)
    town.say("patient-a", QUESTION, thread=ts)
    rest(bot)
    assert town.thread(ts)[1:] == []


# --- the command


def test_ask_shows_the_answer_to_the_asker_alone(town: Town, bot: Bot) -> None:
    town.ask("patient-a", QUESTION)
    assert is_answer(town.whisper("patient-a"))
    rest(bot)
    assert len(town.messages("support")) == 1
    for_others = town.get(f"messages/{town.channels['support']}?user={town.users['patient-b']}")
    assert not any(is_answer(m) for m in for_others["messages"] if m["ts"] > town.page)


@pytest.mark.parametrize("words", ["", "   "])
def test_ask_without_a_question_explains_itself(town: Town, words: str) -> None:
    town.ask("patient-a", words)
    assert town.whisper("patient-a")["text"] == phrases().say("ask_usage")


def test_ask_works_in_a_channel_that_is_off(town: Town) -> None:
    town.ask("patient-a", QUESTION, "general")
    assert is_answer(town.whisper("patient-a", "general"))


def test_ask_that_needs_a_person_leaves_its_receipt_in_the_dm(town: Town) -> None:
    town.ask("patient-a", STRANGE)
    assert "A person will read it" in town.dm_reply("patient-a")["text"]
    assert town.whisper("patient-a")["text"] == phrases().say("ask_sent_to_dm")
    assert "asked in private" in town.card()["text"]


def test_talk_to_a_person_under_an_answer_to_ask_brings_one(town: Town) -> None:
    town.ask("patient-a", QUESTION)
    town.press("patient-a", town.whisper("patient-a"), "talk_to_person")
    assert "A person will read it" in town.dm_reply("patient-a")["text"]
    assert town.whisper("patient-a", nth=2)["text"] == phrases().say("ask_sent_to_dm")
    assert phrases().say("reason_requested") in town.card()["text"]


def test_feedback_on_an_answer_to_ask_is_acknowledged_in_its_place(town: Town) -> None:
    town.ask("patient-a", QUESTION)
    town.press("patient-a", town.whisper("patient-a"), "feedback_yes")
    answer = eventually(lambda: [m for m in town.whispers("patient-a") if "feedback_yes" not in action_ids(m)])[0]
    assert phrases().say("helpful_thanks") in str(answer["blocks"])
    assert is_answer(answer)
