"""The two stories of the README, played in a real browser against `support-bot demo` as a newcomer starts it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Locator, Page, expect

from tests.browser import OpenPage

ANSWER = Path(__file__).parent.parent / "knowledge" / "answers" / "percutaneous-lumbar-fusion.yaml"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running demonstration, its data in a folder of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--port", "0", "--data", str(tmp_path_factory.mktemp("demo"))],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    address = next(filter(None, (re.search(r"http://127\.0\.0\.1:\d+", line) for line in process.stdout)), None)
    assert address, "the demonstration did not print its address"
    yield address.group()
    process.terminate()
    assert process.wait(timeout=20) == 0
    process.stdout.close()


def become(page: Page, person: str) -> None:
    page.get_by_test_id("person-switch").select_option(label=person)


def go_to(page: Page, channel: str) -> None:
    page.locator(f'[data-testid="channel-link"][data-channel-name="{channel}"]').click()


def ask(page: Page, words: str) -> None:
    page.get_by_test_id("composer").fill(words)
    page.get_by_test_id("composer").press("Enter")


def thread_of(page: Page, words: str) -> Locator:
    """The thread pane of the message that says this, opened once it has a reply."""
    said = page.get_by_test_id("message").filter(has_text=words).last
    said.get_by_test_id("thread-open").click()
    pane = page.get_by_test_id("thread-pane")
    expect(pane).to_contain_text(words)
    return pane


def test_a_patient_with_typos_reads_the_curated_answer_word_for_word(
    demo: str,
    browser_page: OpenPage,
) -> None:
    page = browser_page(demo)
    become(page, "patient-a")
    go_to(page, "support")
    ask(page, "whats percutanous lumbar fuson?")

    pane = thread_of(page, "whats percutanous lumbar fuson?")

    entry = yaml.safe_load(ANSWER.read_text(encoding="utf-8"))
    for paragraph in filter(None, entry["answer"].split("\n")):
        expect(pane).to_contain_text(as_shown(paragraph))
    expect(pane).to_contain_text("Answered by Starter content, based on an answer by Robert Flynn")
    expect(pane).to_contain_text("Not yet clinically reviewed")
    expect(pane).to_contain_text("not for emergencies")

    pane.get_by_role("button", name="Yes", exact=True).click()
    expect(pane).to_contain_text("Thank you")
    expect(pane.get_by_role("button", name="Yes", exact=True)).to_have_count(0)


def test_a_question_outside_the_knowledge_base_is_claimed_and_answered_by_a_moderator(
    demo: str,
    browser_page: OpenPage,
) -> None:
    patient, moderator = browser_page(demo), browser_page(demo)
    become(patient, "patient-b")
    go_to(patient, "support")
    ask(patient, "what's the capital of France?")
    pane = thread_of(patient, "what's the capital of France?")
    expect(pane).to_contain_text("A person will read it")

    become(moderator, "moderator")
    go_to(moderator, "moderators")
    card = moderator.get_by_test_id("message").filter(has_text="patient-b").last
    expect(card).to_contain_text("No entry answers this question well enough")
    expect(card).not_to_contain_text("France")

    card.get_by_role("button", name="Show the question").click()
    expect(moderator.get_by_test_id("modal")).to_contain_text("what's the capital of France?")
    moderator.keyboard.press("Escape")

    card.get_by_role("button", name="Claim").click()
    expect(card).to_contain_text("Claimed by")
    expect(pane).to_contain_text("moderator")

    card.get_by_role("button", name="Write an answer").click()
    modal = moderator.get_by_test_id("modal")
    modal.get_by_role("textbox").fill("It is Paris.\n\nMore than that is outside what we do here.")
    modal.get_by_test_id("modal-submit").click()
    expect(modal.get_by_test_id("modal-submit")).to_have_text("Send to patient")
    expect(modal).to_contain_text("It is Paris.")
    expect(pane).not_to_contain_text("It is Paris.")
    modal.get_by_test_id("modal-submit").click()

    expect(pane).to_contain_text("It is Paris.")
    expect(pane).to_contain_text("More than that is outside what we do here.")
    card.get_by_role("button", name="Resolve").click()
    expect(card.get_by_role("button", name="Resolve")).to_have_count(0)
    expect(card).to_contain_text("Resolved by")


def as_shown(markdown: str) -> str:
    """A line of Markdown as the page shows it: without its marks."""
    return re.sub(r"\*\*|^\s*(?:[-*]|\d+\.)\s+", "", markdown).strip()
