"""Lends a test a real browser: the chromium of the machine, driven by Playwright.

Where there is no chromium the tests that need one are skipped with the reason; with `CI=true` they fail, so
that a build never passes without them. A page that reports an error of its own fails the test that opened it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 10_000
# What chromium itself writes when a server is away; the page shows that in its own way.
LOST_CONNECTION = "Failed to load resource"

OpenPage = Callable[..., Page]


def find_chromium() -> str:
    """The path of a chromium; skips the test where there is none, and fails it in CI."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found
    reason = f"needs a browser: none of {', '.join(NAMES)} is on the PATH"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


# One per module: while Playwright runs it holds this thread's event loop, which other modules' tests need.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A running browser."""
    path = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def browser_page(chromium: Browser) -> Iterator[OpenPage]:
    """Opens an address in a fresh window of its own: `browser_page(url, width=1280, height=860)`.

    Each window has its own storage, as two people at two machines would.
    """
    problems: list[str] = []

    def open_page(
        url: str, *, width: int = 1280, height: int = 860, scheme: Literal["light", "dark"] = "light"
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale="en-GB",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(_told(error)))
        page.on("console", lambda message: problems.extend(_complaints(message)))
        page.goto(url)
        return page

    yield open_page
    for context in chromium.contexts:
        context.close()
    assert problems == []


def _told(error: Error) -> str:
    return f"{error.name}: {error.message}\n{error.stack}"


def _complaints(message: ConsoleMessage) -> list[str]:
    if message.type != "error" or LOST_CONNECTION in message.text or "net::ERR" in message.text:
        return []
    return [message.text]
