"""`support-bot bench match`: real measuring processes on small knowledge bases, and the parts they are made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.domain.matching import texts_of
from bot.encoder import Encoder
from bot.measure.bench_match import BenchFault, Subject, subjects
from bot.measure.made_up import MOST_WORDS, made_up, questions
from bot.measure.rivals import rivals
from tests.program import Program

VOCABULARY = [f"word{chr(97 + n // 26 % 26)}{chr(97 + n % 26)}{chr(97 + n // 676)}" for n in range(3_000)]


def bench(folder: Path, *arguments: str, code: int = 0) -> str:
    """What `support-bot bench match` says, ending with this exit code."""
    program = Program.start(("bench", "match", *arguments), folder, {})
    assert program.ends() == code, program.said()
    return program.said()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Two sizes measured without the encoder."""
    folder = tmp_path_factory.mktemp("alone")
    said = bench(folder, "--sizes", "50,500", "--questions", "8", "--words-alone", "--json")
    return list(json.loads(said))


# --- the command


def test_every_size_is_measured_and_named(alone: list[dict[str, Any]]) -> None:
    assert [(one["knowledge"], one["texts"], one["entries"]) for one in alone] == [
        ("50 made up", 50, 10),
        ("500 made up", 500, 100),
    ]


def test_times_and_memory_are_measured(alone: list[dict[str, Any]]) -> None:
    for one in alone:
        assert 0 < one["p50_ms"] <= one["p99_ms"]
        assert min(one["load_s"], one["index_cold_s"]) > 0
        assert 20 < one["loaded_mb"] <= one["answering_mb"] + 5


def test_the_others_are_asked_the_same_questions_and_told_as_ratios(alone: list[dict[str, Any]]) -> None:
    for one in alone:
        assert list(one["beside"]) == ["WRatio", "token_set_ratio", "BM25"]
        for rival in one["beside"].values():
            assert rival["questions"] == one["questions"] == 8
            assert rival["times_ours"] == pytest.approx(rival["p50_ms"] / one["p50_ms"], rel=0.2, abs=0.02)


def test_without_the_encoder_no_text_is_encoded(alone: list[dict[str, Any]]) -> None:
    assert [(one["encoder"], one["encoded"]) for one in alone] == [(False, 0), (False, 0)]


def test_with_the_encoder_texts_are_encoded_once_and_then_come_from_the_cache(encoder: Encoder, tmp_path: Path) -> None:
    first, again = (bench(tmp_path, "--sizes", "60", "--questions", "4") for _ in range(2))
    assert "60 texts encoded in" in first
    assert "no text encoded anew" in again
    assert "words alone" not in again


def test_a_file_of_entries_is_measured_in_place_of_made_up_ones(tmp_path: Path) -> None:
    entries = tmp_path / "entries.jsonl"
    lines = [{"id": f"e{n}", "question": f"How long does {word} last?"} for n, word in enumerate(VOCABULARY[:40])]
    entries.write_text("\n".join(map(json.dumps, lines)))
    said = bench(tmp_path, "--knowledge", str(entries), "--questions", "4", "--words-alone")
    assert "40 texts, 40 entries" in said
    assert "entries.jsonl" in said


def test_sizes_that_are_none_are_refused_in_plain_words(tmp_path: Path) -> None:
    assert '"some" are no sizes' in bench(tmp_path, "--sizes", "some", code=1)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "there is no file nowhere.jsonl" in bench(tmp_path, "--knowledge", "nowhere.jsonl", code=1)


def test_a_measuring_process_that_fails_ends_the_command(tmp_path: Path) -> None:
    (tmp_path / "broken.jsonl").write_text("no entry\n")
    said = bench(tmp_path, "--knowledge", "broken.jsonl", "--words-alone", code=1)
    assert "broken.jsonl" in said
    assert "Traceback" not in said


# --- what is measured


@pytest.mark.parametrize("sizes", ["", "1000,", "-5", "5", "1000000000", "1e3"])
def test_only_whole_sizes_within_reach_are_taken(sizes: str) -> None:
    with pytest.raises(BenchFault, match="are no sizes"):
        subjects(sizes, None)


def test_each_subject_keeps_its_vectors_apart(tmp_path: Path) -> None:
    taken = [*subjects("10,100", None), Subject(0, tmp_path / "a.jsonl"), Subject(0, tmp_path / "b.jsonl")]
    assert len({subject.folder(tmp_path) for subject in taken}) == 4


def test_a_made_up_knowledge_base_has_as_many_different_texts_as_asked_for() -> None:
    texts = texts_of(made_up(1_000, VOCABULARY))
    assert len(set(texts)) == len(texts) == 1_000


def test_made_up_texts_and_questions_are_the_same_every_time() -> None:
    one, other = (texts_of(made_up(200, VOCABULARY)) for _ in range(2))
    assert one == other
    assert questions(one, 50) == questions(other, 50)


def test_questions_differ_from_the_texts_and_stay_within_forty_words() -> None:
    texts = texts_of(made_up(1_000, VOCABULARY))
    asked = questions(texts, 100)
    assert len(asked) == 100
    assert sum(question in texts for question in asked) < 30
    assert 30 < max(len(question.split()) for question in asked) <= MOST_WORDS


@pytest.mark.parametrize("name", ["WRatio", "token_set_ratio", "BM25"])
def test_every_rival_finds_a_text_by_its_own_words(name: str) -> None:
    texts = ["How long does a cold last?", "What does surgery cost?", "Can I drive after surgery?"]
    find = rivals(texts)[name]
    assert [find(text) for text in texts] == [0, 1, 2]


def test_best_matching_finds_nothing_where_no_word_is_known() -> None:
    assert rivals(["How long does a cold last?"])["BM25"]("xylophone") == -1
