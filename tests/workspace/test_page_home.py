"""The page in a real browser: an app's Home tab, its shortcuts, and what an agent adds to a conversation."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser import OpenPage
from tests.workspace.garden import Club, Gardener, composer, main_message

# The Home tab


def open_home(page: Page) -> None:
    page.locator("[data-channel-name=gardener]").click()
    page.get_by_role("tab", name="Home").click()
    expect(page.get_by_role("heading", name="Welcome to the garden")).to_be_visible()


def test_opening_the_home_tab_shows_what_the_app_then_publishes(
    club: Club, gardener: Gardener, browser_page: OpenPage
) -> None:
    page = browser_page(club.address("ada"))
    open_home(page)
    expect(page.get_by_role("tab", name="Home")).to_have_attribute("aria-selected", "true")
    expect(composer(page)).to_be_hidden()
    page.reload()
    expect(page.get_by_test_id("home")).to_contain_text("Your beds")
    page.get_by_role("tab", name="Home").press("ArrowRight")
    expect(page.get_by_role("tab", name="Messages")).to_be_focused()
    expect(composer(page)).to_be_visible()
    page.go_back()
    expect(page.get_by_test_id("home")).to_be_visible()


def test_a_home_tab_the_app_did_not_fill_says_so(club: Club, browser_page: OpenPage) -> None:
    page = browser_page(club.address("ada", f"/archives/{club.dm('ada')}?tab=home"))
    expect(page.get_by_test_id("home")).to_contain_text("Gardener has not put anything here yet.")
    expect(page.get_by_test_id("home")).to_contain_text("The app did not answer.")


def test_what_is_searched_in_the_home_tab_reaches_the_app_and_stays_in_the_field(
    club: Club, gardener: Gardener, browser_page: OpenPage
) -> None:
    page = browser_page(club.address("ada"))
    open_home(page)
    search = page.get_by_role("textbox", name="Search the almanac")
    search.fill("peas")
    search.press("Enter")
    expect(page.get_by_test_id("home")).to_contain_text("Nothing about peas yet.")
    expect(search).to_have_value("peas")
    expect(search).to_be_focused()
    expect(page.locator("#live")).to_contain_text("The Home tab has changed.")


def test_a_button_of_the_home_tab_tells_what_was_chosen_and_typed_there(
    club: Club, gardener: Gardener, browser_page: OpenPage
) -> None:
    page = browser_page(club.address("ada"))
    open_home(page)
    page.get_by_role("textbox", name="Search the almanac").fill("beans")
    page.get_by_role("button", name="Choose a bed").click()
    page.get_by_role("option", name="East").click()
    expect(page.get_by_role("button", name="East")).to_be_enabled()
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_role("button", name="Note it")).to_be_enabled()
    noted = gardener.noted[-1]
    assert noted["search"]["search"]["value"] == "beans"
    assert noted["todo"]["topic"]["selected_option"]["value"] == "east"


def test_a_modal_opened_from_the_home_tab_stacks_and_leads_back_there(
    club: Club, gardener: Gardener, browser_page: OpenPage
) -> None:
    page = browser_page(club.address("ada"))
    open_home(page)
    page.get_by_role("button", name="Plan a bed").press("Enter")
    modal = page.get_by_test_id("modal")
    modal.get_by_role("textbox", name="Name of the bed").fill("South")
    modal.get_by_role("button", name="Choose a tool").click()
    expect(modal.get_by_role("heading", name="Choose a tool")).to_be_visible()
    modal.get_by_role("button", name="Previous view").click()
    expect(modal.get_by_role("textbox", name="Name of the bed")).to_have_value("South")
    page.keyboard.press("Escape")
    expect(modal).to_have_count(0)
    expect(page.get_by_role("button", name="Plan a bed")).to_be_focused()


# Shortcuts


def test_a_shortcut_on_a_message_tells_the_app_which(club: Club, gardener: Gardener, browser_page: OpenPage) -> None:
    ts = club.says("ben", "Slugs everywhere")
    page = browser_page(club.address("ada"))
    main_message(page, ts).hover()
    main_message(page, ts).get_by_role("button", name="More actions").click()
    expect(page.get_by_role("menuitem")).to_have_text([re.compile("^Ask the gardener"), re.compile("^Pin it")])
    page.get_by_role("menuitem", name="Ask the gardener about this").click()
    expect(page.get_by_test_id("thread-open")).to_be_visible()
    assert club.messages()[-1]["text"] == "About: Slugs everywhere"
    assert club.messages()[-1]["thread_ts"] == ts


def test_a_global_shortcut_waits_beside_the_field(club: Club, gardener: Gardener, browser_page: OpenPage) -> None:
    page = browser_page(club.address("ada"))
    page.get_by_role("button", name="Shortcuts").press("Enter")
    page.get_by_role("menuitem", name="Plan a bed").press("Enter")
    expect(page.get_by_role("textbox", name="Name of the bed")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("composer-shortcuts")).to_be_focused()


def test_a_shortcut_nobody_answers_is_told(club: Club, browser_page: OpenPage) -> None:
    page = browser_page(club.address("ada"))
    page.get_by_test_id("composer-shortcuts").click()
    page.get_by_role("menuitem", name="Plan a bed").click()
    expect(page.get_by_test_id("composer-notice")).to_contain_text("Plan a bed: the app did not answer.")


# An agent


def test_a_prompt_is_sent_with_a_press(club: Club, browser_page: OpenPage) -> None:
    dm = club.dm("ada")
    club.offers_help(dm, "What would you like to know?", {"Sowing": "When do I sow peas?", "Rest": "May I rest?"})
    page = browser_page(club.address("ada", f"/archives/{dm}"))
    offered = page.get_by_role("group", name="What would you like to know?")
    expect(offered.get_by_role("button")).to_have_text(["Sowing", "Rest"])
    composer(page).fill("half a sentence")
    offered.get_by_role("button", name="Sowing").click()
    expect(page.get_by_test_id("message")).to_contain_text("When do I sow peas?")
    expect(composer(page)).to_have_value("half a sentence")


def test_what_the_agent_is_doing_is_told_until_it_is_done(club: Club, browser_page: OpenPage) -> None:
    dm = club.dm("ada")
    question = club.says("ada", "When do I sow peas?", channel=dm)
    page = browser_page(club.address("ada", f"/archives/{dm}?thread_ts={question}"))
    status = page.get_by_test_id("thread-pane").get_by_test_id("agent-status")
    expect(page.get_by_test_id("thread-composer")).to_be_visible()
    club.says_it_is("looking in the almanac…", dm, question)
    expect(status).to_have_text("Gardener is looking in the almanac…")
    expect(page.locator("#channel").get_by_test_id("agent-status")).to_have_text("Gardener is looking in the almanac…")
    club.says_it_is("", dm, question)
    expect(status).to_be_empty()
