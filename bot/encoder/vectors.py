"""Keeps vectors on disk by the content of their text, so that a knowledge base is encoded once and loads at once.

One file, only ever appended to: a head that names the encoder, then rows of one size (key, vector in 16-bit floats,
check sum). A kill or a second process can therefore leave at most a torn last row, which is cut off; a damaged row is
encoded again; a file of something else is started anew. Rows nobody asks for any more stay (804 bytes each): deleting
the file is always safe. Give it what curators wrote, never patients' words: it is kept for good.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.encoder.encoding import WIDTH, Progress, Vectors

ROW = np.dtype([("key", "V32"), ("vector", "<f2", WIDTH), ("check", "<u4")])
HEAD_BYTES = 64
READ_ROWS = 4096
"""Rows in memory at once while reading, beside the result."""
ENCODE_TEXTS = 256
"""Texts encoded before they are written: what a kill can lose."""

_WORDS = (ROW.itemsize - 4) // 4
_FACTORS = np.arange(1, 2 * _WORDS, 2, dtype=np.uint32) * np.uint32(2654435761)
"""Odd, so that a change of any one 32-bit word changes the sum; all different, so that swapping two does as well."""

Rows = NDArray[np.void]


class Encodes(Protocol):
    """What the cache needs of an encoder."""

    @property
    def identity(self) -> str: ...

    def encode(self, texts: Sequence[str]) -> Vectors: ...


def vectors_file(cache: Path, identity: str) -> Path:
    """Where the vectors of one encoder are kept in a cache folder."""
    return cache.expanduser() / f"vectors-{identity}"


class VectorCache:
    """The vectors of texts, from `path` where they are known, from `encoder` and then kept where not.

    `on_problem` hears once, in a sentence without any text's words, when the file is damaged or cannot be written;
    the vectors are right all the same.
    """

    def __init__(self, path: Path, encoder: Encodes, on_problem: Callable[[str], None] | None = None) -> None:
        self._path = path
        self._encoder = encoder
        self._on_problem = on_problem
        self._head = f"support-bot vectors 1 {encoder.identity}\n".encode().ljust(HEAD_BYTES, b"\0")

    def vectors(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """The texts' vectors, in their order: n x 384, of length 1 to within 0.001. The same text gives the same
        vector from disk and when new. `progress` hears the texts encoded and to encode; nothing when all are known."""
        keys = [_key(text) for text in texts]
        found = np.zeros((len(texts), WIDTH), np.float32)
        missing = self._read(keys, found)
        if missing:
            new = {keys[place]: texts[place] for place in missing}
            made = self._encoded(new, progress)
            for place in missing:
                found[place] = made[keys[place]]
        return found

    def _read(self, keys: Sequence[bytes], found: Vectors) -> list[int]:
        """Fill `found` from disk; return the places that are not on disk or damaged there."""
        rows = self._rows()
        known = _newest(rows)
        rows_of = np.array([known.get(key, -1) for key in keys], np.int64)
        missing = np.flatnonzero(rows_of < 0).tolist()
        present = np.flatnonzero(rows_of >= 0)
        damaged: list[int] = []
        for start in range(0, len(present), READ_ROWS):
            places = present[start : start + READ_ROWS]
            some = rows[rows_of[places]]
            whole = some["check"] == _checks(some)
            found[places[whole]] = some["vector"][whole]
            damaged += places[~whole].tolist()
        if damaged:
            self._report(f"{len(damaged)} vectors in {self._path} were damaged; their texts are encoded again.")
        return sorted([*missing, *damaged])

    def _rows(self) -> Rows:
        """The whole rows on disk, without reading them yet. A torn last row is left out: it is cut off when writing."""
        nothing = np.empty(0, ROW)
        try:
            with self._path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH)  # else a row that is being written looks torn
                head, size = file.read(HEAD_BYTES), os.fstat(file.fileno()).st_size
        except FileNotFoundError:
            return nothing
        except OSError as error:
            self._report(f"{self._path} cannot be read ({error.strerror}); every text is encoded again.")
            return nothing
        if head != self._head:
            self._report(f"{self._path} is not a file of this encoder's vectors; every text is encoded again.")
            return nothing
        count, torn = divmod(size - HEAD_BYTES, ROW.itemsize)
        if torn:
            self._report(f"The last vector in {self._path} is cut short; its text is encoded again.")
        return np.memmap(self._path, ROW, "r", HEAD_BYTES, (count,)) if count else nothing

    def _encoded(self, new: Mapping[bytes, str], progress: Progress | None) -> dict[bytes, Vectors]:
        """Encode and keep; texts of like length together, because equal lengths are encoded at once."""
        made: dict[bytes, Vectors] = {}
        order = sorted(new, key=lambda key: len(new[key]))
        for start in range(0, len(order), ENCODE_TEXTS):
            keys = order[start : start + ENCODE_TEXTS]
            rows = np.zeros(len(keys), ROW)
            rows["key"] = np.array(keys, "V32")
            rows["vector"] = self._encoder.encode([new[key] for key in keys])
            rows["check"] = _checks(rows)
            self._append(rows)
            made |= zip(keys, rows["vector"].astype(np.float32), strict=True)
            if progress:
                progress(len(made), len(new))
        return made

    def _append(self, rows: Rows) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with _alone(self._path) as file:
                content, end = rows.tobytes(), os.fstat(file).st_size
                if os.pread(file, HEAD_BYTES, 0) == self._head:
                    end -= (end - HEAD_BYTES) % ROW.itemsize
                else:
                    content, end = self._head + content, 0
                os.ftruncate(file, end)
                _write_all(file, content, end)
        except OSError as error:
            self._report(f"{self._path} cannot be written ({error.strerror}); the vectors will be made anew next time.")

    def _report(self, problem: str) -> None:
        if self._on_problem:
            tell, self._on_problem = self._on_problem, None
            tell(problem)


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _newest(rows: Rows) -> dict[bytes, int]:
    """The last row of each key: a damaged row is followed by its replacement."""
    return {key: row for row, key in enumerate(rows["key"].tolist())}


def _checks(rows: Rows) -> NDArray[np.uint32]:
    """A sum for each row over its key and vector, taken in 32-bit words."""
    words = rows.view(np.uint32).reshape(len(rows), _WORDS + 1)[:, :_WORDS]
    return np.asarray((words * _FACTORS).sum(axis=1, dtype=np.uint32))


@contextmanager
def _alone(path: Path) -> Iterator[int]:
    """The open file at `path`, made if need be, while no other process or thread writes it."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)


def _write_all(file: int, content: bytes, at: int) -> None:
    """Write the whole content; a full disk leaves a torn row, which the next writer cuts off."""
    left = memoryview(content)
    while left:
        written = os.pwrite(file, left, at)
        left, at = left[written:], at + written
