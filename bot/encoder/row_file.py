"""The file of rows: only ever appended to, by one writer at a time, and read without trusting what is in it."""

from __future__ import annotations

import fcntl
import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from bot.encoder.rows import ROW, Rows

HEAD_BYTES = 64
READ_ROWS = 512
"""Rows read at once, and so in memory: 2 MB."""


class RowFile:
    """An open file of rows after a head. Closed when nobody refers to it any more.

    It is read with pread, not mapped: a map keeps every page it ever showed in this process's memory, and a file cut
    short under a map ends the process. All methods but `open` raise OSError as the system does.
    """

    def __init__(self, file: int, head: bytes, unwritable: OSError | None = None) -> None:
        self._file = file
        self._head = head
        self._unwritable = unwritable
        weakref.finalize(self, os.close, file)

    @staticmethod
    def open(path: Path, head: bytes) -> RowFile:
        """The file at `path`, made if need be; only for reading where it cannot be written. Raises OSError."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return RowFile(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), head)
        except OSError as error:
            return RowFile(os.open(path, os.O_RDONLY | os.O_CLOEXEC), head, error)

    def extent(self) -> tuple[int, int] | None:
        """How many whole rows there are, and how many bytes of a torn one; None when the head is another."""
        with self._locked(fcntl.LOCK_SH):  # else a row that is being written looks torn
            head, size = os.pread(self._file, HEAD_BYTES, 0), os.fstat(self._file).st_size
        if not size:
            return 0, 0
        return divmod(size - HEAD_BYTES, ROW.itemsize) if head == self._head else None

    def chunks(self, count: int) -> Iterator[tuple[int, Rows]]:
        """The first `count` rows, READ_ROWS at a time, each time with the number of the first."""
        for start in range(0, count, READ_ROWS):
            size = min(READ_ROWS, count - start) * ROW.itemsize
            content = os.pread(self._file, size, HEAD_BYTES + start * ROW.itemsize)
            yield start, np.frombuffer(content, ROW, len(content) // ROW.itemsize)

    def row(self, number: int) -> bytes:
        """The bytes of one row; fewer than a row's when the file ends before."""
        return os.pread(self._file, ROW.itemsize, HEAD_BYTES + number * ROW.itemsize)

    def append(self, rows: Rows) -> int:
        """Write the rows at the end, in place of a torn one; give the number of the first. A file with another head
        is started anew. A full disk leaves a torn row, which the next writer cuts off."""
        if self._unwritable:
            raise self._unwritable
        with self._locked(fcntl.LOCK_EX):
            content, end = rows.tobytes(), os.fstat(self._file).st_size
            if os.pread(self._file, HEAD_BYTES, 0) == self._head:
                end -= (end - HEAD_BYTES) % ROW.itemsize
                first = (end - HEAD_BYTES) // ROW.itemsize
            else:
                content, end, first = self._head + content, 0, 0
            os.ftruncate(self._file, end)
            self._write(content, end)
        return first

    def _write(self, content: bytes, at: int) -> None:
        left = memoryview(content)
        while left:
            written = os.pwrite(self._file, left, at)
            left, at = left[written:], at + written

    @contextmanager
    def _locked(self, kind: int) -> Iterator[None]:
        fcntl.flock(self._file, kind)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)
