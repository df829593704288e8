"""Reads the three files beside the answers: phrases.yaml, scope.yaml and config.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ValidationError

from bot.domain import lint
from bot.domain.knowledge import ServiceConfig
from bot.domain.phrases import KEYS, Phrases
from bot.domain.scope import ScopeRules
from bot.knowledge_files import plain_words
from bot.knowledge_files.document import Document
from bot.knowledge_files.problems import Problem

Model = TypeVar("Model", bound=BaseModel)

_STAND_IN = {"service_name": "-", "moderators_channel": "-", "emergency_numbers": {"ZZ": {"emergency": "-"}}}
_MUST_APPEAR = frozenset({"numbers", "emergency_number", "author"})
"""Placeholders without which a patient misses whom to call, or who answered."""


def read_phrases(document: Document) -> tuple[Phrases | None, list[Problem], list[Problem]]:
    """The phrases, None where there are errors; the errors; the warnings."""
    texts, problems = _mapping(document)
    if texts is None:
        return None, problems, []
    for key, said in Phrases.problems(texts):
        message, _, mend = said.partition("; ")
        if key not in KEYS and (near := lint.nearest(key, KEYS)):
            mend = f'did you mean "{near}"?'
        line = document.line((key,)) if key in texts else 0
        problems.append(Problem(document.file, line, "", f'phrase "{key}": {message}', mend or "correct it"))
    if problems:
        return None, problems, []
    phrases = Phrases({key: str(text) for key, text in texts.items()})
    return phrases, [], list(_silent_placeholders(document, phrases))


def _silent_placeholders(document: Document, phrases: Phrases) -> Iterator[Problem]:
    for key, text in phrases.texts.items():
        for name in sorted(KEYS[key] & _MUST_APPEAR):
            if f"{{{name}}}" not in text:
                message = f'phrase "{key}" does not use {{{name}}}, so patients will not see it'
                yield document.problem((key,), message, f"write {{{name}}} where it belongs")


def read_scope(document: Document) -> tuple[ScopeRules | None, list[Problem]]:
    """The guard's rules, None where there are errors; the errors."""
    record, problems = _mapping(document)
    if record is None:
        return None, problems
    rules, _ = _validated(ScopeRules, document, record, problems)
    return rules, problems


def read_config(document: Document) -> tuple[ServiceConfig | None, list[Problem]]:
    """The service's settings, None where there are errors; the errors."""
    record, problems = _mapping(document)
    if record is None:
        return None, problems
    config, bad = _validated(ServiceConfig, document, record, problems)
    judged = config
    if judged is None:
        good = {key: value for key, value in record.items() if key not in bad}
        judged = ServiceConfig.model_validate({**_STAND_IN, **good})
    problems += _located(document, lint.config_errors(judged), bad)
    problems += _timezone_problems(document, judged)
    return config, problems


def _located(document: Document, findings: Iterable[lint.Finding], bad: frozenset[str]) -> Iterator[Problem]:
    for finding in findings:
        if bad.isdisjoint({*finding.fields, str(finding.path[0])}):
            second = f" ({document.file}:{document.line(finding.other[1])})" if finding.other else ""
            yield document.problem(finding.path, finding.message + second, finding.mend)


def _timezone_problems(document: Document, config: ServiceConfig) -> Iterator[Problem]:
    if config.hours is None:
        return
    name = config.hours.timezone
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        near = lint.nearest(name, available_timezones())
        mend = f'did you mean "{near}"?' if near else "write an IANA name, e.g. Europe/London"
        yield document.problem(("hours", "timezone"), f'there is no timezone "{name}"', mend)


def _validated(
    model: type[Model], document: Document, record: dict[str, object], problems: list[Problem]
) -> tuple[Model | None, frozenset[str]]:
    """The record as `model`; where that fails, None and the fields that are bad, with the problems added."""
    try:
        return model.model_validate(record), frozenset()
    except ValidationError as error:
        problems += plain_words.problems(document, (), model, error)
        return None, frozenset(str(details["loc"][0]) for details in error.errors())


def _mapping(document: Document) -> tuple[dict[str, object] | None, list[Problem]]:
    problems = list(document.problems)
    if isinstance(document.value, dict):
        return document.value, problems
    if document.readable and document.value is None:
        problems.append(document.problem((), "the file is empty", "restore it from your last version"))
    elif document.readable:
        message = "the file should be keys with values"
        problems.append(document.problem((), message, "write each as `key: value` on its own line"))
    return None, problems
