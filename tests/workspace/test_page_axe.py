"""The page in a real browser: axe-core finds nothing to object to in any state, wide and light or narrow and dark."""

from __future__ import annotations

from typing import Any, TypedDict

import pytest
from playwright.sync_api import Page, expect

from tests.browser import OpenPage, objections
from tests.workspace.garden import Club, Gardener, actions, button, composer, main_message, plain, send

Json = dict[str, Any]


class Look(TypedDict):
    width: int
    height: int
    scheme: str


WIDE: Look = {"width": 1280, "height": 860, "scheme": "light"}
NARROW: Look = {"width": 400, "height": 740, "scheme": "dark"}
looks = pytest.mark.parametrize("look", [WIDE, NARROW], ids=["wide and light", "narrow and dark"])


class Inspection:
    """Collects what axe-core says of each state a page is brought into."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: dict[str, list[str]] = {}

    def of(self, state: str) -> None:
        said = objections(self.page)
        if said:
            self.found[state] = said


def rich_blocks() -> list[Json]:
    words = "## Sowing\n\n1. Dig **deep**\n   - a spade\n2. Sow\n\n> cool ground\n\n```\nrow = 30\n```\n[more](https://example.org)"
    beds = [{"text": plain(name), "value": name} for name in ("South", "East")]
    thumbs = {
        "type": "feedback_buttons",
        "action_id": "rate",
        "positive_button": {"text": plain("Good"), "value": "good"},
        "negative_button": {"text": plain("Bad"), "value": "bad"},
    }
    elements = [
        button("Pick it", "pick", style="primary"),
        button("Drop it", "drop", style="danger"),
        {"type": "static_select", "action_id": "bed", "placeholder": plain("Choose a bed"), "options": beds},
        {"type": "overflow", "action_id": "rest", "options": beds},
        {"type": "checkboxes", "action_id": "many", "options": beds},
    ]
    return [
        {"type": "header", "text": plain("What to do")},
        {"type": "markdown", "text": words},
        *actions(*elements),
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "Checked on <!date^1760000000^{date}|a day>"}]},
        {"type": "context_actions", "elements": [thumbs]},
    ]


def busy_channel(club: Club) -> str:
    """A channel with one of everything; returns the ts of a question with an answer in its thread."""
    question = club.says("ada", f"*Peas*? `now` :potato: <@{club.ids['ben']}> <!here>\n> said\n```\ncode\n```")
    club.bot.reactions_add(channel=club.channels["plants"], timestamp=question, name="eyes")
    club.posts("The answer", thread_ts=question, blocks=rich_blocks())
    deleted = club.says("ben", "to be deleted")
    club.posts("a reply that stays", thread_ts=deleted)
    club.acts("delete-message", "ben", ts=deleted)
    club.acts("edit-message", "ada", ts=club.says("ada", "wrods"), text="words")
    club.bot.chat_postEphemeral(channel=club.channels["plants"], user=club.ids["ada"], text="for you alone")
    return question


def test_a_button_without_a_name_would_be_found(club: Club, browser_page: OpenPage) -> None:
    page = browser_page(club.address("ada"))
    nameless = "button => { button.removeAttribute('aria-label'); button.removeAttribute('title'); }"
    page.get_by_test_id("send").evaluate(nameless)
    assert [said.split()[0] for said in objections(page)] == ["button-name"]


@looks
def test_nothing_stands_in_the_way_in_a_channel_and_its_menus(club: Club, browser_page: OpenPage, look: Look) -> None:
    question = busy_channel(club)
    page = browser_page(club.address("ada"), **look)
    seen = Inspection(page)
    expect(page.get_by_test_id("ephemeral-mark")).to_be_visible()
    seen.of("a channel with a message for one alone")
    for name in ("Add reaction", "More actions"):
        main_message(page, question).hover()
        main_message(page, question).get_by_role("button", name=name).click()
        seen.of(f"the menu {name}")
        page.keyboard.press("Escape")
    composer(page).fill("/w")
    seen.of("the list of commands")
    composer(page).fill("/dance now ")
    composer(page).press("Enter")
    expect(page.get_by_test_id("composer-notice")).to_be_visible()
    seen.of("a notice over the field")
    page.get_by_test_id("composer-shortcuts").click()
    seen.of("the menu of shortcuts")
    page.keyboard.press("Escape")
    main_message(page, question).get_by_test_id("message-delete").dispatch_event("click")
    expect(page.get_by_test_id("confirm")).to_be_visible()
    seen.of("a question before deleting")
    assert seen.found == {}


@looks
def test_nothing_stands_in_the_way_in_a_thread(club: Club, browser_page: OpenPage, look: Look) -> None:
    question = busy_channel(club)
    page = browser_page(club.address("ada", f"/archives/{club.channels['plants']}?thread_ts={question}"), **look)
    seen = Inspection(page)
    thread = page.get_by_test_id("thread-pane")
    expect(thread.get_by_role("heading", name="Sowing")).to_be_visible()
    seen.of("a thread")
    thread.get_by_role("button", name="Choose a bed").click()
    expect(page.get_by_role("listbox", name="Choose a bed")).to_be_visible()
    seen.of("an open select")
    page.keyboard.press("Escape")
    thread.get_by_test_id("message-edit").first.dispatch_event("click")
    expect(page.get_by_role("textbox", name="Edit message")).to_be_visible()
    seen.of("a message being changed")
    if look is NARROW:
        page.get_by_test_id("thread-close").click()
        page.get_by_role("button", name="Channels").click()
        expect(page.get_by_test_id("person-switch")).to_be_focused()
        seen.of("the open sidebar")
    club.workspace.stop()
    expect(page.get_by_test_id("connection-notice")).to_be_visible()
    seen.of("a lost connection")
    club.workspace.start()
    assert seen.found == {}


@looks
def test_nothing_stands_in_the_way_in_a_modal(
    club: Club, gardener: Gardener, browser_page: OpenPage, look: Look
) -> None:
    page = browser_page(club.address("ada"), **look)
    seen = Inspection(page)
    send(page, "/plan")
    expect(page.get_by_role("textbox", name="Name of the bed")).to_be_focused()
    seen.of("a modal")
    page.get_by_test_id("modal-submit").click()
    expect(page.get_by_text("Please fill in this field.").first).to_be_visible()
    seen.of("a modal with errors")
    page.get_by_role("button", name="Choose a tool").click()
    expect(page.get_by_test_id("modal-back")).to_be_visible()
    seen.of("a modal on a modal")
    assert seen.found == {}


@looks
def test_nothing_stands_in_the_way_in_the_home_tab_and_with_an_agent(
    club: Club, gardener: Gardener, browser_page: OpenPage, look: Look
) -> None:
    dm = club.dm("ada")
    page = browser_page(club.address("ada", f"/archives/{dm}?tab=home"), **look)
    seen = Inspection(page)
    expect(page.get_by_role("heading", name="Welcome to the garden")).to_be_visible()
    seen.of("the Home tab")
    page.get_by_role("button", name="Choose a bed").click()
    seen.of("an open select in the Home tab")
    page.keyboard.press("Escape")
    club.offers_help(dm, "What now?", {"Sow": "What do I sow?", "Wait": "What can wait?"})
    club.says_it_is("looking at the sky…", dm, club.says("ada", "What now?", channel=dm))
    page.get_by_role("tab", name="Messages").click()
    expect(page.get_by_test_id("agent-status")).to_contain_text("looking at the sky")
    seen.of("a conversation with an agent")
    assert seen.found == {}
