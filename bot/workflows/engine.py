"""The durable engine behind a small port: start, start_after, launch, stop. Only this module knows DBOS.

A started piece of work is on disk when `start` returns and runs to its end whatever happens to the process. The same id
never starts twice. Work has no checkpoints of its own: after a crash it runs again from the beginning with the same
payload, and every effect in it looks before it acts. The payload carries the boot id of the process that accepted
it, so work can tell whether it runs for the first time.
"""

from __future__ import annotations

import json
import logging
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID
from dbos import Serializer as DbosSerializer

from bot.storage.database import Database

Payload: TypeAlias = dict[str, Any]
Work: TypeAlias = Callable[[Payload], None]

WORKFLOWS_VERSION = "1"
"""Pinned: the engine's default, a hash of the source, would strand open work at every edit of the code."""
THREADS = 4
LATER = "later"
_STRANDED = ["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED", "CANCELLED"]


class EngineStopped(BaseException):
    """The process is ending, so nothing more can be started. Work must not catch it: what it leaves open is taken up at
    the next launch, as after a crash. Not an Exception, which the engine would store as the work's outcome."""


class WorkFailed(Exception):
    """A piece of work has failed: its name, the kind of error and the line, and none of the words it was about."""


class _Json(DbosSerializer):
    """Payloads as JSON: readable, erasable and never executed, unlike the engine's default (pickle)."""

    def name(self) -> str:
        return "json"

    def serialize(self, data: Any) -> str:
        return json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=str)

    def deserialize(self, serialized_data: str) -> Any:
        return json.loads(serialized_data)


class Engine:
    """Durable work by name. One per process."""

    def __init__(self, database: Database, works: Mapping[str, Work], *, executor_id: str = "sqlite-1") -> None:
        self.boot = uuid.uuid4().hex
        logging.getLogger("dbos").addHandler(logging.NullHandler())
        config: DBOSConfig = {
            "name": "support-bot",
            "system_database_url": database.durable.url.render_as_string(hide_password=False),
            "system_database_engine": database.durable,
            "application_version": WORKFLOWS_VERSION,
            "executor_id": executor_id,
            "max_executor_threads": THREADS,
            "serializer": _Json(),
            "log_level": "ERROR",
            "enable_otlp": False,
        }
        self._dbos = DBOS(config=config)
        self._works = {name: self._registered(name, work) for name, work in works.items()}
        self._under_way = _UnderWay()
        # Work starts other work from a thread of its own: inside a workflow the engine would number the start as a
        # checkpoint, and a rerun that decides otherwise would be refused.
        self._starters = ThreadPoolExecutor(THREADS, thread_name_prefix="start")

    def launch(self) -> None:
        """Begin, and take up again whatever an earlier process left unfinished."""
        DBOS.launch()
        DBOS.register_queue(LATER, polling_interval_sec=0.25)

    def start(self, work_id: str, name: str, payload: Payload) -> None:
        """Run `name` with `payload`, once for this id. Durable on return. Raises what the database raises."""
        _result(self._submit(self._start, work_id, name, payload))

    def start_within(self, seconds: float, work_id: str, name: str, payload: Payload) -> None:
        """As `start`, but raises TimeoutError when the database has not taken it after `seconds`."""
        _result(self._submit(self._start, work_id, name, payload), seconds)

    def start_after(self, seconds: float, work_id: str, name: str, payload: Payload) -> None:
        """Run `name` with `payload` once, `seconds` from now, also if the process is restarted meanwhile."""
        _result(self._submit(self._enqueue, seconds, work_id, name, payload))

    def _submit(self, call: Callable[..., None], *arguments: object) -> Future[None]:
        try:
            return self._starters.submit(call, *arguments)
        except RuntimeError:  # the pool has been shut down
            raise EngineStopped from None

    def _start(self, work_id: str, name: str, payload: Payload) -> None:
        with SetWorkflowID(work_id):
            DBOS.start_workflow(self._works[name], {"boot": self.boot, **payload})

    def _enqueue(self, seconds: float, work_id: str, name: str, payload: Payload) -> None:
        with SetWorkflowID(work_id), SetEnqueueOptions(delay_seconds=seconds):
            DBOS.enqueue_workflow(LATER, self._works[name], {"boot": self.boot, **payload})

    def is_first_run(self, payload: Payload) -> bool:
        """Whether this process accepted the work itself, so that nobody can have begun it before."""
        return bool(payload["boot"] == self.boot)

    def stranded(self) -> list[tuple[str, str, Payload]]:
        """(id, name, payload) of work that the engine has given up: it must reach a person by another way."""
        found = DBOS.list_workflows(status=_STRANDED, load_output=False)
        return [(w.workflow_id, w.name, _payload(w.input)) for w in found]

    def forget_finished(self, work_id: str) -> bool:
        """Drop a piece of work with the words in it; False while it is still under way."""
        return self._starters.submit(self._forget_finished, work_id).result()

    def _forget_finished(self, work_id: str) -> bool:
        known = DBOS.list_workflows(workflow_ids=[work_id], load_input=False, load_output=False)
        if any(w.status in ("PENDING", "ENQUEUED", "DELAYED") for w in known):
            return False
        for w in known:
            DBOS.delete_workflow(w.workflow_id)
        return True

    def forget(self, work_id: str) -> None:
        """Drop a given-up piece of work, after it has been taken care of otherwise."""
        DBOS.delete_workflow(work_id)

    def unfinished(self) -> int:
        """How many pieces of work are running or waiting to run now (delayed ones included)."""
        waiting = ["PENDING", "ENQUEUED", "DELAYED"]
        return len(DBOS.list_workflows(status=waiting, load_input=False, load_output=False))

    def stop(self, seconds: float = 5.0) -> None:
        """Give running work `seconds` to end, then let go; what is open is taken up at the next launch."""
        until = time.monotonic() + seconds
        self._under_way.close(seconds)
        self._starters.shutdown(wait=False, cancel_futures=True)
        DBOS.destroy(destroy_registry=True)
        self._under_way.join(max(until - time.monotonic(), 1.0))

    def _registered(self, name: str, work: Work) -> Work:
        def run(payload: Payload) -> None:
            with self._under_way.one():
                try:
                    work(payload)
                except Exception as error:
                    raise _wordless(name, error) from None

        run.__qualname__ = run.__name__ = name
        return DBOS.workflow(name=name)(run)


def _wordless(name: str, error: Exception) -> WorkFailed:
    """The failure without the error's own text, which may hold a patient's words: the engine logs and stores it."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return WorkFailed(f"{name}: {type(error).__name__} in {Path(last.filename).name}:{last.lineno}")


class _UnderWay:
    """The work that runs now, and the threads it runs on."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0
        self._closed = False
        self._threads: set[threading.Thread] = set()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Run a piece of work inside. Raises EngineStopped after `close`."""
        with self._changed:
            if self._closed:
                raise EngineStopped
            self._count += 1
            self._threads.add(threading.current_thread())
        try:
            yield
        finally:
            with self._changed:
                self._count -= 1
                self._changed.notify_all()

    def close(self, seconds: float) -> None:
        """Let no more begin, and wait up to `seconds` until all that has begun is done."""
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: self._count == 0, seconds)

    def join(self, seconds: float) -> None:
        """Wait up to `seconds` until the threads have also written down what came of the work, and ended."""
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(until - time.monotonic(), 0.0))


def _result(started: Future[None], seconds: float | None = None) -> None:
    try:
        started.result(timeout=seconds)
    except CancelledError:
        raise EngineStopped from None


def _payload(recorded: Any) -> Payload:
    args = recorded["args"] if recorded else []
    return args[0] if args else {}
