"""Another operation, another part of the body, somebody else, the opposite: what an entry must not be given for."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.encoder import Encoder
from bot.knowledge_files import load
from bot.workflows.finding import Finder
from tests.town import KNOWLEDGE


@pytest.fixture(scope="module")
def shipped(encoder: Encoder, cache_dir: Path) -> Finder:
    loaded = load(KNOWLEDGE)
    return Finder(loaded.knowledge, loaded.config.matching, encoder, cache_dir)


def answered(finder: Finder, text: str) -> bool:
    best = finder.rank(text).matches[0]
    return best.confidence >= (finder.rules.answer_confidence or 0) and not best.vetoes


@pytest.mark.parametrize(
    "asked",
    [
        "when can I drive after a knee replacement",
        "when can I drive again after a hip fusion",
        "How do I look after the wound after knee surgery?",
        "How do I look after the wound after a c-section?",
        "How long is the hospital stay for a hip replacement?",
        "how heavy can I lift after a hip replacement",
        "how long does a broken hip take to heal",
        "minimally invasive or open knee surgery",
        "How does smoking affect the heart",
        "what is spinal stenosis in dogs",
        "when can I bath my dog after my back surgery",
        "how can my toddler sleep comfortably after spinal fusion",
        "how long can a 4 year old sit after a lumbar fusion",
        "How long can I stand after a lumbar fusion",
        "when can't I drive after a lumbar fusion",
        "what are the risks of lumbar fusion and how much does it cost",
        "When can I drive again after a lumbar fusion? 我的腿麻了",
        "when can I ski again",
        "how do I prepare for a lumbar MRI",
    ],
)
def test_a_question_about_something_else_is_not_answered(shipped: Finder, asked: str) -> None:
    assert not answered(shipped, asked)


@pytest.mark.parametrize(
    "asked",
    [
        "how long till i can drive after my fusion",
        "how long is the hospital stay",
        "what is spinal stenosis",
        "what is a bone graft",
        "what are the risks of a lumbar fusion",
        "when can I go back to work after a fusion",
        "wat is percutanous lumbr fusin??",
    ],
)
def test_a_question_about_the_entry_is_still_answered(shipped: Finder, asked: str) -> None:
    assert answered(shipped, asked)
