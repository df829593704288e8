"""Pressed buttons."""

from __future__ import annotations

import re
from typing import Any

from slack_bolt import Ack, App

from bot.slack.replies import FEEDBACK_BLOCK
from bot.workflows.presses import Press
from bot.workflows.reception import Reception
from bot.workflows.tickets import Gesture


def register(app: App, reception: Reception) -> None:
    @app.action("ticket_write")
    def write(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        reception.open_writing(press_of(body), body["trigger_id"])

    @app.action("ticket_show")
    def show(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        reception.open_words(press_of(body), body["trigger_id"])

    @app.action("draft_back")
    def back(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        reception.back_to_writing(body["view"]["id"], body["user"]["id"], body["view"]["private_metadata"])

    @app.action(re.compile(".*"))
    def press(ack: Ack, body: dict[str, Any]) -> None:
        if not body["actions"][0].get("url"):
            reception.take_press(press_of(body))
        ack()


def press_of(body: dict[str, Any]) -> Press:
    """A block_actions payload as a Press; the same press redelivered has the same id."""
    action, message, container = body["actions"][0], body.get("message") or {}, body.get("container") or {}
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id", "")
    ts = message.get("ts") or container.get("message_ts", "")
    made_by = (
        body["team"]["id"],
        channel,
        ts,
        body["user"]["id"],
        action.get("action_id", ""),
        action.get("action_ts"),
    )
    ephemeral = bool(container.get("is_ephemeral"))
    # A press is stored: only an answer is carried along, never a card, which may hold a patient's words.
    answer = message if action.get("block_id") == FEEDBACK_BLOCK and not ephemeral else {}
    return Press(
        gesture=Gesture(
            f"press:{':'.join(map(str, made_by))}", body["user"]["id"], body.get("response_url", ""), channel
        ),
        action_id=action.get("action_id", ""),
        value=action.get("value") or (action.get("selected_option") or {}).get("value") or "",
        channel=channel,
        message_ts=ts,
        blocks=answer.get("blocks") or [],
        ephemeral=ephemeral,
        text=answer.get("text") or "",
    )
