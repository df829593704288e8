"""The process in which matching is timed: one knowledge base, one thread, one purpose, then it ends.

Memory and start-up can only be told apart in a process that has done nothing else. `bench_match` starts it:
`python -m bot.measure.match_clock`, an order as JSON on standard input, what was measured as JSON on standard output.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from bot.config import ConfigError, read_settings
from bot.domain.knowledge import KnowledgeBase, MatchingSettings
from bot.domain.matching import texts_of
from bot.encoder import VectorCache, vectors_file
from bot.knowledge_files.shipped import language
from bot.measure.evaluation.files import InputFault, read_entries
from bot.measure.evaluation.progress import Bar
from bot.measure.made_up import made_up, questions
from bot.measure.rivals import Find, rivals
from bot.workflows.finding import Finder
from bot.workflows.meaning import Meaning

_RIVAL_SECONDS, _RIVAL_QUESTIONS = 15.0, 20
"""A rival is asked the same questions, one after the other, for this long, and this many at least."""


@dataclass(frozen=True)
class Order:
    """What to measure: a made-up knowledge base of `texts` texts or that of a file, before or after it was cached.

    `cold`: encode what is missing, then time the index with nothing calibrated. Else: time the load from the cache,
    take the memory, and ask `questions` questions.
    """

    folder: str
    texts: int
    file: str | None
    questions: int
    words_alone: bool
    cold: bool


def measure(order: Order, console: Console) -> dict[str, Any]:
    """What `bench_match` shows, by name: seconds, milliseconds, MB."""
    began = time.perf_counter()
    knowledge = _knowledge(order)
    if order.file is None:
        began = time.perf_counter()  # making it up is no part of loading
    meaning = Meaning.of(read_settings(), words_alone=order.words_alone)
    if meaning.missing:
        console.print(meaning.said)
    return _cold(order, knowledge, meaning, console) if order.cold else _warm(order, knowledge, meaning, began)


def _knowledge(order: Order) -> KnowledgeBase:
    if order.file is not None:
        return read_entries(Path(order.file))
    counts = language().counts
    return made_up(order.texts, sorted(counts, key=lambda word: (-counts[word], word)))


def _cold(order: Order, knowledge: KnowledgeBase, meaning: Meaning, console: Console) -> dict[str, Any]:
    folder, texts, encoded = Path(order.folder), texts_of(knowledge), [0]
    began = time.perf_counter()
    if meaning.encoder is not None:
        with Bar(console) as bar:

            def progress(done: int, total: int) -> None:
                encoded[0] = total
                bar.encoding(done, total)

            VectorCache(vectors_file(folder, meaning.encoder.identity), meaning.encoder).facets(
                texts, progress=progress
            )
    encoding = time.perf_counter() - began
    for calibrated in folder.glob("calibration-*.json"):
        calibrated.unlink()
    began = time.perf_counter()
    Finder(knowledge, MatchingSettings(), meaning.encoder, folder)
    return {
        "texts": len(texts),
        "entries": len(knowledge),
        "encoded": encoded[0],
        "encoding_s": round(encoding, 2) if encoded[0] else None,
        "index_cold_s": round(time.perf_counter() - began, 3),
    }


def _warm(order: Order, knowledge: KnowledgeBase, meaning: Meaning, began: float) -> dict[str, Any]:
    finder = Finder(knowledge, MatchingSettings(), meaning.encoder, Path(order.folder))
    loading = time.perf_counter() - began
    gc.collect()
    loaded_mb = resident_mb()
    texts = texts_of(knowledge)
    asked = questions(texts, order.questions)
    finder.rank(asked[0])  # what is only ever done once
    encoding, ours, working = _ask(finder, asked)
    answering_mb = resident_mb()
    return {
        "encoder": meaning.encoder is not None,
        "load_s": round(loading, 3),
        "loaded_mb": loaded_mb,
        "answering_mb": answering_mb,
        "questions": len(asked),
        "words_p50": int(np.median([len(question.split()) for question in asked])),
        "words_most": max(len(question.split()) for question in asked),
        "p50_ms": _ms(ours, 50),
        "p99_ms": _ms(ours, 99),
        "processor_p50_ms": _ms(working, 50),
        "processor_p99_ms": _ms(working, 99),
        "encoder_p50_ms": _ms(encoding, 50),
        "beside": {name: _beside(find, asked, ours) for name, find in rivals(texts).items()},
    }


def _ask(finder: Finder, asked: Sequence[str]) -> tuple[list[float], list[float], list[float]]:
    """Seconds of each question that went into its vectors, in all, and of processor time: where other programs keep
    the machine busy, the last is what it takes without them. As `Finder.rank`, with a look at the clock between."""
    encoding, whole, working = [], [], []
    for question in asked:
        began, worked = time.perf_counter(), time.thread_time()
        vectors = finder.vectors(question)
        encoding.append(time.perf_counter() - began)
        finder.matcher.rank(question, vectors)
        whole.append(time.perf_counter() - began)
        working.append(time.thread_time() - worked)
    return encoding, whole, working


def _beside(find: Find, asked: Sequence[str], ours: Sequence[float]) -> dict[str, Any]:
    """A rival's times, and how many times ours they are, on as many of the questions as there is time for."""
    took: list[float] = []
    find(asked[0])
    until = time.perf_counter() + _RIVAL_SECONDS
    for question in asked:
        if len(took) >= _RIVAL_QUESTIONS and time.perf_counter() > until:
            break
        took.append(_seconds(find, question))
    same = list(islice(ours, len(took)))
    ratio = float(np.median(took) / np.median(same))
    return {"questions": len(took), "p50_ms": _ms(took, 50), "p99_ms": _ms(took, 99), "times_ours": round(ratio, 3)}


def _seconds(find: Callable[[str], object], question: str) -> float:
    began = time.perf_counter()
    find(question)
    return time.perf_counter() - began


def _ms(seconds: Sequence[float], percent: float) -> float:
    return round(float(np.percentile(seconds, percent)) * 1000, 2)


def resident_mb() -> float:
    """Memory that this process holds now; where the system does not say, the most it ever held."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return round(most / (1e6 if sys.platform == "darwin" else 1e3), 1)
    return round(pages * resource.getpagesize() / 1e6, 1)


def main() -> int:
    """Carry out the order on standard input. Exit code 1, and why, when its file or the settings cannot be used."""
    console = Console(stderr=True, soft_wrap=True)
    try:
        found = measure(Order(**json.load(sys.stdin)), console)
    except (InputFault, ConfigError) as error:
        console.print(str(error), markup=False)
        return 1
    json.dump(found, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
