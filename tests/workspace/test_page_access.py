"""The page in a real browser: with the keyboard, in a narrow window, and with the line cut."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser import OpenPage
from tests.workspace.garden import Club, composer, main_message, send

# The connection


def test_a_lost_connection_is_shown_and_nothing_said_meanwhile_is_missed(club: Club, browser_page: OpenPage) -> None:
    page = browser_page(club.address("ada"))
    expect(page.get_by_role("heading", level=1)).to_have_text("plants")
    club.workspace.stop()
    expect(page.get_by_test_id("connection-notice")).to_contain_text("Reconnecting")
    page.route("**/_control/stream*", lambda route: route.abort())
    club.workspace.start()
    club.says("ben", "said while you were away")
    page.unroute("**/_control/stream*")
    expect(page.get_by_test_id("message")).to_contain_text("said while you were away")
    expect(page.get_by_test_id("connection-notice")).to_be_hidden()


def test_a_message_that_cannot_be_sent_comes_back_to_the_field(club: Club, browser_page: OpenPage) -> None:
    page = browser_page(club.address("ada"))
    expect(page.get_by_role("heading", level=1)).to_have_text("plants")
    page.route("**/_control/message", lambda route: route.abort())
    send(page, "keep this")
    expect(page.get_by_test_id("composer-notice")).to_contain_text("was not sent")
    expect(composer(page)).to_have_value("keep this")


# Everybody can use it


def test_a_whole_question_can_be_asked_and_read_with_the_keyboard(club: Club, browser_page: OpenPage) -> None:
    ts = club.says("ada", "Is it too late to sow?")
    club.posts("Not for peas.", thread_ts=ts)
    page = browser_page(club.address("ada"))
    expect(main_message(page, ts)).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the message field")).to_be_focused()
    page.keyboard.press("Enter")
    expect(composer(page)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_test_id("thread-open")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("thread-pane").get_by_text("Not for peas.")).to_be_visible()


def test_arrow_keys_walk_through_the_messages_and_tab_reaches_their_actions(club: Club, browser_page: OpenPage) -> None:
    first, second = club.says("ben", "one"), club.says("ada", "two")
    page = browser_page(club.address("ada"))
    expect(main_message(page, second)).to_be_visible()
    page.get_by_role("region", name="Messages in plants").focus()
    page.keyboard.press("ArrowUp")
    expect(main_message(page, second)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(main_message(page, first)).to_be_focused()
    page.keyboard.press("Tab")
    expect(main_message(page, first).get_by_role("button", name="Reply in thread")).to_be_focused()


def test_on_a_narrow_window_the_sidebar_opens_on_request(club: Club, browser_page: OpenPage) -> None:
    page = browser_page(club.address("ada"), width=400, height=740)
    expect(page.get_by_role("heading", level=1)).to_have_text("plants")
    expect(page.get_by_test_id("person-switch")).to_be_hidden()
    page.get_by_role("button", name="Channels").click()
    page.locator("[data-channel-name=tools]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("tools")
    expect(page.get_by_test_id("person-switch")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_on_a_narrow_window_nothing_that_is_covered_can_be_reached(club: Club, browser_page: OpenPage) -> None:
    ts = club.says("ben", "one")
    club.posts("two", thread_ts=ts)
    page = browser_page(club.address("ada"), width=400, height=740)
    page.get_by_test_id("thread-open").click()
    covered = "document.activeElement.closest('#channel') !== null"
    expect(page.get_by_test_id("thread-composer")).to_be_focused()
    for _ in range(6):
        page.keyboard.press("Tab")
        assert not page.evaluate(covered)
    page.get_by_test_id("thread-close").click()
    expect(page.get_by_test_id("thread-open")).to_be_focused()
    page.get_by_role("button", name="Channels").click()
    page.keyboard.press("Shift+Tab")
    assert not page.evaluate(covered)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Channels")).to_be_focused()
