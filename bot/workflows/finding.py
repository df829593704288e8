"""Finds the entry for a question: encoder, matcher and calibration put together for one knowledge base."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from bot.domain.knowledge import KnowledgeBase, MatchingSettings
from bot.domain.matching import Matcher, Ranking, texts_of
from bot.domain.matching.calibration import Calibration, Source, Trial, calibrate
from bot.domain.matching.features import confidence_names
from bot.encoder import Encoder, StoredFacets, VectorCache, vectors_file
from bot.knowledge_files.shipped import coefficients, language, off_topic

Progress = Callable[[int, int], None]
T = TypeVar("T")

CALIBRATION = 15
"""Raised whenever the same evidence would be calibrated otherwise than before."""
MOST_TRIALS = 400
"""Own trials of each kind: enough for the bound, and a large knowledge base still starts soon."""


@dataclass(frozen=True)
class Labelled:
    """A question whose answer an operator knows: `gold` are the ids that are right, none = must not be answered."""

    text: str
    gold: frozenset[str]


class Finder:
    """Ranks entries for patients' words, and knows from which confidence to answer. Threads may share it.

    `encoder` None: words alone. `cache`: the folder of the encoder's vectors and of calibrations; None keeps nothing.
    `progress` hears how many texts are encoded, of how many; `problem` what is wrong with the
    stored vectors, if anything.
    """

    def __init__(
        self,
        knowledge: KnowledgeBase,
        settings: MatchingSettings,
        encoder: Encoder | None,
        cache: Path | None,
        *,
        labelled: Sequence[Labelled] = (),
        progress: Progress | None = None,
        problem: Callable[[str], None] | None = None,
    ) -> None:
        self._problem = problem
        self.encoder = encoder
        self._settings = settings
        self._cache = cache
        shipped = coefficients(encoder is not None)
        plain = Matcher(knowledge, language(), shipped, self._facets(knowledge, progress))
        key = _key(knowledge, settings, encoder, shipped.version, labelled)
        self.calibration = self._calibrated(plain, knowledge, labelled, key)
        self.matcher = plain.weighing(self.calibration.confidence)

    @property
    def rules(self) -> MatchingSettings:
        """The settings, with the calibrated confidences where the operator has set none."""
        answer, suggest = self._settings.answer_confidence, self._settings.suggest_confidence
        answer = self.calibration.answer_from if answer is None else answer
        suggest = min(self.calibration.suggest_from, answer) if suggest is None else suggest
        return self._settings.model_copy(update={"answer_confidence": answer, "suggest_confidence": suggest})

    def rank(self, text: str, top: int = 10) -> Ranking:
        """At most `top` entries, best first. Encodes the text's views first."""
        return self.matcher.rank(text, self.vectors(text), top)

    def vectors(self, text: str) -> NDArray[np.float32] | None:
        """The facets of the text's views; None without an encoder or without words."""
        views = self.matcher.views(text) if self.encoder is not None else ()
        return self.encoder.facets(views) if self.encoder is not None and views else None

    def _facets(self, knowledge: KnowledgeBase, progress: Progress | None) -> StoredFacets | None:
        if self.encoder is None:
            return None
        texts = texts_of(knowledge)
        if self._cache is None:
            return StoredFacets.of(self.encoder.facets(texts, progress=progress))
        file = vectors_file(self._cache, self.encoder.identity)
        return VectorCache(file, self.encoder, self._problem).facets(texts, progress)

    # --- calibration

    def _calibrated(
        self, plain: Matcher, knowledge: KnowledgeBase, labelled: Sequence[Labelled], key: str
    ) -> Calibration:
        names = confidence_names(plain.coefficients.meaning)
        file = self._cache / f"calibration-{key}.json" if self._cache else None
        if file is not None:
            try:
                return Calibration.from_json(json.loads(file.read_text(encoding="utf-8")), names)
            except (OSError, ValueError, KeyError, TypeError, AttributeError):
                pass  # not there, or damaged: it is made anew
        self.matcher = plain
        trials = [*self.labelled_trials(plain, labelled), *self.own_trials(plain, knowledge)]
        found = calibrate(trials, plain.coefficients, self._settings.promised_precision)
        if file is not None:
            _write(file, json.dumps(found.to_json()))
        return found

    def labelled_trials(self, matcher: Matcher, labelled: Sequence[Labelled]) -> Iterator[Trial]:
        """One trial for each labelled question."""
        for question in labelled:
            yield matcher.trial(question.text, self.vectors(question.text), question.gold, Source.LABELLED)[0]

    def own_trials(self, matcher: Matcher, knowledge: KnowledgeBase) -> Iterator[Trial]:
        """What the knowledge base can try on itself, at most MOST_TRIALS of a kind, evenly spread."""
        index = matcher.index
        several = [n for rows in index.of_entry for n in rows[1:]]  # the entry's own question always stays
        for number in _spread(several):
            text = index.texts[number]
            yield self._leave_out(matcher, number, {index.ids[text.entry]}, Source.PHRASING, [number])
        for number in _spread(range(len(index.texts))):
            rows = index.of_entry[index.texts[number].entry]
            yield self._leave_out(matcher, number, set(), Source.REMOVED, rows)
        barred = [(entry.id, text) for entry in knowledge.entries.values() for text in entry.must_not_match]
        for entry_id, decoy in _spread(barred):
            trial, first = matcher.trial(decoy, self.vectors(decoy), set(), Source.MUST_NOT, group=entry_id)
            if first == entry_id:
                yield trial
        for foreign in off_topic():
            yield matcher.trial(foreign, self.vectors(foreign), set(), Source.OFF_TOPIC)[0]

    def _leave_out(
        self, matcher: Matcher, number: int, right: set[str], source: Source, without: Sequence[int]
    ) -> Trial:
        facets = matcher.index.facets
        vectors = facets.at([number]) if facets is not None else None
        text = matcher.index.texts[number]
        return matcher.trial(text.text, vectors, right, source, without, matcher.index.ids[text.entry])[0]


def _spread(items: Sequence[T]) -> Sequence[T]:
    """At most MOST_TRIALS of the items, evenly spread over them."""
    if len(items) <= MOST_TRIALS:
        return items
    return [items[round(n * (len(items) - 1) / (MOST_TRIALS - 1))] for n in range(MOST_TRIALS)]


def _key(
    knowledge: KnowledgeBase,
    settings: MatchingSettings,
    encoder: Encoder | None,
    version: str,
    labelled: Sequence[Labelled],
) -> str:
    """Names everything that a calibration depends on."""
    entries = [[e.id, *e.texts, "\x1f", *e.must_not_match, e.answer] for e in knowledge.entries.values()]
    told = [[question.text, *sorted(question.gold)] for question in labelled]
    parts = [CALIBRATION, entries, settings.promised_precision, encoder and encoder.identity, version, told]
    return hashlib.sha256(json.dumps([*parts, list(off_topic())]).encode()).hexdigest()[:24]


def _write(file: Path, content: str) -> None:
    """The file appears whole or not at all; a folder that cannot be written is no reason not to start."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=file.parent) as aside:
            (Path(aside) / file.name).write_text(content, encoding="utf-8")
            os.replace(Path(aside) / file.name, file)
    except OSError:
        return
