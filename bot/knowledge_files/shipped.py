"""Reads what ships with the program for matching: how common English words are, medical names, coefficients."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from bot.domain.matching import Coefficients, Language, coefficients_from

COEFFICIENTS = Path(__file__).parent / "coefficients.json"
NAMES = Path(__file__).parent / "medical_names.txt"
OFF_TOPIC = Path(__file__).parent / "off_topic.txt"
_FREQUENCIES = "frequency_dictionary_en_82_765.txt"


@cache
def language() -> Language:
    """English as symspellpy's frequency list (82,765 words, SCOWL and Google Books counts) and our names have it."""
    lines = (files("symspellpy") / _FREQUENCIES).read_text(encoding="utf-8-sig").splitlines()
    counts = {word: int(count) for word, count in (line.split() for line in lines if line.strip())}
    names = {name for line in NAMES.read_text(encoding="utf-8").splitlines() for name in line.split("#")[0].split()}
    return Language.of(counts, names)


@cache
def _stored() -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(COEFFICIENTS.read_text(encoding="utf-8"))
    return stored


@cache
def coefficients(meaning: bool) -> Coefficients:
    """The shipped coefficients with the encoder, or for words alone. Fitted by `support-bot eval fit`."""
    return coefficients_from(_stored(), meaning)


@cache
def off_topic() -> tuple[str, ...]:
    """Questions that no patient-support knowledge base answers; every one must come out unanswered."""
    lines = OFF_TOPIC.read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))
