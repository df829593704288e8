"""Entries and questions read for an evaluation: what is wrong is said by file and line, with the way to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.measure.evaluation.files import InputFault, check_writable, read_entries, read_questions, write_whole

KNOWN = {"m0", "m1"}


def a_file(folder: Path, *lines: str) -> Path:
    path = folder / "lines.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_entries_may_have_any_id_and_no_answer(tmp_path: Path) -> None:
    file = a_file(
        tmp_path,
        '{"id": "M 0", "question": "When may I swim?", "phrasings": ["how soon is the pool allowed"]}',
        "",
        '{"id": "m1", "question": "Who takes the stitches out?", "answer": "The nurse does."}',
    )
    entries = read_entries(file).entries
    assert list(entries) == ["M 0", "m1"]
    assert entries["M 0"].texts == ("When may I swim?", "how soon is the pool allowed")
    assert (entries["M 0"].answer, entries["m1"].answer) == ("", "The nurse does.")


def test_a_question_tells_no_gold_from_a_gold_of_nothing(tmp_path: Path) -> None:
    file = a_file(
        tmp_path,
        '{"id": "q0", "text": "pool?"}',
        '{"id": "q1", "text": "weather?", "gold": [], "kind": "far"}',
        '{"id": "q2", "text": "swim?", "gold": ["m0"], "must_not": ["gone"]}',
    )
    unknown, absent, known = read_questions(file, KNOWN)
    assert (unknown.gold, absent.gold, known.gold) == (None, frozenset(), frozenset({"m0"}))
    assert (absent.kind, known.must_not) == ("far", frozenset({"gone"}))


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    file = tmp_path / "marked.jsonl"
    file.write_text('{"id": "q0", "text": "pool?"}', encoding="utf-8-sig")
    assert [question.id for question in read_questions(file, KNOWN)] == ["q0"]


def test_half_a_character_is_read_as_a_question_mark(tmp_path: Path) -> None:
    (question,) = read_questions(a_file(tmp_path, r'{"id": "q0", "text": "pool \ud83d"}'), KNOWN)
    assert question.text == "pool ?"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{broken", "lines.jsonl:2: this is not JSON"),
        ('["q1"]', "lines.jsonl:2: this is not a JSON object"),
        ('{"text": "x"}', 'lines.jsonl:2: there is no "id"'),
        ('{"id": "q1"}', 'lines.jsonl:2: there is no "text"'),
        ('{"id": 1, "text": "x"}', 'lines.jsonl:2: "id" must be text'),
        ('{"id": "q1", "text": 5}', 'lines.jsonl:2: "text" must be text'),
        ('{"id": "q1", "text": "x", "gold": "m0"}', 'lines.jsonl:2: "gold" must be a list of texts'),
        ('{"id": "q1", "text": "x", "gold": ["m9"]}', 'lines.jsonl:2: the knowledge base has no entry "m9"'),
        ('{"id": "q0", "text": "x"}', 'lines.jsonl:2: the id "q0" is that of'),
    ],
)
def test_a_broken_line_is_told_with_its_place_and_the_way_to_mend_it(tmp_path: Path, line: str, told: str) -> None:
    with pytest.raises(InputFault) as fault:
        read_questions(a_file(tmp_path, '{"id": "q0", "text": "fine"}', line), KNOWN)
    assert told in str(fault.value)
    assert "To mend: " in str(fault.value)


def test_a_question_to_calibrate_with_needs_its_gold(tmp_path: Path) -> None:
    with pytest.raises(InputFault, match=r'lines.jsonl:1: there is no "gold"'):
        read_questions(a_file(tmp_path, '{"id": "q0", "text": "x"}'), KNOWN, labelled=True)


def test_an_entry_without_a_question_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputFault, match=r'lines.jsonl:1: "question" must be text, and not empty'):
        read_entries(a_file(tmp_path, '{"id": "m0", "question": " "}'))


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    (tmp_path / "latin.jsonl").write_bytes(b'{"id": "q0", "text": "x"}\n{"id": "q1", "text": "na\xefve"}\n')
    with pytest.raises(InputFault, match=r"latin.jsonl:2: this is not UTF-8"):
        read_questions(tmp_path / "latin.jsonl", KNOWN)
    with pytest.raises(InputFault, match="there is no such file"):
        read_questions(tmp_path / "nowhere.jsonl", KNOWN)
    with pytest.raises(InputFault, match="this is a folder"):
        read_questions(tmp_path, KNOWN)
    with pytest.raises(InputFault, match="the file is empty"):
        read_entries(a_file(tmp_path))


def test_what_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(InputFault, match=r"--plot .*: this is a folder"):
        check_writable(tmp_path, "--plot")
    with pytest.raises(InputFault, match="there is no folder"):
        check_writable(tmp_path / "nowhere" / "out.jsonl", "--predictions")
    check_writable(tmp_path / "out.jsonl", "--predictions")
    assert not list(tmp_path.iterdir())


def test_a_file_is_replaced_whole_and_nothing_stays_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "out.jsonl"
    file.write_bytes(b"old")
    write_whole(file, b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("out.jsonl", b"new")]
    (tmp_path / "taken").mkdir()
    with pytest.raises(InputFault, match="it cannot be written"):
        write_whole(tmp_path / "taken", b"new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.jsonl", "taken"]
