"""The page in a real browser: with the keyboard, in a narrow window, in the dark, and with the line cut."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import OpenPage
from tests.workspace.garden import Club, actions, button, composer, main_message, send

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


# The contrast of each text with what is behind it, as WCAG 2 reckons it; 4.5 is what level AA asks for.
CONTRAST = """() => {
  const parse = (value) => (value.match(/[\\d.]+/g) || []).map(Number);
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * (top[3] ?? 1) + under[i] * (1 - (top[3] ?? 1)));
  const linear = (v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const light = (rgb) => rgb.reduce((sum, v, i) => sum + linear(v / 255) * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (node) => {
    if (!node) return [255, 255, 255];
    const own = parse(getComputedStyle(node).backgroundColor);
    const under = ground(node.parentElement);
    return own.length && own[3] !== 0 ? over(own, under) : under;
  };
  const weak = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const words = walker.currentNode.data.trim().slice(0, 30);
    const node = walker.currentNode.parentElement;
    const style = getComputedStyle(node);
    const shown = node.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true });
    if (!shown || !words || style.backgroundImage !== "none") continue;
    if (node.closest("select, noscript, script")) continue;
    const back = ground(node);
    const both = [light(over(parse(style.color), back)), light(back)];
    const ratio = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    if (ratio < 4.5) weak.push(`${words}: ${ratio.toFixed(2)}`);
  }
  return weak;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_enough_from_its_ground(club: Club, browser_page: OpenPage, scheme: str) -> None:
    ts = club.says("ada", f"*bold* `code` https://example.org <@{club.ids['ada']}> <!here> <@{club.ids['ben']}>")
    styles = [button("Plain", "a"), button("First", "b", style="primary"), button("Last", "c", style="danger")]
    context = {"type": "context", "elements": [{"type": "mrkdwn", "text": "small print"}]}
    club.posts("styles", blocks=[*actions(*styles), context])
    club.posts("a reply", thread_ts=ts)
    club.bot.chat_postEphemeral(channel=club.channels["plants"], user=club.ids["ada"], text="for you")
    page = browser_page(club.address("ada", club.path(ts)), scheme=scheme)
    expect(page.get_by_test_id("thread-open")).to_contain_text("New")
    send(page, "/dance")
    expect(page.get_by_test_id("composer-notice")).to_be_visible()
    assert page.evaluate(CONTRAST) == []
