"""The page in a real browser: what is typed and what is shown of it, in Slack's markup and in Markdown."""

from __future__ import annotations

import re
import time
from importlib.resources import files

from playwright.sync_api import expect

from tests.browser import OpenPage
from tests.workspace.garden import Club, actions, begin, button, composer, send


def test_what_is_typed_reaches_the_app_as_slack_would_send_it(club: Club, browser_page: OpenPage) -> None:
    page = browser_page(club.address("ada"))
    send(page, "@gardener is 3 < 4 & see #tools at https://example.org/a?b=1&c=2.")
    expect(page.get_by_test_id("message")).to_contain_text("@Gardener is 3 < 4 & see #tools")
    sent = club.messages()[0]["text"]
    tools = club.channels["tools"]
    assert sent == (
        f"<@{club.ids['gardener']}> is 3 &lt; 4 &amp; see <#{tools}|tools> at <https://example.org/a?b=1&amp;c=2>."
    )


def test_nothing_a_message_says_can_run(club: Club, browser_page: OpenPage) -> None:
    attack = "<script>window.hit=1</script><img src=x onerror='window.hit=1'>"
    club.says("ben", attack)
    club.says("ben", "<javascript:window.hit=1|press me>")
    markdown = {"type": "markdown", "text": f"{attack} [press me](javascript:window.hit=1)"}
    section = {"type": "section", "text": {"type": "mrkdwn", "text": f"*{attack}*"}}
    club.posts("blocks", blocks=[markdown, section, *actions(button(attack[:75], "pick"))])
    page = browser_page(club.address("ada"))
    expect(page.get_by_test_id("message")).to_have_count(3)
    expect(page.get_by_text("<script>window.hit=1</script>").first).to_be_visible()
    assert page.get_by_role("link", name="press me").count() == 0
    assert page.locator("#channel script, #channel img").count() == 0
    assert page.evaluate("window.hit") is None


def test_the_markup_of_slack_and_markdown_is_shown_as_such(club: Club, browser_page: OpenPage) -> None:
    club.posts("*bold* _slanted_ ~gone~ `code` :tada:\n> said\n<https://example.org|the page> &lt;b&gt;")
    steps = "## Steps\n\nThe **first** part.\n\n- dig\n- plant\n  - deep\n\n1. water\n\n[source](https://example.org/s)"
    club.posts("Steps", blocks=[{"type": "markdown", "text": steps}])
    page = browser_page(club.address("ada"))
    expect(page.get_by_test_id("message")).to_have_count(2)
    first, second = page.get_by_test_id("message").all()
    for tag, words in {"strong": "bold", "em": "slanted", "s": "gone", "code": "code", "blockquote": "said"}.items():
        expect(first.locator(tag)).to_have_text(words)
    expect(first).to_contain_text("🎉")
    expect(first).to_contain_text("<b>")
    expect(first.get_by_role("link", name="the page")).to_have_attribute("href", "https://example.org")
    expect(second.get_by_role("heading", name="Steps")).to_be_visible()
    expect(second.locator("ul ul li")).to_have_text("deep")
    expect(second.locator("ol li")).to_have_text("water")
    expect(second.get_by_role("link", name="source")).to_be_visible()


def test_styles_stand_within_each_other_as_in_slack(club: Club, browser_page: OpenPage) -> None:
    tomorrow = f"<!date^{int(time.time()) + 86_400}^{{date_pretty}}|soon>"
    club.posts(f"*_both_* :wave::skin-tone-3: until {tomorrow}, <!date^x^{{time}}|some day>")
    club.posts("> first\n&gt;&gt;&gt; the rest\nis quoted")
    page = browser_page(club.address("ada"))
    expect(page.get_by_test_id("message")).to_have_count(2)
    first, second = page.get_by_test_id("message").all()
    expect(first.locator("strong em")).to_have_text("both")
    expect(first).to_contain_text("👋🏼 until tomorrow, some day")
    expect(second.locator("blockquote").last).to_contain_text("the rest\nis quoted")


def test_a_heading_never_skips_a_level(club: Club, browser_page: OpenPage) -> None:
    club.posts("Steps", blocks=[{"type": "markdown", "text": "### Before\n\n# Then\n\n#### Last"}])
    page = browser_page(club.address("ada"))
    for name, level in {"Before": 2, "Then": 2, "Last": 3}.items():
        expect(page.get_by_role("heading", name=name, level=level)).to_be_visible()


def test_a_colon_completes_to_an_emoji(club: Club, browser_page: OpenPage) -> None:
    page = browser_page(club.address("ada"))
    begin(page, "ripe :tom")
    expect(page.get_by_role("option", name="🍅 :tomato:")).to_be_visible()
    composer(page).press("Tab")
    composer(page).press("Enter")
    expect(page.get_by_test_id("message")).to_contain_text("ripe 🍅")
    assert club.messages()[0]["text"] == "ripe :tomato:"


def test_no_part_of_the_page_ever_parses_html() -> None:
    scripts = files("bot.workspace").joinpath("static").iterdir()
    parsers = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment")
    assert [script.name for script in scripts if parsers.search(script.read_text("utf-8"))] == []
