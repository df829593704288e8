"""Reads a transcript from its file, or tells everything that is wrong with it by file and line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from bot.domain import lint
from bot.domain.phrases import KEYS
from bot.knowledge_files import Loaded, Problem
from bot.knowledge_files.document import Document, read_document
from bot.knowledge_files.plain_words import problems as in_plain_words
from bot.measure.transcript import FORMS, NOTICES, SEEN, SHORT, WORDS, Record, Sight, Step, Transcript, seconds_of


class _File(Record):
    about: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)] = Field(
        description="one sentence: what this conversation shows"
    )
    turns: tuple[dict[str, object], ...] = Field(description="the steps, in order", min_length=1)


def find(paths: Iterable[Path]) -> list[Path]:
    """The files themselves, and every *.yaml of each folder, by name."""
    found: list[Path] = []
    for path in paths:
        found += sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    return found


def read(path: Path, loaded: Loaded | None = None) -> tuple[Transcript | None, list[Problem]]:
    """The transcript, None where it has errors; all its errors. `loaded` lets the ids and phrases be checked too."""
    try:
        content = path.read_bytes()
    except OSError as error:
        why = error.strerror or type(error).__name__
        return None, [Problem(str(path), 0, "", f"the file cannot be read ({why})", "check its name and permissions")]
    document = read_document(str(path), content)
    if document.problems or not isinstance(document.value, dict):
        wrong = Problem(str(path), 1, "", "a transcript is `about:` and `turns:`", "see docs/conversations.md")
        return None, list(document.problems) or [wrong]
    try:
        file = _File.model_validate(document.value)
    except ValidationError as error:
        return None, list(in_plain_words(document, (), _File, error))
    steps, found = _steps(document, file)
    if loaded is not None:
        found += [problem for step in steps for problem in _unknown(step, loaded)]
    return (None if found else Transcript(file=str(path), about=file.about, steps=tuple(steps))), found


def _steps(document: Document, file: _File) -> tuple[list[Step], list[Problem]]:
    steps: list[Step] = []
    found: list[Problem] = []
    for number, turn in enumerate(file.turns):
        at = ("turns", number)
        if len(turn) != 1:
            found.append(document.problem(at, "a step has one key", "begin each step with `- ` on a line of its own"))
            continue
        key, value = next(iter(turn.items()))
        made = _step(document, (*at, key), key, value)
        if isinstance(made, Step):
            steps.append(made)
        else:
            found += made
    return steps, found


def _step(document: Document, at: lint.Path, key: str, value: object) -> Step | list[Problem]:
    form, parts = _form(key)
    if not form:
        near = lint.nearest(key, [shown for _, shown in FORMS.values()])
        mend = f'did you mean "{near}"?' if near else "docs/conversations.md lists every step"
        return [document.problem(at, f'"{key}" is not a step', mend)]
    base = {"file": document.file, "line": document.line(at), "form": form, "said": key, **parts}
    if form in SEEN:
        sight = _sight(document, at, value)
        return Step(**base, sight=sight) if isinstance(sight, Sight) else sight
    if form == "types" and isinstance(value, dict):
        return Step(**base, typed={str(k): str(v) for k, v in value.items()})
    if isinstance(value, dict | list):
        return [document.problem(at, "words are expected here", "put a text that contains a colon in quotes")]
    text = document.written(at) if value is not None else ""
    wrong = _wrong_words(form, text)
    return [document.problem(at, *wrong)] if wrong else Step(**base, text=text)


def _form(key: str) -> tuple[str, dict[str, str]]:
    for form, (pattern, _) in FORMS.items():
        if found := re.fullmatch(pattern, key):
            return form, {name: part for name, part in found.groupdict().items() if part}
    return "", {}


def _wrong_words(form: str, text: str) -> tuple[str, str] | None:
    """What is wrong with the words of an act, and how to mend it; None when nothing is."""
    if form in WORDS and text not in WORDS[form]:
        return f'"{text}" cannot stand here', f"write one of: {', '.join(WORDS[form])}"
    if form == "time" and seconds_of(text) is None:
        return f'"{text}" is not a length of time', "write for example 90 seconds, 2 minutes or 1 hour"
    if form == "runs" and not text.startswith("/"):
        return "a command begins with /", "write for example /ask what is lumbar fusion"
    return None


def _sight(document: Document, at: lint.Path, value: object) -> Sight | list[Problem]:
    if isinstance(value, str):
        if value in SHORT:
            return SHORT[value]
        near = lint.nearest(value, SHORT)
        mend = f'did you mean "{near}"?' if near else f"write one of: {', '.join(SHORT)}; or {{says: your words}}"
        return [document.problem(at, f'"{value}" is not something to be seen', mend)]
    try:
        return Sight.model_validate(_listed(value))
    except ValidationError as error:
        return list(in_plain_words(document, at, Sight, error))


def _listed(value: object) -> object:
    """One text where several may stand is a list of one."""
    if not isinstance(value, dict):
        return value
    several = {name for name, field in Sight.model_fields.items() if "tuple" in str(field.annotation).lower()}
    return {k: [v] if k in several and isinstance(v, str) else v for k, v in value.items()}


def _unknown(step: Step, loaded: Loaded) -> Iterator[Problem]:
    """Names in a step that the knowledge folder does not have."""
    sight = step.sight
    if sight is None:
        return
    for entry in filter(None, (sight.answers, *sight.suggests, *sight.offers)):
        if loaded.knowledge.get(entry) is None:
            yield _not_there(step, f'there is no entry "{entry}"', entry, list(loaded.knowledge.entries))
    keys = [*sight.phrase, *([sight.receipt] if sight.receipt not in (None, "any") else [])]
    for key in keys:
        if key not in KEYS:
            yield _not_there(step, f'there is no phrase "{key}"', str(key), list(KEYS))
    if sight.because is not None and f"reason_{sight.because}" not in KEYS:
        reasons = [key.removeprefix("reason_") for key in KEYS if key.startswith("reason_")]
        yield _not_there(step, f'there is no reason "{sight.because}"', sight.because, reasons)
    if sight.notice is not None and sight.notice not in NOTICES:
        yield _not_there(step, f'there is no notice "{sight.notice}"', sight.notice, list(NOTICES))


def _not_there(step: Step, message: str, word: str, known: list[str]) -> Problem:
    near = lint.nearest(word, known)
    mend = f'did you mean "{near}"?' if near else f"there are: {', '.join(known[:30])}"
    return Problem(step.file, step.line, "", message, mend)
