"""The README's steps to connect, followed in a fresh folder against a workspace that is another process."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.config import REPOSITORY
from tests.program import CONNECTED, Program, environment
from tests.town import eventually

Json = dict[str, Any]
README = (REPOSITORY / "README.md").read_text()
STEPS = README.split("\n## Connect to your Slack", 1)[1].split("\n## ", 1)[0]
NAMES = ("SLACK_API_URL", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")
COMMANDS = re.findall(r"\.venv/bin/support-bot ([a-z][a-z ]*)", STEPS)


@pytest.fixture
def printed(tmp_path: Path) -> Iterator[dict[str, str]]:
    """What `python -m bot.workspace` prints: the page, the Web API's address, the app's secrets."""
    (tmp_path / "workspace").mkdir()
    command = [sys.executable, "-m", "bot.workspace", "--port", "0"]
    env = environment({"PYTHONPATH": str(REPOSITORY)})
    with subprocess.Popen(command, cwd=tmp_path / "workspace", env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines: dict[str, str] = {}
        while {*NAMES, "Page"} - set(lines):
            name, _, value = process.stdout.readline().strip().partition(":")
            assert name, "the workspace has ended"
            lines[name] = value.strip()
        yield lines
        process.terminate()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A fresh copy of what an operator touches."""
    here = tmp_path / "patient-support-bot"
    shutil.copytree(REPOSITORY / "knowledge", here / "knowledge")
    shutil.copy(REPOSITORY / ".env.example", here)
    return here


def run(command: str, folder: Path) -> Program:
    return Program.start(tuple(shlex.split(command)), folder, {"SUPPORT_BOT_KNOWLEDGE_DIR": "knowledge"})


def fill_in(folder: Path, printed: dict[str, str]) -> None:
    """Step 4: copy .env.example to .env and fill in its lines."""
    lines = (folder / ".env.example").read_text()
    for name in NAMES:
        lines, found = re.subn(rf"(?m)^{name}=.*$", f"{name}={printed[name]}", lines)
        assert found == 1
    (folder / ".env").write_text(lines)


def name_the_channels(folder: Path, moderators: str, patients: str) -> None:
    """Step 5: the moderators' channel and the patients' in config.yaml, in the place of the examples."""
    path = folder / "knowledge" / "config.yaml"
    text, found = re.subn(r"(?m)^moderators_channel:.*$", f"moderators_channel: {moderators}", path.read_text())
    in_their_place = f"channels:\n  - channel: {patients}\n    mode: thread\n"
    text, also = re.subn(r"(?m)^channels:\n(?:[ ]+.*\n)+", in_their_place, text)
    assert (found, also) == (1, 1)
    path.write_text(text)


def ask(page: str, endpoint: str, **values: Any) -> Json:
    data = json.dumps(values).encode() if values else None
    with urllib.request.urlopen(
        urllib.request.Request(f"{page}/_control/{endpoint}", data, {"content-type": "application/json"}), timeout=30
    ) as response:
        return dict(json.load(response))


def said_by_bots(page: str, channel: str) -> list[Json]:
    return [m for m in ask(page, f"messages/{channel}")["messages"] if m.get("bot_id")]


def test_the_commands_of_the_steps_are_those_followed_here() -> None:
    assert list(dict.fromkeys(COMMANDS)) == ["manifest", "knowledge check", "run"]
    assert "cp .env.example .env" in STEPS
    assert "make setup" in STEPS


def test_the_steps_lead_to_a_bot_that_answers_and_brings_a_person(printed: dict[str, str], folder: Path) -> None:
    manifest = run("manifest", folder)
    assert manifest.ends() == 0
    assert yaml.safe_load(manifest.said())["display_information"]["name"] == "Support bot"
    fill_in(folder, printed)
    name_the_channels(folder, moderators="private", patients="general")
    checking = run("knowledge check", folder)
    assert checking.ends() == 0, checking.said()
    program = run("run", folder)
    program.says(CONNECTED)
    page = printed["Page"].rstrip("/")
    channels = {c["name"]: c["id"] for c in ask(page, "state")["channels"] if not c.get("is_im")}
    patient = next(user["id"] for user in ask(page, "state")["users"] if user["name"] == "person-a")
    for words in ("whats percutanous lumbar fuson?", "what's the capital of France?"):
        assert ask(page, "message", channel=channels["general"], user=patient, text=words)["acked"]
    eventually(lambda: len(said_by_bots(page, channels["general"])) == 2, "an answer and a receipt")
    [card] = eventually(lambda: said_by_bots(page, channels["private"]), "the card")
    assert "Claim" in str(card["blocks"])
    assert program.end() == 0
    assert (folder / "data" / "support-bot.sqlite3").exists()


def test_a_bot_that_was_not_invited_says_which_step_is_missing(printed: dict[str, str], folder: Path) -> None:
    fill_in(folder, printed)
    name_the_channels(folder, moderators="elsewhere", patients="general")
    program = run("run", folder)
    assert program.ends() == 1
    assert "/invite @" in program.said()
