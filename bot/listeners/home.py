"""The app's Home tab, and its DM being opened."""

from __future__ import annotations

import time
from typing import Any

from slack_bolt import Ack, App

from bot.domain.question import Door, Question
from bot.slack.home import HOME_ASK
from bot.workflows.reception import Reception


def register(app: App, reception: Reception) -> None:
    @app.event("app_home_opened")
    def opened(event: dict[str, Any]) -> None:
        if event.get("tab") == "messages":
            reception.home.suggest(event["channel"])
        elif event.get("tab") == "home":
            reception.home.show(event["user"])

    @app.action(HOME_ASK)
    def ask(ack: Ack, body: dict[str, Any]) -> None:
        question = question_of(body, time.time())
        if question.text.strip():
            reception.take_command(question)
        ack()
        reception.home.show(question.user, "home_replied" if question.text.strip() else "")


def question_of(body: dict[str, Any], now: float) -> Question:
    """What was typed in the Home tab as a question; the reply goes to the DM. `now`: seconds since 1970."""
    team, user = body["team"]["id"], body["user"]["id"]
    text = str(body["actions"][0].get("value") or "")
    return Question(f"q:{team}:{body['trigger_id']}", team, "", user, text, Door.HOME, now)
