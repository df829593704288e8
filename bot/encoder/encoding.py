"""Texts to unit vectors: equal lengths share a run of the graph, nothing is padded, pieces of long texts are joined."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.encoder.tokens import Tokens, piece_starts

WIDTH = 384
"""Numbers in a vector."""

FACETS = 11
"""Vectors of a text: one for what the whole means, then others from the same run (see `graph.write_graph`)."""

RUN_TOKENS = 256
"""How many tokens go through the graph at once: more is slower on one thread (the caches are full) and takes memory."""

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]


class Session(Protocol):
    """What is used of onnxruntime's session: it runs the graph, and lets other threads work meanwhile."""

    def run(self, outputs: Sequence[str], inputs: Mapping[str, NDArray[np.int64]]) -> list[Vectors]: ...


class TokenStates(NamedTuple):
    """A text's tokens: spelling, [start, end) in characters of the text, and the state of each (tokens x 384)."""

    tokens: list[str]
    offsets: list[tuple[int, int]]
    states: Vectors


class Encoder:
    """Turns texts into vectors whose product is the cosine of their meanings. Threads may share it.

    A vector depends on its text alone, not on the texts encoded with it (to 1e-5 a number).
    """

    def __init__(self, tokens: Tokens, session: Session, identity: str) -> None:
        self._tokens = tokens
        self._session = session
        self.identity = identity
        """Equal for two encoders exactly when their vectors can be compared; names the cache of vectors."""

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """The texts' vectors, in their order: n x 384, each of length 1, or 0 where a text has no token.

        A text over 128 tokens is encoded in overlapping pieces and gets the unit vector of their mean; its cost grows
        with its length (about 20 ms per 94 tokens), so bound it before. `progress` hears the pieces done and in all.
        """
        return self._facets(texts, 1, progress)[:, 0]

    def facets(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """The texts' facets, in their order: n x 11 x 384, the first being what `encode` gives; no dearer than that,
        but 17 kB a text. Lengths, long texts and `progress` are as there."""
        return self._facets(texts, FACETS, progress)

    def _facets(self, texts: Sequence[str], count: int, progress: Progress | None) -> Vectors:
        sums = np.zeros((len(texts), count, WIDTH), np.float32)
        pieces = [(place, ids) for place, text in enumerate(texts) for ids in self._pieces(text)]
        done = 0
        for run in _runs(pieces):
            (found,) = self._session.run(["facets"], {"ids": np.stack([ids for _, ids in run])})
            np.add.at(sums, [place for place, _ in run], found[:, :count])
            done += len(run)
            if progress:
                progress(done, len(pieces))
        return _unit(sums)

    def encode_tokens(self, text: str) -> TokenStates:
        """The state of every token, for pooling parts of a text after encoding it once; the model's own marks are left
        out. In a text over 128 tokens each token's state comes from the piece in which it stands farther inside."""
        tokenised = self._tokens.of(text)
        pieces = self._tokens.pieces(tokenised.ids)
        starts = piece_starts(len(tokenised.ids))
        states = np.zeros((len(tokenised.ids), WIDTH), np.float32)
        covered = 0
        for start, piece in zip(starts, pieces, strict=True):
            (found,) = self._session.run(["tokens"], {"ids": piece[np.newaxis]})
            skip = (covered - start) // 2 if covered else 0  # half of what it shares with the piece before
            covered = start + len(piece) - 2
            states[start + skip : covered] = found[0, 1 + skip : -1]
        return TokenStates(list(tokenised.spellings), list(tokenised.offsets), states)

    def _pieces(self, text: str) -> list[NDArray[np.int64]]:
        return self._tokens.pieces(self._tokens.of(text).ids)


def _runs(pieces: list[tuple[int, NDArray[np.int64]]]) -> Iterator[list[tuple[int, NDArray[np.int64]]]]:
    """The pieces by length, in runs of one length and at most RUN_TOKENS tokens."""
    run: list[tuple[int, NDArray[np.int64]]] = []
    for piece in sorted(pieces, key=lambda piece: len(piece[1])):
        length = len(piece[1])
        if run and (len(run[0][1]) != length or (len(run) + 1) * length > RUN_TOKENS):
            yield run
            run = []
        run.append(piece)
    if run:
        yield run


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    vectors /= np.where(lengths > 0, lengths, 1)
    return vectors
