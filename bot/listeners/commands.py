"""Slash commands."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from slack_bolt import Ack, App

from bot.domain.question import Door, Question
from bot.workflows.reception import Reception


def register(app: App, reception: Reception) -> None:
    @app.command("/ask")
    def ask(ack: Ack, command: dict[str, Any]) -> None:
        if not command.get("text", "").strip():
            ack(reception.usage("ask_usage"))
            return
        reception.take_command(question_of(command, time.time()))
        ack()

    @app.command("/human")
    def human(ack: Ack, command: dict[str, Any]) -> None:
        if not command.get("text", "").strip():
            ack(reception.usage("human_usage"))
            return
        reception.take_command(replace(question_of(command, time.time()), wants_person=True))
        ack()

    @app.command("/topics")
    def topics(ack: Ack) -> None:
        listed = reception.topics()
        ack(text=listed.text, blocks=listed.blocks)


def question_of(command: dict[str, Any], now: float) -> Question:
    """A slash command as a Question; it has no message, so its trigger makes the id. `now`: seconds since 1970."""
    return Question(
        id=f"q:{command['team_id']}:{command['trigger_id']}",
        team=command["team_id"],
        channel=command["channel_id"],
        user=command["user_id"],
        text=command["text"],
        door=Door.COMMAND,
        asked_at=now,
        response_url=command.get("response_url", ""),
    )
