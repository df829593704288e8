"""An operator's labelled questions: read from questions.yaml, refused with line and mending, used to calibrate."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.domain.knowledge import LabelledQuestion
from bot.domain.matching.calibration import Source
from bot.knowledge_files import Problem, check, json_schemas, load
from bot.workflows.parts import Wisdom
from tests.test_knowledge_files import CONFIG, ENTRY, PHRASES, SCOPE, SECOND

QUESTIONS = """\
- text: "how many weeks till I am back in the driver's seat?"
  entry: driving
- text: may I get the car wet
  entries: [driving, shower]
# The next one is about something else.
- text: where do I park at the airport
  entry: none
"""

Ask = Callable[[str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound knowledge folder with two entries and no questions.yaml."""
    (tmp_path / "answers").mkdir()
    files = {"answers/a.yaml": ENTRY, "answers/b.yaml": SECOND, "config.yaml": CONFIG.split("matching:")[0]}
    for file, text in {**files, "scope.yaml": SCOPE, "phrases.yaml": PHRASES}.items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def ask(folder: Path) -> Ask:
    """Writes questions.yaml."""

    def ask(text: str) -> None:
        (folder / "questions.yaml").write_text(text, encoding="utf-8")

    return ask


def the_problem(folder: Path) -> Problem:
    found = check(folder)[0]
    assert len(found) == 1, "\n".join(map(str, found))
    return found[0]


# --- reading


def test_a_folder_without_labelled_questions_is_in_order(folder: Path) -> None:
    assert load(folder).questions == ()
    assert check(folder)[0] == ()


def test_a_question_names_one_entry_several_or_none(folder: Path, ask: Ask) -> None:
    ask(QUESTIONS)
    assert load(folder).questions == (
        LabelledQuestion(text="how many weeks till I am back in the driver's seat?", entries=("driving",)),
        LabelledQuestion(text="may I get the car wet", entries=("driving", "shower")),
        LabelledQuestion(text="where do I park at the airport", entries=()),
    )


def test_labelled_questions_are_no_entries(folder: Path, ask: Ask) -> None:
    ask(QUESTIONS)
    assert set(load(folder).knowledge.entries) == {"driving", "shower"}


def test_the_digest_changes_with_the_labelled_questions(folder: Path, ask: Ask) -> None:
    without = load(folder).digest
    ask(QUESTIONS)
    first = load(folder).digest
    ask(QUESTIONS.replace("entry: none", "entry: shower"))
    assert len({without, first, load(folder).digest}) == 3


# --- mistakes: what is replaced in QUESTIONS, by what; the line; what is said; how to mend it

MISTAKES = {
    "unknown entry": ("entry: driving", "entry: drivng", 2, 'there is no entry "drivng"', 'did you mean "driving"?'),
    "unknown in a list": ("[driving, shower]", "[driving, lunch]", 4, 'no entry "lunch"', "correct the id"),
    "unknown in a long list": ("[driving, shower]", "\n    - driving\n    - lunch", 6, 'no entry "lunch"', "correct"),
    "none in a list": ("[driving, shower]", "[none]", 4, 'there is no entry "none"', "correct the id"),
    "both": ("entry: driving", "entry: driving\n  entries: [shower]", 3, "stand together", "keep `entry` where"),
    "neither": ("  entry: driving\n", "", 1, "nothing says which entry is right", "`entry: none` where it must not"),
    "entry without a value": ("entry: driving", "entry:", 2, "entry is empty", "fill it in"),
    "no entries": ("[driving, shower]", "[]", 4, "entries is empty", "fill it in"),
    "entries as a text": ("[driving, shower]", "driving", 4, "entries should be a list", "on its own line"),
    "id in capitals": ("entry: none", "entry: None", 7, "may hold only lower-case", "write none"),
    "misspelt key": ("  entry: driving", "  entry: driving\n  note: x", 3, '"note" is not a key', "the keys here are"),
    "empty text": ("text: may I get the car wet", 'text: " "', 3, "text is empty", "fill it in"),
    "no text": ("text: may I get the car wet", "text:", 3, "text is empty", "fill it in"),
    "missing text": ("- text: may I get the car wet\n  entries", "- entries", 3, '"text" is missing', "own words"),
    "number": ("text: may I get the car wet", "text: 42", 3, "means a number in YAML", 'in quotes: "42"'),
    "too long": ("may I get the car wet", "wet " * 1200, 3, "at most 4000 are allowed", "shorten it"),
    "twice": ("where do I park at the airport", "May I get the car WET?", 6, "stands on line 3", "in `entries`"),
    "only a text": ("# The", "- how long\n# The", 5, "should be keys with values", "begin it with `text: …`"),
    "broken YAML": ("may I get", "may: I get", 3, "a colon in an unquoted text", "in quotes"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_labelled_question_is_told_with_its_line(mistake: str, folder: Path, ask: Ask) -> None:
    before, after, line, message, mend = MISTAKES[mistake]
    assert before in QUESTIONS
    ask(QUESTIONS.replace(before, after))
    problem = the_problem(folder)
    assert message in problem.message
    assert (problem.file, problem.line) == ("questions.yaml", line)
    assert mend in problem.mend


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("text: how long\nentry: driving\n", "the file should be a list of questions"),
        ("how long", "the file should be a list of questions"),
        ("", "the file is empty"),
        ("# later\n", "the file is empty"),
        ("[]", "the file is empty"),
    ],
)
def test_the_file_must_be_a_list_of_questions(text: str, message: str, folder: Path, ask: Ask) -> None:
    ask(text)
    assert the_problem(folder).message == message


def test_a_folder_in_the_place_of_the_file_is_told(folder: Path) -> None:
    (folder / "questions.yaml").mkdir()
    assert "the file cannot be read" in the_problem(folder).message


def test_several_mistakes_are_told_at_once_and_keep_the_bot_from_starting(folder: Path, ask: Ask) -> None:
    ask("- text: one\n  entry: nowhere\n- text: one\n")
    assert [problem.line for problem in check(folder)[0]] == [2, 3, 3]


def test_the_words_of_a_question_are_not_repeated_in_what_is_said_of_it(folder: Path, ask: Ask) -> None:
    ask("- text: canary words here\n  entry: nowhere\n- text: canary words here\n")
    assert "canary" not in "".join(map(str, check(folder)[0]))


def test_an_entrys_own_words_as_a_labelled_question_are_pointed_out(folder: Path, ask: Ask) -> None:
    ask("- text: how long until I can use my CAR?\n  entry: driving\n")
    (said,) = [str(problem) for problem in check(folder)[1] if problem.file == "questions.yaml"]
    assert said.startswith("questions.yaml:1: these words already stand in entry driving")


def test_editors_are_told_that_no_patients_words_belong_there() -> None:
    fields = json_schemas()["questions"]["items"]["properties"]
    assert "own words; never a patient's" in fields["text"]["description"]
    assert all("description" in field for field in fields.values())


# --- what they are for


def many(folder: Path) -> None:
    """As many labelled questions as a calibration is fitted to."""
    right = "".join(f"- {{text: back at the wheel in week {n}, entry: driving}}\n" for n in range(40))
    wrong = "".join(f"- {{text: which train goes at {n} hours, entry: none}}\n" for n in range(40))
    (folder / "questions.yaml").write_text(right + wrong, encoding="utf-8")


def test_labelled_questions_reach_the_calibration_of_the_bot(folder: Path) -> None:
    assert Wisdom.of(load(folder)).finder.calibration.trials[Source.LABELLED] == 0
    many(folder)
    calibration = Wisdom.of(load(folder)).finder.calibration
    assert calibration.trials[Source.LABELLED] == 80
    assert "80 labelled questions" in calibration.basis


def told(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, result.output
    return result.stdout


def test_knowledge_calibrate_and_check_count_the_labelled_questions(folder: Path) -> None:
    many(folder)
    standing = json.loads(told("knowledge", "calibrate", "--knowledge", str(folder), "--words-alone", "--json"))
    assert standing["trials"]["labelled questions"] == 80
    assert "80 labelled question(s)" in told("knowledge", "check", str(folder)).replace("\n", " ")


def test_an_evaluation_calibrates_with_the_folders_questions_unless_others_are_named(folder: Path) -> None:
    many(folder)
    asked = folder / "asked.jsonl"
    asked.write_text('{"id": "1", "text": "when may i drive", "gold": ["driving"]}\n', encoding="utf-8")
    common = ("eval", "--knowledge", str(folder), "--questions", str(asked), "--words-alone", "--json")
    assert labelled_trials(told(*common)) == 80
    assert labelled_trials(told(*common, "--labelled", str(asked))) == 1


def test_a_file_of_entries_is_not_calibrated_with_the_installed_folders_questions(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(folder)
    monkeypatch.setenv("SUPPORT_BOT_KNOWLEDGE_DIR", str(folder))
    entries = folder / "entries.jsonl"
    entries.write_text('{"id": "driving", "question": "When may I drive again?"}\n', encoding="utf-8")
    assert labelled_trials(told("eval", "--words-alone", "--json")) == 80
    assert labelled_trials(told("eval", "--knowledge", str(entries), "--words-alone", "--json")) == 0


def labelled_trials(printed: str) -> int:
    """Of one calibration: that of questions put to the bot, or that of the knowledge base tried on itself."""
    found = json.loads(printed)
    (calibration,) = found["calibrations"] if "calibrations" in found else (found["calibration"],)
    return int(calibration["trials"]["labelled questions"])
