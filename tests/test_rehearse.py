"""Rehearsals tell the truth: what does not hold is named with its line and what was seen; a bad file is explained."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.config import REPOSITORY
from bot.knowledge_files import load
from bot.measure.rehearse import Rehearsal, TranscriptError, read_all
from bot.measure.sights import Critic, Shown
from bot.measure.transcript import FORMS, SHORT, Sight
from tests.town import town_knowledge

KNOWLEDGE = REPOSITORY / "knowledge"
DOCUMENTED = (REPOSITORY / "docs" / "conversations.md").read_text(encoding="utf-8")
ANSWERED = "whats percutanous lumbar fuson?"
STRANGE = "do you sell birthday balloons?"

NOT_SO: dict[str, tuple[list[dict[str, object]], int, str]] = {
    "another-answer": (
        [{"patient-a in support": ANSWERED}, {"bot in thread": {"answers": "laminectomy"}}],
        2,
        "it is the answer of percutaneous-lumbar-fusion",
    ),
    "no-answer": (
        [{"patient-a in support": STRANGE}, {"bot in thread": {"answers": "laminectomy"}}],
        2,
        "it is not an answer",
    ),
    "not-silent": (
        [{"patient-a in support": ANSWERED}, {"bot": "silent"}],
        2,
        "bot in thread: (the answer of percutaneous-lumbar-fusion)",
    ),
    "nobody-speaks": (
        [{"patient-a in general": ANSWERED}, {"bot in thread": "anything"}],
        2,
        "there is nothing, and nothing elsewhere either",
    ),
    "in-another-place": (
        [{"patient-a in DM": ANSWERED}, {"bot only to patient-a": "anything"}],
        2,
        "bot in DM with patient-a: (the answer of percutaneous-lumbar-fusion)",
    ),
    "unmentioned-before-the-next-act": (
        [{"patient-a in support": STRANGE}, {"bot in thread": "a person"}, {"patient-a opens": "home"}],
        3,
        'moderators get: "Ticket',
    ),
    "unmentioned-at-the-end": (
        [{"patient-a in support": STRANGE}, {"bot in thread": "a person"}],
        0,
        'moderators get: "Ticket',
    ),
    "a-card-where-none-should-be": (
        [{"patient-a in support": STRANGE}, {"bot in thread": "a person"}, {"moderators get": "nothing"}],
        3,
        "No entry answers this question",
    ),
    "no-such-button": (
        [
            {"patient-a in support": STRANGE},
            {"bot in thread": "a person"},
            {"moderators get": {}},
            {"patient-a presses": "Claim"},
        ],
        4,
        'patient-a sees no button "Claim"; there are: none',
    ),
    "no-such-window": ([{"moderator submits": "Send to patient"}], 1, "moderator has no window open"),
    "another-command": ([{"patient-a runs": "/nothing at all"}], 1, "Slack refuses it (unknown_command)"),
    "still-there": (
        [{"patient-a in support": ANSWERED}, {"bot in thread": {}}, {"bot's message now": "gone"}],
        3,
        "it is still there",
    ),
    "another-holder": (
        [
            {"patient-a in support": STRANGE},
            {"bot in thread": {}},
            {"moderators get": {}},
            {"card now": {"claimed": "moderator"}},
        ],
        4,
        "it is not claimed by moderator",
    ),
}


def written(folder: Path, name: str, turns: list[dict[str, object]]) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump({"about": name, "turns": turns}, sort_keys=False, width=1000), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    folder = tmp_path_factory.mktemp("not-so")
    files = [written(folder, name, turns) for name, (turns, _, _) in NOT_SO.items()]
    with Rehearsal(files, KNOWLEDGE) as rehearsal:
        yield rehearsal


@pytest.mark.parametrize("name", NOT_SO)
def test_what_does_not_hold_is_named_with_its_line_and_what_was_seen(rehearsal: Rehearsal, name: str) -> None:
    turns, step, seen = NOT_SO[name]
    transcript = next(t for t in rehearsal.transcripts if t.about == name)
    failure = rehearsal.play(transcript).failure
    assert seen in failure
    assert "{" not in failure
    if step:
        line = transcript.steps[step - 1].line
        assert failure.startswith(f"{transcript.file}:{line}: ")
        assert f"\n> {next(iter(turns[step - 1]))}: " in failure
        assert failure.count("\n  ") >= step - 1


# --- what is compared, key by key

CRITIC = Critic(load(KNOWLEDGE))
ENTRY = CRITIC.loaded.knowledge.entries["laminectomy"]


def shown(text: str, *labels: str, answer: str = "") -> Shown:
    return Shown(text, answer, labels)


@pytest.mark.parametrize(
    ("sight", "good", "bad"),
    [
        (Sight(answers=ENTRY.id), shown("", answer=ENTRY.answer.strip()), shown("", answer=ENTRY.answer.strip()[:-1])),
        (Sight(suggests=(ENTRY.id,)), shown("", ENTRY.question), shown(ENTRY.question)),
        (Sight(offers=(ENTRY.id,)), shown(ENTRY.question), shown("another")),
        (Sight(says=("Two  WORDS",)), shown("*two*\nwords"), shown("two other words")),
        (Sight(omits=("words",)), shown("two"), shown("two *Words*")),
        (Sight(buttons=("Yes",)), shown("", "Yes", "No"), shown("", "No")),
        (Sight(buttons=()), shown("words"), shown("words", "Yes")),
        (Sight(lacks=("Yes",)), shown("", "No"), shown("", "yes")),
        (Sight(phrase=("card_unclaimed",)), shown("Nobody has claimed this ticket yet."), shown("Somebody has.")),
        (Sight(receipt="any"), shown("A person will read it."), shown("A person may.")),
        (Sight(because="requested"), shown("The patient asked to talk to a person."), shown("The patient asked.")),
        (Sight(alarm="CRISIS"), shown("🚨 ALARM: CRISIS. Ticket 4"), shown("🚨 ALARM: URGENT. Ticket 4")),
        (Sight(alarm="none"), shown("Ticket 4"), shown("🚨 ALARM: URGENT. Ticket 4")),
        (Sight(patient="patient-a"), shown("From @patient-a"), shown("From @patient-b")),
        (Sight(claimed="moderator"), shown("Claimed by @moderator"), shown("Claimed by @other")),
        (Sight(unclaimed=True), shown("Nobody has claimed this ticket yet."), shown("Claimed by @moderator")),
    ],
)
def test_a_sight_accepts_what_it_names_and_nothing_else(sight: Sight, good: Shown, bad: Shown) -> None:
    if sight.receipt:
        received = CRITIC.loaded.phrases.say("received_requested", service="us", hours_line="Soon.")
        good = shown(received)
    assert CRITIC.complaint(sight, good) == ""
    assert CRITIC.complaint(sight, bad) != ""


# --- files that cannot be read


def test_every_mistake_of_every_file_is_told_at_once_with_line_and_mend(tmp_path: Path) -> None:
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text(
        "about: many mistakes\n"
        "turns:\n"
        "  - patient-a says hello: x\n"
        "  - bot in thread: {anwsers: laminectomy}\n"
        "  - bot in thread: {answers: laminectomi}\n"
        "  - bot in thread: a persn\n"
        "  - time passes: soon\n"
        "  - moderator closes: door\n"
        "  - bot in thread: {phrase: recieved}\n"
        "  - moderators get: {because: nomatch}\n"
        "  - patient-a runs: ask something\n"
        "  - patient-a in support: {a: b}\n"
    )
    two.write_text('about: "never closed\nturns: []\n')
    with pytest.raises(TranscriptError) as found:
        read_all([tmp_path], CRITIC.loaded)
    told = [str(problem) for problem in found.value.problems]
    assert [int(re.findall(r"one\.yaml:(\d+): ", line)[0]) for line in told[:-1]] == list(range(3, 13))
    assert 'did you mean "answers"?' in told[1]
    assert 'did you mean "laminectomy"?' in told[2]
    assert 'did you mean "a person"?' in told[3]
    assert 'did you mean "received"?' in told[6]
    assert 'did you mean "no_match"?' in told[7]
    assert "two.yaml:1: " in told[-1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "a transcript is `about:` and `turns:`"),
        ("- a list", "a transcript is `about:` and `turns:`"),
        ("about: x\n", '"turns" is missing'),
        ("about: x\nturns: []\n", "turns is empty"),
        ("turns:\n  - bot: silent\n", '"about" is missing'),
        ("about: x\nturns:\n  - bot: silent\n    moderators get: nothing\n", "a step has one key"),
    ],
)
def test_a_file_that_is_no_transcript_is_told_so(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "some.yaml"
    path.write_text(content)
    with pytest.raises(TranscriptError, match=re.escape(said)):
        read_all([path])


def test_a_folder_without_transcripts_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(TranscriptError, match="no transcript is here"):
        read_all([tmp_path])


# --- an operator's own, from the command line


def rehearse(*arguments: object) -> tuple[int, str]:
    """The exit code and everything that the command prints."""
    ran = subprocess.run(
        [sys.executable, "-m", "bot", "rehearse", *map(str, arguments)], capture_output=True, text=True, timeout=60
    )
    return ran.returncode, ran.stdout + ran.stderr


def test_an_operator_rehearses_with_a_knowledge_folder_of_their_own(tmp_path: Path) -> None:
    channels = [{"channel": "C0HELPDESK", "mode": "thread"}, {"channel": "quiet", "mode": "private"}]
    knowledge = town_knowledge(tmp_path / "own", channels=channels, moderators_channel="our-people")
    file = written(
        tmp_path,
        "own-channels",
        [
            {"anna in C0HELPDESK": ANSWERED},
            {"bot in thread": {"answers": "percutaneous-lumbar-fusion"}},
            {"ben in quiet": STRANGE},
            {"bot in DM with ben": "a person"},
            {"moderators get": {"because": "no_match", "patient": "ben"}},
            {"moderator-nine presses": "Claim"},
            {"card now": {"claimed": "moderator-nine"}},
            {"bot in DM with ben": {"phrase": "claimed"}},
        ],
    )
    code, said = rehearse(file, "--knowledge", knowledge)
    assert code == 0, said
    assert "1 of 1 conversations go as written." in said


def test_a_conversation_that_differs_ends_the_command_with_code_1(tmp_path: Path) -> None:
    file = written(tmp_path, "differs", NOT_SO["nobody-speaks"][0])
    code, said = rehearse(file)
    assert code == 1
    assert "0 of 1 conversations go as written." in said


def test_a_bad_file_ends_the_command_with_code_1_before_anything_is_played(tmp_path: Path) -> None:
    good = written(tmp_path, "good", [{"bot": "silent"}])
    bad = written(tmp_path, "bad", [{"bot in thread": {"answers": "no-such-entry"}}])
    code, said = rehearse(good, bad)
    assert code == 1
    assert 'there is no entry "no-such-entry"' in said
    assert "conversations go as written" not in said


# --- the documentation


@pytest.mark.parametrize("form", FORMS)
def test_every_step_is_documented(form: str) -> None:
    example = FORMS[form][1].replace("PLACE", "CHANNEL")
    assert f"`{example}:" in DOCUMENTED


@pytest.mark.parametrize("key", [name for name in Sight.model_fields if name != "nothing"])
def test_every_key_of_a_sight_is_documented(key: str) -> None:
    assert f"`{key}: " in DOCUMENTED


@pytest.mark.parametrize("word", SHORT)
def test_every_short_word_is_documented(word: str) -> None:
    assert f"`{word}`" in DOCUMENTED
