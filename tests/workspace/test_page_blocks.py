"""The page in a real browser: buttons, selects and modals, with a small app that answers."""

from __future__ import annotations

import json

from playwright.sync_api import Locator, Page, Route, expect

from tests.browser import OpenPage
from tests.workspace.garden import Club, Gardener, actions, button, composer, plain, send

# Buttons, selects, modals


def test_a_pressed_button_reaches_the_app(club: Club, gardener: Gardener, browser_page: OpenPage) -> None:
    club.posts("Pick one", blocks=actions(button("The plum", "pick")))
    page = browser_page(club.address("ada"))
    page.get_by_role("button", name="The plum").click()
    expect(page.get_by_test_id("message")).to_contain_text("pick: pick")


def test_a_choice_from_a_select_and_a_thumb_reach_the_app(
    club: Club, gardener: Gardener, browser_page: OpenPage
) -> None:
    select = {
        "type": "static_select",
        "action_id": "topic",
        "placeholder": plain("Choose a bed"),
        "options": [{"text": plain(name), "value": name.lower()} for name in ("South", "East")],
    }
    thumbs = {
        "type": "feedback_buttons",
        "action_id": "rate",
        "positive_button": {"text": plain("Good"), "value": "good"},
        "negative_button": {"text": plain("Bad"), "value": "bad"},
    }
    club.posts("Choose", blocks=[*actions(select), {"type": "context_actions", "elements": [thumbs]}])
    page = browser_page(club.address("ada"))
    page.get_by_role("button", name="Choose a bed").press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("message").last).to_contain_text("topic: east")
    page.get_by_role("button", name="Bad").click()
    expect(page.get_by_test_id("message").last).to_contain_text("rate: bad")
    expect(page.get_by_role("button", name="Bad")).to_have_attribute("aria-pressed", "true")


def test_a_button_that_asks_first_does_nothing_on_no(club: Club, gardener: Gardener, browser_page: OpenPage) -> None:
    ask = {"title": plain("Sure?"), "text": plain("It is ripe."), "confirm": plain("Pick"), "deny": plain("Wait")}
    club.posts("Pick one", blocks=actions(button("The plum", "pick", confirm=ask)))
    page = browser_page(club.address("ada"))
    page.get_by_role("button", name="The plum").click()
    page.get_by_test_id("confirm").get_by_role("button", name="Wait").click()
    expect(page.get_by_role("button", name="The plum")).to_be_focused()
    page.get_by_role("button", name="The plum").click()
    page.get_by_test_id("confirm").get_by_role("button", name="Pick").click()
    expect(page.get_by_test_id("message")).to_contain_text("pick: pick")


def held(waiting: list[Route], route: Route) -> None:
    waiting.append(route)


def test_a_button_waits_for_the_app_and_warns_when_it_does_not_answer(club: Club, browser_page: OpenPage) -> None:
    club.posts("Pick one", blocks=actions(button("The plum", "pick")))
    page = browser_page(club.address("ada"))
    waiting: list[Route] = []
    page.route("**/_control/interact", lambda route: held(waiting, route))
    plum = page.get_by_role("button", name="The plum")
    plum.click()
    expect(plum).to_be_disabled()
    waiting[0].fulfill(body=json.dumps({"ok": False, "error": "operation_timeout"}), content_type="application/json")
    expect(page.get_by_text("The app did not answer")).to_be_visible()
    expect(plum).to_be_enabled()


def open_plan(page: Page) -> Locator:
    send(page, "/plan")
    modal = page.get_by_test_id("modal")
    expect(modal).to_be_visible()
    return modal


def test_a_modal_sends_what_is_filled_in(club: Club, gardener: Gardener, browser_page: OpenPage) -> None:
    page = browser_page(club.address("ada"))
    modal = open_plan(page)
    expect(modal.get_by_role("textbox", name="Name of the bed")).to_be_focused()
    page.keyboard.type("South")
    modal.get_by_role("textbox", name="Notes").fill("peas and beans")
    modal.get_by_test_id("modal-submit").click()
    expect(modal).to_have_count(0)
    typed = {block: values["typed"]["value"] for block, values in gardener.submitted[0].items()}
    assert typed == {"bed": "South", "notes": "peas and beans"}


def test_a_modal_shows_the_apps_objections_under_the_fields(
    club: Club, gardener: Gardener, browser_page: OpenPage
) -> None:
    page = browser_page(club.address("ada"))
    modal = open_plan(page)
    modal.get_by_role("textbox", name="Name of the bed").fill("North")
    modal.get_by_role("textbox", name="Notes").fill("peas and beans")
    modal.get_by_test_id("modal-submit").click()
    expect(modal.get_by_role("alert").first).to_have_text("Nothing grows in the north.")
    bed = modal.get_by_role("textbox", name="Name of the bed")
    expect(bed).to_be_focused()
    expect(bed).to_have_attribute("aria-invalid", "true")
    expect(modal.get_by_role("textbox", name="Notes")).to_have_value("peas and beans")


def test_a_field_left_empty_or_too_short_is_told_before_the_app_is_asked(
    club: Club, gardener: Gardener, browser_page: OpenPage
) -> None:
    page = browser_page(club.address("ada"))
    modal = open_plan(page)
    modal.get_by_role("textbox", name="Notes").fill("peas")
    modal.get_by_test_id("modal-submit").click()
    expect(modal.get_by_text("Please fill in this field.")).to_be_visible()
    expect(modal.get_by_text("Please write at least 5 characters.")).to_be_visible()
    assert gardener.submitted == []


def test_escape_closes_a_modal_and_the_focus_goes_back(club: Club, gardener: Gardener, browser_page: OpenPage) -> None:
    page = browser_page(club.address("ada"))
    modal = open_plan(page)
    page.keyboard.press("Escape")
    expect(modal).to_have_count(0)
    expect(composer(page)).to_be_focused()


def test_a_modal_opened_by_a_button_gives_the_focus_back_to_it(
    club: Club, gardener: Gardener, browser_page: OpenPage
) -> None:
    club.posts("Shall we?", blocks=actions(button("Plan a bed", "plan")))
    page = browser_page(club.address("ada"))
    page.get_by_role("button", name="Plan a bed").press("Enter")
    expect(page.get_by_role("textbox", name="Name of the bed")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Plan a bed")).to_be_focused()


def test_tab_stays_inside_an_open_modal(club: Club, gardener: Gardener, browser_page: OpenPage) -> None:
    page = browser_page(club.address("ada"))
    open_plan(page)
    inside = "document.activeElement.closest('dialog') !== null"
    seen = set()
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate(inside)
        seen.add(page.evaluate("document.activeElement.textContent || document.activeElement.id"))
    assert len(seen) == 6
