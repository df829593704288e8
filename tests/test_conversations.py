"""Every transcript in tests/conversations, played to one bot over a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.config import REPOSITORY
from bot.encoder import Encoder
from bot.measure.reading import find
from bot.measure.rehearse import Rehearsal

FOLDER = Path(__file__).parent / "conversations"
KNOWLEDGE = REPOSITORY / "knowledge"
FILES = find([FOLDER])


@pytest.fixture(scope="module")
def rehearsal(encoder: Encoder) -> Iterator[Rehearsal]:  # the bot of the demo, which has it too
    with Rehearsal([FOLDER], KNOWLEDGE) as rehearsal:
        yield rehearsal


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_conversation_goes_as_written(rehearsal: Rehearsal, file: Path) -> None:
    transcript = next(t for t in rehearsal.transcripts if t.file == str(file))
    outcome = rehearsal.play(transcript)
    assert not outcome.failure, f"\n{outcome.failure}"
