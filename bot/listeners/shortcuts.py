"""Shortcuts on a message."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from slack_bolt import Ack, App

from bot.domain.question import Door, Question
from bot.workflows.reception import Reception


def register(app: App, reception: Reception) -> None:
    @app.message_shortcut("ask_about_message")
    def ask_the_bot(ack: Ack, body: dict[str, Any]) -> None:
        reception.take_command(question_of(body, time.time()))
        ack()

    @app.message_shortcut("person_about_message")
    def ask_a_person(ack: Ack, body: dict[str, Any]) -> None:
        reception.take_command(replace(question_of(body, time.time()), wants_person=True))
        ack()


def question_of(body: dict[str, Any], now: float) -> Question:
    """A shortcut as the question of whoever used it, in the message's words. `now`: seconds since 1970."""
    message, team = body["message"], body["team"]["id"]
    return Question(
        id=f"q:{team}:{body['trigger_id']}",
        team=team,
        channel=body["channel"]["id"],
        user=body["user"]["id"],
        text=str(message.get("text") or ""),
        door=Door.SHORTCUT,
        asked_at=now,
        response_url=body.get("response_url", ""),
        has_files=bool(message.get("files")),
        about_ts=str(message.get("ts") or body.get("message_ts") or ""),
    )
