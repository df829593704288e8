"""Reads knowledge/answers/*.yaml into entries and judges them, one by one and together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from pydantic import ValidationError

from bot.domain import lint
from bot.domain.knowledge import Entry, KnowledgeBase
from bot.domain.lint import Finding, Path
from bot.knowledge_files import plain_words
from bot.knowledge_files.document import Document, entry_id
from bot.knowledge_files.problems import Problem

_STAND_IN = {"question": "-", "answer": "-", "author": "-"}


@dataclass(frozen=True)
class _Draft:
    """An entry as written: where it stands, and what could be read of it.

    `entry` holds stand-ins for the fields in `bad`, so that the rules about all other fields can still be
    judged and every problem is told at once.
    """

    document: Document
    at: Path
    entry: Entry
    bad: frozenset[str]
    label: str

    def line(self, path: Path) -> int:
        return self.document.line((*self.at, *path))

    @property
    def place(self) -> str:
        return f"{self.document.file}:{self.line(('id',))}"


@dataclass(frozen=True)
class Answers:
    """`knowledge` is complete only where there are no errors."""

    knowledge: KnowledgeBase
    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def read_answers(documents: Iterable[Document], today: date | None) -> Answers:
    """All entries of all files, with every problem; never raises."""
    errors: list[Problem] = []
    drafts: list[_Draft] = []
    for document in documents:
        errors += document.problems
        if document.readable:
            drafts += _drafts(document, errors)
    by_id = _by_id(drafts, errors)
    ids = by_id.keys() | {draft.label for draft in drafts}
    knowledge = KnowledgeBase(entries={entry_id: draft.entry for entry_id, draft in by_id.items()})
    wording = lint.Wording()
    for draft in drafts:
        errors += _located(lint.entry_errors(draft.entry, ids, wording, today), {draft.entry.id: draft})
    errors += _located(lint.shared_phrasings(knowledge, wording), by_id)
    return Answers(knowledge, tuple(errors), tuple(_located(lint.warnings(knowledge, wording, today), by_id)))


def _drafts(document: Document, errors: list[Problem]) -> Iterator[_Draft]:
    if document.value in (None, []):
        errors.append(document.problem((), "the file is empty", "write an entry into it, or delete it"))
        return
    for at, record in document.items():
        if isinstance(record, dict):
            yield _draft(document, at, record, errors)
        else:
            message = "an entry should be keys with values"
            errors.append(document.problem(at, message, "begin it with `id: …`, then question, answer and author"))


def _draft(document: Document, at: Path, record: dict[str, object], errors: list[Problem]) -> _Draft:
    label = entry_id(record, ())
    try:
        return _Draft(document, at, Entry.model_validate(record), frozenset(), label)
    except ValidationError as error:
        errors += plain_words.problems(document, at, Entry, error, label)
        bad = frozenset(str(details["loc"][0]) for details in error.errors())
    good = {key: value for key, value in record.items() if key not in bad}
    unnamed = f"unnamed-{len(errors)}"
    entry = Entry.model_validate({**_STAND_IN, "id": unnamed, **good})
    return _Draft(document, at, entry, bad, label)


def _by_id(drafts: Iterable[_Draft], errors: list[Problem]) -> dict[str, _Draft]:
    """The first draft of each id; a second one is an error that names both places."""
    first: dict[str, _Draft] = {}
    for draft in drafts:
        known = first.setdefault(draft.entry.id, draft)
        if known is not draft:
            message = f"the id {draft.label} is already used at {known.place}"
            mend = "give one of the two another id, or join them"
            errors.append(draft.document.problem((*draft.at, "id"), message, mend, draft.label))
    return first


def _located(findings: Iterable[Finding], drafts: dict[str, _Draft]) -> Iterator[Problem]:
    """Findings with their lines, less those that judged a field which could not be read."""
    for finding in findings:
        if not finding.entry:
            yield Problem("answers", 0, "", finding.message, finding.mend)
            continue
        draft = drafts[finding.entry]
        if draft.bad.isdisjoint({*finding.fields, *map(str, finding.path[:1])}):
            message = finding.message + _second_place(finding, drafts)
            yield draft.document.problem((*draft.at, *finding.path), message, finding.mend, draft.label)


def _second_place(finding: Finding, drafts: dict[str, _Draft]) -> str:
    if finding.other is None:
        return ""
    draft, path = drafts[finding.other[0]], finding.other[1]
    return f" ({draft.document.file}:{draft.line(path)})"
