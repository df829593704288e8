"""`support-bot eval` and `support-bot knowledge calibrate` as an operator runs them, with small sets of their own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.workflows.meaning import Meaning
from tests.town import KNOWLEDGE

ACTIVITIES = ("swim", "cycle", "kneel", "drive", "garden", "travel", "dance", "jog")
ASKED = {
    "after": ("When may I {} again after the knee operation?", "how long until i can {} with my new knee"),
    "pain": ("Is it normal that my knee aches when I {}?", "my knee hurts whenever i {}, is that ok"),
    "pads": ("Which support bandage should I wear to {}?", "what kind of bandage do i need to {}"),
    "risk": ("What are the risks if I {} too early?", "what could happen if i {} too soon"),
}
ELSEWHERE = (
    "who won the football match on saturday",
    "how do i bake a rye loaf",
    "which train goes to the coast",
    "my printer shows a red light",
    "what is the tallest tower in the world",
    "how many strings has a cello",
)


def write(file: Path, records: Sequence[dict[str, Any]]) -> Path:
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return file


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def the_entries() -> list[dict[str, Any]]:
    return [
        {"id": f"{subject}_{activity}", "question": question.format(activity), "phrasings": []}
        for subject, (question, _) in ASKED.items()
        for activity in ACTIVITIES
    ]


def the_questions() -> list[dict[str, Any]]:
    """Two a entry, and some that no entry answers."""
    known = [
        {
            "id": f"{n}-{subject}-{activity}",
            "text": text.format(activity),
            "gold": [f"{subject}_{activity}"],
            "kind": "known",
        }
        for subject, (question, other) in ASKED.items()
        for activity in ACTIVITIES
        for n, text in enumerate((other, f"hello, {question[0].lower()}{question[1:-1]}"))
    ]
    far = [{"id": f"far-{n}", "text": text, "gold": [], "kind": "far"} for n, text in enumerate(ELSEWHERE)]
    return [*known, *far]


@pytest.fixture
def entries(tmp_path: Path) -> Path:
    return write(tmp_path / "entries.jsonl", the_entries())


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    return write(tmp_path / "questions.jsonl", the_questions())


def run(*arguments: str | Path, code: int = 0) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    return result


def evaluated(*arguments: str | Path) -> dict[str, Any]:
    """What `eval --json --words-alone` tells."""
    told: dict[str, Any] = json.loads(run("eval", "--json", "--words-alone", *arguments).stdout)
    return told


def predicted(entries: Path, questions: Path, *arguments: str | Path) -> dict[str, dict[str, Any]]:
    """What each question got, by its id."""
    out = questions.with_name("out.jsonl")
    evaluated("--knowledge", entries, "--questions", questions, "--predictions", out, *arguments)
    return {line["id"]: line for line in lines(out)}


# --- questions with labels


def test_questions_are_measured_with_their_intervals(entries: Path, questions: Path) -> None:
    told = evaluated(
        "--knowledge", entries, "--questions", questions, "--no-guard", "--folds", "10", "--promised", "0.9"
    )
    figures = told["figures"]
    assert (told["questions"], told["entries"], told["folds"], told["encoder"]) == (70, 32, 10, False)
    assert figures["top_1"]["of"] == 64
    assert figures["top_1"]["share"] > 0.8
    assert figures["coverage"]["share"] > 0.5
    assert figures["precision"]["share"] > 0.8
    assert figures["false_answers"]["of"] == 6
    assert figures["precision"]["lower"] < figures["precision"]["share"] <= figures["precision"]["upper"]
    assert [group["kind"] for group in figures["by_kind"]] == ["far", "known"]
    assert len(told["calibrations"]) == 10
    assert {one["trials"]["labelled questions"] for one in told["calibrations"]} == {63}


def test_the_terminal_shows_figures_thresholds_and_the_curve(entries: Path, questions: Path) -> None:
    said = run(
        *("eval", "--knowledge", entries, "--questions", questions, "--no-guard", "--folds", "4", "--words-alone"),
        *("--promised", "0.9"),
    ).stdout
    for words in (
        "right entry first (top-1)",
        "95 % interval",
        "out of fold, 4 folds",
        "Promised precision 0.9",
        "far",
    ):
        assert words in said
    assert "coverage: share of answerable questions answered" in said
    assert "\x1b" not in said


def test_predictions_are_a_line_a_question_in_their_order(entries: Path, questions: Path) -> None:
    found = predicted(entries, questions, "--no-guard")
    assert list(found) == [question["id"] for question in the_questions()]
    line = found["1-after-swim"]
    assert set(line) == {"id", "route", "action", "entry_id", "confidence", "ranked"}
    assert (line["route"], line["ranked"][0][0]) == ("GENERAL_INFO", "after_swim")
    assert line["confidence"] == line["ranked"][0][1]
    assert len(line["ranked"]) <= 10
    for one in found.values():
        assert (one["action"] == "answer") == (one["entry_id"] is not None)


def test_a_questions_own_label_never_helps_to_predict_it(entries: Path, questions: Path, tmp_path: Path) -> None:
    swapped = the_questions()
    changed = next(question for question in swapped if question["id"] == "1-after-jog")
    changed["gold"] = ["pads_swim"]
    other = write(tmp_path / "swapped.jsonl", swapped)
    arguments = ("--no-guard", "--folds", "10", "--promised", "0.9")
    before, after = predicted(entries, questions, *arguments), predicted(entries, other, *arguments)
    assert before["1-after-jog"] == after["1-after-jog"]
    assert before != after, "the label counts for the others"


def test_folds_with_the_same_file_as_labelled_are_folds(entries: Path, questions: Path) -> None:
    arguments = ("--no-guard", "--folds", "3", "--promised", "0.9")
    assert predicted(entries, questions, *arguments) == predicted(
        entries, questions, "--labelled", questions, *arguments
    )


def test_labelled_questions_calibrate_and_are_not_measured(entries: Path, questions: Path, tmp_path: Path) -> None:
    few = write(tmp_path / "few.jsonl", the_questions()[:3])
    told = evaluated("--knowledge", entries, "--questions", few, "--labelled", questions, "--no-guard")
    assert told["questions"] == 3
    assert told["calibrations"][0]["trials"]["labelled questions"] == 70
    assert told["calibrated_on_the_questions"] is False


def test_figures_on_the_very_questions_that_calibrated_say_so(entries: Path, questions: Path) -> None:
    arguments = ("--knowledge", entries, "--questions", questions, "--labelled", questions, "--no-guard")
    assert "the figures flatter" in run("eval", *arguments, "--words-alone").stdout
    assert evaluated(*arguments)["calibrated_on_the_questions"] is True


def test_mistakes_are_shown_with_what_explains_them(entries: Path, tmp_path: Path) -> None:
    wrong = {"id": "odd", "text": "When may I swim again after the knee operation?", "gold": [], "kind": "near"}
    asked = write(tmp_path / "asked.jsonl", [wrong])
    arguments = ("--knowledge", entries, "--questions", asked, "--no-guard", "--promised", "0.5")
    (mistake,) = evaluated(*arguments)["mistakes"]
    assert (mistake["id"], mistake["entry_id"], mistake["gold"]) == ("odd", "after_swim", [])
    assert ["swim", "swim", 1.0] in mistake["aligned"]
    said = run("eval", "--words-alone", *arguments).stdout
    assert "The most confident wrong answers" in said
    assert "none: it must not be answered" in said


def test_a_miss_says_what_held_the_answer_back(entries: Path, tmp_path: Path) -> None:
    alarm = "I have chest pain and cannot breathe. When may I swim again after the knee operation?"
    asked = write(tmp_path / "asked.jsonl", [{"id": "alarm", "text": alarm, "gold": ["after_swim"]}])
    (line,) = predicted(entries, asked).values()
    assert (line["route"], line["action"], line["entry_id"]) == ("EMERGENCY", "safetynotice", None)
    told = evaluated("--knowledge", entries, "--questions", asked)
    assert told["guard"] is True
    assert [miss["held_by"].startswith("the guard's route is EMERGENCY") for miss in told["misses"]] == [True]


def test_without_the_guard_every_question_is_matched(entries: Path, tmp_path: Path) -> None:
    asked = write(
        tmp_path / "asked.jsonl", [{"id": "alarm", "text": "crushing chest pain and i cannot breathe", "gold": []}]
    )
    assert predicted(entries, asked)["alarm"]["route"] == "EMERGENCY"
    assert predicted(entries, asked, "--no-guard")["alarm"]["route"] == "GENERAL_INFO"


def test_questions_of_any_length_and_none_are_asked(entries: Path, tmp_path: Path) -> None:
    odd = [
        {"id": "long", "text": "is it normal to feel stiff " * 400, "gold": []},
        {"id": "empty", "text": "", "gold": []},
        {"id": "signs", "text": "🙂🙂 [/] [red]", "gold": []},
    ]
    found = predicted(entries, write(tmp_path / "odd.jsonl", odd), "--no-guard")
    assert [line["action"] for line in found.values()] == ["escalate", "reply", "escalate"]
    assert found["long"]["ranked"] == []


# --- questions without labels


def test_without_labels_predictions_are_written_and_no_figures_printed(entries: Path, tmp_path: Path) -> None:
    bare = write(tmp_path / "bare.jsonl", [{"id": "q0", "text": "how soon may i swim after the knee operation"}])
    out = tmp_path / "out.jsonl"
    arguments = ("eval", "--knowledge", entries, "--questions", bare, "--predictions", out, "--words-alone")
    result = run(*arguments)
    assert [line["id"] for line in lines(out)] == ["q0"]
    assert "no figures" in result.stdout
    assert "top-1" not in result.stdout
    assert "figures" not in json.loads(run(*arguments, "--json").stdout)


def test_without_labels_and_without_a_file_there_is_nothing_to_do(entries: Path, tmp_path: Path) -> None:
    bare = write(tmp_path / "bare.jsonl", [{"id": "q0", "text": "may i swim"}])
    said = run("eval", "--knowledge", entries, "--questions", bare, "--words-alone", code=2).output
    assert "--predictions OUT.jsonl" in said


# --- the plot


def test_the_curve_is_drawn_as_a_png(entries: Path, questions: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    picture = tmp_path / "curve.png"
    evaluated("--knowledge", entries, "--questions", questions, "--no-guard", "--plot", picture)
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_without_matplotlib_the_plot_is_refused_before_the_work(
    entries: Path, questions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    arguments = ("--knowledge", entries, "--questions", questions, "--plot", tmp_path / "curve.png", "--words-alone")
    assert "matplotlib, which is not installed" in run("eval", *arguments, code=2).output
    assert not (tmp_path / "curve.png").exists()


# --- the knowledge base by itself


def test_alone_it_tries_the_installed_knowledge_base_on_itself() -> None:
    test = evaluated()
    assert test["texts_left_out"] > 100
    assert test["top_1"]["of"] == test["answered"]["of"] == test["texts_left_out"]
    assert test["calibration"]["trials"]["phrasings left out"] > 100
    for pair in test["confusable"]:
        assert len(set(pair["entries"])) == 2
    said = run("eval", "--words-alone").stdout
    assert "own entry first (top-1)" in said
    assert "patients' questions will be harder" in said


def test_two_entries_that_say_the_same_are_confusable(tmp_path: Path) -> None:
    twins = [
        {"id": "a", "question": "When may I swim after the operation?", "phrasings": ["how soon is swimming allowed"]},
        {"id": "b", "question": "When may I swim after surgery?", "phrasings": ["how soon can i go swimming"]},
        {"id": "c", "question": "Who removes the stitches?", "phrasings": ["taking the stitches out, who does it"]},
    ]
    pairs = evaluated("--knowledge", write(tmp_path / "twins.jsonl", twins))["confusable"]
    assert sorted(pairs[0]["entries"]) == ["a", "b"]
    assert pairs[0]["mutual"] is True
    assert pairs[0]["texts"][0] != pairs[0]["texts"][1]


def test_calibrate_says_what_the_promise_rests_on() -> None:
    told = json.loads(run("knowledge", "calibrate", "--json", "--words-alone").stdout)
    assert told["promised_precision"] == 0.98
    assert told["trials"]["phrasings left out"] > 100
    assert told["too_small"] is False
    said = run("knowledge", "calibrate", "--words-alone").stdout
    for words in ("promised precision", "answers from", "trials: entries removed", "words alone", told["verdict"]):
        assert words in said


def a_small_folder(folder: Path, *, matching: str = "") -> Path:
    """A copy of the starter folder with one file of answers, and other settings for matching."""
    copy = folder / "knowledge"
    shutil.copytree(KNOWLEDGE, copy)
    for file in (copy / "answers").iterdir():
        file.unlink()
    (copy / "answers" / "only.yaml").write_text(
        "- id: swimming\n  question: When may I swim after the operation?\n"
        "  phrasings: [how soon is the pool allowed]\n  answer: Ask the ward.\n"
        "  author: Starter content\n  min_confidence: 0.99\n",
        encoding="utf-8",
    )
    config = (copy / "config.yaml").read_text(encoding="utf-8").split("\nmatching:")[0]
    (copy / "config.yaml").write_text(f"{config}\n{matching}", encoding="utf-8")
    return copy


def test_calibrate_says_plainly_that_a_knowledge_base_is_too_small(tmp_path: Path) -> None:
    said = run("knowledge", "calibrate", "--knowledge", a_small_folder(tmp_path), "--words-alone").stdout
    assert "too small to promise 0.98: of its phrasings" in said
    assert "stricter: swimming" in said


def test_calibrate_says_that_a_confidence_set_by_hand_promises_nothing(tmp_path: Path) -> None:
    folder = a_small_folder(tmp_path, matching="matching: {answer_confidence: 0.7}\n")
    told = json.loads(run("knowledge", "calibrate", "--knowledge", folder, "--words-alone", "--json").stdout)
    assert (told["answer_confidence"], told["set_by_hand"]) == (0.7, ["answer_confidence"])
    assert "set by hand" in told["verdict"]
    assert told["promise_kept"] is False
    assert told["stricter_entries"] == {"swimming": 0.99}


# --- wrong use


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--promised", "95"), "lies between 0.5 and 0.999"),
        (("--promised", "nan"), "lies between 0.5 and 0.999"),
        (("--folds", "1", "--questions", "Q"), "there must be 2 or more"),
        (("--folds", "99", "--questions", "Q"), "holds 70 questions"),
        (("--folds", "3", "--questions", "Q", "--labelled", "E"), "leave one of the two out"),
        (("--folds", "3"), "name them with --questions"),
        (("--predictions", "out.jsonl"), "name them with --questions"),
        (("--questions", "nowhere.jsonl"), "there is no such file"),
        (("--questions", "Q", "--predictions", "no/folder/out.jsonl"), "there is no folder"),
        (("--questions", "E"), 'there is no "text"'),
        (("--questions", "Q", "--predictions", "Q"), "another option names this file too"),
    ],
)
def test_wrong_use_is_told_with_code_2(entries: Path, questions: Path, arguments: tuple[str, ...], told: str) -> None:
    names = {"E": str(entries), "Q": str(questions)}
    given = [names.get(argument, argument) for argument in arguments]
    result = run("eval", "--knowledge", entries, "--words-alone", *given, code=2)
    assert told in result.stderr
    assert "To mend: " in result.stderr
    assert result.stdout == ""


def test_a_broken_line_leaves_earlier_predictions_as_they_were(entries: Path, tmp_path: Path) -> None:
    out, broken = tmp_path / "out.jsonl", tmp_path / "broken.jsonl"
    out.write_text("earlier", encoding="utf-8")
    broken.write_text('{"id": "q0", "text": "may i swim"}\n{"id": \n', encoding="utf-8")
    said = run("eval", "--knowledge", entries, "--questions", broken, "--predictions", out, code=2).stderr
    assert "broken.jsonl:2: this is not JSON" in said
    assert out.read_text(encoding="utf-8") == "earlier"


def test_a_broken_knowledge_folder_is_told_with_code_2(tmp_path: Path) -> None:
    said = run("eval", "--knowledge", tmp_path, "--words-alone", code=2).stderr
    assert "answers" in said


# --- with the encoder


def test_with_the_encoder_the_figures_are_its_own(meaning: Meaning, entries: Path, questions: Path) -> None:
    if meaning.encoder is None:
        pytest.skip(meaning.why_not)
    arguments = ("eval", "--json", "--knowledge", entries, "--questions", questions, "--no-guard", "--folds", "4")
    told = json.loads(run(*arguments, "--promised", "0.9").stdout)
    assert told["encoder"] is True
    assert told["figures"]["top_1"]["share"] > 0.9
