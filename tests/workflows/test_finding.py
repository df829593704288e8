"""Encoder, matcher and calibration put together for one knowledge base."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.domain.knowledge import MatchingSettings
from bot.domain.matching.calibration import Source
from bot.encoder import Encoder
from bot.workflows.finding import Finder, Labelled
from tests.entries import a_base, an_entry

BASE = a_base(
    an_entry("driving", "When can I drive after a lumbar fusion?", "how soon is driving allowed"),
    an_entry("bone-graft", "What is a bone graft?", "where does the graft come from"),
    an_entry("brace", "Do I need a back brace?", must_not_match=("which knee brace is best",)),
)
SETTINGS = MatchingSettings()


def test_an_empty_knowledge_base_finds_nothing_and_answers_nothing(encoder: Encoder, tmp_path: Path) -> None:
    finder = Finder(a_base(), SETTINGS, encoder, tmp_path)
    assert finder.rank("when can I drive").matches == ()
    assert not finder.calibration.promise_kept


def test_an_empty_knowledge_base_without_an_encoder_finds_nothing() -> None:
    assert Finder(a_base(), SETTINGS, None, None).rank("when can I drive").matches == ()


def test_a_base_of_one_entry_with_one_text_stands_on_the_shipped_record(encoder: Encoder, tmp_path: Path) -> None:
    finder = Finder(a_base(an_entry("brace", "Do I need a back brace?")), SETTINGS, encoder, tmp_path)
    assert "too few" in finder.calibration.basis
    assert finder.rank("do i need a back brace").matches[0].confidence == 1.0
    assert finder.rank("what time does the train leave").matches[0].confidence < finder.rules.answer_confidence


@pytest.mark.parametrize("words_alone", [False, True])
def test_an_entrys_own_words_are_answered(encoder: Encoder, tmp_path: Path, words_alone: bool) -> None:
    finder = Finder(BASE, SETTINGS, None if words_alone else encoder, tmp_path)
    best = finder.rank("HOW SOON IS DRIVING ALLOWED").matches[0]
    assert (best.entry_id, best.confidence, best.vetoes) == ("driving", 1.0, ())
    assert best.confidence >= (finder.rules.answer_confidence or 0)


def test_meaning_finds_what_shares_no_telling_word(encoder: Encoder, tmp_path: Path) -> None:
    assert Finder(BASE, SETTINGS, encoder, tmp_path).rank("getting behind the wheel again").matches[0].entry_id == (
        "driving"
    )


def test_the_second_start_takes_the_calibration_from_the_cache(encoder: Encoder, tmp_path: Path) -> None:
    first = Finder(BASE, SETTINGS, encoder, tmp_path).calibration
    (file,) = tmp_path.glob("calibration-*.json")
    stored = json.loads(file.read_text())
    stored["answer_from"] = 0.456
    file.write_text(json.dumps(stored))
    assert Finder(BASE, SETTINGS, encoder, tmp_path).calibration.answer_from == 0.456 != first.answer_from


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"confidence": {}}', '{"confidence": 5}'])
def test_a_damaged_calibration_is_made_anew(encoder: Encoder, tmp_path: Path, damage: str) -> None:
    first = Finder(BASE, SETTINGS, encoder, tmp_path).calibration
    (file,) = tmp_path.glob("calibration-*.json")
    file.write_text(damage)
    again = Finder(BASE, SETTINGS, encoder, tmp_path).calibration
    assert (again.answer_from, again.basis) == (first.answer_from, first.basis)


def test_another_promise_or_another_text_is_calibrated_anew(encoder: Encoder, tmp_path: Path) -> None:
    Finder(BASE, SETTINGS, encoder, tmp_path)
    Finder(BASE, SETTINGS.model_copy(update={"promised_precision": 0.9}), encoder, tmp_path)
    Finder(a_base(*BASE.entries.values(), an_entry("new", "What is sciatica?")), SETTINGS, encoder, tmp_path)
    assert len(list(tmp_path.glob("calibration-*.json"))) == 3


def test_a_cache_that_cannot_be_written_keeps_nothing_and_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    finder = Finder(BASE, SETTINGS, None, tmp_path / "file")
    assert finder.rank("how soon is driving allowed").matches[0].entry_id == "driving"


def test_what_the_operator_sets_by_hand_stands_above_the_calibration() -> None:
    by_hand = SETTINGS.model_copy(update={"answer_confidence": 0.77})
    assert Finder(BASE, by_hand, None, None).rules.answer_confidence == 0.77


def test_the_base_tries_itself_on_phrasings_removed_entries_decoys_and_strangers(encoder: Encoder) -> None:
    counts = Finder(BASE, SETTINGS, encoder, None).calibration.trials
    assert counts[Source.PHRASING] == 2
    assert counts[Source.REMOVED] == 5
    assert counts[Source.OFF_TOPIC] >= 90


def test_labelled_questions_move_the_threshold(encoder: Encoder) -> None:
    told = [Labelled("how soon may I get behind the wheel", frozenset({"driving"}))] * 40
    told += [Labelled("where do I park my car at the airport", frozenset())] * 40
    finder = Finder(BASE, SETTINGS, encoder, None, labelled=told)
    assert "labelled" in finder.calibration.basis


def test_texts_out_of_topic_stay_unanswered(encoder: Encoder) -> None:
    finder = Finder(BASE, SETTINGS, encoder, None)
    for text in ("how do I renew my passport", "play some music", "the weather on saturday?"):
        best = finder.rank(text).matches
        assert not best or best[0].confidence < (finder.rules.suggest_confidence or 0) or best[0].confidence < 0.5
