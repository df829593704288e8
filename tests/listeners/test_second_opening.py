"""A ticket's later life: opened from an answer, closed, opened again; and presses that name no ticket."""

from __future__ import annotations

import pytest

from bot.app import Bot
from tests.town import Json, Town, action_ids, phrases, rest

LUMBAR = "whats percutanous lumbar fuson?"


def answered(town: Town) -> Json:
    return town.reply(town.say("patient-a", LUMBAR))


def claimed(town: Town) -> str:
    return phrases().say("claimed", moderator=f"<@{town.users['moderator']}>")


def test_the_card_of_someone_who_was_answered_offers_the_closest_entries(town: Town) -> None:
    town.press("patient-a", answered(town), "talk_to_person")
    assert "ticket_send_1" in action_ids(town.card())


def test_the_patient_is_told_of_every_claim_also_after_the_ticket_was_opened_again(town: Town, bot: Bot) -> None:
    answer = answered(town)
    for _ in range(2):
        town.press("patient-a", answer, "talk_to_person")
        town.press("moderator", town.card_when(phrases().say("card_unclaimed")), "ticket_claim")
        card = town.card_when(phrases().say("card_claimed", moderator=f"<@{town.users['moderator']}>"))
        town.press("moderator", card, "ticket_resolve")
        town.card_when(phrases().say("card_resolved", moderator=f"<@{town.users['moderator']}>"))
        rest(bot)
    told = [m["text"] for m in town.thread(answer["thread_ts"])]
    assert told.count(claimed(town)) == 2


def test_claiming_twice_tells_the_patient_once(town: Town, bot: Bot) -> None:
    ts = town.say("patient-a", "is there a choir for people with a zebra fish?")
    card = town.card()
    town.press("moderator", card, "ticket_claim")
    town.press("moderator", card, "ticket_claim")
    rest(bot)
    assert [m["text"] for m in town.thread(ts)].count(claimed(town)) == 1


@pytest.mark.parametrize("forged", ['{"t": 99999999999999999999999}', '{"t": true}', '{"t": -1}', '{"t": 1.0}'])
def test_a_forged_ticket_number_is_told_so_and_changes_nothing(town: Town, bot: Bot, forged: str) -> None:
    town.say("patient-a", "is there a choir for people with a zebra fish?")
    card = town.card()
    town.press("moderator", card, "ticket_claim", value=forged)
    assert town.whisper("moderator", "moderators")["text"] == phrases().say("unknown_button")
    rest(bot)
    assert phrases().say("card_unclaimed") in town.card()["text"]
    assert bot.engine.stranded() == []


def test_a_message_too_long_to_match_is_told_so(town: Town) -> None:
    receipt = town.reply(town.say("patient-a", "is there a choir for a zebra fish? " * 200))
    assert "too long" in receipt["text"]
