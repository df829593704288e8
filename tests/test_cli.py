"""The command line as an operator or curator meets it: real processes, their words, their exit codes."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot import __version__
from bot.encoder import Encoder
from bot.workflows.parts import Wisdom
from tests.program import CONNECTED, Program, Run, slack_settings
from tests.town import KNOWLEDGE, Town, eventually

SEED, DRIVING = "percutaneous-lumbar-fusion", "driving-after-fusion"


@pytest.fixture(autouse=True)
def run(tmp_path: Path) -> Iterator[Run]:
    """Runs support-bot in a folder of its own. None outlives its test, and none may show a traceback."""
    started: list[Program] = []

    def start(*arguments: str, **env: str) -> Program:
        started.append(Program.start(arguments, tmp_path, env))
        return started[-1]

    yield start
    for program in started:
        program.kill()
        assert "Traceback" not in program.said()


def said(run: Run, *arguments: str, code: int = 0, **env: str) -> str:
    """What a command says that ends by itself with this exit code."""
    program = run(*arguments, **env)
    assert program.ends() == code, program.said()
    return program.said()


PLAIN, TYPOS = "what is percutaneous lumbar fusion", "waht is percutanous lumbar fuson"
HALF, DRIVE, ELSEWHERE = (
    "is it minimaly invasive",
    "how long till i can drive after my fusion",
    "what's the capital of France",
)
LONG, MARKUP, EMOJI = "is it normal to feel stiff " * 740, "what is a [red]fusion[/red] [/]", "🙂🙂"


@pytest.fixture(scope="module")
def asked(prepared: Wisdom, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What `ask --json` says to each question, all asked at the same time."""
    questions = (PLAIN, TYPOS, HALF, DRIVE, ELSEWHERE, LONG, MARKUP, EMOJI)
    folder = tmp_path_factory.mktemp("asked")
    programs = {question: Program.start(("ask", question, "--json"), folder, {}) for question in questions}
    for program in programs.values():
        assert program.ends() == 0, program.said()
    return {question: dict(json.loads(program.said())) for question, program in programs.items()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A knowledge folder to spoil."""
    return shutil.copytree(KNOWLEDGE, tmp_path / "knowledge")


def spoil(folder: Path) -> Path:
    """Make the second line of an entry wrong."""
    entry = folder / "answers" / f"{DRIVING}.yaml"
    lines = entry.read_text().splitlines()
    lines[1] = "colour: blue"
    entry.write_text("\n".join(lines) + "\n")
    return entry


# --- help


def test_the_version_is_printed(run: Run) -> None:
    assert said(run, "--version").strip() == f"support-bot {__version__}"


def test_help_names_every_command(run: Run) -> None:
    helped = said(run, "--help")
    for command in ("demo", "run", "ask", "knowledge"):
        assert command in helped


def test_without_arguments_the_help_is_shown(run: Run) -> None:
    assert "demo" in said(run, code=2)


def test_an_unknown_command_is_named(run: Run) -> None:
    assert "dance" in said(run, "dance", code=2)


# --- ask


@pytest.mark.parametrize("question", [PLAIN, TYPOS])
def test_a_plain_question_is_answered_in_spite_of_three_typos(asked: dict[str, Any], question: str) -> None:
    assert (asked[question]["action"], asked[question]["entry_id"]) == ("answer", SEED)


def test_half_a_question_is_met_with_suggestions(asked: dict[str, Any], encoder: Encoder) -> None:
    assert asked[HALF]["action"] == "suggestions"


def test_a_question_about_driving_finds_the_entry_on_driving(asked: dict[str, Any]) -> None:
    assert asked[DRIVE]["action"] in ("answer", "suggestions")
    assert asked[DRIVE]["ranked"][0][0] == DRIVING


def test_what_has_no_answer_goes_to_a_person(asked: dict[str, Any]) -> None:
    assert asked[ELSEWHERE]["action"] == "escalate"
    assert asked[ELSEWHERE]["confidence"] < 0.5


def test_a_very_long_question_goes_to_a_person(asked: dict[str, Any]) -> None:
    assert asked[LONG]["decision"]["reason"] == "too_long"


def test_markup_in_a_question_is_taken_for_words(asked: dict[str, Any]) -> None:
    assert asked[MARKUP]["action"] in ("answer", "suggestions", "escalate")


def test_emoji_alone_is_no_question(asked: dict[str, Any]) -> None:
    assert asked[EMOJI]["decision"]["phrase"] == "no_words"


def test_the_answer_is_shown_with_author_and_review_and_explained(run: Run) -> None:
    shown = said(run, "ask", "what is percutaneous lumbar fuson", "--explain")
    assert "Answered by Starter content, based on an answer by Robert Flynn" in shown
    assert "Not yet clinically reviewed" in shown
    assert "guard: route GENERAL_INFO" in shown
    assert "matching by" in shown
    assert "thresholds: answer from" in shown
    assert "promised precision 0.98" in shown
    assert "margin here" in shown
    assert re.search(rf"[01]\.\d\d\s+{SEED}\s+What is percutaneous lumbar fusion\?", shown)
    assert re.search(r"fuson ~ fusion\s+similarity 0\.\d\d", shown)


def test_a_veto_is_explained(run: Run) -> None:
    shown = said(run, "ask", "what are the risks of fusion karaoke", "--explain")
    assert "unknown word beside the topic: karaoke" in shown


@pytest.mark.parametrize(
    ("arguments", "env", "why"),
    [
        (("--words-alone",), {}, "that was asked for"),
        ((), {"SUPPORT_BOT_ENCODER": "off"}, "SUPPORT_BOT_ENCODER=off"),
        ((), {"SUPPORT_BOT_ENCODER_DIR": "nowhere"}, "make model"),
    ],
)
def test_words_alone_answer_too_and_say_why_they_are_alone(
    run: Run, arguments: tuple[str, ...], env: dict[str, str], why: str
) -> None:
    shown = said(run, "ask", PLAIN, "--explain", *arguments, **env)
    assert "Answered by Starter content" in shown
    assert "matching by words alone: " in shown
    assert why in shown


def test_with_the_encoder_nothing_is_left_in_the_home_folder_or_beside(
    run: Run, encoder: Encoder, prepared: Wisdom, tmp_path: Path
) -> None:
    """The library that runs the model would otherwise keep an id of this machine, to report its use by."""
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    assert '"encoder": true' in said(run, "ask", PLAIN, "--json", HOME=str(home), TMPDIR=str(temporary))
    assert [*home.iterdir(), *temporary.iterdir()] == []


def test_numbers_are_worked_out_on_one_thread() -> None:
    """numpy reads the setting when it is loaded: nothing may load it before the program has set it."""
    script = (
        "import os, sys, bot.cli; assert 'numpy' not in sys.modules; bot.cli.app = lambda: None; bot.cli.main(); "
        "print(os.environ['OPENBLAS_NUM_THREADS'], os.environ['OMP_NUM_THREADS'])"
    )
    bare = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    ran = subprocess.run([sys.executable, "-c", script], env=bare, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["1", "1"]


def test_a_question_for_a_person_is_shown_with_the_reason_and_its_markup_as_typed(run: Run) -> None:
    shown = said(run, "ask", "what is the capital of [red]Francce[/red] [/]", "--explain")
    assert "and a moderator a ticket: No entry answers this question well enough" in shown
    assert "francce" in shown.lower()


def test_an_empty_question_is_refused_with_an_example(run: Run) -> None:
    assert "the question is empty" in said(run, "ask", "  ", code=1)


# --- knowledge


def test_the_starter_knowledge_is_in_order(run: Run) -> None:
    assert "is in order" in said(run, "knowledge", "check")


def test_a_spoilt_entry_is_named_with_file_line_and_remedy(run: Run, folder: Path) -> None:
    spoil(folder)
    problems = said(run, "knowledge", "check", str(folder), code=1)
    assert f"answers/{DRIVING}.yaml:2" in problems
    assert "colour" in problems
    assert "error(s)" in problems


def test_a_missing_folder_is_named(run: Run, tmp_path: Path) -> None:
    assert str(tmp_path / "nowhere") in said(run, "knowledge", "check", str(tmp_path / "nowhere"), code=1)


def test_warnings_count_only_when_strict(run: Run, folder: Path) -> None:
    (folder / "answers" / "notes.txt").write_text("not an entry")
    assert "answers/notes.txt" in said(run, "knowledge", "check", str(folder))
    assert "answers/notes.txt" in said(run, "knowledge", "check", str(folder), "--strict", code=1)


@pytest.mark.parametrize("name", ["entry", "config", "phrases", "scope", "questions"])
def test_each_schema_is_printed(run: Run, name: str) -> None:
    assert json.loads(said(run, "knowledge", "schema", name))["$schema"].startswith("https://json-schema.org/")


def test_all_schemas_can_be_written_to_a_folder(run: Run, tmp_path: Path) -> None:
    said(run, "knowledge", "schema", "--into", str(tmp_path / "schemas"))
    written = sorted(path.name for path in (tmp_path / "schemas").iterdir())
    assert written == [f"{name}.schema.json" for name in ("config", "entry", "phrases", "questions", "scope")]


def test_an_unknown_schema_is_refused_with_the_known_ones(run: Run) -> None:
    assert "Choose one of: entry" in said(run, "knowledge", "schema", "poem", code=1)


def test_a_spoilt_folder_stops_ask_and_run_with_the_same_words(run: Run, folder: Path, empty_town: Town) -> None:
    spoil(folder)
    for command in (("ask", "what is a fusion"), ("run",)):
        env = slack_settings(empty_town, folder.parent / "data", support_bot_knowledge_dir=folder)
        assert f"answers/{DRIVING}.yaml:2" in said(run, *command, code=1, **env)


# --- doctor


def test_the_doctor_says_a_line_for_each_check_and_ends_well_without_slack(run: Run, prepared: Wisdom) -> None:
    words = said(run, "doctor")
    for about in ("python", "slack", "knowledge", "data folder", "cache folder", "encoder", "calibration"):
        assert re.search(rf"(?m)^(ok|note) +{about}: ", words)


def test_what_would_stop_the_bot_ends_the_doctor_with_code_1(run: Run, folder: Path) -> None:
    spoil(folder)
    told = json.loads(said(run, "doctor", "--json", "--knowledge", str(folder), code=1, SUPPORT_BOT_ENCODER="off"))
    assert told["ok"] is False
    assert [check["about"] for check in told["checks"] if check["state"] == "wrong"] == ["knowledge"]


# --- run


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"slack_bot_token": ""}, ["SLACK_BOT_TOKEN is not set", "OAuth & Permissions"]),
        ({"slack_app_token": ""}, ["SLACK_APP_TOKEN is not set", "App-Level Tokens"]),
        ({"slack_bot_token": "secret"}, ["SLACK_BOT_TOKEN does not look right", "xoxb-", "OAuth & Permissions"]),
        ({"slack_app_token": "xoxb-1234567"}, ["SLACK_APP_TOKEN does not look right", "xapp-", "App-Level Tokens"]),
        ({"slack_api_url": "slack.com"}, ["SLACK_API_URL", "https://"]),
        ({"support_bot_slack_timeout_seconds": "soon"}, ["SUPPORT_BOT_SLACK_TIMEOUT_SECONDS", ".env.example"]),
    ],
)
def test_a_wrong_setting_is_named_with_its_remedy(
    run: Run, empty_town: Town, data_dir: Path, settings: dict[str, str], expected: list[str]
) -> None:
    words = said(run, "run", code=1, **slack_settings(empty_town, data_dir, **settings))
    assert [part for part in expected if part not in words] == []


def test_without_a_signing_secret_http_mode_is_not_begun(run: Run, empty_town: Town, data_dir: Path) -> None:
    env = slack_settings(empty_town, data_dir, support_bot_transport="http", slack_app_token="")
    words = said(run, "run", code=1, **env)
    assert "SLACK_SIGNING_SECRET is not set" in words
    assert "Basic Information > Signing Secret" in words
    assert "SLACK_APP_TOKEN" not in words


def test_all_missing_tokens_are_named_at_once(run: Run) -> None:
    words = said(run, "run", code=1)
    assert "SLACK_BOT_TOKEN" in words
    assert "SLACK_APP_TOKEN" in words


@pytest.mark.parametrize(
    ("setting", "token"), [("slack_bot_token", "xoxb-not-this-one"), ("slack_app_token", "xapp-not-this-one")]
)
def test_a_token_that_slack_refuses_is_named_and_not_shown(
    run: Run, empty_town: Town, data_dir: Path, setting: str, token: str
) -> None:
    words = said(run, "run", code=1, **slack_settings(empty_town, data_dir, **{setting: token}))
    assert f"{setting.upper()} is refused by Slack (invalid_auth)" in words
    assert token not in words


def test_a_bot_that_is_not_in_the_moderators_channel_says_how_to_invite_it(
    run: Run, empty_town: Town, folder: Path
) -> None:
    config = folder / "config.yaml"
    config.write_text(re.sub("(?m)^moderators_channel:.*", "moderators_channel: elsewhere", config.read_text()))
    env = slack_settings(empty_town, folder.parent / "data", support_bot_knowledge_dir=folder)
    words = said(run, "run", code=1, **env)
    assert "/invite @support-bot" in words
    assert "'elsewhere'" in words


def test_a_start_that_waits_for_slack_can_be_broken_off(run: Run, empty_town: Town, data_dir: Path) -> None:
    env = slack_settings(empty_town, data_dir, slack_api_url="http://127.0.0.1:9/api/")
    program = run("run", **env)
    program.says("Slack does not answer; trying again")
    assert program.end(signal.SIGINT) == 0
    assert "Ended before the start was complete" in program.said()


def test_a_database_of_a_newer_program_is_left_alone(run: Run, empty_town: Town, data_dir: Path) -> None:
    data_dir.mkdir()
    with closing(sqlite3.connect(data_dir / "support-bot.sqlite3")) as connection:
        connection.execute("CREATE TABLE schema_version (version INTEGER NOT NULL)")
        connection.execute("INSERT INTO schema_version VALUES (1000)")
        connection.commit()
    assert "schema version 1000" in said(run, "run", code=1, **slack_settings(empty_town, data_dir))


def test_run_connects_and_ends_with_ctrl_c(run: Run, empty_town: Town, data_dir: Path) -> None:
    program = run("run", **slack_settings(empty_town, data_dir))
    program.says(CONNECTED)
    program.says("matching by")
    empty_town.reply(empty_town.say("patient-a", "What's the capital of France?"))
    assert program.end(signal.SIGINT) == 0
    assert empty_town.get("state")["apps"][0]["connected"] is False


# --- demo


def address(program: Program) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+", program.says("http://127.0.0.1:"))
    assert found
    return found[0]


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_demo_says_where_it_is_and_leaves_nothing_behind(run: Run, tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "tmp").mkdir()
    program = run("demo", "--port", "0", TMPDIR=str(tmp_path / "tmp"))
    port = int(address(program).rpartition(":")[2])
    assert not is_free(port)
    assert "not been reviewed by a clinician" in program.says("matching by")
    assert program.end(number) == 0
    eventually(lambda: is_free(port), "the port to be free")
    assert list((tmp_path / "tmp").iterdir()) == []


def test_the_demo_keeps_its_data_where_it_is_told_to(run: Run, tmp_path: Path) -> None:
    program = run("demo", "--port", "0", "--data", str(tmp_path / "kept"))
    address(program)
    assert program.end() == 0
    assert (tmp_path / "kept" / "support-bot.sqlite3").exists()


def test_a_port_in_use_is_said_with_the_way_out(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        words = said(run, "demo", "--port", str(taken.getsockname()[1]), code=1)
    assert "already in use" in words
    assert "--port" in words


def test_a_demo_on_a_spoilt_folder_says_what_is_wrong(run: Run, folder: Path) -> None:
    spoil(folder)
    assert f"answers/{DRIVING}.yaml:2" in said(run, "demo", "--port", "0", "--knowledge", str(folder), code=1)
