"""Plays transcripts against the real bot, and says what was seen instead where one does not hold.

Strict on purpose: whatever the bot says must stand in the transcript. Nothing waits for a fixed time: a step that
expects something looks until it is there or the bot is at rest, and silence is judged only once the bot is at rest.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bot.knowledge_files import KnowledgeError, Loaded, Problem, load
from bot.measure.acting import Actor, CannotDo
from bot.measure.audience import Audience, Seen
from bot.measure.reading import find, read
from bot.measure.sights import Critic
from bot.measure.stage import Refused, Stage
from bot.measure.transcript import SEEN, SHORT, Sight, Step, Transcript

QUICK = frozenset({"says", "file", "bot else", "runs", "edits", "deletes", "Slack"})
"""What needs nothing on the screen: right after another act it is done at once, while the bot is still at work."""
LOOK_EVERY_SECONDS = 0.01
IMPATIENCE_SECONDS = 0.4
"""How long a step looks before it asks whether the bot is at rest, which costs a look into its database."""


@dataclass(frozen=True)
class Outcome:
    """How a transcript went. `failure` is what to print, "" when it held."""

    transcript: Transcript
    seconds: float
    failure: str = ""


class Unexpected(Exception):
    """What was seen is not what the transcript says; the message tells what is wrong and what was seen."""


def read_all(paths: Iterable[Path], loaded: Loaded | None = None) -> list[Transcript]:
    """Every transcript in these files and folders. Raises TranscriptError with all problems of all of them."""
    files = find(paths)
    each = [read(path, loaded) for path in files]
    found = [problem for _, problems in each for problem in problems]
    if not files:
        found.append(Problem(", ".join(map(str, paths)), 0, "", "no transcript is here", "name a *.yaml file"))
    if found:
        raise TranscriptError(tuple(sorted(found)))
    return [transcript for transcript, _ in each if transcript is not None]


class TranscriptError(Exception):
    """Some transcripts cannot be read. Carries every problem of every file."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class Rehearsal:
    """Plays transcripts, one after the other, to one bot. Use it as a context manager.

    Raises KnowledgeError or TranscriptError when it is built, and what the bot's start raises when it is entered.
    """

    def __init__(self, paths: Sequence[Path], knowledge: Path) -> None:
        self._knowledge = knowledge
        self._loaded = load(knowledge)
        self.transcripts = read_all(paths, self._loaded)
        self._exit = ExitStack()

    def __enter__(self) -> Rehearsal:
        data = self._exit.enter_context(tempfile.TemporaryDirectory(prefix="support-bot-rehearse-"))
        stage = Stage(self.transcripts, self._loaded, self._knowledge, Path(data))
        self._stage = self._exit.enter_context(stage)
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    def play(self, transcript: Transcript) -> Outcome:
        """Play one of the transcripts to its end or to the first line that does not hold."""
        began = time.perf_counter()
        failure = _Performance(self._stage, transcript).run()
        return Outcome(transcript, time.perf_counter() - began, failure)


class _Performance:
    """One transcript being played."""

    def __init__(self, stage: Stage, transcript: Transcript) -> None:
        self._stage = stage
        self._transcript = transcript
        self._critic = Critic(stage.loaded)
        self._audience = Audience(stage, transcript)
        self._actor = Actor(stage, self._audience)
        self._told: list[str] = []
        self._in_a_row = False

    def run(self) -> str:
        for step in self._transcript.steps:
            try:
                self._take(step)
            except (Unexpected, CannotDo, Refused, TimeoutError) as error:
                return self._report(step, str(error))
            self._told.append(f"  {step.said}: {_words_of(step)}".rstrip())
        try:
            self._nothing_else()
        except (Unexpected, TimeoutError) as error:
            return self._report(None, str(error))
        return ""

    def _take(self, step: Step) -> None:
        if step.form not in SEEN:
            if not (self._in_a_row and step.form in QUICK):
                self._nothing_else()
            self._actor.act(step)
        elif step.sight is not None:
            self._expect(step, step.sight)
        self._in_a_row = step.form not in SEEN

    # --- what is seen

    def _expect(self, step: Step, sight: Sight) -> None:
        if sight.nothing and step.form != "bot now":
            self._expect_nothing(step)
            return
        began, resting = time.monotonic(), False
        while True:
            seen = self._audience.look(step)
            complaint = self._complaint(sight, seen)
            if not complaint:
                if seen is not None:
                    self._audience.has_seen(step, seen)
                return
            if resting:
                raise Unexpected(self._instead(seen, complaint))
            if time.monotonic() - began > IMPATIENCE_SECONDS:
                self._stage.rest()
                resting = True
            else:
                time.sleep(LOOK_EVERY_SECONDS)  # between two looks, not instead of one

    def _complaint(self, sight: Sight, seen: Seen | None) -> str:
        if sight.nothing:
            return "" if seen is None else "it is still there"
        return "there is nothing" if seen is None else self._critic.complaint(sight, seen.shown)

    def _instead(self, seen: Seen | None, complaint: str) -> str:
        if seen is not None:
            return f"{complaint}.\n    seen: {self._critic.describe(seen.shown)}"
        elsewhere = self._unmentioned()
        return complaint + (f" here, but elsewhere:\n{elsewhere}" if elsewhere else ", and nothing elsewhere either")

    def _expect_nothing(self, step: Step) -> None:
        self._stage.rest()
        found = self._audience.unmentioned() if step.form == "bot" else [self._audience.look(step)]
        if shown := [one for one in found if one is not None]:
            raise Unexpected("something was said:\n" + "\n".join(map(self._line, shown)))

    def _nothing_else(self) -> None:
        """Whatever the bot has said by now must have been in the transcript."""
        self._stage.rest()
        if elsewhere := self._unmentioned():
            raise Unexpected(f"before this the bot said what the transcript does not have:\n{elsewhere}")

    def _unmentioned(self) -> str:
        return "\n".join(map(self._line, self._audience.unmentioned()))

    def _line(self, seen: Seen) -> str:
        return f"    {seen.where}: {self._critic.describe(seen.shown)}"

    # --- the report

    def _report(self, step: Step | None, why: str) -> str:
        file = self._transcript.file
        if step is None:
            return "\n".join([f"{file}: {self._transcript.about}", *self._told, f"> (the end)\n  {why}"])
        place = f"{file}:{step.line}"
        return "\n".join(
            [f"{place}: {self._transcript.about}", *self._told, f"> {step.said}: {_words_of(step)}", f"  {why}"]
        )


def _words_of(step: Step) -> str:
    if step.sight is None:
        return step.text or ", ".join(f"{label}: {text}" for label, text in step.typed.items())
    given = step.sight.model_dump(exclude_defaults=True)
    short = next((word for word, sight in SHORT.items() if sight == step.sight), "")
    return short or ", ".join(f"{key} {_plainly(value)}" for key, value in given.items())


def _plainly(value: object) -> str:
    return " · ".join(map(str, value)) if isinstance(value, tuple) else str(value)


__all__ = ["KnowledgeError", "Outcome", "Rehearsal", "TranscriptError", "read_all"]
