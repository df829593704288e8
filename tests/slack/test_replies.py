"""What patients and moderators see: the curated words, who answers for them, and nothing Slack would refuse."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.domain.decision import Offered
from bot.domain.knowledge import ANSWER_LIMIT as LONGEST_CURATED_ANSWER
from bot.domain.knowledge import Entry, Hours, KnowledgeBase, Source
from bot.domain.phrases import KEYS
from bot.domain.scope import ALARMS, Route
from bot.domain.tickets import State, Ticket
from bot.knowledge_files import load
from bot.slack.cards import ANSWER_LIMIT, WORDS_ON_CARD_LIMIT, CardFacts, Cards
from bot.slack.message import Message
from bot.slack.messenger import Messenger
from bot.slack.replies import Replies
from bot.workspace.blocks_check import blocks_too_long, problems_in_blocks, problems_in_view
from tests.town import KNOWLEDGE, Town, action_ids

Json = dict[str, Any]

LOADED = load(KNOWLEDGE)
REPLIES = Replies(LOADED.phrases, LOADED.config)
CARDS = Cards(LOADED.phrases)
FILES = sorted((KNOWLEDGE / "answers").glob("*.yaml"))
NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
TODAY = NOW.date()


def as_written(path: Path) -> Json:
    """The entry as its author wrote it, read without any code of the bot's."""
    written = yaml.safe_load(path.read_text())
    assert isinstance(written, dict)
    return written


def shipped(path: Path) -> Entry:
    return LOADED.knowledge.entries[as_written(path)["id"]]


def word_list(text: str) -> list[str]:
    return re.findall(r"\w+", html.unescape(text))


def paragraphs(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def of_type(blocks: Sequence[Json], kind: str) -> list[Json]:
    return [block for block in blocks if block["type"] == kind]


def small_print(message: Message) -> str:
    """Everything in the context blocks."""
    return "\n".join(e["text"] for block in of_type(message.blocks, "context") for e in block["elements"])


def texts_in(part: object) -> Iterator[Json]:
    """Every text object in blocks or a view."""
    if isinstance(part, list):
        for item in part:
            yield from texts_in(item)
    elif isinstance(part, dict):
        if part.get("type") in ("mrkdwn", "plain_text"):
            yield part
        for value in part.values():
            yield from texts_in(value)


def markup(blocks: object) -> str:
    """All text that Slack would read as markup."""
    return "\n".join(text["text"] for text in texts_in(blocks) if text["type"] == "mrkdwn")


def buttons(message: Message) -> list[str]:
    return action_ids({"blocks": message.blocks})


def assert_slack_takes(message: Message) -> None:
    assert problems_in_blocks(message.blocks) == []
    assert not blocks_too_long(message.blocks)
    assert 0 < len(message.text) <= 40_000


# --- curated answers, word for word -------------------------------------------------------------------------------


def test_every_shipped_file_is_an_entry() -> None:
    assert len(FILES) >= 15
    assert {as_written(path)["id"] for path in FILES} == set(LOADED.knowledge.entries)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
class TestEveryShippedAnswer:
    def test_is_shown_word_for_word(self, path: Path) -> None:
        [block] = of_type(REPLIES.answer(shipped(path), "q:1").blocks, "markdown")
        assert paragraphs(block["text"]) == paragraphs(as_written(path)["answer"])
        assert block["text"] == as_written(path)["answer"].strip()

    def test_has_every_paragraph_in_its_text_in_the_same_order(self, path: Path) -> None:
        """Screen readers and notifications read the text, not the blocks."""
        shown = " ".join(word_list(REPLIES.answer(shipped(path), "q:1").text))
        begin = 0
        for paragraph in [as_written(path)["question"], *paragraphs(as_written(path)["answer"])]:
            found = shown.find(" ".join(word_list(paragraph)), begin)
            assert found >= begin, paragraph
            begin = found + 1

    def test_names_its_author_as_written(self, path: Path) -> None:
        message, author = REPLIES.answer(shipped(path), "q:1"), as_written(path)["author"]
        for shown in (small_print(message), message.text):
            assert f"Answered by {author}" in html.unescape(shown)

    def test_says_whether_it_has_been_reviewed(self, path: Path) -> None:
        shown = small_print(REPLIES.answer(shipped(path), "q:1"))
        written = as_written(path)
        unreviewed = not (written.get("reviewer") and written.get("reviewed_on"))
        assert (LOADED.phrases.say("not_reviewed") in shown) is unreviewed

    def test_links_its_sources(self, path: Path) -> None:
        message = REPLIES.answer(shipped(path), "q:1")
        for source in as_written(path)["sources"]:
            link = f"<{source['url']}|{source['title']}>"
            assert link in html.unescape(small_print(message))
            assert link in html.unescape(message.text)

    def test_has_the_footer_and_its_three_buttons(self, path: Path) -> None:
        message = REPLIES.answer(shipped(path), "q:1")
        footer = LOADED.phrases.say("answer_footer", emergency_number=REPLIES.number())
        assert footer in small_print(message)
        assert footer in message.text
        assert buttons(message) == ["feedback_yes", "feedback_no", "talk_to_person"]
        assert LOADED.phrases.say("helpful_question") in markup(message.blocks)

    def test_is_taken_by_slack_also_under_the_strip_and_from_a_moderator(self, path: Path) -> None:
        entry = shipped(path)
        for message in (
            REPLIES.answer(entry, "q:1"),
            REPLIES.answer(entry, "q:1", strip=True, intro=REPLIES.intro("https://example.org/1")),
            REPLIES.entry_from_moderator(entry, "U1", intro=REPLIES.intro("")),
        ):
            assert_slack_takes(message)
            assert [b["text"] for b in of_type(message.blocks, "markdown")] == [entry.answer]


def reviewed_entry(**fields: object) -> Entry:
    values = {
        "id": "an-entry",
        "question": "What is it?",
        "answer": "It is **this**.",
        "author": "A & B <curators>",
        "credentials": "physiotherapist",
        "reviewer": "R & S",
        "reviewed_on": date(2026, 3, 1),
    }
    return Entry.model_validate(values | fields)


def test_a_reviewed_answer_says_by_whom_and_when() -> None:
    shown = html.unescape(small_print(REPLIES.answer(reviewed_entry(), "q:1")))
    assert "Reviewed by R & S, 1 March 2026" in shown
    assert "Answered by A & B <curators>, physiotherapist" in shown
    assert LOADED.phrases.say("not_reviewed") not in shown


def test_a_reviewer_without_a_date_does_not_make_an_answer_reviewed() -> None:
    shown = small_print(REPLIES.answer(reviewed_entry(reviewed_on=None), "q:1"))
    assert LOADED.phrases.say("not_reviewed") in shown
    assert "R &amp; S" not in shown


def test_the_strip_stands_above_everything_in_blocks_and_text() -> None:
    message = REPLIES.answer(reviewed_entry(), "q:1", strip=True, intro="An introduction.")
    assert message.text.startswith(REPLIES.strip())
    assert message.blocks[0]["text"]["text"] == REPLIES.strip()


def test_a_curated_answer_from_a_moderator_is_signed_twice_and_asks_for_no_vote() -> None:
    message = REPLIES.entry_from_moderator(reviewed_entry(), "U-mod")
    assert "<@U-mod>" in small_print(message)
    assert "Answered by A" in small_print(message)
    assert buttons(message) == []


def test_after_a_vote_thanks_stand_in_place_of_the_two_buttons() -> None:
    answer = REPLIES.answer(reviewed_entry(), "q:1")
    for helpful, words in ((True, "helpful_thanks"), (False, "unhelpful_thanks")):
        after = REPLIES.thanks(answer, helpful)
        assert after.text.startswith(answer.text)
        assert LOADED.phrases.say(words) in after.text
        assert LOADED.phrases.say(words) in small_print(after)
        assert buttons(after) == ["talk_to_person"]
        assert_slack_takes(after)
        assert of_type(after.blocks, "markdown") == of_type(answer.blocks, "markdown")


# --- notices --------------------------------------------------------------------------------------------------------

ALARM_KINDS = [*product(sorted(ALARMS), [""]), (Route.EMERGENCY, "cauda_equina"), (Route.EMERGENCY, "poisoning")]


@pytest.mark.parametrize(("route", "kind"), ALARM_KINDS)
@pytest.mark.parametrize("country", [None, "GB", "US"])
def test_a_notice_has_numbers_and_nothing_to_press_or_to_rate(route: Route, kind: str, country: str | None) -> None:
    config = LOADED.config.model_copy(update={"country": country})
    notice = Replies(LOADED.phrases, config).notice(route, kind)
    numbers = config.emergency_numbers
    for number in [numbers[country]] if country else numbers.values():
        assert number.emergency in notice.text
        assert number.emergency in markup(notice.blocks)
    assert buttons(notice) == []
    assert "helpful" not in notice.text.lower()
    assert_slack_takes(notice)


def test_the_first_line_of_each_notice_says_what_to_do_now() -> None:
    first = {(route, kind): REPLIES.notice(route, kind).text.splitlines()[0] for route, kind in ALARM_KINDS}
    assert "emergency number now" in first[Route.EMERGENCY, ""]
    assert "emergency department now" in first[Route.EMERGENCY, "cauda_equina"]
    assert "poison centre now" in first[Route.EMERGENCY, "poisoning"]
    assert "today" in first[Route.URGENT, ""]
    assert "talk to now" in REPLIES.notice(Route.CRISIS).text.split("\n\n")[0]


# --- receipts -------------------------------------------------------------------------------------------------------

REASONS = sorted(key.removeprefix("reason_") for key in KEYS if key.startswith("reason_"))


@pytest.mark.parametrize(("reason", "route"), list(product(REASONS, Route)))
def test_every_receipt_tells_who_reads_it_and_where_emergencies_belong(reason: str, route: Route) -> None:
    receipt = REPLIES.received(route, reason, NOW, intro="An introduction.")
    assert LOADED.phrases.say("privacy_line") in receipt.text
    assert REPLIES.footer() in receipt.text
    assert REPLIES.strip() not in receipt.text
    assert REPLIES.received(route, reason, NOW, alarm=True).text.startswith(REPLIES.strip())
    assert "{" not in receipt.text
    assert_slack_takes(receipt)


def test_abuse_gets_a_boundary_and_no_promise() -> None:
    receipt = REPLIES.received(Route.ABUSE_SPAM, "abuse_spam", NOW)
    assert receipt.text.startswith(LOADED.phrases.say("abuse_boundary"))
    assert REPLIES.hours_line(NOW) not in receipt.text


def test_a_file_gets_told_that_it_was_not_read_and_who_was_told() -> None:
    receipt = REPLIES.received(Route.GENERAL_INFO, "files", NOW)
    assert "cannot open pictures" in receipt.text
    assert LOADED.config.service_name in receipt.text
    assert REPLIES.hours_line(NOW) in receipt.text


@pytest.mark.parametrize(
    ("now", "key"),
    [
        (datetime(2026, 6, 1, 10, 0, tzinfo=UTC), "hours_open"),
        (datetime(2026, 6, 6, 10, 0, tzinfo=UTC), "hours_closed"),
    ],
)
def test_a_receipt_tells_whether_someone_is_on_duty(now: datetime, key: str) -> None:
    values = {"opens": "Monday 09:00 (Europe/London)"} if key == "hours_closed" else {}
    weekdays = ("monday", "tuesday", "wednesday", "thursday", "friday")
    hours = Hours(timezone="Europe/London", days=dict.fromkeys(weekdays, "09:00-17:00"))
    staffed = Replies(LOADED.phrases, LOADED.config.model_copy(update={"hours": hours}))
    assert LOADED.phrases.say(key, **values) in staffed.received(Route.GENERAL_INFO, "no_match", now).text


def test_the_shipped_settings_promise_no_hours_that_nobody_has_agreed_to() -> None:
    assert LOADED.config.hours is None


def test_without_known_hours_nothing_is_promised() -> None:
    unknown = Replies(LOADED.phrases, LOADED.config.model_copy(update={"hours": None}))
    assert unknown.hours_line(NOW) == LOADED.phrases.say("hours_unknown")


@pytest.mark.parametrize("key", ["smalltalk_reply", "no_words", "trouble", "closed"])
def test_every_fixed_sentence_stands_above_the_footer(key: str) -> None:
    sentence = REPLIES.sentence(key, intro="An introduction.")
    assert sentence.text.endswith(REPLIES.footer())
    assert buttons(sentence) == []
    assert_slack_takes(sentence)


# --- did you mean ---------------------------------------------------------------------------------------------------


def entries(count: int, question: str) -> tuple[tuple[Offered, ...], KnowledgeBase]:
    made = [reviewed_entry(id=f"e{n}-" + "x" * 70, question=f"{n} {question}") for n in range(count)]
    return tuple(Offered(e.id, 0.6) for e in made), KnowledgeBase(entries={e.id: e for e in made})


def test_suggestions_are_buttons_with_the_questions_and_a_person_last() -> None:
    offered, knowledge = entries(3, "short question?")
    message = REPLIES.suggestions(offered, knowledge, "q:1", intro="An introduction.")
    assert buttons(message) == ["pick_1", "pick_2", "pick_3", "none_of_these"]
    [row] = of_type(message.blocks, "actions")
    assert [e["text"]["text"] for e in row["elements"][:3]] == [f"{n} short question?" for n in range(3)]
    assert [json.loads(e["value"]).get("e") for e in row["elements"]] == [*(o.entry_id for o in offered), None]
    assert all(f"{n} short question?" in message.text for n in range(3))
    assert_slack_takes(message)


def test_questions_too_long_for_their_buttons_can_be_read_in_full() -> None:
    offered, knowledge = entries(3, "long & winding " * 9)
    message = REPLIES.suggestions(offered, knowledge, f"q:T0000000000:C0000000000:{1700000000.123456}")
    for o in offered:
        question = knowledge.entries[o.entry_id].question
        assert question in html.unescape(message.text)
        assert question in html.unescape(markup(message.blocks))
    assert_slack_takes(message)


# --- at the extremes ------------------------------------------------------------------------------------------------


def longest_entry() -> Entry:
    sources = [Source(title="t" * 100, url="https://example.org/" + "u" * 100) for _ in range(4)]
    return reviewed_entry(
        question="q" * 150,
        answer=("word " * (LONGEST_CURATED_ANSWER // 5))[: LONGEST_CURATED_ANSWER - 1] + "x",
        author="a" * 100,
        credentials="c" * 100,
        sources=sources,
    )


def test_the_longest_answer_allowed_reaches_the_patient(slack: Town, messenger: Messenger) -> None:
    entry = longest_entry()
    assert len(entry.answer) == LONGEST_CURATED_ANSWER
    message = REPLIES.answer(entry, "q:1", strip=True, intro=REPLIES.intro("https://example.org/1"))
    assert_slack_takes(message)
    assert_slack_takes(REPLIES.entry_from_moderator(entry, "U1"))
    messenger.post(slack.channels["support"], "", "k", message)
    assert entry.answer in slack.messages("support")[-1]["text"]


TICKET = Ticket(
    123456, "q:1", "U-patient", Route.EMERGENCY, Route.CRISIS, "possible_alarm", (), State.OPEN, None, 0.0, 0.0
)
MESSAGE_OF_20_000 = ("lorem *ipsum* <!channel> & so on. " * 700)[:20_000]


@pytest.mark.parametrize(
    ("state", "holder"), [(State.OPEN, None), *((s, "U-mod") for s in State if s is not State.OPEN)]
)
@pytest.mark.parametrize("words", ["", MESSAGE_OF_20_000, "<" * 20_000])
def test_the_fullest_card_reaches_the_moderators(
    slack: Town, messenger: Messenger, state: State, holder: str | None, words: str
) -> None:
    made = [reviewed_entry(id=f"e{n}", question=f"{n}" + "<" * 149, review_by=date(2026, 1, 1)) for n in range(3)]
    ticket = replace(TICKET, offered=tuple((e.id, 1.0) for e in made), state=state, holder=holder)
    knowledge = KnowledgeBase(entries={e.id: e for e in made})
    card = CARDS.card(ticket, knowledge, CardFacts("https://example.org/" + "l" * 200, words), TODAY)
    assert_slack_takes(card)
    messenger.post(slack.channels["moderators"], "", "card:1", card)


def test_a_card_shows_the_beginning_of_a_long_message_and_that_there_is_more() -> None:
    card = CARDS.card(TICKET, KnowledgeBase(entries={}), CardFacts("", "x" * 20_000), TODAY)
    shown = "".join(t["text"] for t in texts_in(card.blocks) if set(t["text"]) <= {"x", "…"})
    assert shown == "x" * WORDS_ON_CARD_LIMIT + "…"


def test_a_card_shows_a_message_in_full_where_there_is_room() -> None:
    card = CARDS.card(TICKET, KnowledgeBase(entries={}), CardFacts("", "x" * WORDS_ON_CARD_LIMIT), TODAY)
    assert not any("…" in t["text"] for t in texts_in(card.blocks))


@pytest.mark.parametrize("words", ["x", MESSAGE_OF_20_000, "y" * 20_000, None, ""])
def test_the_patients_words_fit_into_their_modal_whole(words: str | None) -> None:
    view = CARDS.words(words)
    assert problems_in_view(view) == []
    shown = "".join(t["text"] for block in view["blocks"] for t in texts_in(block))
    assert "".join(shown.split()) == "".join((words or LOADED.phrases.say("words_gone")).split())


LONGEST_OWN_ANSWERS = ["word " * (ANSWER_LIMIT // 5), "<" * ANSWER_LIMIT, "&" * ANSWER_LIMIT, "\n" * 2_999 + "x"]


@pytest.mark.parametrize("words", LONGEST_OWN_ANSWERS)
def test_the_longest_answer_a_moderator_can_write_can_be_previewed_sent_and_changed(
    slack: Town, messenger: Messenger, words: str
) -> None:
    message = REPLIES.from_moderator(words, "U-mod")
    assert_slack_takes(message)
    assert problems_in_view(CARDS.preview(123456, "123456:U-mod:0123abcd", message)) == []
    assert problems_in_view(CARDS.write(123456, "123456:U-mod:0123abcd", words)) == []
    messenger.post(slack.channels["support"], "", "k", message)


def test_the_other_modals_are_taken_by_slack() -> None:
    assert problems_in_view(CARDS.write(1, "1:U:a")) == []
    assert problems_in_view(CARDS.refusal(LOADED.phrases.say("ticket_taken", moderator="<@U1>"))) == []


def test_the_preview_shows_exactly_what_is_sent() -> None:
    message = REPLIES.from_moderator("Two words.", "U-mod")
    view = CARDS.preview(1, "1:U-mod:a", message)
    begin = view["blocks"].index(message.blocks[0])
    assert view["blocks"][begin : begin + len(message.blocks)] == message.blocks


# --- people's words are no markup -----------------------------------------------------------------------------------

LOUD = "<!channel> *bold* _slanted_ `code` ~gone~ <@U123> <https://x.y|look> & :tada: > quoted"


def test_a_moderators_words_are_shown_as_typed() -> None:
    message = REPLIES.from_moderator(LOUD, "U-mod")
    [words] = of_type(message.blocks, "rich_text")
    [section] = words["elements"]
    assert "".join(run.get("text") or run["url"] for run in section["elements"]) == LOUD
    assert all(set(run) <= {"type", "text", "url"} for run in section["elements"])
    assert "bold" not in markup(message.blocks)
    assert "<!channel>" not in message.text
    assert "<@U123>" not in message.text


@pytest.mark.parametrize(
    ("typed", "addresses"),
    [
        ("See https://example.org/a?b=c&d=e.", ["https://example.org/a?b=c&d=e"]),
        ("(https://example.org/a) and http://example.org", ["https://example.org/a", "http://example.org"]),
        ("https://", []),
        ("javascript:alert(1) example.org", []),
    ],
)
def test_web_addresses_in_a_moderators_words_can_be_pressed(typed: str, addresses: list[str]) -> None:
    [words] = of_type(REPLIES.from_moderator(typed, "U-mod").blocks, "rich_text")
    runs = words["elements"][0]["elements"]
    assert [run["url"] for run in runs if run["type"] == "link"] == addresses
    assert "".join(run.get("text") or run["url"] for run in runs) == typed


def test_a_moderators_words_are_signed() -> None:
    message = REPLIES.from_moderator("Words.", "U-mod")
    assert "<@U-mod>" in small_print(message)
    assert "<@U-mod>" in message.text
    assert buttons(message) == []


def test_a_patients_words_are_shown_as_typed_on_the_card_and_in_the_modal() -> None:
    card = CARDS.card(TICKET, KnowledgeBase(entries={}), CardFacts("", LOUD), TODAY)
    view = CARDS.words(LOUD)
    for shown in (card.blocks, view["blocks"]):
        assert [t for t in texts_in(shown) if t["text"] == LOUD] == [
            {"type": "plain_text", "text": LOUD, "emoji": False}
        ]
        assert "bold" not in markup(shown)
    assert "<!channel>" not in card.text
    assert "<@U123>" not in card.text


def test_curated_titles_and_names_are_no_markup_either() -> None:
    entry = reviewed_entry(question="What is <!here> & co?", author="A <!channel>", reviewer="R <@U1>")
    ticket = replace(TICKET, offered=((entry.id, 0.5),))
    knowledge = KnowledgeBase(entries={entry.id: entry})
    for message in (
        REPLIES.answer(entry, "q:1"),
        REPLIES.suggestions((Offered(entry.id, 0.6),), knowledge, "q:1"),
        REPLIES.picked(entry.question),
        CARDS.card(ticket, knowledge, CardFacts(), TODAY),
    ):
        for shown in (message.text, markup(message.blocks)):
            assert not re.search(r"<[!@](here|channel|U1)", shown)


# --- the card -------------------------------------------------------------------------------------------------------


def test_an_open_card_can_be_claimed_and_a_claimed_one_cannot() -> None:
    empty = KnowledgeBase(entries={})
    open_card = CARDS.card(TICKET, empty, CardFacts(), TODAY)
    assert buttons(open_card) == ["ticket_claim", "ticket_write", "ticket_show", "ticket_resolve"]
    claimed = CARDS.card(replace(TICKET, state=State.CLAIMED, holder="U-mod"), empty, CardFacts(), TODAY)
    assert buttons(claimed) == ["ticket_write", "ticket_show", "ticket_resolve"]
    assert "<@U-mod>" in claimed.text


def test_a_resolved_card_has_nothing_to_press() -> None:
    entry = reviewed_entry()
    ticket = replace(TICKET, state=State.RESOLVED, holder="U-mod", offered=((entry.id, 0.5),))
    card = CARDS.card(ticket, KnowledgeBase(entries={entry.id: entry}), CardFacts(), TODAY)
    assert buttons(card) == []


def test_a_card_shows_the_nearest_entries_with_confidence_and_send() -> None:
    entry = reviewed_entry()
    ticket = replace(TICKET, offered=((entry.id, 0.42), ("gone", 0.3)))
    card = CARDS.card(ticket, KnowledgeBase(entries={entry.id: entry}), CardFacts("https://example.org/1"), TODAY)
    assert "*What is it?* (42%)" in markup(card.blocks)
    assert "ticket_send_1" in buttons(card)
    assert "ticket_send_2" not in buttons(card)
    assert "<https://example.org/1|" in card.text
    assert "<@U-patient>" in card.text


def test_an_entry_past_its_review_date_is_marked_as_a_draft_on_the_card() -> None:
    entry = reviewed_entry(review_by=date(2026, 5, 31))
    ticket = replace(TICKET, offered=((entry.id, 0.9),))
    card = CARDS.card(ticket, KnowledgeBase(entries={entry.id: entry}), CardFacts(), TODAY)
    assert "31 May 2026" in markup(card.blocks)


def test_an_alarms_card_is_told_by_words_and_sign() -> None:
    [header] = of_type(CARDS.card(TICKET, LOADED.knowledge, CardFacts(), TODAY).blocks, "header")
    assert header["text"]["text"] == "🚨 ALARM: CRISIS. Ticket 123456"
