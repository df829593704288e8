"""Which messages are the bot's business, and what each question gets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.decision import (
    SUGGESTIONS,
    TEXT_LIMIT,
    Accept,
    Admission,
    Answer,
    Decision,
    Escalate,
    Forward,
    Ignore,
    Later,
    NotOurs,
    Offered,
    Reply,
    SafetyNotice,
    Scene,
    Suggestions,
    ThreadFacts,
    admit,
    decide,
    from_json,
    stands_alone,
    ticket_for,
    to_json,
)
from bot.domain.knowledge import ChannelMode, Entry, KnowledgeBase, MatchingSettings
from bot.domain.matching import Match, Ranking
from bot.domain.phrases import KEYS
from bot.domain.question import Door, Question
from bot.domain.scope import Level, Route, Verdict

RULES = MatchingSettings(answer_confidence=0.80, suggest_confidence=0.50, margin=0.10)
TODAY = date(2026, 6, 1)
ASKED = Question("q:T1:C1:1.0", "T1", "C1", "U-patient", "when may I drive again?", Door.CHANNEL, 1.0, ts="1.0")

PLAIN = Verdict(Route.GENERAL_INFO)
RED_FLAG = Verdict(Route.EMERGENCY, Level.PAGE, Route.EMERGENCY, kind="cauda_equina", rule="r", clause="cannot pee")
CRISIS = Verdict(Route.CRISIS, Level.PAGE, Route.CRISIS)
DOUBTFUL = Verdict(Route.GENERAL_INFO, Level.CHECK, Route.URGENT, rule="r", clause="a bit of fever")


# --- is it ours? ------------------------------------------------------------------------------------------------

THREAD = Scene(ChannelMode.THREAD)
PRIVATE = Scene(ChannelMode.PRIVATE)
OFF = Scene(ChannelMode.OFF)
DESK = Scene(ChannelMode.OFF, by_moderator=True, own_channel=True)

ALONE = ThreadFacts("U-patient", other_speaker=False, ticket=False)
ALONE_WITH_TICKET = ThreadFacts("U-patient", other_speaker=False, ticket=True)
PEOPLE_TALKING = ThreadFacts("U-patient", other_speaker=True, ticket=False)
PEOPLE_TALKING_WITH_TICKET = ThreadFacts("U-patient", other_speaker=True, ticket=True)


def by_moderator(scene: Scene) -> Scene:
    return replace(scene, by_moderator=True)


def by_bot(scene: Scene) -> Scene:
    return replace(scene, by_bot=True)


def as_event(scene: Scene, subtype: str) -> Scene:
    return replace(scene, subtype=subtype)


def in_thread(scene: Scene, facts: ThreadFacts | None) -> Scene:
    return replace(scene, thread=facts)


OURS, ALARM, LATER, NOT_OURS = "ours", "alarm", "later", "not ours"

# name: (door, scene, verdict, asks, best confidence or None before matching, writer, what comes of it)
Row = tuple[Door, Scene, Verdict, bool, float | None, str, str]
PATIENT, OTHER = "U-patient", "U-other"

MESSAGES: Mapping[str, Row] = {
    # (a) addressed to the bot
    "a mention in a channel the bot answers in": (Door.MENTION, THREAD, PLAIN, True, None, PATIENT, OURS),
    "a mention in a channel that is off": (Door.MENTION, OFF, PLAIN, True, None, PATIENT, OURS),
    "a mention that asks nothing": (Door.MENTION, OFF, PLAIN, False, None, PATIENT, OURS),
    "a mention by a moderator": (Door.MENTION, by_moderator(THREAD), PLAIN, True, None, OTHER, OURS),
    "a mention in a thread where people are talking": (
        Door.MENTION, in_thread(THREAD, PEOPLE_TALKING), PLAIN, True, None, OTHER, OURS),
    "a mention in a thread the bot is not in": (
        Door.MENTION, in_thread(THREAD, None), PLAIN, True, None, OTHER, OURS),
    "a mention on the moderators' channel": (Door.MENTION, DESK, PLAIN, True, None, OTHER, OURS),
    "a direct message": (Door.DM, OFF, PLAIN, True, None, PATIENT, OURS),
    "a direct message that asks nothing": (Door.DM, OFF, PLAIN, False, None, PATIENT, OURS),
    "a direct message by a moderator": (Door.DM, by_moderator(OFF), PLAIN, True, None, OTHER, OURS),
    "a direct message with a file": (Door.DM, as_event(OFF, "file_share"), PLAIN, False, None, PATIENT, OURS),
    "/ask in a channel that is off": (Door.COMMAND, OFF, PLAIN, True, None, PATIENT, OURS),
    "/ask by a moderator": (Door.COMMAND, by_moderator(PRIVATE), PLAIN, True, None, OTHER, OURS),
    "a pressed button": (Door.BUTTON, THREAD, PLAIN, False, None, PATIENT, OURS),
    # (b) at the top of an opted-in channel
    "a question in a channel with threads": (Door.CHANNEL, THREAD, PLAIN, True, None, PATIENT, OURS),
    "a question in a private channel mode": (Door.CHANNEL, PRIVATE, PLAIN, True, None, PATIENT, OURS),
    "a question in a channel that is off": (Door.CHANNEL, OFF, PLAIN, True, None, PATIENT, NOT_OURS),
    "a question by a moderator": (Door.CHANNEL, by_moderator(THREAD), PLAIN, True, None, OTHER, NOT_OURS),
    "a question with a picture": (Door.CHANNEL, as_event(THREAD, "file_share"), PLAIN, True, None, PATIENT, OURS),
    "a question said with /me": (Door.CHANNEL, as_event(THREAD, "me_message"), PLAIN, True, None, PATIENT, OURS),
    "a question sent from a thread to the channel": (
        Door.CHANNEL, as_event(THREAD, "thread_broadcast"), PLAIN, True, None, PATIENT, OURS),
    "chatter before matching": (Door.CHANNEL, THREAD, PLAIN, False, None, PATIENT, LATER),
    "chatter before matching, private mode": (Door.CHANNEL, PRIVATE, PLAIN, False, None, PATIENT, LATER),
    "chatter that matches an entry": (Door.CHANNEL, THREAD, PLAIN, False, 0.9, PATIENT, OURS),
    "chatter exactly at the suggestion threshold": (Door.CHANNEL, THREAD, PLAIN, False, 0.50, PATIENT, OURS),
    "chatter just under the suggestion threshold": (Door.CHANNEL, THREAD, PLAIN, False, 0.49, PATIENT, NOT_OURS),
    "chatter that matches nothing": (Door.CHANNEL, THREAD, PLAIN, False, 0.0, PATIENT, NOT_OURS),
    "chatter in a channel that is off": (Door.CHANNEL, OFF, PLAIN, False, None, PATIENT, NOT_OURS),
    "chatter by a moderator that would match": (
        Door.CHANNEL, by_moderator(THREAD), PLAIN, False, 0.9, OTHER, NOT_OURS),
    # (c) replies in threads
    "a further question by the asker": (Door.THREAD, in_thread(THREAD, ALONE), PLAIN, True, None, PATIENT, OURS),
    "thanks by the asker": (Door.THREAD, in_thread(THREAD, ALONE), PLAIN, False, None, PATIENT, OURS),
    "a reply by the asker in a channel that is off, after a mention": (
        Door.THREAD, in_thread(OFF, ALONE), PLAIN, True, None, PATIENT, OURS),
    "a reply by the asker whose question a person has": (
        Door.THREAD, in_thread(THREAD, ALONE_WITH_TICKET), PLAIN, False, None, PATIENT, OURS),
    "a reply by the asker while people are talking": (
        Door.THREAD, in_thread(THREAD, PEOPLE_TALKING), PLAIN, True, None, PATIENT, NOT_OURS),
    "a reply by the asker while people are talking and a ticket is open": (
        Door.THREAD, in_thread(THREAD, PEOPLE_TALKING_WITH_TICKET), PLAIN, True, None, PATIENT, OURS),
    "a reply by somebody else": (Door.THREAD, in_thread(THREAD, ALONE), PLAIN, True, None, OTHER, NOT_OURS),
    "a reply by somebody else while a ticket is open": (
        Door.THREAD, in_thread(THREAD, ALONE_WITH_TICKET), PLAIN, True, None, OTHER, NOT_OURS),
    "a reply by a moderator": (
        Door.THREAD, in_thread(by_moderator(THREAD), ALONE), PLAIN, True, None, OTHER, NOT_OURS),
    "a question in a thread the bot has never been in": (
        Door.THREAD, in_thread(THREAD, None), PLAIN, True, None, PATIENT, NOT_OURS),
    "a moderator's remark under a ticket's card": (
        Door.THREAD, in_thread(DESK, None), PLAIN, True, None, OTHER, NOT_OURS),
    # (d) red flags: whoever writes and wherever
    "a red flag in a channel that is off": (Door.CHANNEL, OFF, RED_FLAG, False, None, PATIENT, ALARM),
    "a red flag in a channel with threads": (Door.CHANNEL, THREAD, RED_FLAG, False, None, PATIENT, ALARM),
    "a red flag by a moderator": (Door.CHANNEL, by_moderator(THREAD), RED_FLAG, False, None, OTHER, ALARM),
    "a red flag by a moderator in a channel that is off": (
        Door.CHANNEL, by_moderator(OFF), RED_FLAG, False, None, OTHER, ALARM),
    "a red flag in a direct message": (Door.DM, OFF, RED_FLAG, False, None, PATIENT, ALARM),
    "a red flag by /ask": (Door.COMMAND, OFF, RED_FLAG, True, None, PATIENT, ALARM),
    "a red flag in a mention": (Door.MENTION, THREAD, RED_FLAG, True, None, PATIENT, ALARM),
    "a red flag in a thread where people are talking": (
        Door.THREAD, in_thread(THREAD, PEOPLE_TALKING), RED_FLAG, False, None, PATIENT, ALARM),
    "a red flag by somebody else in an asker's thread": (
        Door.THREAD, in_thread(THREAD, ALONE), RED_FLAG, False, None, OTHER, ALARM),
    "a red flag in a thread the bot is not in": (
        Door.THREAD, in_thread(OFF, None), RED_FLAG, False, None, OTHER, ALARM),
    "a crisis in a thread by the asker": (Door.THREAD, in_thread(THREAD, ALONE), CRISIS, False, None, PATIENT, ALARM),
    "a red flag with a voice message": (
        Door.CHANNEL, as_event(THREAD, "file_share"), RED_FLAG, False, None, PATIENT, ALARM),
    "a red flag at the top of the moderators' channel": (Door.CHANNEL, DESK, RED_FLAG, False, None, OTHER, ALARM),
    "moderators talking of a red flag under a card": (
        Door.THREAD, in_thread(DESK, None), RED_FLAG, False, None, OTHER, NOT_OURS),
    # an alarm that is possible and not plain
    "a doubtful alarm in a channel the bot answers in": (Door.CHANNEL, THREAD, DOUBTFUL, False, None, PATIENT, OURS),
    "a doubtful alarm in a private channel mode": (Door.CHANNEL, PRIVATE, DOUBTFUL, False, None, PATIENT, OURS),
    "a doubtful alarm in a channel that is off": (Door.CHANNEL, OFF, DOUBTFUL, False, None, PATIENT, NOT_OURS),
    "a doubtful alarm by a moderator": (
        Door.CHANNEL, by_moderator(THREAD), DOUBTFUL, False, None, OTHER, NOT_OURS),
    "a doubtful alarm where people are talking": (
        Door.THREAD, in_thread(THREAD, PEOPLE_TALKING), DOUBTFUL, False, None, PATIENT, NOT_OURS),
    "a doubtful alarm by the asker alone": (
        Door.THREAD, in_thread(THREAD, ALONE), DOUBTFUL, False, None, PATIENT, OURS),
    # nobody's words
    "another bot's question": (Door.CHANNEL, by_bot(THREAD), PLAIN, True, None, OTHER, NOT_OURS),
    "another bot's direct message": (Door.DM, by_bot(OFF), PLAIN, True, None, OTHER, NOT_OURS),
    "another bot's mention": (Door.MENTION, by_bot(THREAD), PLAIN, True, None, OTHER, NOT_OURS),
    "another bot's red flag": (Door.CHANNEL, by_bot(THREAD), RED_FLAG, True, None, OTHER, NOT_OURS),
    "somebody joins": (Door.CHANNEL, as_event(THREAD, "channel_join"), PLAIN, False, None, OTHER, NOT_OURS),
    "the topic is set": (Door.CHANNEL, as_event(THREAD, "channel_topic"), PLAIN, True, None, OTHER, NOT_OURS),
    "an unfurl or an edit as Slack tells it": (
        Door.CHANNEL, as_event(THREAD, "message_changed"), PLAIN, True, None, PATIENT, NOT_OURS),
    "a deletion": (Door.CHANNEL, as_event(THREAD, "message_deleted"), PLAIN, True, None, PATIENT, NOT_OURS),
    "the bot's own message": (Door.CHANNEL, by_bot(THREAD), PLAIN, True, 1.0, OTHER, NOT_OURS),
}  # fmt: skip


def outcome(admission: Admission) -> str:
    match admission:
        case Accept(alarm=alarm):
            return OURS if alarm is None else ALARM
        case Later():
            return LATER
        case NotOurs():
            return NOT_OURS


def test_the_table_of_messages_has_at_least_45_examples() -> None:
    assert len(MESSAGES) >= 45


@pytest.mark.parametrize("name", MESSAGES)
def test_what_is_ours(name: str) -> None:
    door, scene, verdict, asks, confidence, writer, expected = MESSAGES[name]
    question = replace(ASKED, door=door, user=writer, thread_ts="0.5" if door is Door.THREAD else "")
    admission = admit(question, scene, verdict, asks=asks, confidence=confidence, rules=RULES)
    assert outcome(admission) == expected
    if isinstance(admission, Accept) and admission.alarm is not None:
        assert admission.alarm == verdict


def test_what_is_not_ours_says_why_and_never_in_the_patients_words() -> None:
    for door, scene, verdict, asks, confidence, writer, _ in MESSAGES.values():
        question = replace(ASKED, door=door, user=writer, text="canary phrase")
        admission = admit(question, scene, verdict, asks=asks, confidence=confidence, rules=RULES)
        if isinstance(admission, NotOurs):
            assert admission.why
            assert "canary" not in admission.why


# --- what does it get? ------------------------------------------------------------------------------------------


def entry(entry_id: str, **fields: object) -> Entry:
    values = {"id": entry_id, "question": f"About {entry_id}?", "answer": "An answer.", "author": "A curator"}
    return Entry.model_validate(values | fields)


ENTRIES = {
    e.id: e
    for e in (
        entry("driving"),
        entry("flying"),
        entry("work"),
        entry("sleep"),
        entry("strict", min_confidence=0.95),
        entry("lenient", min_confidence=0.10),
        entry("old", review_by=date(2026, 5, 31)),
        entry("due-today", review_by=TODAY),
    )
}
KNOWLEDGE = KnowledgeBase(entries=ENTRIES)


def ranked(*found: tuple[str, float], margin: float = 0.5, vetoes: tuple[str, ...] = ()) -> Ranking:
    """A ranking of (entry id, confidence); `vetoes` stand on the first."""
    matches = tuple(
        Match(entry_id, confidence, "a phrasing", confidence, vetoes=vetoes if n == 0 else ())
        for n, (entry_id, confidence) in enumerate(found)
    )
    return Ranking(matches, margin)


def decided(
    ranking: Ranking | None = None,
    verdict: Verdict = PLAIN,
    *,
    question: Question = ASKED,
    thread: ThreadFacts | None = None,
    rules: MatchingSettings = RULES,
) -> Decision:
    return decide(question, verdict, ranking, KNOWLEDGE, rules, TODAY, thread=thread)


def test_a_confident_match_is_the_answer() -> None:
    decision = decided(ranked(("driving", 0.9), ("flying", 0.4)))
    closest = (Offered("driving", 0.9), Offered("flying", 0.4))
    assert decision == Answer("driving", ENTRIES["driving"].version, 0.9, offered=closest)
    assert ticket_for(decision) is None


def test_a_match_exactly_at_both_thresholds_is_the_answer() -> None:
    assert isinstance(decided(ranked(("driving", 0.80), margin=0.10)), Answer)


def test_a_match_just_below_the_threshold_is_suggested() -> None:
    assert decided(ranked(("driving", 0.79))) == Suggestions((Offered("driving", 0.79),))


def test_two_close_matches_are_suggested_and_neither_is_the_answer() -> None:
    decision = decided(ranked(("driving", 0.95), ("flying", 0.90), margin=0.05))
    assert decision == Suggestions((Offered("driving", 0.95), Offered("flying", 0.90)))


def test_a_vetoed_match_is_suggested_however_confident() -> None:
    assert isinstance(decided(ranked(("driving", 1.0), vetoes=("other numbers",))), Suggestions)


def test_an_entry_may_demand_more_confidence_than_the_rest() -> None:
    assert isinstance(decided(ranked(("strict", 0.94))), Suggestions)
    assert isinstance(decided(ranked(("strict", 0.95))), Answer)


def test_an_entry_cannot_make_do_with_less_confidence_than_the_rest() -> None:
    assert isinstance(decided(ranked(("lenient", 0.79))), Suggestions)


def test_at_most_three_entries_are_suggested_best_first() -> None:
    decision = decided(ranked(("driving", 0.7), ("flying", 0.65), ("work", 0.6), ("sleep", 0.55), margin=0.05))
    assert isinstance(decision, Suggestions)
    assert [o.entry_id for o in decision.offered] == ["driving", "flying", "work"]
    assert len(decision.offered) == SUGGESTIONS


def test_only_what_reaches_the_suggestion_threshold_is_suggested() -> None:
    decision = decided(ranked(("driving", 0.50), ("flying", 0.49), margin=0.01))
    assert decision == Suggestions((Offered("driving", 0.50),))


def test_below_the_suggestion_threshold_a_person_is_brought_with_the_nearest_entries() -> None:
    decision = decided(ranked(("driving", 0.49), ("flying", 0.2)))
    assert decision == Escalate(Route.GENERAL_INFO, "no_match", (Offered("driving", 0.49), Offered("flying", 0.2)))
    assert ticket_for(decision)


def test_no_match_at_all_brings_a_person() -> None:
    assert decided(Ranking()) == Escalate(Route.GENERAL_INFO, "no_match")


def test_an_entry_past_its_review_date_goes_to_a_moderator_as_a_draft() -> None:
    decision = decided(ranked(("old", 0.95), ("driving", 0.2)))
    assert decision == Escalate(Route.GENERAL_INFO, "overdue", (Offered("old", 0.95), Offered("driving", 0.2)))


def test_an_entry_still_answers_on_the_day_it_is_due() -> None:
    assert isinstance(decided(ranked(("due-today", 0.95))), Answer)


def test_an_entry_past_its_review_date_is_never_suggested() -> None:
    decision = decided(ranked(("old", 0.7), ("driving", 0.6), margin=0.1))
    assert decision == Suggestions((Offered("driving", 0.6),))
    assert isinstance(decided(ranked(("old", 0.7))), Escalate)


def test_a_plain_alarm_is_a_notice_whatever_matches() -> None:
    assert decided(ranked(("driving", 1.0)), RED_FLAG) == SafetyNotice(Route.EMERGENCY, "cauda_equina")
    assert decided(None, CRISIS) == SafetyNotice(Route.CRISIS)
    assert ticket_for(SafetyNotice(Route.URGENT))


def test_a_plain_alarm_is_a_notice_in_a_thread_with_a_ticket_too() -> None:
    question = replace(ASKED, door=Door.THREAD)
    assert decided(None, CRISIS, question=question, thread=ALONE_WITH_TICKET) == SafetyNotice(Route.CRISIS)


def test_a_plain_alarm_without_words_we_know_is_still_a_notice() -> None:
    assert isinstance(decided(None, RED_FLAG, question=replace(ASKED, text="🆘🆘")), SafetyNotice)


@pytest.mark.parametrize("route", [Route.EMERGENCY, Route.CRISIS, Route.URGENT])
def test_an_alarm_route_is_a_notice_at_any_level(route: Route) -> None:
    assert decided(Ranking(), Verdict(route)) == SafetyNotice(route)


@pytest.mark.parametrize(
    ("route", "reason"),
    [
        (Route.MEDICATION, "medication"),
        (Route.PERSONAL_ADVICE, "personal_advice"),
        (Route.ADMIN, "admin"),
        (Route.ABUSE_SPAM, "abuse_spam"),
    ],
)
def test_these_routes_bring_a_person_even_where_an_entry_matches_perfectly(route: Route, reason: str) -> None:
    decision = decided(ranked(("driving", 1.0)), Verdict(route))
    assert decision == Escalate(route, reason, (Offered("driving", 1.0),))


@pytest.mark.parametrize("route", [Route.MEDICATION, Route.PERSONAL_ADVICE, Route.ADMIN, Route.ABUSE_SPAM])
def test_a_doubtful_alarm_beside_another_route_goes_to_the_person_with_the_ticket(route: Route) -> None:
    decision = decided(ranked(("driving", 1.0)), Verdict(route, Level.CHECK, Route.CRISIS))
    assert isinstance(decision, Escalate)
    assert decision.alarm is Route.CRISIS


def test_with_a_doubtful_alarm_a_confident_answer_follows_under_the_strip_and_a_person_is_told() -> None:
    decision = decided(ranked(("driving", 0.9), ("flying", 0.2)), DOUBTFUL)
    assert isinstance(decision, Answer)
    assert decision.alarm is Route.URGENT
    assert [o.entry_id for o in decision.offered] == ["driving", "flying"]
    assert ticket_for(decision)


@pytest.mark.parametrize(
    "ranking", [ranked(("driving", 0.7)), ranked(("driving", 0.9), margin=0.0), ranked(("driving", 0.1)), Ranking()]
)
def test_with_a_doubtful_alarm_nothing_is_suggested_and_a_person_comes(ranking: Ranking) -> None:
    decision = decided(ranking, DOUBTFUL)
    assert isinstance(decision, Escalate)
    assert (decision.reason, decision.alarm) == ("possible_alarm", Route.URGENT)


def test_a_doubtful_alarm_is_kept_when_the_entry_is_past_its_review_date() -> None:
    decision = decided(ranked(("old", 0.95)), DOUBTFUL)
    assert decision == Escalate(Route.GENERAL_INFO, "overdue", (Offered("old", 0.95),), Route.URGENT)


def test_a_doubtful_alarm_in_small_talk_brings_a_person() -> None:
    decision = decided(Ranking(), Verdict(Route.SMALLTALK, Level.CHECK, Route.CRISIS))
    assert decision == Escalate(Route.SMALLTALK, "possible_alarm", (), Route.CRISIS)


def test_small_talk_gets_a_short_reply_and_silence_in_a_thread() -> None:
    assert decided(Ranking(), Verdict(Route.SMALLTALK)) == Reply("smalltalk_reply")
    assert decided(Ranking(), Verdict(Route.SMALLTALK), question=replace(ASKED, door=Door.THREAD)) == Ignore()
    assert ticket_for(Ignore()) is None


def of_length(length: int) -> Question:
    return replace(ASKED, text="word " * (length // 5) + "x" * (length % 5))


def test_a_message_of_4000_characters_is_matched_and_a_longer_one_is_read_by_a_person() -> None:
    ranking = ranked(("driving", 0.9))
    assert isinstance(decided(ranking, question=of_length(TEXT_LIMIT)), Answer)
    assert decided(ranking, question=of_length(TEXT_LIMIT + 1)) == Escalate(Route.GENERAL_INFO, "too_long")


def test_a_message_of_20000_characters_keeps_its_route_and_its_doubtful_alarm() -> None:
    verdict = Verdict(Route.MEDICATION, Level.CHECK, Route.URGENT)
    decision = decided(None, verdict, question=of_length(20_000))
    assert decision == Escalate(Route.MEDICATION, "too_long", alarm=Route.URGENT)


def test_a_plain_alarm_in_a_message_of_20000_characters_is_a_notice() -> None:
    assert isinstance(decided(None, RED_FLAG, question=of_length(20_000)), SafetyNotice)


@pytest.mark.parametrize("text", ["👍", "🎉🎉🎉", ":+1:", "...", "?!", "", "<@U0123>", "https://example.org/x"])
def test_a_message_without_words_is_asked_for_words(text: str) -> None:
    assert decided(Ranking(), Verdict(Route.SMALLTALK), question=replace(ASKED, text=text)) == Reply("no_words")


def test_a_file_without_words_goes_to_a_person() -> None:
    question = replace(ASKED, door=Door.DM, text="", has_files=True)
    decision = decided(Ranking(), Verdict(Route.SMALLTALK), question=question)
    assert decision == Escalate(Route.GENERAL_INFO, "files")


def test_a_picture_shared_in_a_channel_is_offered_a_person() -> None:
    question = replace(ASKED, text="", has_files=True)
    assert decided(Ranking(), Verdict(Route.SMALLTALK), question=question) == Reply("files_offer")


def test_who_asks_for_a_person_gets_one_and_no_answer() -> None:
    decision = decided(ranked(("driving", 0.9)), question=replace(ASKED, wants_person=True))
    assert decision == Escalate(Route.GENERAL_INFO, "requested", (Offered("driving", 0.9),))


def test_who_asks_for_a_person_with_a_red_flag_gets_the_notice() -> None:
    assert isinstance(decided(None, RED_FLAG, question=replace(ASKED, wants_person=True)), SafetyNotice)


def test_what_goes_on_with_a_question_that_a_person_has_is_forwarded() -> None:
    question = replace(ASKED, door=Door.DM, joins_thread="0.5")
    assert decided(ranked(("driving", 0.9)), question=question, thread=ALONE_WITH_TICKET) == Forward()


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("when may I drive my car again?", True),
        ("is swimming allowed after a fusion?", True),
        ("and when can I swim?", False),
        ("sorry, I mean after the fusion?", False),
        ("it was in May", False),
        ("really?", False),
        ("thanks", False),
        ("", False),
    ],
)
def test_which_messages_are_clear_questions_of_their_own(text: str, alone: bool) -> None:
    assert stands_alone(text) is alone


def test_a_file_with_a_question_is_answered_by_the_question() -> None:
    assert isinstance(decided(ranked(("driving", 0.9)), question=replace(ASKED, has_files=True)), Answer)


@pytest.mark.parametrize("text", ["and another thing?", "👍", "x" * 5_000])
def test_in_a_thread_whose_question_a_person_has_the_bot_only_passes_on(text: str) -> None:
    question = replace(ASKED, door=Door.THREAD, text=text)
    for facts in (ALONE_WITH_TICKET, PEOPLE_TALKING_WITH_TICKET):
        assert decided(ranked(("driving", 1.0)), question=question, thread=facts) == Forward()


def test_in_a_thread_without_a_ticket_the_asker_is_answered() -> None:
    question = replace(ASKED, door=Door.THREAD)
    assert isinstance(decided(ranked(("driving", 0.9)), question=question, thread=ALONE), Answer)


def test_a_mention_in_a_thread_with_a_ticket_is_answered() -> None:
    question = replace(ASKED, door=Door.MENTION)
    assert isinstance(decided(ranked(("driving", 0.9)), question=question, thread=ALONE_WITH_TICKET), Answer)


# --- properties ---------------------------------------------------------------------------------------------------

shares = st.floats(0, 1, allow_nan=False)
rankings = st.builds(
    lambda found, margin, vetoes: ranked(*sorted(found, key=lambda f: -f[1]), margin=margin, vetoes=vetoes),
    st.lists(st.tuples(st.sampled_from(sorted(ENTRIES)), shares), unique_by=lambda f: f[0], max_size=6),
    shares,
    st.sampled_from([(), ("a reason",)]),
)
verdicts = st.builds(
    lambda route, level, alarm: Verdict(route, level, None if level is Level.NONE else alarm, clause="canary"),
    st.sampled_from(Route),
    st.sampled_from(Level),
    st.sampled_from([Route.EMERGENCY, Route.CRISIS, Route.URGENT]),
)
threads = st.none() | st.builds(ThreadFacts, st.just("U-patient"), st.booleans(), st.booleans())
texts = st.sampled_from(["canary phrase", "canary?", "👍", "", "canary " * 800])
asked = st.builds(
    lambda door, text, files: replace(ASKED, door=door, text=text, has_files=files),
    st.sampled_from(Door),
    texts,
    st.booleans(),
)


@given(question=asked, verdict=verdicts, ranking=rankings, thread=threads)
def test_every_question_gets_a_decision_that_keeps_the_promises(
    question: Question, verdict: Verdict, ranking: Ranking, thread: ThreadFacts | None
) -> None:
    decision = decided(ranking, verdict, question=question, thread=thread)
    match decision:
        case Answer(entry_id=entry_id, confidence=confidence):
            assert verdict.route is Route.GENERAL_INFO
            assert confidence >= RULES.answer_confidence
            assert not ENTRIES[entry_id].overdue(TODAY)
        case Suggestions(offered=offered):
            assert verdict.level is Level.NONE
            assert 1 <= len(offered) <= SUGGESTIONS
            assert not any(ENTRIES[o.entry_id].overdue(TODAY) for o in offered)
        case Escalate(reason=reason):
            assert f"reason_{reason}" in KEYS
        case Reply(phrase=phrase):
            assert phrase in KEYS
        case _:
            pass
    if verdict.level is Level.PAGE:
        assert isinstance(decision, SafetyNotice)


@given(question=asked, verdict=verdicts, ranking=rankings, thread=threads)
def test_what_is_kept_of_a_decision_has_none_of_the_patients_words(
    question: Question, verdict: Verdict, ranking: Ranking, thread: ThreadFacts | None
) -> None:
    assert "canary" not in json.dumps(to_json(decided(ranking, verdict, question=question, thread=thread)))


ids = st.from_regex(r"[a-z]{1,8}(-[a-z]{1,8})?", fullmatch=True)
offers = st.lists(st.builds(Offered, ids, shares), max_size=3).map(tuple)
routes = st.sampled_from(Route)
decisions: st.SearchStrategy[Decision] = st.one_of(
    st.builds(Answer, ids, ids, shares, st.none() | routes, offers),
    st.builds(Suggestions, offers),
    st.builds(Escalate, routes, ids, offers, st.none() | routes),
    st.builds(SafetyNotice, routes, st.sampled_from(["", "cauda_equina", "poisoning"])),
    st.builds(Reply, ids),
    st.just(Forward()),
    st.just(Ignore()),
)


@given(decisions)
def test_a_decision_comes_back_from_json_as_it_was(decision: Decision) -> None:
    back = from_json(json.loads(json.dumps(to_json(decision))))
    assert back == decision
    assert type(back) is type(decision)
    assert all(isinstance(r, Route) for r in (getattr(back, "route", None), getattr(back, "alarm", None)) if r)


def test_a_decision_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError):
        from_json({"decision": "Guess"})
