"""The page in a real browser: reading and writing, people and places, threads, commands."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser import OpenPage
from tests.workspace.garden import Club, Gardener, begin, composer, main_message, send

# Reading and writing


def test_a_message_one_person_sends_appears_before_another(club: Club, browser_page: OpenPage) -> None:
    ada, ben = browser_page(club.address("ada")), browser_page(club.address("ben"))
    expect(ben.get_by_role("heading", level=1)).to_have_text("plants")
    send(ada, "The roses are out")
    expect(ben.get_by_test_id("message").filter(has_text="The roses are out")).to_contain_text("ada")
    expect(ben.locator("#live")).to_contain_text("The roses are out")


def test_shift_enter_starts_a_new_line_and_enter_sends_both(club: Club, browser_page: OpenPage) -> None:
    page = browser_page(club.address("ada"))
    begin(page, "first")
    composer(page).press("Shift+Enter")
    composer(page).press_sequentially("second")
    composer(page).press("Enter")
    expect(page.get_by_test_id("message")).to_contain_text("first\nsecond", use_inner_text=True)
    assert [message["text"] for message in club.messages()] == ["first\nsecond"]


def test_own_messages_can_be_changed_and_deleted(club: Club, browser_page: OpenPage) -> None:
    ts = club.says("ada", "two sppoons &amp; a fork")
    page = browser_page(club.address("ada"))
    main_message(page, ts).hover()
    page.get_by_role("button", name="Edit message").click()
    expect(page.get_by_role("textbox", name="Edit message")).to_have_value("two sppoons & a fork")
    page.get_by_role("textbox", name="Edit message").fill("two spoons & a fork")
    page.keyboard.press("Enter")
    expect(main_message(page, ts)).to_contain_text("two spoons & a fork(edited)")
    main_message(page, ts).hover()
    page.get_by_role("button", name="Delete message").click()
    page.get_by_test_id("confirm").get_by_role("button", name="Delete").click()
    expect(main_message(page, ts)).to_have_count(0)
    assert club.messages() == []


def test_a_deleted_message_leaves_its_place_to_the_replies_it_had(club: Club, browser_page: OpenPage) -> None:
    ts = club.says("ada", "never mind")
    club.posts("I do not.", thread_ts=ts)
    page = browser_page(club.address("ada"))
    expect(page.get_by_test_id("thread-open")).to_contain_text("1 reply")
    club.acts("delete-message", "ada", ts=ts)
    expect(main_message(page, ts)).to_contain_text("This message was deleted.")
    expect(main_message(page, ts)).not_to_contain_text("ada")
    assert main_message(page, ts).get_by_role("group", name="Message actions").count() == 0


def test_a_reaction_is_given_from_the_small_list_and_taken_back_with_a_press(
    club: Club, browser_page: OpenPage
) -> None:
    ts = club.says("ben", "The roses are out")
    page = browser_page(club.address("ada"))
    main_message(page, ts).hover()
    page.get_by_role("button", name="Add reaction").click()
    expect(page.get_by_role("menuitem", name="thumbs up")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    heart = main_message(page, ts).get_by_role("button", name="heart, 1: ada")
    expect(heart).to_have_attribute("aria-pressed", "true")
    assert club.messages()[0]["reactions"][0]["users"] == [club.ids["ada"]]
    heart.click()
    expect(heart).to_have_count(0)
    assert club.messages()[0].get("reactions", []) == []


def test_the_messages_of_others_cannot_be_changed(club: Club, browser_page: OpenPage) -> None:
    ts = club.says("ben", "mine")
    page = browser_page(club.address("ada"))
    main_message(page, ts).hover()
    expect(page.get_by_role("button", name="Copy link")).to_be_visible()
    assert page.get_by_role("button", name="Edit message").count() == 0


# People and places


def test_a_person_sees_only_the_channels_they_are_in(club: Club, browser_page: OpenPage) -> None:
    page = browser_page(club.address("ada"))
    expect(page.locator("[data-channel-name=plants]")).to_be_visible()
    assert page.locator("[data-channel-name=board]").count() == 0
    page.get_by_test_id("person-switch").select_option(label="cleo")
    expect(page.locator("[data-channel-name=board]")).to_contain_text("private")
    assert page.get_by_test_id("person-switch").locator("option").all_inner_texts() == ["ada", "ben", "cleo"]


def test_two_tabs_are_two_people_and_stay_so_after_a_reload(club: Club, browser_page: OpenPage) -> None:
    first, second = browser_page(club.address("ada")), browser_page(club.workspace.url)
    second.get_by_test_id("person-switch").select_option(label="ben")
    expect(second).to_have_url(re.compile("#as=ben$"))
    second.reload()
    expect(second.get_by_test_id("person-switch")).to_have_value(club.ids["ben"])
    expect(first.get_by_test_id("person-switch")).to_have_value(club.ids["ada"])


def test_the_bot_can_be_written_to_directly(club: Club, browser_page: OpenPage) -> None:
    page = browser_page(club.address("ada"))
    page.locator("[data-channel-name=gardener]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Gardener")
    send(page, "just between us")
    expect(page.get_by_test_id("message")).to_contain_text("just between us")


def test_a_channel_with_something_new_is_marked_until_it_is_opened(club: Club, browser_page: OpenPage) -> None:
    page = browser_page(club.address("cleo"))
    board = page.locator("[data-channel-name=board]")
    expect(board).to_be_visible()
    club.posts("A new card", channel="board")
    expect(board).to_contain_text("unread")
    board.click()
    expect(page.get_by_test_id("message")).to_contain_text("A new card")
    expect(board).not_to_contain_text("unread")


def test_what_is_new_since_the_last_visit_begins_with_a_line(club: Club, browser_page: OpenPage) -> None:
    club.says("ben", "old")
    page = browser_page(club.address("ada"))
    expect(page.get_by_text("old")).to_be_visible()
    assert page.get_by_role("separator", name="New messages").count() == 0
    page.locator("[data-channel-name=tools]").click()
    fresh = club.says("ben", f"<@{club.ids['ada']}> look")
    expect(page).to_have_title(re.compile(r"^\(1\) tools"))
    page.locator("[data-channel-name=plants]").click()
    expect(page.locator("[role=separator][aria-label='New messages'] + .message")).to_have_attribute("data-ts", fresh)
    expect(page).to_have_title(re.compile("^plants"))


def test_an_ephemeral_message_is_marked_and_shown_to_its_reader_alone(club: Club, browser_page: OpenPage) -> None:
    club.says("ben", "for all")
    ada, ben = browser_page(club.address("ada")), browser_page(club.address("ben"))
    club.bot.chat_postEphemeral(channel=club.channels["plants"], user=club.ids["ada"], text="for you")
    whisper = ada.get_by_test_id("message").filter(has_text="for you")
    expect(whisper.get_by_test_id("ephemeral-mark")).to_have_text("Only visible to you")
    club.posts("the last word")
    expect(ben.get_by_test_id("message").last).to_have_text(re.compile("the last word"))
    assert ben.get_by_text("for you").count() == 0


# Threads and links


def test_a_thread_opens_beside_the_channel_and_takes_replies(club: Club, browser_page: OpenPage) -> None:
    ts = club.says("ada", "Is it too late to sow?")
    club.posts("Not for peas.", thread_ts=ts)
    page = browser_page(club.address("ada"))
    expect(page.get_by_test_id("thread-open")).to_contain_text("1 reply")
    page.get_by_test_id("thread-open").click()
    thread = page.get_by_test_id("thread-pane")
    expect(thread.get_by_test_id("message")).to_have_count(2)
    expect(page.get_by_test_id("thread-composer")).to_be_focused()
    page.keyboard.type("Thank you")
    page.keyboard.press("Enter")
    expect(thread.get_by_test_id("message").last).to_contain_text("Thank you")
    expect(page.get_by_test_id("thread-open")).to_contain_text("2 replies")
    assert club.messages()[-1]["thread_ts"] == ts
    page.keyboard.press("Escape")
    expect(thread).to_be_hidden()
    expect(page.get_by_test_id("thread-open")).to_be_focused()


def test_the_address_of_a_reply_opens_its_thread_and_shows_which(club: Club, browser_page: OpenPage) -> None:
    ts = club.says("ada", "Is it too late to sow?")
    reply = club.posts("Not for peas.", thread_ts=ts)
    page = browser_page(club.address("ben", club.path(reply)))
    shown = page.get_by_test_id("thread-pane").locator(f"[data-ts='{reply}']")
    expect(shown).to_have_class(re.compile("linked"))
    expect(shown).to_be_in_viewport()


def test_a_link_to_a_message_leads_there_without_leaving_the_page(club: Club, browser_page: OpenPage) -> None:
    ts = club.says("ada", "Is it too late to sow?")
    for number in range(30):
        club.posts(f"line {number}")
    link = club.bot.chat_getPermalink(channel=club.channels["plants"], message_ts=ts)["permalink"]
    club.posts(f"<{link}|See the question>", channel="board")
    page = browser_page(club.address("cleo"))
    page.evaluate("window.same = true")
    page.locator("[data-channel-name=board]").click()
    page.get_by_role("link", name="See the question").click()
    expect(main_message(page, ts)).to_have_class(re.compile("linked"))
    expect(main_message(page, ts)).to_be_in_viewport()
    assert page.evaluate("window.same") is True
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("board")


def test_a_link_to_a_channel_one_is_not_in_says_so(club: Club, browser_page: OpenPage) -> None:
    page = browser_page(club.address("ada", f"/archives/{club.channels['board']}"))
    expect(page.get_by_text("You are not a member of the channel this link leads to.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("plants")


# Commands and completion


def test_a_slash_lists_the_commands_and_tab_completes(club: Club, gardener: Gardener, browser_page: OpenPage) -> None:
    page = browser_page(club.address("ada"))
    begin(page, "/w")
    expect(page.get_by_role("option")).to_contain_text(["/water", "/weed"])
    composer(page).press("ArrowDown")
    composer(page).press("ArrowUp")
    composer(page).press("Tab")
    expect(composer(page)).to_have_value("/water ")
    composer(page).press_sequentially("the ferns")
    composer(page).press("Enter")
    answer = page.get_by_test_id("message").filter(has_text="Only you see: the ferns")
    expect(answer.get_by_test_id("ephemeral-mark")).to_be_visible()


def test_an_unknown_command_is_told_and_not_sent(club: Club, browser_page: OpenPage) -> None:
    page = browser_page(club.address("ada"))
    send(page, "/dance now")
    expect(page.get_by_test_id("composer-notice")).to_contain_text("/dance is not a valid command")
    expect(composer(page)).to_have_value("/dance now")
    assert club.messages() == []


def test_a_command_in_a_thread_is_told_to_be_impossible(club: Club, browser_page: OpenPage) -> None:
    ts = club.says("ada", "hello")
    page = browser_page(club.address("ada", f"/archives/{club.channels['plants']}?thread_ts={ts}"))
    page.get_by_test_id("thread-composer").fill("/water ferns")
    page.get_by_test_id("thread-composer").press("Enter")
    notice = page.get_by_test_id("thread-composer-notice")
    expect(notice).to_contain_text("cannot be used in a thread")


def test_an_at_sign_completes_to_a_person(club: Club, browser_page: OpenPage) -> None:
    page = browser_page(club.address("ada"))
    begin(page, "ask @gar")
    expect(page.get_by_role("option")).to_contain_text(["Gardener"])
    composer(page).press("Enter")
    composer(page).press_sequentially("please")
    composer(page).press("Enter")
    expect(page.get_by_test_id("message")).to_contain_text("ask @Gardener please")
    assert club.messages()[0]["text"] == f"ask <@{club.ids['gardener']}> please"
