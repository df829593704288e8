"""Looks over an installation before it is run: what is in order, what is worth knowing, what would stop the bot."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from bot.asking import thresholds
from bot.config import ConfigError, Settings, read_settings
from bot.knowledge_files import KnowledgeError, Loaded, check, load
from bot.workflows.meaning import Meaning
from bot.workflows.parts import Wisdom

OLDEST_PYTHON = (3, 11)


class State(StrEnum):
    """How a check came out: WRONG keeps the bot from starting, a NOTE does not."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """What one check found, in a line for people."""

    about: str
    state: State
    said: str


def examine(today: date, **overrides: object) -> Iterator[Finding]:
    """Every check, in the order in which a start would meet them. Leaves nothing behind but what can be made anew.

    `overrides` are settings, as for `read_settings`; `today` is the day review dates are judged by.
    """
    yield _python()
    try:
        settings = read_settings(**overrides)
    except ConfigError as error:
        yield Finding("settings", State.WRONG, " ".join(str(error).splitlines()))
        return
    yield _tokens(settings)
    yield _knowledge(settings.support_bot_knowledge_dir, today)
    yield _folder("data folder", settings.support_bot_data_dir, State.WRONG, "SUPPORT_BOT_DATA_DIR")
    yield _folder("cache folder", settings.support_bot_cache_dir, State.NOTE, "SUPPORT_BOT_CACHE_DIR")
    meaning = Meaning.of(settings)
    yield Finding("encoder", State.OK if meaning.encoder else State.NOTE, meaning.said)
    try:
        loaded = load(settings.support_bot_knowledge_dir)
    except KnowledgeError:
        return  # said above
    yield _calibration(loaded, meaning)


def as_json(findings: list[Finding]) -> dict[str, object]:
    """For other programs: `ok` is False when something would stop the bot."""
    return {"ok": can_start(findings), "checks": [asdict(finding) for finding in findings]}


def can_start(findings: list[Finding]) -> bool:
    """Whether nothing found would stop the bot."""
    return all(finding.state is not State.WRONG for finding in findings)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        oldest = ".".join(map(str, OLDEST_PYTHON))
        return Finding("python", State.WRONG, f"{version} is too old: install {oldest} or newer, then run: make setup")
    return Finding("python", State.OK, version)


def _tokens(settings: Settings) -> Finding:
    """Without any token the demo and `ask` still work; a token that is there and cannot be right is a mistake."""
    try:
        settings.require_tokens()
    except ConfigError as error:
        said = " ".join(str(error).splitlines())
        if "does not look right" in said:
            return Finding("slack", State.WRONG, said)
        return Finding("slack", State.NOTE, f"demo and ask work, run does not: {said}")
    return Finding("slack", State.OK, f"what {settings.support_bot_transport} mode needs is set (Slack was not asked)")


def _knowledge(folder: Path, today: date) -> Finding:
    errors, warnings = check(folder, today=today)
    if errors:
        more = f" (and {len(errors) - 1} more: support-bot knowledge check)" if len(errors) > 1 else ""
        return Finding("knowledge", State.WRONG, f"{errors[0]}{more}")
    state = State.NOTE if warnings else State.OK
    said = f"{folder}: {len(load(folder).knowledge)} entries"
    told = f", {len(warnings)} warning(s): see support-bot knowledge check" if warnings else ""
    return Finding("knowledge", state, said + told)


def _folder(about: str, folder: Path, state: State, variable: str) -> Finding:
    """Whether files can be written in a folder, or where it would be made."""
    folder = folder.expanduser()
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            return Finding(about, State.OK, f"{folder} can be written")
    except OSError as error:
        why = error.strerror or type(error).__name__
        return Finding(about, state, f"{folder} cannot be written ({why}): mend that, or name another in {variable}")


def _calibration(loaded: Loaded, meaning: Meaning) -> Finding:
    """Whether the promised precision can be kept on this knowledge base."""
    wisdom = Wisdom.of(loaded, meaning.encoder, meaning.cache)
    found = wisdom.finder.calibration
    set_by_hand = loaded.config.matching.answer_confidence is not None
    state = State.OK if found.promise_kept and not set_by_hand else State.NOTE
    return Finding("calibration", state, "; ".join(line.strip() for line in thresholds(wisdom)))
