"""Turns a text into pieces of at most 128 tokens, so that no word of a long text is dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.encoder.problems import EncoderMissing

PIECE_TOKENS = 126
"""The model was trained on 128 tokens at most; the first and the last are its own marks."""

OVERLAP_TOKENS = 32
"""How much neighbouring pieces share at least, so that a sentence cut by one piece stands whole in another."""


@dataclass(frozen=True)
class Tokenised:
    """A text's tokens without the model's own marks: ids, spellings and [start, end) in characters of the text."""

    ids: Sequence[int]
    spellings: Sequence[str]
    offsets: Sequence[tuple[int, int]]


class Tokens:
    """The model's tokenizer with truncation and padding off. Threads may share it."""

    def __init__(self, file: Path) -> None:
        try:
            from tokenizers import Tokenizer
        except ImportError as error:
            raise EncoderMissing(
                f"tokenizers, which splits texts for the sentence encoder, cannot be loaded ({error}). Run: make setup"
            ) from None
        self._tokenizer = Tokenizer.from_file(str(file))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._first, self._last = (self._tokenizer.token_to_id(mark) for mark in ("[CLS]", "[SEP]"))

    def of(self, text: str) -> Tokenised:
        """One text at a time: the library's own batches would start a thread for every processor."""
        whole = text.encode("utf-8", "replace").decode("utf-8")  # half an emoji becomes "?", so offsets still hold
        encoding = self._tokenizer.encode(whole, add_special_tokens=False)
        return Tokenised(encoding.ids, encoding.tokens, encoding.offsets)

    def pieces(self, ids: Sequence[int]) -> list[NDArray[np.int64]]:
        """The ids in pieces as the model wants them, marks included; none for no ids."""
        return [
            np.array([self._first, *ids[start : start + PIECE_TOKENS], self._last], np.int64)
            for start in piece_starts(len(ids))
        ]


def piece_starts(count: int) -> list[int]:
    """Where the pieces of `count` tokens begin: as few as cover all, evenly spread, all of one length."""
    if count <= PIECE_TOKENS:
        return [0] if count else []
    rest = count - PIECE_TOKENS
    steps = -(-rest // (PIECE_TOKENS - OVERLAP_TOKENS))
    return [round(step * rest / steps) for step in range(steps + 1)]
