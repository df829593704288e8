"""Submitted modals."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App

from bot.slack.cards import ANSWER_BLOCK, ANSWER_INPUT, PREVIEW, WRITE
from bot.workflows.reception import Reception, Refusal


def register(app: App, reception: Reception) -> None:
    @app.view(WRITE)
    def preview(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        words = view["state"]["values"][ANSWER_BLOCK][ANSWER_INPUT].get("value") or ""
        shown = reception.preview(body["user"]["id"], view["private_metadata"], words)
        if isinstance(shown, Refusal):
            ack(response_action="errors", errors={ANSWER_BLOCK: shown.text})
        else:
            ack(response_action="update", view=shown)

    @app.view(PREVIEW)
    def send(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        refusal = reception.take_sending(body["team"]["id"], view["id"], body["user"]["id"], view["private_metadata"])
        if refusal is None:
            ack(response_action="clear")
        else:
            ack(response_action="update", view=refusal)
