"""Curators' mistakes in the knowledge folder: each is told with file, line, entry and how to mend it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest
from rapidfuzz import fuzz

from bot.domain.knowledge import ChannelMode
from bot.domain.lint import Wording
from bot.domain.phrases import KEYS
from bot.knowledge_files import KnowledgeError, Loaded, Problem, check, json_schemas, load

SHIPPED = Path(__file__).parent.parent / "knowledge"
TODAY = date(2026, 3, 1)
A = "answers/a.yaml"

ENTRY = """\
id: driving
question: When may I drive again?
phrasings:
  - how long until I can use my car
  - weeks before getting behind the wheel
  - is it safe to take the road now
must_not_match:
  - when may I fly again
answer: |
  When you can stop in an emergency.
author: A curator
review_by: 2027-01-01
sources:
  - title: A public page
    url: https://example.org/page
"""
SECOND = ENTRY.replace("driving", "shower").replace("drive", "bathe").replace("fly", "swim")
SECOND = SECOND.replace("use my car", "wash").replace("getting behind the wheel", "soap and water")
SECOND = SECOND.replace("safe to take the road now", "fine to get the stitches wet")
CONFIG = """\
service_name: A service
country: GB
emergency_numbers:
  GB:
    emergency: "999"
channels:
  - channel: support
    mode: thread
moderators_channel: moderators
hours:
  timezone: Europe/London
  days:
    monday: "09:00-17:00"
matching:
  answer_confidence: 0.8
"""
SCOPE = "owner: Nobody yet\nroutes: {}\n"
PHRASES = "".join(
    f'{key}: "{" ".join(f"{{{name}}}" for name in sorted(names)) or "words"}"\n' for key, names in KEYS.items()
)

Write = Callable[[str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A knowledge folder with one entry and nothing wrong."""
    files = {A: ENTRY, "config.yaml": CONFIG, "scope.yaml": SCOPE, "phrases.yaml": PHRASES}
    (tmp_path / "answers").mkdir()
    for file, text in files.items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def write(folder: Path) -> Write:
    def write(file: str, text: str) -> None:
        (folder / file).write_text(text, encoding="utf-8")

    return write


def errors(folder: Path) -> tuple[Problem, ...]:
    return check(folder, TODAY)[0]


def warnings(folder: Path) -> list[str]:
    return [str(problem) for problem in check(folder, TODAY)[1]]


def the_error(folder: Path) -> Problem:
    found = errors(folder)
    assert len(found) == 1, "\n".join(map(str, found))
    return found[0]


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


# --- A sound folder -------------------------------------------------------------------------------


def test_a_sound_folder_loads_whole(folder: Path) -> None:
    loaded = load(folder)
    assert isinstance(loaded, Loaded)
    assert list(loaded.knowledge.entries) == ["driving"]
    assert loaded.knowledge.entries["driving"].answer == "When you can stop in an emergency."
    assert loaded.phrases.say("answered_by", author="A curator") == "A curator"
    assert loaded.config.channels[0].mode is ChannelMode.THREAD
    assert loaded.scope.owner == "Nobody yet"
    assert check(folder, TODAY)[0] == ()


def test_a_file_may_hold_one_entry_or_a_list_of_entries(folder: Path, write: Write) -> None:
    write("answers/b.yaml", as_list(SECOND))
    assert list(load(folder).knowledge.entries) == ["driving", "shower"]


def test_a_byte_order_mark_at_the_start_of_a_file_is_no_problem(folder: Path) -> None:
    (folder / A).write_bytes(b"\xef\xbb\xbf" + ENTRY.encode())
    assert "driving" in load(folder).knowledge.entries


def test_the_digest_changes_with_any_file_and_with_nothing_else(folder: Path, write: Write) -> None:
    before = load(folder).digest
    assert load(folder).digest == before
    write("scope.yaml", SCOPE + "# a remark\n")
    assert load(folder).digest != before


def as_list(*entries: str) -> str:
    return "".join(
        "".join(f"{'- ' if n == 0 else '  '}{line}\n" for n, line in enumerate(entry.splitlines())) for entry in entries
    )


# --- One thing wrong in an entry ------------------------------------------------------------------

# What is replaced in ENTRY, by what; part of the line that is named; what is said; how to mend it.
ENTRY_MISTAKES = {
    "misspelt key": ("phrasings:", "phrasing:", "phrasing:", '"phrasing" is not a key', '"phrasings"'),
    "missing key": ("author: A curator\n", "", "id:", '"author" is missing', "add a line `author: …`"),
    "unknown key": ("author:", "zzz: 1\nauthor:", "zzz:", '"zzz" is not a key', "the keys here are id"),
    "repeated key": (
        "author:",
        "author: Another\nauthor:",
        "author: A cur",
        '"author" stands twice, first on line 11',
        "keep one",
    ),
    "repeated key inside a source": (
        "    url:",
        "    title: Again\n    url:",
        "title: Again",
        '"title" stands twice',
        "keep one",
    ),
    "bare yes as a phrasing": (
        "how long until I can use my car",
        "yes",
        "- yes",
        "item 1 of phrasings should be a text",
        '"yes"',
    ),
    "bare no as a phrasing": ("how long until I can use my car", "no", "- no", "means false", '"no"'),
    "bare time as a phrasing": (
        "how long until I can use my car",
        "12:30",
        "12:30",
        "means a number",
        '"12:30"',
    ),
    "bare number as a phrasing": ("how long until I can use my car", "42", "- 42", "means a number", '"42"'),
    "bare date as a phrasing": (
        "how long until I can use my car",
        "2026-01-01",
        "- 2026",
        "means a date",
        '"2026-01-01"',
    ),
    "colon in a bare phrasing": (
        "how long until I can use my car",
        "driving: how long",
        "- driving",
        "its colon",
        '"driving: how long"',
    ),
    "one text for a list": (
        "must_not_match:\n  - when may I fly again",
        "must_not_match: when may I fly again",
        "must_not",
        "be a list",
        "- ",
    ),
    "a list for one text": ("author: A curator", "author: [A, B]", "author", "is a list", "one text"),
    "an empty field": ("author: A curator", "author:", "author", "author is empty", "fill it in"),
    "an empty list": (
        "  - when may I fly again\n",
        "",
        "must_not",
        "must_not_match is empty",
        "remove the line",
    ),
    "an empty phrasing": (
        "how long until I can use my car",
        '""',
        '- ""',
        "item 1 of phrasings is empty",
        "fill",
    ),
    "a day that does not exist": ("2027-01-01", "2027-02-30", "2027-02-30", '"2027-02-30"', "year-month-day"),
    "a date in words": ("2027-01-01", "1 March 2027", "1 March", "not a day of the calendar", "2026-03-31"),
    "a year alone": ("2027-01-01", "2027", "review_by", "not a day of the calendar", "year-month-day"),
    "an id with capitals": ("id: driving", "id: Driving Again", "id:", "lower-case", "write driving-again"),
    "a source without an https address": (
        "https://example.org/page",
        "www.example.org",
        "url:",
        "url of item 1 of sources",
        "https://",
    ),
    "a source that is a bare address": (
        "  - title: A public page\n    url: https://example.org/page",
        "  - https://example.org",
        "- https",
        "item 1 of sources should be keys with values",
        "key: value",
    ),
    "a confidence above 1": ("author:", "min_confidence: 80\nauthor:", "min_conf", 'is "80"', "from 0 to 1"),
    "a yes for a confidence": ("author:", "min_confidence: yes\nauthor:", "min_conf", 'is "yes"', "a number"),
    "a question over the limit": (
        "When may I drive again?",
        "When " * 40,
        "question",
        "199 characters, at most 150",
        "shorten",
    ),
    "a question on two lines": (
        "When may I drive again?",
        '"a\\nb"',
        "question",
        "several lines",
        "one line",
    ),
    "five related entries": (
        "author:",
        "related: [a, b, c, d, e]\nauthor:",
        "related",
        "5 items, at most 4",
        "remove some",
    ),
    "an unknown related entry": (
        "author:",
        "related: [drving]\nauthor:",
        "related",
        '"drving", and there is no such entry',
        '"driving"',
    ),
    "itself as related": ("author:", "related: [driving]\nauthor:", "related", "names itself", "remove it"),
    "its own phrasing in must_not_match": (
        "when may I fly again",
        "Is it safe to take the road, now?",
        "Is it safe",
        "both one of its own",
        "remove",
    ),
    "a phrasing repeated": (
        "is it safe to take the road now",
        "How long until I can use my CAR?!",
        "CAR",
        "stands twice",
        "remove one",
    ),
    "a reviewer without a day": (
        "author:",
        "reviewer: B\nauthor:",
        "reviewer",
        "no day of review",
        "reviewed_on: year-month-day",
    ),
    "a day of review without reviewer": (
        "author:",
        "reviewed_on: 2026-01-01\nauthor:",
        "reviewed_on",
        "no reviewer",
        "add `reviewer",
    ),
    "an author who is the reviewer": (
        "author:",
        "reviewer: a Curator\nreviewed_on: 2026-01-01\nauthor:",
        "reviewer",
        "does not review",
        "someone",
    ),
    "a review due before it was reviewed": (
        "2027-01-01",
        "2025-12-31\nreviewer: B\nreviewed_on: 2026-01-01",
        "review_by",
        "is before",
        "later day",
    ),
    "a review in the future": (
        "author:",
        "reviewer: B\nreviewed_on: 2026-03-02\nauthor:",
        "reviewed_on",
        "in the future",
        "really reviewed",
    ),
    "an exclamation mark at the start of a phrasing": (
        "how long until I can use my car",
        "!help with my car",
        "!help",
        "begins with !",
        "quotes",
    ),
}


@pytest.mark.parametrize("mistake", ENTRY_MISTAKES)
def test_a_mistake_in_an_entry_is_told_with_its_line_and_how_to_mend_it(
    mistake: str, folder: Path, write: Write
) -> None:
    old, new, at, message, mend = ENTRY_MISTAKES[mistake]
    assert old in ENTRY
    text = ENTRY.replace(old, new)
    write(A, text)
    problem = the_error(folder)
    assert (problem.file, problem.line) == (A, line_of(text, at))
    assert problem.entry == ("Driving Again" if mistake == "an id with capitals" else "driving")
    assert message in problem.message
    assert mend in problem.mend
    assert "Input should" not in str(problem)


def test_the_second_source_of_the_third_entry_in_a_list_is_named_by_its_own_line(folder: Path, write: Write) -> None:
    broken = SECOND + "  - title: Another page\n    url: ftp://example.org\n"
    text = "# Answers about washing\n" + as_list(ENTRY.replace("driving", "car"), SECOND, broken)
    write("answers/b.yaml", text.replace("id: shower", "id: wash", 1))
    (folder / A).unlink()
    problem = next(problem for problem in errors(folder) if "url" in problem.message)
    assert problem.line == line_of(text, "ftp://")
    assert (problem.file, problem.entry) == ("answers/b.yaml", "shower")
    assert "url of item 2 of sources" in problem.message


def test_an_entry_with_several_mistakes_has_all_of_them_told_by_its_id(folder: Path, write: Write) -> None:
    write(A, ENTRY.replace("A curator", "[]").replace("2027-01-01", "soon") + "related: [driving]\n")
    found = errors(folder)
    assert [problem.entry for problem in found] == ["driving"] * 3
    assert [problem.line for problem in found] == [11, 12, 16]


def test_a_field_that_cannot_be_read_does_not_cause_a_second_complaint(folder: Path, write: Write) -> None:
    write(A, ENTRY + "reviewer: B\nreviewed_on: yesterday\n")
    assert "not a day" in the_error(folder).message


def test_an_entry_that_is_only_a_text_is_refused(folder: Path, write: Write) -> None:
    write("answers/b.yaml", "- just words\n")
    problem = the_error(folder)
    assert (problem.line, problem.entry) == (1, "")
    assert "id" in problem.mend


# --- Entries together -----------------------------------------------------------------------------


def test_an_id_used_in_two_files_names_both_places(folder: Path, write: Write) -> None:
    write("answers/b.yaml", "# another\n" + SECOND.replace("shower", "driving"))
    problem = the_error(folder)
    assert (problem.file, problem.line, problem.entry) == ("answers/b.yaml", 2, "driving")
    assert "answers/a.yaml:1" in problem.message
    assert "another id" in problem.mend


def test_a_phrasing_in_two_entries_names_both_places(folder: Path, write: Write) -> None:
    text = SECOND.replace("how long until I can wash", "Weeks before getting behind the wheel?")
    write("answers/b.yaml", text)
    problem = the_error(folder)
    assert (problem.file, problem.line, problem.entry) == ("answers/b.yaml", 4, "shower")
    assert "entry driving (answers/a.yaml:5)" in problem.message
    assert "remove it from the other" in problem.mend


def test_related_may_name_an_entry_that_has_a_mistake_of_its_own(folder: Path, write: Write) -> None:
    write(A, ENTRY + "related: [shower]\n")
    write("answers/b.yaml", SECOND.replace("author: A curator\n", ""))
    assert '"author" is missing' in the_error(folder).message


# --- Files that are not YAML, or not there --------------------------------------------------------

# What is replaced in ENTRY, by what; the line that is named; what is said; how to mend it.
BROKEN_YAML = {
    "a colon in the question": ("When may", "Driving: when may", 2, "a colon in an unquoted text", "quotes"),
    "a quote never closed": ("When may", '"When may', 2, "never closed", "close it"),
    "a tab for indentation": ("  - weeks", "\t- weeks", 5, "a tab", "spaces"),
    "a line that is no key": ("author: A curator", "author\nx: 1", 12, "neither a key", "colon"),
    "a key out of its column": ("author: A", " author: A", 11, "indented", "same column"),
    "text after a closing quote": ("A curator", '"A" curator', 11, "closing quote", "quotes"),
    "a star at the start": ("A curator", "*A curator*", 11, "begins with *", "quotes"),
    "an at sign at the start": ("A curator", "@curator", 11, "may not begin", "quotes"),
    "a backslash in double quotes": ("A curator", '"A \\qurator"', 11, "a backslash", "single quotes"),
    "a bracket never closed": ("A curator", "[A curator", 12, "never closed", "close it with ]"),
    "text after the bar": ("answer: |", "answer: |text", 9, "text follows |", "next line"),
    "a list on the key's line": ("A curator", "- A curator", 11, "a list item", "next line"),
    "two documents": ("author:", "---\nauthor:", 11, "---", "remove it"),
}


@pytest.mark.parametrize("mistake", BROKEN_YAML)
def test_broken_yaml_is_told_in_plain_words_with_its_line(mistake: str, folder: Path, write: Write) -> None:
    old, new, line, message, mend = BROKEN_YAML[mistake]
    write(A, ENTRY.replace(old, new))
    problem = the_error(folder)
    assert (problem.file, problem.line, problem.entry) == (A, line, "driving")
    assert message in problem.message
    assert mend in problem.mend


def test_a_file_that_is_not_utf_8_names_the_byte_and_its_line(folder: Path) -> None:
    (folder / A).write_bytes(ENTRY.replace("A curator", "Renée").encode("latin-1"))
    problem = the_error(folder)
    assert (problem.file, problem.line) == (A, 11)
    assert "byte 12" in problem.message
    assert "0xe9" in problem.message
    assert "UTF-8" in problem.mend


def test_a_character_that_cannot_be_seen_is_named_with_its_line(folder: Path, write: Write) -> None:
    write(A, ENTRY.replace("A curator", "A\x07curator"))
    problem = the_error(folder)
    assert (problem.line, problem.entry) == (11, "driving")
    assert "U+0007" in problem.message


@pytest.mark.parametrize("text", ["", "# only a remark\n", "[]\n"])
def test_an_empty_file_is_told(text: str, folder: Path, write: Write) -> None:
    write("answers/b.yaml", text)
    problem = the_error(folder)
    assert problem.file == "answers/b.yaml"
    assert "empty" in problem.message
    assert "delete it" in problem.mend


def test_an_entry_that_contains_itself_is_told(folder: Path, write: Write) -> None:
    write(A, ENTRY + "topics: &loop\n  - *loop\n")
    assert "contains itself" in errors(folder)[0].message


def test_a_folder_that_does_not_exist_is_told(tmp_path: Path) -> None:
    problem = the_error(tmp_path / "nowhere")
    assert "nowhere" in problem.file
    assert "no such folder" in problem.message


def test_a_folder_without_answers_is_told(folder: Path) -> None:
    (folder / A).unlink()
    (folder / "answers").rmdir()
    assert str(the_error(folder)).startswith("answers: the folder is missing")


@pytest.mark.parametrize("file", ["config.yaml", "phrases.yaml", "scope.yaml"])
def test_a_missing_file_beside_the_answers_is_told(file: str, folder: Path) -> None:
    (folder / file).unlink()
    problem = the_error(folder)
    assert (problem.file, problem.line) == (file, 0)
    assert "missing" in problem.message


@pytest.mark.parametrize("file", ["config.yaml", "phrases.yaml", "scope.yaml"])
@pytest.mark.parametrize("text", ["", "- a list\n", "a: b: c\n"])
def test_a_file_beside_the_answers_must_be_keys_with_values(file: str, text: str, folder: Path, write: Write) -> None:
    write(file, text)
    assert the_error(folder).file == file


def test_a_folder_in_the_place_of_a_file_is_told(folder: Path) -> None:
    (folder / "answers/b.yaml").mkdir()
    problem = the_error(folder)
    assert problem.file == "answers/b.yaml"
    assert "cannot be read" in problem.message


def test_files_in_answers_that_are_not_read_are_pointed_out(folder: Path, write: Write) -> None:
    write("answers/b.yml", SECOND)
    write("answers/.a.yaml.swp", "an editor's own file")
    assert [problem for problem in warnings(folder) if "not read" in problem] == [
        "answers/b.yml: this is not read — entries stand in answers/*.yaml: rename it, or move it elsewhere"
    ]


# --- Settings -------------------------------------------------------------------------------------

CONFIG_MISTAKES = {
    "a timezone that does not exist": (
        "Europe/London",
        "Europe/Londn",
        "timezone",
        "no timezone",
        "Europe/London",
    ),
    "a folder of timezones": ("Europe/London", "Europe", "timezone", "no timezone", "Europe/"),
    "hours that end before they start": (
        "09:00-17:00",
        "17:00-09:00",
        "monday",
        "before it starts",
        "earlier time",
    ),
    "hours that are no times": ("09:00-17:00", "9-5", "monday", "span of time", '"09:00-17:00"'),
    "hours after midnight": ("09:00-17:00", "09:00-24:30", "monday", "span of time", '"09:00-17:00"'),
    "a weekday cut short": ("monday", "mon", "mon:", '"mon" is not a weekday', "write monday"),
    "a country without numbers": ("country: GB", "country: US", "country", "no emergency_numbers", "GB"),
    "Norway without quotes": ("country: GB", "country: NO", "country", "without quotes means false", '"NO"'),
    "a country in small letters": ("  GB:", "  gb:", "  gb:", '"gb" is not a country code', "capital"),
    "a number without quotes": ('"999"', "999", "emergency: 999", "means a number", '"999"'),
    "a channel listed twice": (
        "moderators_channel",
        '  - channel: "#Support"\n    mode: private\nmoderators_channel',
        "#Support",
        "listed twice (config.yaml:7)",
        "keep one",
    ),
    "the moderators' channel in thread mode": (
        "channel: support",
        "channel: moderators",
        "- channel",
        "is the moderators' channel",
        "remove it",
    ),
    "an unknown mode": ("mode: thread", "mode: public", "mode:", 'is "public"', "off, private or thread"),
    "a bare off": ("mode: thread", "mode: off", "mode:", "off without quotes means", '"off"'),
    "a confidence over 1": ("0.8", "80", "answer_conf", 'is "80"', "from 0 to 1"),
    "suggesting above answering": (
        "matching:",
        "matching:\n  suggest_confidence: 0.9",
        "suggest_conf",
        "above answer_confidence",
        "lower",
    ),
    "a misspelt setting": (
        "service_name:",
        "service_nme: x\nservice_name:",
        "service_nme",
        "not a key",
        "service_name",
    ),
    "a setting twice": ("country: GB", "country: GB\ncountry: GB", "country: GB", "stands twice", "keep one"),
    "quotes around true": (
        "matching:",
        'copy_patient_words: "false"\nmatching:',
        "copy_",
        'is "false"',
        "without quotes",
    ),
    "a moderator by name": (
        "matching:",
        "moderators: [ann]\nmatching:",
        "moderators: [",
        "not a user id",
        "U012AB3CD",
    ),
}


@pytest.mark.parametrize("mistake", CONFIG_MISTAKES)
def test_a_mistake_in_the_settings_is_told_with_its_line_and_how_to_mend_it(
    mistake: str, folder: Path, write: Write
) -> None:
    old, new, at, message, mend = CONFIG_MISTAKES[mistake]
    assert old in CONFIG
    text = CONFIG.replace("country: GB\n", "") if mistake == "a country in small letters" else CONFIG
    text = text.replace(old, new)
    write("config.yaml", text)
    problem = the_error(folder)
    line = line_of(text, at) + (1 if mistake == "a setting twice" else 0)
    assert (problem.file, problem.line, problem.entry) == ("config.yaml", line, "")
    assert message in problem.message
    assert mend in problem.mend
    assert "Input should" not in str(problem)


PHRASE_MISTAKES = {
    "missing": ('helpful_yes: "words"\n', "", "", "is missing", "add it"),
    "misspelt": (
        "helpful_yes:",
        "helpful_yess: x\nhelpful_yes:",
        "yess",
        "no part of the bot",
        '"helpful_yes"',
    ),
    "empty": ('helpful_yes: "words"', "helpful_yes:", "helpful_yes", "not empty", "quotes"),
    "bare yes": ('helpful_yes: "words"', "helpful_yes: yes", "helpful_yes", "must be a text", "quotes"),
    "unknown placeholder": (
        '"{author}"',
        '"{author} {when}"',
        "answered_by",
        "{when} is not",
        "can use: {author}",
    ),
    "unpaired brace": ('"{author}"', '"{author"', "answered_by", "braces", "{{"),
    "format after a colon": ('"{author}"', '"{author:d}"', "answered_by", "a : or !", "{author}"),
    "too long for a button": (
        'helpful_yes: "words"',
        f'helpful_yes: "{"x" * 76}"',
        "helpful_yes",
        "at most 75",
        "shorten",
    ),
    "too long for a window": (
        'write_title: "words"',
        f'write_title: "{"x" * 25}"',
        "write_title",
        "24",
        "shorten",
    ),
}


@pytest.mark.parametrize("mistake", PHRASE_MISTAKES)
def test_a_mistake_in_a_phrase_is_told_with_its_line_and_how_to_mend_it(
    mistake: str, folder: Path, write: Write
) -> None:
    old, new, at, message, mend = PHRASE_MISTAKES[mistake]
    assert old in PHRASES
    text = PHRASES.replace(old, new)
    write("phrases.yaml", text)
    problem = the_error(folder)
    assert (problem.file, problem.line) == ("phrases.yaml", line_of(text, at) if at else 0)
    assert message in problem.message
    assert mend in problem.mend


def test_an_alarm_that_names_no_numbers_is_pointed_out(folder: Path, write: Write) -> None:
    write("phrases.yaml", PHRASES.replace('crisis_notice: "{numbers}"', 'crisis_notice: "You matter."'))
    assert any('"crisis_notice" does not use {numbers}' in problem for problem in warnings(folder))


def test_a_mistake_in_scope_is_told_with_its_line(folder: Path, write: Write) -> None:
    write("scope.yaml", "owner: Nobody yet\nroutes:\n  CRISIS:\n    exampels: []\n  EMERGENZY: {}\n")
    first, second = errors(folder)
    assert (first.file, first.line) == ("scope.yaml", 4)
    assert '"examples"' in first.mend
    assert second.line == 5
    assert '"EMERGENZY" is not known' in second.message
    assert "EMERGENCY" in second.mend


# --- All at once ----------------------------------------------------------------------------------


def test_every_problem_of_every_file_is_told_at_once_in_order(folder: Path, write: Write) -> None:
    write(A, ENTRY.replace("author: A curator\n", "").replace("review_by: 2027-01-01", "review_by: soon"))
    write("answers/b.yaml", "id: broken\nquestion: What: now\n")
    write("config.yaml", CONFIG.replace("Europe/London", "Nowhere"))
    (folder / "scope.yaml").unlink()
    write("phrases.yaml", PHRASES.replace('helpful_no: "words"', 'helpful_no: ""'))
    with pytest.raises(KnowledgeError) as raised:
        load(folder)
    places = [(problem.file, problem.line, problem.entry) for problem in raised.value.problems]
    assert places == [
        (A, 1, "driving"),
        (A, 11, "driving"),
        ("answers/b.yaml", 2, "broken"),
        ("config.yaml", 11, ""),
        ("phrases.yaml", line_of(PHRASES, "helpful_no"), ""),
        ("scope.yaml", 0, ""),
    ]
    said = str(raised.value)
    assert said.startswith("6 problems in the knowledge folder:\nanswers/a.yaml:1: entry driving: ")
    assert all(str(problem) in said for problem in raised.value.problems)
    assert raised.value.problems == errors(folder)


def test_a_problem_reads_as_place_entry_what_and_how_to_mend_it() -> None:
    problem = Problem("answers/x.yaml", 12, "x", "the answer is empty", "write one")
    assert str(problem) == "answers/x.yaml:12: entry x: the answer is empty — write one"
    assert str(Problem("answers", 0, "", "missing", "add it")) == "answers: missing — add it"


def test_warnings_name_the_line_and_do_not_stop_the_bot(folder: Path, write: Write) -> None:
    write(A, ENTRY.replace("2027-01-01", "2026-02-28"))
    assert load(folder).knowledge.entries.keys() == {"driving"}
    assert any(problem.startswith(f"{A}:12: entry driving: its review was due") for problem in warnings(folder))


def test_the_day_is_judged_only_where_it_is_given(folder: Path, write: Write) -> None:
    write(A, ENTRY.replace("2027-01-01", "2026-02-28"))
    assert not any("due" in str(problem) for problem in load(folder).warnings)
    assert any("due" in str(problem) for problem in load(folder, TODAY).warnings)


# --- Schemas --------------------------------------------------------------------------------------


def test_the_published_schemas_describe_every_key_for_editors() -> None:
    schemas = json_schemas()
    assert schemas.keys() == {"entry", "config", "phrases", "scope", "questions"}
    entry = schemas["entry"]["$defs"]["Entry"]
    assert all("description" in field for field in entry["properties"].values())
    assert entry["additionalProperties"] is False
    assert set(schemas["phrases"]["required"]) == set(KEYS)
    assert "{author}" in schemas["phrases"]["properties"]["answered_by"]["description"]
    assert all(schema["$schema"].endswith("2020-12/schema") for schema in schemas.values())
    assert json.loads(json.dumps(schemas)) == schemas


# --- What we ship ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped() -> Loaded:
    return load(SHIPPED)


def test_the_shipped_folder_has_at_least_fifteen_entries_and_nothing_wrong(shipped: Loaded) -> None:
    assert len(shipped.knowledge) >= 15


def test_each_shipped_entry_has_six_phrasings_that_are_not_alike(shipped: Loaded) -> None:
    wording = Wording()
    for entry in shipped.knowledge.entries.values():
        assert len(entry.phrasings) >= 6, entry.id
        for one, other in permutations(entry.phrasings, 2):
            assert wording.shared_share(one, other) <= 0.5, (entry.id, one, other)


def test_at_least_four_shipped_pairs_that_could_be_confused_are_told_apart(shipped: Loaded) -> None:
    entries = shipped.knowledge.entries.values()
    pairs = {
        frozenset({one.id, other.id})
        for one, other in permutations(entries, 2)
        if any(
            fuzz.token_set_ratio(barred.lower(), text.lower()) >= 85
            for barred in one.must_not_match
            for text in other.texts
        )
    }
    assert len(pairs) >= 4, pairs


def test_no_shipped_entry_claims_a_review_that_did_not_happen(shipped: Loaded) -> None:
    for entry in shipped.knowledge.entries.values():
        assert entry.reviewer is None, entry.id
        assert entry.author.startswith("Starter content"), entry.id
        assert entry.credentials is None, entry.id
    seeds = [e for e in shipped.knowledge.entries.values() if "based on an answer by Robert Flynn" in e.author]
    assert len(seeds) == 1


def test_each_shipped_entry_names_its_sources_and_when_it_falls_due_for_review(shipped: Loaded) -> None:
    for entry in shipped.knowledge.entries.values():
        assert entry.sources, entry.id
        assert entry.review_by is not None, entry.id
