"""Lends a test a real browser: the chromium of the machine, driven by Playwright.

Where there is no chromium the tests that need one are skipped with the reason; with `CI=true` they fail, so
that a build never passes without them. A page that reports an error of its own fails the test that opened it.
"""

from __future__ import annotations

import importlib.resources
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

# WCAG 2.2 up to level AA, and axe's own advice besides.
AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
AXE_RUN = """async (tags) => {
  const { violations } = await axe.run(document, { runOnly: { type: "tag", values: tags } });
  return violations.flatMap(({ id, nodes }) => nodes.map((node) =>
    `${id} at ${node.target.join(" ")}: ${node.failureSummary.split("\\n").slice(1).join("; ")}`));
}"""

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


@pytest.fixture(scope="module")
def idle_windows() -> list[Page]:
    """Windows that earlier tests have left: opening one anew takes longer than all that a test does in it."""
    return []


@pytest.fixture
def browser_page(chromium: Browser, idle_windows: list[Page]) -> Iterator[OpenPage]:
    """Opens an address in a window of its own: `browser_page(url, width=1280, height=860)`.

    Each window has its own storage, as two people at two machines would.
    """
    problems: list[str] = []
    used: list[Page] = []

    def on_error(error: Error) -> None:
        problems.append(_told(error))

    def on_console(message: ConsoleMessage) -> None:
        problems.extend(_complaints(message))

    def open_page(
        url: str, *, width: int = 1280, height: int = 860, scheme: Literal["light", "dark"] = "light"
    ) -> Page:
        page = idle_windows.pop() if idle_windows else _new_window(chromium)
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        page.on("pageerror", on_error)
        page.on("console", on_console)
        used.append(page)
        page.goto(url)
        return page

    yield open_page
    for page in used:
        page.remove_listener("pageerror", on_error)
        page.remove_listener("console", on_console)
        _leave(page)
    idle_windows.extend(used)
    assert problems == []


def _new_window(chromium: Browser) -> Page:
    context = chromium.new_context(locale="en-GB", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    return context.new_page()


def _leave(page: Page) -> None:
    """Nothing of a test stays behind; what a page stored is bound to its address, which has a port of its own."""
    page.unroute_all()
    page.mouse.move(0, 0)
    page.goto("about:blank")


def objections(page: Page) -> list[str]:
    """What axe-core objects to in what the page shows now: a line for each rule and element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(importlib.resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    return list(page.evaluate(AXE_RUN, list(AXE_TAGS)))


def _told(error: Error) -> str:
    return f"{error.name}: {error.message}\n{error.stack}"


def _complaints(message: ConsoleMessage) -> list[str]:
    if message.type != "error" or LOST_CONNECTION in message.text or "net::ERR" in message.text:
        return []
    return [message.text]
