"""The patient's words on the card, where the operator allows copying them."""

from __future__ import annotations

from pathlib import Path

import pytest
from dbos import DBOS

from bot.app import Bot
from tests.town import Town, rest, town_knowledge

QUESTION = "is there a choir for people with a <zebra> & *fish*?"


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return town_knowledge(tmp_path_factory.mktemp("knowledge"), copy_patient_words=True)


def test_the_card_shows_the_patients_words_as_they_are(town: Town) -> None:
    town.say("patient-a", QUESTION)
    assert {"type": "plain_text", "text": QUESTION, "emoji": False} in [b.get("text") for b in town.card()["blocks"]]


def test_a_screen_reader_is_told_them_too(town: Town) -> None:
    town.say("patient-a", "is there a choir for people with a zebra fish?")
    assert "a choir for people with a zebra fish" in town.card()["text"]


def test_a_card_with_an_endless_message_reaches_the_desk(town: Town) -> None:
    words = "and then the nurse said something else about my back " * 400
    town.say("patient-a", f"{words} why?")
    assert "and then the nurse said something else" in str(town.card()["blocks"])


def test_a_press_on_the_card_keeps_no_further_copy_of_the_words(town: Town, bot: Bot) -> None:
    town.say("patient-a", QUESTION)
    town.press("moderator", town.card(), "ticket_claim")
    town.card_when("Claimed by")
    rest(bot)
    presses = [str(work.input) for work in DBOS.list_workflows(name="press")]
    assert presses
    assert not any("choir" in stored for stored in presses)
