"""Reads questions.yaml, which may be absent: questions whose right answer an operator knows, to calibrate with.

They are written in the operator's own words. A patient's words do not belong in a file that is kept and copied.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.domain.decision import TEXT_LIMIT
from bot.domain.knowledge import KnowledgeBase, LabelledQuestion, Slug, Text
from bot.domain.lint import Path, Wording, nearest
from bot.knowledge_files import plain_words
from bot.knowledge_files.document import Document
from bot.knowledge_files.problems import Problem

UNANSWERED = "none"
"""Stands where an id would, for a question that must not be answered."""


class WrittenQuestion(BaseModel):
    """A labelled question as the file has it: with `entry` or with `entries`, never with both."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Text = Field(max_length=TEXT_LIMIT, description="the question in your own words; never a patient's")
    entry: Slug = Field(default_factory=str, description=f"the right entry's id; {UNANSWERED} = must not be answered")
    entries: tuple[Slug, ...] = Field(default=(), min_length=1, description="the right entries' ids, when several are")

    @property
    def labelled(self) -> LabelledQuestion:
        right = (self.entry,) if self.entry not in {"", UNANSWERED} else ()
        return LabelledQuestion(text=self.text, entries=self.entries or right)


def read_questions(
    document: Document, knowledge: KnowledgeBase
) -> tuple[tuple[LabelledQuestion, ...], list[Problem], list[Problem]]:
    """The questions, complete only where there are no errors; the errors; the warnings. Never raises."""
    errors = list(document.problems)
    if not document.readable:
        return (), errors, []
    if not isinstance(document.value, list) or not document.value:
        return (), [*errors, _not_a_list(document)], []
    questions: list[LabelledQuestion] = []
    for at, record in document.items():
        if isinstance(record, dict):
            errors += _choice_problems(document, at, record)
            written, bad = _written(document, at, record, errors)
            questions += [written.labelled] if written else []
            errors += _unknown_ids(document, at, record, knowledge, bad)
        else:
            mend = "begin it with `text: …`, then `entry: …`"
            errors.append(document.problem(at, "a question should be keys with values", mend))
    wording = Wording()
    errors += _repeated(document, document.value, wording)
    return tuple(questions), errors, list(_known_words(document, document.value, knowledge, wording))


def _not_a_list(document: Document) -> Problem:
    if document.value in (None, []):
        return document.problem((), "the file is empty", "write a question into it, or delete it")
    return document.problem((), "the file should be a list of questions", "begin each with `- text: …`")


def _written(
    document: Document, at: Path, record: dict[str, object], errors: list[Problem]
) -> tuple[WrittenQuestion | None, frozenset[Path]]:
    """The record as it is meant; where that fails, None and the places that are bad, with the problems added."""
    try:
        return WrittenQuestion.model_validate(record), frozenset()
    except ValidationError as error:
        errors += plain_words.problems(document, at, WrittenQuestion, error)
        return None, frozenset(details["loc"] for details in error.errors())


def _choice_problems(document: Document, at: Path, record: dict[str, object]) -> Iterator[Problem]:
    if {"entry", "entries"} <= record.keys():
        mend = "keep `entry` where one entry is right, `entries` where several are"
        yield document.problem((*at, "entries"), '"entry" and "entries" stand together', mend)
    elif record.keys().isdisjoint({"entry", "entries"}):
        mend = f"add `entry: <id>`, or `entry: {UNANSWERED}` where it must not be answered"
        yield document.problem(at, "nothing says which entry is right", mend)


def _unknown_ids(
    document: Document, at: Path, record: dict[str, object], knowledge: KnowledgeBase, bad: frozenset[Path]
) -> Iterator[Problem]:
    """Ids that no entry has, less those in `bad`, of which something else is told."""
    several = record.get("entries")
    named: dict[Path, object] = {
        ("entries", n): one for n, one in enumerate(several if isinstance(several, list) else ())
    }
    if record.get("entry") != UNANSWERED:
        named["entry",] = record.get("entry")
    for path, entry_id in named.items():
        if isinstance(entry_id, str) and path not in bad and entry_id not in knowledge.entries:
            near = nearest(entry_id, knowledge.entries.keys())
            mend = f'did you mean "{near}"?' if near else "correct the id, or remove the question"
            yield document.problem((*at, *path), f'there is no entry "{entry_id}"', mend)


def _texts(records: Sequence[object]) -> Iterator[tuple[Path, str]]:
    for number, record in enumerate(records):
        if isinstance(record, dict) and isinstance(text := record.get("text"), str) and text.strip():
            yield (number, "text"), text


def _repeated(document: Document, records: Sequence[object], wording: Wording) -> Iterator[Problem]:
    """A question told twice would count twice."""
    first: dict[str, Path] = {}
    for path, text in _texts(records):
        known = first.setdefault(wording.bare(text) or text.strip(), path)
        if known != path:
            message = f"this question already stands on line {document.line(known)}"
            yield document.problem(path, message, "keep one; where several entries are right, list them in `entries`")


def _known_words(
    document: Document, records: Sequence[object], knowledge: KnowledgeBase, wording: Wording
) -> Iterator[Problem]:
    """An entry's own words are always found, so that they make the calibration look better than it is."""
    owner = {wording.bare(text): entry.id for entry in knowledge.entries.values() for text in entry.texts}
    for path, text in _texts(records):
        if entry_id := owner.get(wording.bare(text)):
            message = f"these words already stand in entry {entry_id}, so nothing is learnt from them"
            yield document.problem(path, message, "put the question in other words, or remove it")
