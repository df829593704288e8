"""Keeps facets on disk by the content of their text, so that a knowledge base is encoded once and loads at once.

One file, only ever appended to: a head that names the encoder, then rows of one size. A kill or a second process can
therefore leave at most a torn last row, which is cut off; a damaged row is encoded again; a file of something else is
started anew. Rows nobody asks for any more stay (4304 bytes each): deleting the file is always safe. Give it what
curators wrote, never patients' words: it is kept for good.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from bot.encoder.encoding import WIDTH, Progress, Vectors
from bot.encoder.row_file import HEAD_BYTES, RowFile
from bot.encoder.rows import ROW, Rows, facets_of, key_of, meanings_of, rows_of, whole
from bot.encoder.stored import StoredFacets

ENCODE_TEXTS = 512
"""Texts encoded before they are written: what a kill can lose, and at 17 kB each in memory at once."""


class Encodes(Protocol):
    """What the cache needs of an encoder."""

    @property
    def identity(self) -> str: ...

    def facets(self, texts: Sequence[str]) -> Vectors: ...


def vectors_file(cache: Path, identity: str) -> Path:
    """Where the facets of one encoder are kept in a cache folder."""
    return cache.expanduser() / f"vectors-{identity}"


class VectorCache:
    """The facets of texts, from `path` where they are known, from `encoder` and then kept where not.

    `on_problem` hears once, in a sentence without any text's words, when the file is damaged or cannot be written;
    the facets are right all the same, and what cannot be written stays in memory.
    """

    def __init__(self, path: Path, encoder: Encodes, on_problem: Callable[[str], None] | None = None) -> None:
        self._path = path
        self._encoder = encoder
        self._on_problem = on_problem
        self._head = f"support-bot facets 1 {encoder.identity}\n".encode().ljust(HEAD_BYTES, b"\0")

    def facets(self, texts: Sequence[str], progress: Progress | None = None) -> StoredFacets:
        """The texts' facets, numbered in their order. The same text gives the same facets from disk and when new.
        `progress` hears the texts encoded and to encode; nothing when all are known."""
        kept = _Kept(texts, self._encoder, self._opened(), self._report)
        kept.find()
        kept.encode_missing(progress)
        return StoredFacets(kept.meanings(), kept.fetch)

    def _opened(self) -> RowFile | None:
        try:
            return RowFile.open(self._path, self._head)
        except OSError as error:
            self._report(f"cannot be opened ({error.strerror}); the facets are kept in memory.")
            return None

    def _report(self, problem: str) -> None:
        if self._on_problem:
            tell, self._on_problem = self._on_problem, None
            tell(f"{self._path} {problem}")


class _Kept:
    """Where the row of each text is, in the file or in memory, and the first facets of all."""

    def __init__(
        self, texts: Sequence[str], encoder: Encodes, file: RowFile | None, report: Callable[[str], None]
    ) -> None:
        self._texts = list(texts)
        self._keys = [key_of(text) for text in texts]
        self._encoder, self._file, self._report = encoder, file, report
        self._first: dict[bytes, int] = {}
        self._same = [self._first.setdefault(key, number) for number, key in enumerate(self._keys)]
        """For each text the number of the first that is equal: that one stands for all of them."""
        self._in_file: dict[int, int] = {}
        self._in_memory: dict[int, bytes] = {}
        self._meanings = np.zeros((len(texts), WIDTH), np.float32)

    def meanings(self) -> Vectors:
        """The first facets of all texts; to be asked when every text has been found or encoded."""
        copies = [number for number, first in enumerate(self._same) if number != first]
        self._meanings[copies] = self._meanings[[self._same[number] for number in copies]]
        return self._meanings

    def find(self) -> None:
        """Look through the file once, and note where the whole rows of the texts are."""
        if not self._file:
            return
        try:
            extent = self._file.extent()
            if extent is None:
                self._report("is not a file of this encoder's facets; every text is encoded again.")
                return
            count, torn = extent
            damaged = [number for start, rows in self._file.chunks(count) for number in self._note(start, rows)]
        except OSError as error:
            self._report(f"cannot be read ({error.strerror}); what it kept is encoded again.")
            return
        lost = set(damaged) - self._in_file.keys()
        if lost or torn:
            self._report(f"was damaged in {len(lost) + bool(torn)} places; those texts are encoded again.")

    def _note(self, start: int, rows: Rows) -> list[int]:
        """Note the rows of our texts among `rows`, the later before the earlier; give the numbers of damaged ones."""
        ours = [(at, self._first[key]) for at, key in enumerate(rows["key"].tolist()) if key in self._first]
        asked = rows[[at for at, _ in ours]]
        sound = whole(asked)
        found = [pair for pair, is_sound in zip(ours, sound, strict=True) if is_sound]
        self._meanings[[number for _, number in found]] = meanings_of(asked[sound])
        self._in_file |= {number: start + at for at, number in found}
        return [number for (_, number), is_sound in zip(ours, sound, strict=True) if not is_sound]

    def encode_missing(self, progress: Progress | None) -> None:
        """Encode and keep what was not found; texts of like length together, because equal lengths run at once."""
        missing = [number for number in self._first.values() if number not in self._in_file]
        missing.sort(key=lambda number: len(self._texts[number]))
        for start in range(0, len(missing), ENCODE_TEXTS):
            numbers = missing[start : start + ENCODE_TEXTS]
            rows = self._encoded(numbers)
            self._meanings[numbers] = meanings_of(rows)
            self._keep(numbers, rows)
            if progress:
                progress(start + len(numbers), len(missing))

    def _encoded(self, numbers: Sequence[int]) -> Rows:
        facets = self._encoder.facets([self._texts[number] for number in numbers])
        return rows_of([self._keys[number] for number in numbers], facets)

    def _keep(self, numbers: Sequence[int], rows: Rows) -> None:
        if self._file:
            try:
                first = self._file.append(rows)
            except OSError as error:
                self._report(f"cannot be written ({error.strerror}); the facets are kept in memory.")
            else:
                self._in_file |= zip(numbers, range(first, first + len(rows)), strict=True)
                return
        self._in_memory |= zip(numbers, (row.tobytes() for row in rows), strict=True)

    def fetch(self, numbers: Sequence[int]) -> Vectors:
        """All facets of the texts. A row that is no longer what was written is encoded again, and kept in memory."""
        firsts = [self._same[number] for number in numbers]
        rows = self._rows(firsts)
        lost = sorted({firsts[at] for at in np.flatnonzero(~whole(rows))} | self._strange(firsts, rows))
        if lost:
            self._report(f"was damaged in {len(lost)} places; those texts are encoded again.")
            self._in_memory |= zip(lost, (row.tobytes() for row in self._encoded(lost)), strict=True)
            rows = self._rows(firsts)
        return facets_of(rows)

    def _strange(self, numbers: Sequence[int], rows: Rows) -> set[int]:
        """Those of the texts whose row is another text's: the file was started anew behind our back."""
        found = zip(numbers, rows["key"].tolist(), strict=True)
        return {number for number, key in found if key != self._keys[number]}

    def _rows(self, numbers: Sequence[int]) -> Rows:
        return np.frombuffer(b"".join(self._row(number) for number in numbers), ROW)

    def _row(self, number: int) -> bytes:
        """The bytes of a text's row, wherever it is; zeros for what cannot be read."""
        if number in self._in_memory or not self._file:
            return self._in_memory[number]
        try:
            return self._file.row(self._in_file[number]).ljust(ROW.itemsize, b"\0")
        except OSError:
            return bytes(ROW.itemsize)
