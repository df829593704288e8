"""The form in which a text's facets are kept: a row of one size, in 8 bits a number, with its own check sum."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.encoder.encoding import FACETS, WIDTH, Vectors

ROW = np.dtype(
    [("key", "V32"), ("scales", "<f4", (FACETS,)), ("numbers", "i1", (FACETS, WIDTH)), ("check", "<u4")],
)
"""4304 bytes: SHA-256 of the text, then facets as scale * number, then the check sum of all that."""

_WORDS = (ROW.itemsize - 4) // 4
_FACTORS = np.arange(1, 2 * _WORDS, 2, dtype=np.uint32) * np.uint32(2654435761)
"""Odd, so that a change of any one 32-bit word changes the sum; all different, so that swapping two does as well."""

Rows = NDArray[np.void]


def key_of(text: str) -> bytes:
    """What a text's row is found by."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def rows_of(keys: Sequence[bytes], facets: Vectors) -> Rows:
    """The rows that keep the facets (n x 11 x 384), row by row under the keys.

    A scale is chosen so that the facet comes back with length 1, not so that each number comes back nearest: what is
    asked of facets is their angles.
    """
    rows = np.zeros(len(keys), ROW)
    rows["key"] = np.array(keys, "V32")
    greatest = np.abs(facets).max(axis=2, keepdims=True)
    numbers = np.round(facets * (127 / np.where(greatest > 0, greatest, 1)))
    lengths = np.linalg.norm(numbers, axis=2)
    rows["numbers"] = numbers
    rows["scales"] = np.divide(1, lengths, where=lengths > 0, out=np.zeros_like(lengths))
    rows["check"] = _checks(rows)
    return rows


def facets_of(rows: Rows) -> Vectors:
    """The facets that the rows keep: n x 11 x 384, each of length 1 (0 where a text has no token)."""
    return np.asarray(rows["numbers"] * rows["scales"][:, :, np.newaxis], np.float32)


def meanings_of(rows: Rows) -> Vectors:
    """The first facets alone: n x 384."""
    return np.asarray(rows["numbers"][:, 0] * rows["scales"][:, :1], np.float32)


def whole(rows: Rows) -> NDArray[np.bool_]:
    """Which rows are as they were written."""
    return np.asarray(rows["check"] == _checks(rows))


def _checks(rows: Rows) -> NDArray[np.uint32]:
    """A sum for each row over all before it, taken in 32-bit words."""
    words = rows.view(np.uint32).reshape(len(rows), _WORDS + 1)[:, :_WORDS]
    return np.asarray((words * _FACTORS).sum(axis=1, dtype=np.uint32))
