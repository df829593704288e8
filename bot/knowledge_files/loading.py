"""Reads the knowledge folder, each file once, into one immutable value, or tells every problem in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.domain.knowledge import KnowledgeBase, LabelledQuestion, ServiceConfig
from bot.domain.lint import Path as Place
from bot.domain.lint import unanswerable
from bot.domain.phrases import Phrases
from bot.domain.scope import Guard, ScopeRules
from bot.knowledge_files.answers import read_answers
from bot.knowledge_files.document import Document, entry_id, read_document
from bot.knowledge_files.problems import KnowledgeError, Problem
from bot.knowledge_files.questions import read_questions
from bot.knowledge_files.settings import read_config, read_phrases, read_scope

_ANSWERS = "answers"
_BESIDE = ("config.yaml", "phrases.yaml", "scope.yaml")
_QUESTIONS = "questions.yaml"
_NOT_ANSWERS = frozenset({*_BESIDE, _QUESTIONS})


@dataclass(frozen=True)
class Loaded:
    """The knowledge folder as it was at one moment. `digest` is the SHA-256 (hex) of all its files.

    `questions` are the operator's labelled ones, none where there is no questions.yaml.
    """

    knowledge: KnowledgeBase
    phrases: Phrases
    scope: ScopeRules
    config: ServiceConfig
    questions: tuple[LabelledQuestion, ...]
    digest: str
    warnings: tuple[Problem, ...]


@dataclass(frozen=True)
class _Reading:
    loaded: Loaded | None
    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def load(folder: Path, today: date | None = None) -> Loaded:
    """Everything in `folder`. Rules that depend on the day are judged only where `today` is given.

    Raises KnowledgeError with all problems of all files.
    """
    reading = _read(folder, today)
    if reading.loaded is None:
        raise KnowledgeError(reading.errors)
    return reading.loaded


def check(folder: Path, today: date | None = None) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """The errors, which keep the bot from starting, and the warnings; each by file and line."""
    reading = _read(folder, today)
    return reading.errors, reading.warnings


def _read(folder: Path, today: date | None) -> _Reading:
    contents, errors, warnings = _contents(folder)
    documents = {file: read_document(file, content) for file, content in contents.items()}
    answers = read_answers([documents[file] for file in documents if file not in _NOT_ANSWERS], today)
    beside = {file: documents.get(file, Document(file, readable=False)) for file in _BESIDE}
    config, config_errors = read_config(beside["config.yaml"])
    phrases, phrase_errors, phrase_warnings = read_phrases(beside["phrases.yaml"])
    scope, scope_errors = read_scope(beside["scope.yaml"])
    errors += [*answers.errors, *config_errors, *phrase_errors, *scope_errors]
    warnings += [*answers.warnings, *phrase_warnings]
    questions: tuple[LabelledQuestion, ...] = ()
    if _QUESTIONS in documents:
        questions, question_errors, question_warnings = read_questions(documents[_QUESTIONS], answers.knowledge)
        errors += question_errors
        warnings += question_warnings
    if scope is not None and not answers.errors:
        warnings += _unanswerable(answers.knowledge, Guard(scope), documents)
    warned = tuple(sorted(warnings))
    if errors or config is None or phrases is None or scope is None:
        return _Reading(None, tuple(sorted(errors)), warned)
    loaded = Loaded(answers.knowledge, phrases, scope, config, questions, _digest(contents), warned)
    return _Reading(loaded, (), warned)


def _unanswerable(knowledge: KnowledgeBase, guard: Guard, documents: Mapping[str, Document]) -> Iterator[Problem]:
    """What the guard keeps from ever being answered, by file and line."""
    findings = list(unanswerable(knowledge, guard))
    places = _entry_places(documents) if findings else {}
    for finding in findings:
        if finding.entry in places:
            document, at = places[finding.entry]
            yield document.problem((*at, *finding.path), finding.message, finding.mend, finding.entry)
        else:
            yield Problem(_ANSWERS, 0, finding.entry, finding.message, finding.mend)


def _entry_places(documents: Mapping[str, Document]) -> dict[str, tuple[Document, Place]]:
    """Where each entry stands, by its id."""
    return {
        entry_id(record, ()): (document, at)
        for file, document in documents.items()
        if file not in _NOT_ANSWERS
        for at, record in document.items()
    }


def _contents(folder: Path) -> tuple[dict[str, bytes], list[Problem], list[Problem]]:
    """Every knowledge file's bytes by its name in the folder; what is missing; what is not read."""
    if not folder.is_dir():
        missing = Problem(str(folder), 0, "", "there is no such folder", "name the folder that holds answers/")
        return {}, [missing], []
    errors: list[Problem] = []
    warnings: list[Problem] = []
    contents: dict[str, bytes] = {}
    for file in (*_answer_files(folder, errors, warnings), *_BESIDE, _QUESTIONS):
        try:
            contents[file] = (folder / file).read_bytes()
        except FileNotFoundError:
            if file != _QUESTIONS:
                mend = "add it, or restore it from an older version"
                errors.append(Problem(file, 0, "", "the file is missing", mend))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            errors.append(Problem(file, 0, "", f"the file cannot be read ({reason})", "check its permissions"))
    return contents, errors, warnings


def _answer_files(folder: Path, errors: list[Problem], warnings: list[Problem]) -> Iterator[str]:
    if not (folder / _ANSWERS).is_dir():
        errors.append(Problem(_ANSWERS, 0, "", "the folder is missing", "add a folder answers with *.yaml files"))
        return
    for path in sorted((folder / _ANSWERS).iterdir()):
        name = f"{_ANSWERS}/{path.name}"
        if path.name.startswith("."):
            continue
        if path.suffix == ".yaml":
            yield name
        else:
            mend = "entries stand in answers/*.yaml: rename it, or move it elsewhere"
            warnings.append(Problem(name, 0, "", "this is not read", mend))


def _digest(contents: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for file, content in sorted(contents.items()):
        digest.update(f"{file}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
