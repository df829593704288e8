"""The doctor: what it finds in order, what it notes, and what it says would stop the bot."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.config import Settings
from bot.measure.doctor import Finding, State, as_json, can_start, examine
from bot.workflows.parts import Wisdom
from tests.town import KNOWLEDGE

TODAY = date(2026, 11, 23)
TOKENS = {"slack_bot_token": "xoxb-1234-abcd", "slack_app_token": "xapp-1-abcd"}
Look = Callable[..., dict[str, Finding]]


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache_dir: Path) -> Look:
    """Examines an installation without the encoder, with a data folder that is not there yet; by what each is about."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    usual = {"support_bot_cache_dir": cache_dir, "support_bot_encoder": "off"}
    return lambda **settings: {found.about: found for found in examine(TODAY, **{**usual, **settings})}


def test_an_installation_in_order_can_start(look: Look) -> None:
    found = look(**TOKENS)
    assert [about for about, finding in found.items() if finding.state is State.WRONG] == []
    assert list(found) == ["python", "slack", "knowledge", "data folder", "cache folder", "encoder", "calibration"]
    assert can_start(list(found.values()))


def test_nothing_is_left_behind(look: Look, tmp_path: Path) -> None:
    look(**TOKENS)
    assert list(tmp_path.iterdir()) == []


def test_missing_tokens_are_only_a_note(look: Look) -> None:
    found = look()
    assert found["slack"].state is State.NOTE
    assert "SLACK_BOT_TOKEN is not set" in found["slack"].said
    assert can_start(list(found.values()))


def test_a_token_that_cannot_be_right_is_wrong_and_not_shown(look: Look) -> None:
    found = look(**{**TOKENS, "slack_bot_token": "xoxp-secret-1234"})
    assert found["slack"].state is State.WRONG
    assert "secret" not in found["slack"].said


def test_a_setting_that_cannot_be_read_is_wrong(look: Look) -> None:
    found = look(support_bot_encoder="perhaps")
    assert found["settings"].state is State.WRONG
    assert "SUPPORT_BOT_ENCODER='perhaps'" in found["settings"].said
    assert not can_start(list(found.values()))


def test_a_missing_entry_that_others_name_is_wrong_and_the_first_problem_told(look: Look, tmp_path: Path) -> None:
    folder = shutil.copytree(KNOWLEDGE, tmp_path / "knowledge")
    (folder / "answers" / "lumbar-fusion.yaml").unlink()
    found = look(support_bot_knowledge_dir=folder)
    assert found["knowledge"].state is State.WRONG
    assert "answers/adjacent-segment-disease.yaml:68" in found["knowledge"].said
    assert "calibration" not in found


def test_a_data_folder_that_cannot_be_written_is_wrong(look: Look, tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("")
    found = look(support_bot_data_dir=tmp_path / "a-file" / "data")
    assert found["data folder"].state is State.WRONG
    assert "SUPPORT_BOT_DATA_DIR" in found["data folder"].said


def test_a_cache_folder_that_cannot_be_written_is_only_a_note(look: Look, tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("")
    found = look(support_bot_cache_dir=tmp_path / "a-file" / "cache")
    assert found["cache folder"].state is State.NOTE
    assert can_start(list(found.values()))


def test_an_encoder_that_is_switched_off_is_noted_with_the_switch(look: Look) -> None:
    found = look()["encoder"]
    assert found.state is State.NOTE
    assert "by words alone" in found.said
    assert "SUPPORT_BOT_ENCODER=off" in found.said


def test_an_encoder_with_missing_files_is_noted_with_the_remedy(look: Look, tmp_path: Path) -> None:
    found = look(support_bot_encoder="auto", support_bot_encoder_dir=tmp_path / "nowhere")
    assert found["encoder"].state is State.NOTE
    assert "make model" in found["encoder"].said
    assert can_start(list(found.values()))


def test_an_encoder_in_use_is_in_order(look: Look, prepared: Wisdom) -> None:
    if prepared.finder.encoder is None:
        pytest.skip("the sentence encoder's model is not installed")
    assert look(support_bot_encoder="auto")["encoder"].state is State.OK


def test_the_calibration_says_the_thresholds_the_promise_and_what_they_rest_on(look: Look) -> None:
    said = look()["calibration"].said
    assert "answer from" in said
    assert "promised precision 0.98" in said


def test_thresholds_set_by_hand_promise_nothing(look: Look, tmp_path: Path) -> None:
    folder = shutil.copytree(KNOWLEDGE, tmp_path / "knowledge")
    config = folder / "config.yaml"
    config.write_text(config.read_text().replace("  # answer_confidence: 0.90", "  answer_confidence: 0.90"))
    found = look(support_bot_knowledge_dir=folder)["calibration"]
    assert found.state is State.NOTE
    assert "answer from 0.90" in found.said
    assert "nothing is promised" in found.said


def test_as_json_every_check_is_listed(look: Look) -> None:
    listed = as_json(list(look().values()))
    assert listed["ok"] is True
    assert isinstance(listed["checks"], list)
    assert {check["state"] for check in listed["checks"]} <= {"ok", "note", "wrong"}
