"""A progress bar on standard error, and none where nobody watches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

T = TypeVar("T")


class Bar:
    """Shows how far the work is while it is open (`with Bar(err) as bar`)."""

    def __init__(self, console: Console) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._encoding: TaskID | None = None

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def encoding(self, done: int, total: int) -> None:
        """Hears of the encoder how many texts it has read, of how many."""
        if self._encoding is None:
            self._encoding = self._progress.add_task("encoding texts", total=total)
        self._progress.update(self._encoding, completed=done, total=total)

    def over(self, items: Sequence[T], what: str) -> Iterator[T]:
        """The items one by one, counted."""
        task = self._progress.add_task(what, total=len(items))
        for item in items:
            yield item
            self._progress.advance(task)
