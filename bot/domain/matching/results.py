"""What the matcher says: matches with their confidence, and why they may not be the answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Alignment:
    """One asked word and the word of the phrasing it was taken for. Similarity and weight are 0-1."""

    asked: str
    known: str
    similarity: float
    weight: float


@dataclass(frozen=True)
class Match:
    """One entry as a possible answer.

    `confidence` (0-1) is how sure the matcher is that the entry answers the question; `score` (0-1) is how alike the
    words are; `phrasing` is the entry's nearest text; `vetoes` say in plain words why it may not be given unasked.
    """

    entry_id: str
    confidence: float
    phrasing: str
    score: float
    alignments: tuple[Alignment, ...] = ()
    vetoes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ranking:
    """Matches, best first, and the confidence lead (0-1) of the first over the second."""

    matches: tuple[Match, ...] = ()
    margin: float = 0.0
    unknown_words: tuple[str, ...] = ()
