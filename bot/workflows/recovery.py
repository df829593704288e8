"""What no crash and no mistake may leave behind: given-up work reaches a person, and the workspace is read again."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from bot.slack.directory import Directory
from bot.workflows.engine import Engine, Payload
from bot.workflows.questions import QuestionWork

log = structlog.get_logger()

AGAIN = ":again"


class Upkeep:
    """Runs at start and then every `every_seconds`: sweeps what the engine has given up, refreshes the directory."""

    def __init__(self, directory: Directory, questions: QuestionWork, every_seconds: float) -> None:
        self._directory = directory
        self._questions = questions
        self._every_seconds = every_seconds
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def guarded(self, payload: Payload, work: Callable[[], None]) -> None:
        """Run a question's work; whatever goes wrong in it, the patient and the moderators are told."""
        try:
            work()
        except Exception as error:
            # The one catch-all. The error's own text may hold a patient's words: only its type is logged.
            log.error("question failed", id=payload["question"]["id"], error=type(error).__name__)
            self._questions.rescue(payload, look=True)

    def start(self, engine: Engine) -> None:
        self._thread = threading.Thread(target=self._run, args=(engine,), name="upkeep", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _run(self, engine: Engine) -> None:
        while True:
            try:
                self.sweep(engine)
            except Exception as error:
                log.error("sweep failed", error=type(error).__name__)
            if self._stopped.wait(self._every_seconds):
                return
            self._directory.refresh()

    def sweep(self, engine: Engine) -> int:
        """Take care of every piece of work the engine has given up; returns how many there were."""
        stranded = engine.stranded()
        for work_id, name, payload in stranded:
            log.error("given up by the engine", id=work_id, work=name)
            try:
                self._take_care(engine, work_id, name, payload)
                engine.forget(work_id)
            except Exception as error:  # left for the next sweep; the others must not wait for it
                log.error("not taken care of", id=work_id, error=type(error).__name__)
        return len(stranded)

    def _take_care(self, engine: Engine, work_id: str, name: str, payload: Payload) -> None:
        """A question goes to a person; anything else is tried once more, and then the moderators are told."""
        if name == QuestionWork.NAME and "question" in payload:
            self._questions.rescue(payload, look=True)
        elif not work_id.endswith(AGAIN):
            engine.start(work_id + AGAIN, name, {**payload, "boot": ""})
        else:
            self._questions.tickets.report_failure(work_id)
