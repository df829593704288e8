"""Ranks entries: candidates by shared words, each text compared word by word, entries by their best text."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.knowledge import KnowledgeBase
from bot.domain.matching.comparison import Question, compare
from bot.domain.matching.confidence import MOST_UNKNOWN, confidences
from bot.domain.matching.index import Index, unknown_share
from bot.domain.matching.results import Match, Ranking
from bot.domain.matching.vetoes import vetoes
from bot.domain.text import asks_something, normalise, split_sentences, split_words

_MOST_CHARACTERS = 4000
_MOST_SENTENCES = 8
_MOST_WORDS = 60
_MOST_MATCHES = 12
_ASKING, _TELLING, _ALIEN = 0.97, 0.85, 0.78
"""What a match with one sentence of several is worth beside one with the whole message: less where that sentence only
tells, least where the rest of the message is mostly about things no entry speaks of."""
_LIKELY = 0.5
MORE_THAN_ONE = "the message asks more than one thing"


class Matcher:
    """An index over one knowledge base. Immutable: a reload builds a new one."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._index = Index(knowledge)

    def rank(self, text: str, top: int = 10) -> Ranking:
        """At most `top` entries for `text`, best first.

        Long messages are read sentence by sentence as well as whole, over their first 4,000 characters; the best view
        of each entry counts. Deterministic; never raises on any text.
        """
        normalised = normalise(text[:_MOST_CHARACTERS])
        whole = self._view(split_words(normalised)[:_MOST_WORDS])
        parts = self._sentences(normalised)
        matches = _best_of([(whole, 1.0), *((view, worth) for view, worth, _ in parts)])
        if _asks_twice(parts):
            matches = [_with_veto(match) for match in matches]
        lead = matches[0].confidence - (matches[1].confidence if len(matches) > 1 else 0.0) if matches else 0.0
        return Ranking(tuple(matches[:top]), round(lead, 4), self._unknown(normalised))

    def _sentences(self, normalised: str) -> list[tuple[list[Match], float, bool]]:
        sentences = split_sentences(normalised)
        if len(sentences) < 2:
            return []
        asking = {sentence: asks_something(sentence) for sentence in sentences[: 4 * _MOST_SENTENCES]}
        chosen = sorted(asking, key=lambda sentence: not asking[sentence])[:_MOST_SENTENCES]
        most = _ALIEN if self._alien(normalised) else 1.0
        views = ((self._view(split_words(sentence)[:_MOST_WORDS]), asking[sentence]) for sentence in chosen)
        return [(view, min(most, _ASKING if asks else _TELLING), asks) for view, asks in views]

    def _alien(self, normalised: str) -> bool:
        return unknown_share(self._index.read(split_words(normalised)[: 2 * _MOST_WORDS])) > MOST_UNKNOWN

    def _view(self, spelt: Sequence[str]) -> list[Match]:
        question = Question.read(spelt, self._index)
        if not question.telling:
            return []
        evidence = compare(question, self._index)
        sure = confidences(question, evidence)
        likeliest = sorted(evidence.items(), key=lambda item: (-sure[item[0]], item[0]))[:_MOST_MATCHES]
        return [
            Match(
                entry_id=entry_id,
                confidence=round(sure[entry_id], 4),
                phrasing=of_entry.best.text.text,
                score=round(of_entry.best.score, 4),
                alignments=of_entry.best.alignments,
                vetoes=vetoes(question, of_entry, self._index),
            )
            for entry_id, of_entry in likeliest
        ]

    def _unknown(self, normalised: str) -> tuple[str, ...]:
        readings = self._index.read(split_words(normalised)[:_MOST_WORDS])
        return tuple(dict.fromkeys(reading.word for reading in readings if reading.unknown and reading.subject))


def _best_of(views: Sequence[tuple[Sequence[Match], float]]) -> list[Match]:
    best: dict[str, Match] = {}
    for view, worth in views:
        for match in view:
            scaled = match if worth == 1.0 else _scaled(match, worth)
            held = best.get(match.entry_id)
            if held is None or _worth(scaled) > _worth(held):
                best[match.entry_id] = scaled
    return sorted(best.values(), key=lambda match: (-match.confidence, -match.score, match.entry_id))


def _worth(match: Match) -> tuple[bool, float]:
    """A view without vetoes goes first where it is at all likely."""
    return not match.vetoes and match.confidence >= _LIKELY, match.confidence


def _scaled(match: Match, worth: float) -> Match:
    return Match(
        match.entry_id, round(match.confidence * worth, 4), match.phrasing, match.score, match.alignments, match.vetoes
    )


def _with_veto(match: Match) -> Match:
    return Match(
        match.entry_id,
        match.confidence,
        match.phrasing,
        match.score,
        match.alignments,
        (*match.vetoes, MORE_THAN_ONE),
    )


def _asks_twice(parts: Sequence[tuple[list[Match], float, bool]]) -> bool:
    """Whether two asking sentences of the message have different answers, or one has none."""
    tops = {max(view, key=lambda match: match.confidence).entry_id if view else "" for view, _, asks in parts if asks}
    return len(tops - {""}) > 1
