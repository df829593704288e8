"""Every fault Slack can have while the bot posts: the message is there once, and nothing is recorded that is not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from dbos import DBOS

from bot.app import Bot
from bot.slack.message import said
from bot.workflows.posting import Outgoing, Place
from tests.town import Json, Town, eventually, question_of

ANSWERED = question_of("percutaneous-lumbar-fusion")
UNANSWERABLE = "What's the capital of France?"
EMERGENCY = "I have crushing chest pain and cannot breathe"


@pytest.fixture
def town(lasting_town: Town, lasting_bot: Bot) -> Iterator[Town]:
    """The town with its bot, and a Slack that is well again afterwards."""
    yield lasting_town
    lasting_town.clear_faults()


def key_of(town: Town, ts: str) -> str:
    team = town.get("state")["workspace"]["id"]
    return f"reply:q:{team}:{town.channels['support']}:{ts}"


def work_has_ended(bot: Bot) -> None:
    """Nothing runs or waits but what is due much later."""
    eventually(lambda: bot.engine.unfinished() == 0, "all work to end", 20)


# --- one message, whatever happens


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "ratelimited", "retry_after": 1},
        {"kind": "error_before"},
        {"kind": "error_after"},
        {"kind": "hang"},
        {"kind": "hang_after"},
    ],
    ids=["429", "500 before", "500 after storing", "hang", "hang after storing"],
)
def test_a_reply_is_there_once_and_recorded_only_when_it_is(town: Town, lasting_bot: Bot, fault: Json) -> None:
    town.fault("chat.postMessage", channel="support", **fault)
    ts = town.say("patient-a", ANSWERED)
    town.fault_is_met()
    if "after" not in fault["kind"]:
        assert lasting_bot.parts.store.posted(key_of(town, ts)) is None
    reply = town.reply(ts)
    work_has_ended(lasting_bot)
    assert town.by_bot(town.thread(ts)) == [reply]
    assert lasting_bot.parts.store.posted(key_of(town, ts)) == (reply["channel"], reply["ts"])


def test_a_rate_limit_is_obeyed_and_slack_is_not_asked_what_it_has(town: Town, lasting_bot: Bot) -> None:
    looks = len(town.calls("conversations.replies"))
    town.fault("chat.postMessage", "ratelimited", channel="support", retry_after=2)
    ts = town.say("patient-a", ANSWERED)
    town.reply(ts)
    refused, taken = (c for c in town.calls("chat.postMessage")[-2:])
    assert refused["status"] == 429
    assert taken["time"] - refused["time"] >= 2.0
    assert len(town.calls("conversations.replies")) == looks


def test_a_look_that_is_rate_limited_is_put_off_too(town: Town, lasting_bot: Bot) -> None:
    town.fault("chat.postMessage", "error_after", channel="support")
    town.fault("conversations.replies", "ratelimited", retry_after=1)
    ts = town.say("patient-a", ANSWERED)
    town.fault_is_met()
    work_has_ended(lasting_bot)
    assert len(town.by_bot(town.thread(ts))) == 1


def test_a_card_is_there_once_after_a_fault_and_shows_a_claim_made_meanwhile(town: Town, lasting_bot: Bot) -> None:
    before = len(town.cards())
    town.fault("chat.postMessage", "error_after", channel="moderators")
    town.say("patient-a", UNANSWERABLE)
    card = town.card(before + 1)
    town.press("moderator", card, "ticket_claim")
    town.card_when("Claimed by", before + 1)
    work_has_ended(lasting_bot)
    assert len(town.cards()) == before + 1
    assert "Claimed by" in town.cards()[-1]["text"]


def test_two_attempts_at_one_message_at_the_same_time_post_it_once(town: Town, lasting_bot: Bot) -> None:
    support = Place(channel=town.channels["support"])
    outgoing = Outgoing("test:twice", support, said("only once"), time.time())
    town.fault("chat.postMessage", "delay", channel="support", seconds=0.5)
    with ThreadPoolExecutor(2) as both:
        attempts = [both.submit(lasting_bot.poster.post, outgoing, look=True, at_once=True) for _ in range(2)]
        assert attempts[0].result() == attempts[1].result()
    assert len([m for m in town.messages("support") if m["text"] == "only once"]) == 1


# --- refused for good


def test_what_a_channel_refuses_goes_to_the_persons_dm(town: Town, lasting_bot: Bot) -> None:
    place = Place(channel="C0GONE", thread="1.000001", user=town.users["patient-b"])
    assert lasting_bot.poster.post(Outgoing("test:gone", place, said("for you"), time.time()), look=False) is None
    assert town.dm_reply("patient-b")["text"] == "for you"
    assert lasting_bot.parts.store.posted("test:gone") is None
    assert lasting_bot.parts.store.posted("test:gone:dm") is not None


def test_what_cannot_reach_a_person_at_all_is_told_to_the_moderators(town: Town, lasting_bot: Bot) -> None:
    place = Place(user="U0GONE")
    assert lasting_bot.poster.post(Outgoing("test:nobody", place, said("for nobody"), time.time()), look=False) is None
    note = town.cards()[-1]["text"]
    assert "<@U0GONE>" in note
    assert "for nobody" not in note
    assert lasting_bot.parts.store.posted("test:nobody") is None


# --- nobody waits for another's misfortune


def test_with_four_posts_put_off_for_a_minute_an_emergency_and_a_question_are_answered_at_once(
    town: Town, lasting_bot: Bot
) -> None:
    town.fault("chat.postMessage", "ratelimited", channel="support", retry_after=60, times=4)
    stuck = [town.say("patient-a", ANSWERED) for _ in range(4)]
    town.fault_is_met()

    since = time.monotonic()
    alarm = town.say("patient-b", EMERGENCY)
    assert "emergency number now" in town.reply(alarm)["text"]
    assert time.monotonic() - since < 1.0

    since = time.monotonic()
    town.reply(town.say("patient-b", ANSWERED))
    assert time.monotonic() - since < 1.0

    assert not any(town.thread(ts) for ts in stuck)
    for ts in stuck:
        DBOS.set_workflow_delay(f"post:{key_of(town, ts)}:2", delay_seconds=0)
    for ts in stuck:
        town.reply(ts)


def test_with_four_posts_hanging_an_emergency_is_answered_within_a_second(town: Town, lasting_bot: Bot) -> None:
    town.fault("chat.postMessage", "hang", channel="support", times=4)
    for _ in range(4):
        town.say("patient-a", ANSWERED)
    town.fault_is_met()
    since = time.monotonic()
    alarm = town.say("patient-b", EMERGENCY)
    assert "emergency number now" in town.reply(alarm)["text"]
    assert time.monotonic() - since < 1.0
