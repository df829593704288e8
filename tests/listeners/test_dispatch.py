"""Every door once more, through `app.dispatch`: the bot without a socket, the Web API being the local workspace."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import BoltRequest, BoltResponse

from bot.app import Bot
from tests.town import (
    ANSWERED,
    Town,
    action_ids,
    button,
    entry_text,
    eventually,
    phrases,
    question_of,
    rest,
    unplugged_bot,
)

Json = dict[str, Any]
Dispatch = Callable[..., BoltResponse]
QUESTION = question_of(ANSWERED)
ANSWER = entry_text(ANSWERED)[:60]
STRANGE = "is there a choir for people with a zebra fish?"
EMERGENCY = "I have chest pain and cant breathe"
triggers = count(1)


@pytest.fixture(scope="module")
def bot(shared_town: Town, knowledge: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    bot = unplugged_bot(shared_town, tmp_path_factory.mktemp("data"), support_bot_knowledge_dir=knowledge)
    yield bot
    bot.stop()


@pytest.fixture
def dispatch(bot: Bot) -> Dispatch:
    """Hand a payload to the app, as the socket would."""

    def hand(**body: Any) -> BoltResponse:
        return bot.app.dispatch(BoltRequest(mode="socket_mode", body={"team_id": bot.directory.team, **body}))

    return hand


def event_of(town: Town, ts: str, channel: str = "support", **other: Any) -> Json:
    """The event_callback of a message on this page."""
    message = next(m for m in town.messages(channel) if m["ts"] == ts)
    kept = {
        k: message[k] for k in ("type", "user", "text", "ts", "client_msg_id", "channel", "thread_ts") if k in message
    }
    return {"type": "event_callback", "event": {**kept, "channel_type": "channel", **other}}


def command(town: Town, bot: Bot, text: str, name: str = "/ask") -> Json:
    return {
        "command": name,
        "text": text,
        "user_id": town.users["patient-a"],
        "channel_id": town.channels["support"],
        "trigger_id": f"{next(triggers)}.trigger",
    }


def press(town: Town, bot: Bot, user: str, message: Json, action_id: str, value: str | None = None) -> Json:
    """The block_actions payload of a pressed button; `value` makes it one that the message need not have."""
    action = {"action_id": action_id, "value": value} if value is not None else button(message, action_id)
    return {
        "type": "block_actions",
        "user": {"id": town.users[user], "team_id": bot.directory.team},
        "team": {"id": bot.directory.team},
        "channel": {"id": message["channel"]},
        "container": {"type": "message", "message_ts": message["ts"], "channel_id": message["channel"]},
        "message": message,
        "trigger_id": f"{next(triggers)}.trigger",
        "actions": [{"type": "button", "block_id": "b", "action_ts": f"{next(triggers)}.0", **action}],
    }


def submission(town: Town, bot: Bot, user: str, callback_id: str, about: Json, words: str = "") -> Json:
    """The view_submission payload of one of the moderators' modals."""
    return {
        "type": "view_submission",
        "user": {"id": town.users[user], "team_id": bot.directory.team},
        "team": {"id": bot.directory.team},
        "view": {
            "id": f"V{about['d'].replace(':', '')}",
            "type": "modal",
            "callback_id": callback_id,
            "private_metadata": json.dumps(about),
            "state": {"values": {"answer": {"words": {"type": "plain_text_input", "value": words}}}},
        },
    }


def answer_of(response: BoltResponse) -> Json:
    assert response.status == 200
    return dict(json.loads(response.body)) if response.body else {}


def needing_a_person(town: Town, dispatch: Dispatch) -> tuple[str, Json]:
    """(ts, card) of a question of patient-a's that needs a person."""
    ts = town.say("patient-a", STRANGE)
    assert dispatch(**event_of(town, ts)).status == 200
    town.reply(ts)
    return ts, town.card()


def ticket_number(card: Json) -> int:
    return int(json.loads(button(card, "ticket_show")["value"])["t"])


# --- messages


def test_a_message_is_answered(town: Town, dispatch: Dispatch) -> None:
    ts = town.say("patient-a", QUESTION)
    assert dispatch(**event_of(town, ts)).status == 200
    assert ANSWER in town.reply(ts)["text"]


def test_a_message_dispatched_twice_is_answered_once(town: Town, bot: Bot, dispatch: Dispatch) -> None:
    ts = town.say("patient-a", QUESTION)
    assert [dispatch(**event_of(town, ts)).status for _ in range(2)] == [200, 200]
    rest(bot)
    assert len(town.by_bot(town.thread(ts))) == 1


def test_a_mention_and_its_message_are_answered_once(town: Town, bot: Bot, dispatch: Dispatch) -> None:
    ts = town.say("patient-a", f"<@{bot.directory.bot_user}> {QUESTION}", "general")
    dispatch(**event_of(town, ts, "general", type="app_mention"))
    dispatch(**event_of(town, ts, "general"))
    assert ANSWER in town.reply(ts, "general")["text"]
    rest(bot)
    assert len(town.by_bot(town.thread(ts, "general"))) == 1


def test_a_mention_alone_is_answered(town: Town, bot: Bot, dispatch: Dispatch) -> None:
    ts = town.say("patient-a", f"<@{bot.directory.bot_user}> {QUESTION}", "general")
    dispatch(**event_of(town, ts, "general", type="app_mention"))
    assert ANSWER in town.reply(ts, "general")["text"]


def test_a_dm_is_answered(town: Town, dispatch: Dispatch) -> None:
    dm = town.dm("patient-a")
    ts = town.say("patient-a", QUESTION, dm)
    dispatch(**event_of(town, ts, dm, channel_type="im"))
    assert ANSWER in town.dm_reply("patient-a")["text"]


def test_a_reply_in_the_thread_is_answered(town: Town, dispatch: Dispatch) -> None:
    first = town.say("patient-a", QUESTION)
    dispatch(**event_of(town, first))
    town.reply(first)
    again = town.say("patient-a", question_of("wound-care"), thread=first)
    dispatch(**event_of(town, again))
    assert entry_text("wound-care")[:60] in town.reply(first, nth=2)["text"]


def test_an_emergency_has_its_notice(town: Town, dispatch: Dispatch) -> None:
    ts = town.say("patient-a", EMERGENCY, "general")
    dispatch(**event_of(town, ts, "general"))
    assert "Call your emergency number now" in town.reply(ts, "general")["text"]
    assert "ALARM" in town.card()["text"]


def test_an_edit_that_brings_in_a_red_flag_has_its_notice(town: Town, dispatch: Dispatch) -> None:
    ts = town.say("patient-a", "good to see everybody yesterday")
    before = event_of(town, ts)["event"]
    after = {**before, "text": EMERGENCY, "edited": {"user": before["user"], "ts": ts}}
    changed = {"type": "message", "subtype": "message_changed", "channel": before["channel"], "ts": ts}
    dispatch(type="event_callback", event={**changed, "message": after, "previous_message": before})
    assert "Call your emergency number now" in town.reply(ts)["text"]


@pytest.mark.parametrize(
    "event", [{"type": "team_join"}, {"type": "no_such"}, {"type": "message", "subtype": "no_such"}]
)
def test_an_event_nobody_knows_is_acknowledged(dispatch: Dispatch, event: Json) -> None:
    assert dispatch(type="event_callback", event=event).status == 200


def test_what_cannot_be_stored_is_not_acknowledged(town: Town, bot: Bot, dispatch: Dispatch) -> None:
    ts = town.say("patient-a", QUESTION)
    assert dispatch(type="event_callback", event={**event_of(town, ts)["event"], "ts": "not a time"}).status >= 500


# --- the command


def test_ask_is_answered_where_only_the_asker_reads(town: Town, bot: Bot, dispatch: Dispatch) -> None:
    assert dispatch(**command(town, bot, QUESTION)).status == 200
    assert ANSWER in town.dm_reply("patient-a")["text"]  # no response_url, so the DM


def test_ask_without_a_question_explains_itself(town: Town, bot: Bot, dispatch: Dispatch) -> None:
    assert phrases().say("ask_usage") in dispatch(**command(town, bot, " ")).body


def test_the_same_command_dispatched_twice_is_one_ticket(town: Town, bot: Bot, dispatch: Dispatch) -> None:
    once = command(town, bot, STRANGE)
    for _ in range(2):
        dispatch(**once)
    town.card()
    rest(bot)
    assert len(town.cards()) == 1
    assert len(town.by_bot(town.messages(town.dm("patient-a")))) == 1


def test_the_same_call_for_a_person_dispatched_twice_is_one_ticket(town: Town, bot: Bot, dispatch: Dispatch) -> None:
    once = command(town, bot, QUESTION, "/human")
    assert [dispatch(**once).status for _ in range(2)] == [200, 200]
    assert phrases().say("reason_requested") in town.card()["text"]
    rest(bot)
    assert len(town.cards()) == 1


def test_topics_are_listed_at_once(town: Town, bot: Bot, dispatch: Dispatch) -> None:
    assert QUESTION in answer_of(dispatch(**command(town, bot, "", "/topics")))["text"]


# --- shortcuts, the app's home, a deletion


@pytest.mark.parametrize(
    ("callback_id", "told"), [("ask_about_message", ANSWER), ("person_about_message", "A person will read it")]
)
def test_a_shortcut_on_a_message_is_answered_in_private_once(
    town: Town, bot: Bot, dispatch: Dispatch, callback_id: str, told: str
) -> None:
    ts = town.say("patient-b", QUESTION, "general")
    once = {
        "type": "message_action",
        "callback_id": callback_id,
        "team": {"id": bot.directory.team},
        "user": {"id": town.users["patient-a"]},
        "channel": {"id": town.channels["general"]},
        "message": next(m for m in town.messages("general") if m["ts"] == ts),
        "trigger_id": f"{next(triggers)}.trigger",
    }
    assert [dispatch(**once).status for _ in range(2)] == [200, 200]
    assert told in town.dm_reply("patient-a")["text"]
    rest(bot)
    assert len(town.by_bot(town.messages(town.dm("patient-a")))) == 1


def test_what_is_typed_in_the_home_tab_is_answered(town: Town, bot: Bot, dispatch: Dispatch) -> None:
    typed = {"type": "plain_text_input", "action_id": "home_ask", "block_id": "home_ask_block", "value": QUESTION}
    body = {
        "type": "block_actions",
        "team": {"id": bot.directory.team},
        "user": {"id": town.users["patient-a"]},
        "container": {"type": "view", "view_id": "V1"},
        "trigger_id": f"{next(triggers)}.trigger",
        "actions": [typed],
    }
    assert dispatch(**body).status == 200
    assert ANSWER in town.dm_reply("patient-a")["text"]


def test_a_deletion_dispatched_twice_hides_the_answer(town: Town, bot: Bot, dispatch: Dispatch) -> None:
    ts = town.say("patient-a", QUESTION)
    asked = event_of(town, ts)
    dispatch(**asked)
    town.reply(ts)
    gone = {"type": "message", "subtype": "message_deleted", "channel": town.channels["support"], "deleted_ts": ts}
    for _ in range(2):
        assert dispatch(type="event_callback", event={**gone, "previous_message": asked["event"]}).status == 200
    eventually(lambda: town.by_bot(town.thread(ts)) == [], "the answer to be gone")


def test_a_question_that_is_told_again_after_its_deletion_is_not_answered(
    town: Town, bot: Bot, dispatch: Dispatch
) -> None:
    ts = town.say("patient-a", QUESTION)
    asked = event_of(town, ts)
    gone = {"type": "message", "subtype": "message_deleted", "channel": town.channels["support"], "deleted_ts": ts}
    dispatch(type="event_callback", event={**gone, "previous_message": asked["event"]})
    rest(bot)
    dispatch(**asked)
    rest(bot)
    assert town.by_bot(town.thread(ts)) == []


# --- buttons


def test_a_press_on_talk_to_a_person_brings_one(town: Town, bot: Bot, dispatch: Dispatch) -> None:
    ts = town.say("patient-a", QUESTION)
    dispatch(**event_of(town, ts))
    once = press(town, bot, "patient-a", town.reply(ts), "talk_to_person")
    assert [dispatch(**once).status for _ in range(2)] == [200, 200]
    assert "A person will read it" in town.reply(ts, nth=2)["text"]
    rest(bot)
    assert len(town.cards()) == 1


def test_a_claim_dispatched_twice_is_one_claim(town: Town, bot: Bot, dispatch: Dispatch) -> None:
    ts, card = needing_a_person(town, dispatch)
    once = press(town, bot, "moderator", card, "ticket_claim")
    for _ in range(2):
        dispatch(**once)
    town.card_when("Claimed by")
    rest(bot)
    assert [act for act, _ in bot.parts.store.audit_of(ticket_number(card))] == ["open", "claim"]
    assert len(town.by_bot(town.thread(ts))) == 2


@pytest.mark.parametrize(
    "action_id", ["ticket_claim", "ticket_resolve", "ticket_write", "ticket_show", "ticket_send_1"]
)
def test_a_patient_at_the_moderators_buttons_changes_nothing_and_is_told_so(
    town: Town, bot: Bot, dispatch: Dispatch, action_id: str
) -> None:
    ts, card = needing_a_person(town, dispatch)
    value = json.dumps({"t": ticket_number(card), "e": ANSWERED})
    assert dispatch(**press(town, bot, "patient-b", town.reply(ts), action_id, value)).status == 200
    assert town.whisper("patient-b")["text"] == phrases().say("not_a_moderator")
    rest(bot)
    assert [act for act, _ in bot.parts.store.audit_of(ticket_number(card))] == ["open"]
    assert len(town.by_bot(town.thread(ts))) == 1
    assert town.calls("views.open") == []


def test_an_unknown_button_is_acknowledged_and_told_so(town: Town, bot: Bot, dispatch: Dispatch) -> None:
    ts, _ = needing_a_person(town, dispatch)
    dispatch(**press(town, bot, "patient-a", town.reply(ts), "no_such_button", "no such value"))
    assert town.whisper("patient-a")["text"] == phrases().say("unknown_button")


# --- modals


def test_a_written_answer_is_previewed_and_sent_once(town: Town, bot: Bot, dispatch: Dispatch) -> None:
    ts, card = needing_a_person(town, dispatch)
    about = {"t": ticket_number(card), "d": f"draft{ts}"}
    preview = answer_of(dispatch(**submission(town, bot, "moderator", "write_answer", about, "Ask at reception.")))
    assert preview["response_action"] == "update"
    assert "Ask at reception." in json.dumps(preview["view"]["blocks"])
    for _ in range(2):
        sent = answer_of(dispatch(**submission(town, bot, "moderator", "preview_answer", about)))
        assert sent["response_action"] == "clear"
    assert "Ask at reception." in town.reply(ts, nth=2)["text"]
    rest(bot)
    assert len(town.by_bot(town.thread(ts))) == 2


def test_an_empty_answer_is_an_error_under_its_field(town: Town, bot: Bot, dispatch: Dispatch) -> None:
    _, card = needing_a_person(town, dispatch)
    about = {"t": ticket_number(card), "d": "draft"}
    refused = answer_of(dispatch(**submission(town, bot, "moderator", "write_answer", about, " ")))
    assert refused == {"response_action": "errors", "errors": {"answer": phrases().say("write_empty")}}


def test_a_patient_who_submits_the_moderators_modals_changes_nothing_and_is_told_so(
    town: Town, bot: Bot, dispatch: Dispatch
) -> None:
    ts, card = needing_a_person(town, dispatch)
    about = {"t": ticket_number(card), "d": f"forged{ts}"}
    refused = answer_of(dispatch(**submission(town, bot, "patient-a", "write_answer", about, "I say so")))
    assert refused["errors"] == {"answer": phrases().say("not_a_moderator")}
    refused = answer_of(dispatch(**submission(town, bot, "patient-a", "preview_answer", about)))
    assert phrases().say("not_a_moderator") in json.dumps(refused["view"])
    rest(bot)
    assert bot.parts.store.draft(f"forged{ts}") is None
    assert len(town.by_bot(town.thread(ts))) == 1


def test_nobody_sends_what_another_moderator_has_drafted(town: Town, bot: Bot, dispatch: Dispatch) -> None:
    ts, card = needing_a_person(town, dispatch)
    about = {"t": ticket_number(card), "d": f"draft{ts}"}
    dispatch(**submission(town, bot, "moderator", "write_answer", about, "Not finished yet"))
    dispatch(**submission(town, bot, "moderator-2", "preview_answer", about))
    rest(bot)
    assert len(town.by_bot(town.thread(ts))) == 1
    assert "ticket_claim" in action_ids(town.card())
