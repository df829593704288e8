"""`support-bot bench match`: how long matching a question takes, in knowledge bases of several sizes, beside others.

Each size is measured in two processes of its own, each on one thread: one that builds the index from nothing but the
texts' vectors, and one that loads it from the cache, as a restart does, and is then asked.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from rich.console import Console
from rich.table import Table

_LEAST, _MOST = 10, 1_000_000
_ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL")}


class BenchFault(Exception):
    """The measurement could not be made. The message says why."""


@dataclass(frozen=True)
class Subject:
    """A knowledge base to measure: made up, of `texts` texts, or that of a file of entries."""

    texts: int
    file: Path | None = None

    @property
    def name(self) -> str:
        """What the table calls it."""
        return self.file.parent.name + "/" + self.file.name if self.file else f"{self.texts:,} made up"

    def folder(self, cache: Path) -> Path:
        """Where its vectors are kept, apart from the bot's own and from other subjects': loading reads all of them."""
        if self.file is None:
            return cache.expanduser() / "bench" / f"made-up-{self.texts}"
        return cache.expanduser() / "bench" / hashlib.sha256(bytes(self.file.resolve())).hexdigest()[:16]


def subjects(sizes: str, file: Path | None) -> list[Subject]:
    """The knowledge bases of the command line. Raises BenchFault."""
    if file is not None:
        if not file.is_file():
            raise BenchFault(f"there is no file {file}. Name one with an entry a line: id, question, phrasings.")
        return [Subject(0, file)]
    wanted = [size.strip() for size in sizes.split(",")]
    if not all(size.isdecimal() and _LEAST <= int(size) <= _MOST for size in wanted):
        raise BenchFault(f'"{sizes}" are no sizes. Give numbers from {_LEAST} to {_MOST:,}: --sizes 1000,10000')
    return [Subject(int(size)) for size in wanted]


def measured(
    subjects: Sequence[Subject],
    questions: int,
    cache: Path,
    *,
    words_alone: bool = False,
    begun: Callable[[str], None] = lambda _: None,
) -> Iterator[dict[str, Any]]:
    """What was measured of each, as soon as it is. `begun` hears the name of each. Raises BenchFault."""
    for subject in subjects:
        begun(subject.name)
        order: dict[str, Any] = {
            "folder": str(subject.folder(cache)),
            "texts": subject.texts,
            "file": str(subject.file.resolve()) if subject.file else None,
            "questions": questions,
            "words_alone": words_alone,
        }
        yield {"knowledge": subject.name, **_clocked({**order, "cold": True}), **_clocked({**order, "cold": False})}


def _clocked(order: dict[str, Any]) -> dict[str, Any]:
    """What `match_clock` measures in a process of its own; its progress bar goes where our errors go."""
    ended = subprocess.run(
        [sys.executable, "-m", "bot.measure.match_clock"],
        input=json.dumps(order),
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **_ONE_THREAD},
        check=False,
    )
    if ended.returncode:
        raise BenchFault(f"the measuring process ended with code {ended.returncode}; the reason stands above.")
    return cast("dict[str, Any]", json.loads(ended.stdout))


def show(found: Sequence[dict[str, Any]], out: Console) -> None:
    """Two tables: our times, and the others' beside them."""
    times = Table("texts", "index cold", "from cache", "memory", "p50", "p99", "encoder p50", box=None, pad_edge=False)
    for one in found:
        times.add_row(
            one["knowledge"],
            f"{one['index_cold_s']:.2f} s",
            f"{one['load_s']:.2f} s",
            f"{one['answering_mb']:.0f} MB",
            f"{one['p50_ms']:.1f} ms",
            f"{one['p99_ms']:.1f} ms",
            f"{one['encoder_p50_ms']:.1f} ms" if one["encoder"] else "words alone",
        )
    out.print(times)
    beside = Table("p50 (times ours)", *found[0]["beside"], box=None, pad_edge=False)
    for one in found:
        told = (f"{rival['p50_ms']:.1f} ms ({rival['times_ours']:.3g})" for rival in one["beside"].values())
        beside.add_row(one["knowledge"], *told)
    out.print()
    out.print(beside)
    out.print()
    for one in found:
        out.print(_told(one), style="dim")


def _told(one: dict[str, Any]) -> str:
    encoded = f"{one['encoded']:,} texts encoded in {one['encoding_s']} s" if one["encoded"] else "no text encoded anew"
    asked = f"{one['questions']} questions of {one['words_p50']} words (median) to {one['words_most']}"
    busy = f"processor time p50 {one['processor_p50_ms']} ms, p99 {one['processor_p99_ms']} ms"
    return f"{one['knowledge']}: {one['texts']:,} texts, {one['entries']:,} entries, {encoded}; {asked}; {busy}"
