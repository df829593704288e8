"""What is wrong in the knowledge folder, said so that a curator can mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend. `file` is relative to the knowledge folder; `line` is 1-based, 0 when unknown."""

    file: str
    line: int
    entry: str
    message: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        named = f"entry {self.entry}: " if self.entry else ""
        return f"{place}: {named}{self.message} — {self.mend}"


class KnowledgeError(Exception):
    """The knowledge folder cannot be used. Carries every problem of every file; a curator mends them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        count = len(self.problems)
        heading = f"{count} problem{'' if count == 1 else 's'} in the knowledge folder:"
        return "\n".join((heading, *map(str, self.problems)))
