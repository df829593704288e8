"""Reads entries and questions for an evaluation from JSON lines, and writes predictions whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.domain.knowledge import Entry, KnowledgeBase

_ENTRY = '{"id": "...", "question": "...", "phrasings": ["..."]}'
_QUESTION = '{"id": "...", "text": "...", "gold": ["the right entry\'s id"]}'


class InputFault(Exception):
    """What was given cannot be used. The message says what is wrong, where, and how to mend it."""


@dataclass(frozen=True)
class PosedQuestion:
    """A question to put to the matcher.

    `gold` are the ids of the entries that are right: empty = must not be answered, None = nobody has said.
    `must_not` are ids that would be a bad mistake; `kind` is any group the figures are to be told by.
    """

    id: str
    text: str
    gold: frozenset[str] | None = None
    must_not: frozenset[str] = frozenset()
    kind: str = ""


def read_entries(file: Path) -> KnowledgeBase:
    """The entries of a JSONL file. Where it holds no answer the entry has none: enough to match. Raises InputFault."""
    entries: dict[str, Entry] = {}
    for record in _records(file, _ENTRY):
        entry_id = record.fresh_id()
        entries[entry_id] = Entry.model_construct(
            id=entry_id,
            question=record.text("question"),
            phrasings=record.texts("phrasings") or (),
            must_not_match=record.texts("must_not_match") or (),
            answer=record.text("answer") if record.has("answer") else "",
            author="",
        )
    return KnowledgeBase(entries=entries)


def read_questions(file: Path, known: Collection[str], *, labelled: bool = False) -> tuple[PosedQuestion, ...]:
    """The questions of a JSONL file. `known` are the knowledge base's ids; `labelled`: each must have its gold.

    Raises InputFault.
    """
    questions = []
    for record in _records(file, _QUESTION):
        question_id, gold = record.fresh_id(), record.texts("gold")
        if gold is None and labelled:
            record.fault('there is no "gold"', "add the right entries' ids, or [] for a question not to be answered")
        for entry_id in gold or ():
            if entry_id not in known:
                mend = "correct the id, or name the knowledge base it belongs to with --knowledge"
                record.fault(f'the knowledge base has no entry "{entry_id}", which "gold" names', mend)
        questions.append(
            PosedQuestion(
                question_id,
                record.text("text", blank=True),
                None if gold is None else frozenset(gold),
                frozenset(record.texts("must_not") or ()),
                record.text("kind", blank=True) if record.has("kind") else "",
            )
        )
    return tuple(questions)


@dataclass(frozen=True)
class _Record:
    """One line's object, with where it stands."""

    where: str
    values: Mapping[str, Any]
    example: str
    seen: dict[str, str]

    def fault(self, what: str, mend: str) -> None:
        raise InputFault(f"{self.where}: {what}. To mend: {mend}.")

    def has(self, key: str) -> bool:
        return self.values.get(key) is not None

    def fresh_id(self) -> str:
        """The id, which no line before has."""
        found = self.text("id")
        if found in self.seen:
            self.fault(f'the id "{found}" is that of {self.seen[found]} too', "give every line an id of its own")
        self.seen[found] = self.where
        return found

    def text(self, key: str, *, blank: bool = False) -> str:
        """A value that must be text; `blank`: it may be empty."""
        found = self.values.get(key)
        if found is None:
            self.fault(f'there is no "{key}"', f"a line looks like {self.example}")
        if not isinstance(found, str) or not (blank or found.strip()):
            self.fault(f'"{key}" must be text{"" if blank else ", and not empty"}', "put it in double quotes")
        return _sound(str(found))

    def texts(self, key: str) -> tuple[str, ...] | None:
        """A value that must be a list of texts; None where there is none."""
        found = self.values.get(key)
        if found is None:
            return None
        if not isinstance(found, list) or not all(isinstance(one, str) and one.strip() for one in found):
            self.fault(f'"{key}" must be a list of texts', f'write "{key}": ["..."]')
        return tuple(_sound(one) for one in found)


def _sound(text: str) -> str:
    """Half a character pair, which JSON can hold and no encoder takes, becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _records(file: Path, example: str) -> Iterator[_Record]:
    seen: dict[str, str] = {}
    none = True
    for number, line in enumerate(_lines(file), 1):
        if line.strip():
            none = False
            yield _Record(f"{file}:{number}", _parsed(line, f"{file}:{number}", example), example, seen)
    if none:
        raise InputFault(f"{file}: the file is empty. To mend: write one JSON object a line, like {example}.")


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8-sig").split("\n")
    except FileNotFoundError:
        raise InputFault(f"{file}: there is no such file. To mend: check the path.") from None
    except IsADirectoryError:
        raise InputFault(f"{file}: this is a folder. To mend: name the JSONL file in it.") from None
    except OSError as error:
        raise InputFault(f"{file}: it cannot be read ({error.strerror}). To mend: check its permissions.") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise InputFault(f"{file}:{line}: this is not UTF-8. To mend: save the file as UTF-8.") from None


def _parsed(line: str, where: str, example: str) -> Mapping[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        at = f", at character {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise InputFault(f"{where}: this is not JSON{at}. To mend: one object a line, like {example}.") from None
    if not isinstance(found, dict):
        raise InputFault(f"{where}: this is not a JSON object. To mend: one object a line, like {example}.")
    return found


# --- writing


def check_writable(file: Path, option: str) -> None:
    """Raise InputFault when `file` cannot be written, before the long work and not after it."""
    if file.is_dir():
        raise InputFault(f"{option} {file}: this is a folder. To mend: name a file in it.")
    if not file.absolute().parent.is_dir():
        raise InputFault(f"{option} {file}: there is no folder {file.parent}. To mend: make it, or name another.")
    if not os.access(file.absolute().parent, os.W_OK):
        raise InputFault(f"{option} {file}: {file.parent} cannot be written. To mend: name a file elsewhere.")


def write_whole(file: Path, content: bytes) -> None:
    """The file appears whole, or stays as it was. Raises InputFault."""
    aside = None
    try:
        with tempfile.NamedTemporaryFile(dir=file.absolute().parent, prefix=f".{file.name}-", delete=False) as opened:
            aside = opened.name
            opened.write(content)
        os.chmod(aside, 0o644)
        os.replace(aside, file)
    except OSError as error:
        if aside is not None:
            Path(aside).unlink(missing_ok=True)
        raise InputFault(f"{file}: it cannot be written ({error.strerror}). To mend: name another file.") from None
