"""The composition root: builds every part from Settings, starts them in order and ends them in order."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from typing import TypeVar

import structlog
from slack_bolt import App
from slack_bolt.error import BoltError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.config import ConfigError, Settings
from bot.encoder import Encoder
from bot.knowledge_files import KnowledgeError, Loaded, load
from bot.listeners import register
from bot.listeners.signed_http import SignedHttp
from bot.listeners.socket_mode import SocketMode
from bot.slack.directory import CannotReachModerators, Directory
from bot.slack.messenger import Messenger
from bot.storage.database import DatabaseInUse, open_database
from bot.storage.schema import DatabaseTooNew, migrate
from bot.storage.store import Store
from bot.workflows.alarms import Notices
from bot.workflows.engine import Engine, Payload, Work
from bot.workflows.finding import Progress
from bot.workflows.meaning import Meaning
from bot.workflows.parts import Parts, Wisdom
from bot.workflows.posting import Poster
from bot.workflows.presses import PressWork
from bot.workflows.questions import QuestionWork
from bot.workflows.reception import Reception
from bot.workflows.recovery import Upkeep
from bot.workflows.tickets import TicketWork
from bot.workflows.withdrawing import Withdrawal

log = structlog.get_logger()

SETTLE_MARGIN_SECONDS = 1.0
SLACK_PATIENCE_SECONDS = 60.0
UPKEEP_SECONDS = 60.0
LISTENERS = 5
"""Threads for what Bolt's listeners do; Bolt's own number."""

START_ERRORS = (ConfigError, KnowledgeError, CannotReachModerators, DatabaseInUse, DatabaseTooNew)
"""What the person who starts the bot can mend; each says how."""

T = TypeVar("T")


class Bot:
    """The whole bot.

    Building it reads the knowledge base and Slack and opens the database; it may raise ConfigError, KnowledgeError,
    CannotReachModerators, DatabaseInUse or DatabaseTooNew. Nothing is listened to before `start`. `now`: seconds since
    1970, UTC. `patience_seconds`: how long an outage of Slack is waited out at start. `messenger` makes the way out to
    Slack from a client and the seconds that a message needs to settle, `wise` what decides from the knowledge folder,
    the encoder, the cache folder and what hears how many texts are encoded.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        now: Callable[[], float] = time.time,
        patience_seconds: float = SLACK_PATIENCE_SECONDS,
        messenger: Callable[[WebClient, float], Messenger] = Messenger,
        wise: Callable[[Loaded, Encoder | None, Path, Progress], Wisdom] = Wisdom.of,
    ) -> None:
        settings.require_tokens()  # without a signing secret anyone could speak in Slack's name
        loaded = load(settings.support_bot_knowledge_dir)
        self.meaning = Meaning.of(settings)
        wisdom = wise(loaded, self.meaning.encoder, self.meaning.cache, _told)
        _say(self.meaning, wisdom)
        client = _slack_client(settings)
        self._stopped = False
        self._patience = Patience(patience_seconds)
        self._listeners, self._resting = ThreadPoolExecutor(LISTENERS, thread_name_prefix="listener"), threading.Lock()
        self.app = self._patience.call(lambda: _bolt(client, settings, self._listeners), "SLACK_BOT_TOKEN")
        self.directory = Directory(client, wisdom.loaded.config)
        self._patience.call(self.directory.identify, "SLACK_BOT_TOKEN")
        self._patience.call(self.directory.require_moderators_channel, "SLACK_BOT_TOKEN")

        self._database = open_database(settings.support_bot_data_dir)
        try:
            migrate(self._database.ours)
        except DatabaseTooNew:
            self._database.close()
            raise
        settle_seconds = settings.support_bot_slack_timeout_seconds + SETTLE_MARGIN_SECONDS
        out = messenger(client, settle_seconds)
        self.parts = Parts(wisdom, Store(self._database.ours), out, self.directory, now)
        self.poster = Poster(
            out,
            self.parts.store,
            later=self._later,
            now=now,
            unsettled_seconds=_seconds_left(settle_seconds),
            undeliverable=lambda outgoing, why: self._tickets.undeliverable(outgoing, why),
            delivered_late=lambda key: self._delivered_late(key),
        )
        self._notices = Notices(out, settle_seconds)
        self._tickets = TicketWork(self.parts, self.poster, self._later)
        self._withdrawal = Withdrawal(
            self.parts, self._tickets, self._later, lambda work_id: self.engine.forget_finished(work_id)
        )
        self._questions = QuestionWork(self.parts, self.poster, self._notices, self._tickets, self._withdrawal)
        self._presses = PressWork(self.parts, self.poster, self._tickets)
        self.upkeep = Upkeep(self.directory, self._questions, UPKEEP_SECONDS)
        self.engine = Engine(self._database, self._works())
        self.reception = Reception(self.parts, self.engine, self._questions, self._tickets)

        register(self.app, self.reception)
        self._transport = _transport(self.app, settings)
        self.address = ""

    def _works(self) -> dict[str, Work]:
        """Every kind of durable work by its name, which is stored with it: never rename one."""
        return {
            QuestionWork.NAME: lambda p: self.upkeep.guarded(
                p, lambda: self._questions.run(p, first_run=self._first(p))
            ),
            QuestionWork.REVISE: lambda p: self.upkeep.guarded(
                p, lambda: self._questions.revise(p, first_run=self._first(p))
            ),
            QuestionWork.HAND_BACK: lambda p: self._questions.hand_back(p, first_run=self._first(p)),
            QuestionWork.GREET: lambda p: self._questions.greet(p, first_run=self._first(p)),
            Withdrawal.NAME: lambda p: self._withdrawal.run(p),
            PressWork.NAME: lambda p: self._presses.run(p, first_run=self._first(p)),
            PressWork.RELAY: lambda p: self._presses.relay(p, first_run=self._first(p)),
            Poster.WORK: lambda p: self.poster.try_again(p, first_run=self._first(p)),
            TicketWork.REFRESH: lambda p: self._tickets.refresh_again(p),
        }

    def _delivered_late(self, key: str) -> None:
        self._tickets.delivered_late(key)
        self._withdrawal.delivered_late(key)

    def _first(self, payload: Payload) -> bool:
        return self.engine.is_first_run(payload)

    def _later(self, seconds: float, work_id: str, name: str, payload: Payload) -> None:
        self.engine.start_after(seconds, work_id, name, payload)

    def start(self) -> None:
        """Take up what an earlier process left open, then let Slack in: `address` says where."""
        self.engine.launch()
        self.upkeep.start(self.engine)
        try:
            self.address = self._patience.call(self._transport.open, "SLACK_APP_TOKEN")
        except BaseException:
            self.stop()
            raise
        log.info("ready", at=self.address, bot=self.directory.bot_user, entries=len(self.parts.wisdom.loaded.knowledge))

    def rest(self, seconds: float = 10.0) -> None:
        """Return once everything that Slack has brought so far is carried out; raises TimeoutError after `seconds`.

        For rehearsals and tests: what the bot has not done by then it does not do.
        """
        until = time.monotonic() + seconds
        everybody = threading.Barrier(LISTENERS, timeout=seconds)
        with self._resting:  # two barriers at once would keep each other's listeners
            for waiting in [self._listeners.submit(everybody.wait) for _ in range(LISTENERS)]:
                waiting.result(timeout=seconds)
        self.reception.rest(seconds)
        while self.engine.unfinished():
            if time.monotonic() > until:
                raise TimeoutError(f"the bot is still at work after {seconds:.0f} s")
            time.sleep(0.005)  # between two looks, not instead of one

    def stop(self) -> None:
        """Stop listening, let running work end, and close everything. What is open is taken up at the next start.

        Calling it again does nothing.
        """
        if self._stopped:
            return
        self._stopped = True
        self._transport.close()
        self.upkeep.stop()
        self.reception.stop()
        self.engine.stop()
        self._notices.stop()
        self._database.close()
        log.info("stopped")


def _told(done: int, of: int) -> None:
    log.info("reading the knowledge base", texts=done, of=of)


def _say(meaning: Meaning, wisdom: Wisdom) -> None:
    """How questions are matched, and whether the promise can be kept: what an operator should know at the start."""
    (log.warning if meaning.missing else log.info)(meaning.said)
    found, rules = wisdom.finder.calibration, wisdom.finder.rules
    by_hand = wisdom.loaded.config.matching.answer_confidence is not None
    tell = log.info if found.promise_kept or by_hand else log.warning
    tell(
        "calibrated",
        promised=found.promised,
        kept=found.promise_kept,
        answer_from=rules.answer_confidence,
        suggest_from=rules.suggest_confidence,
        basis=found.basis,
    )


def _transport(app: App, settings: Settings) -> SocketMode | SignedHttp:
    """How Slack reaches the bot, as the operator chose."""
    if settings.support_bot_transport == "http":
        return SignedHttp(app, settings.support_bot_http_host, settings.support_bot_http_port)
    return SocketMode(app, settings.slack_app_token)


def _bolt(client: WebClient, settings: Settings, listeners: ThreadPoolExecutor) -> App:
    return App(
        client=client,
        signing_secret=settings.slack_signing_secret,
        token_verification_enabled=True,
        listener_executor=listeners,
    )


def _seconds_left(seconds: float) -> Callable[[], float]:
    """How much of `seconds` is left, counted from now; never below 0."""
    until = time.monotonic() + seconds
    return lambda: max(0.0, until - time.monotonic())


def _slack_client(settings: Settings) -> WebClient:
    """One attempt a call: the SDK's own retries would post a message twice after a lost connection."""
    return WebClient(
        token=settings.slack_bot_token,
        base_url=settings.slack_api_url,
        timeout=int(max(1, settings.support_bot_slack_timeout_seconds)),
        retry_handlers=[],
    )


class Patience:
    """Calls Slack at start, and waits out an outage for up to `seconds` a call."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def call(self, call: Callable[[], T], variable: str) -> T:
        """What `call` returns. Raises ConfigError: at once, naming `variable`, when Slack refuses; or when the patience
        ends."""
        until, pause, wait_seconds = time.monotonic() + self._seconds, threading.Event(), 0.5
        while True:
            try:
                return call()
            except (SlackClientError, BoltError, OSError, HTTPException, ValueError) as error:
                why = _outage(error, variable)
            if time.monotonic() + wait_seconds > until:
                raise ConfigError(
                    f"Slack does not answer ({why}). Check the network and SLACK_API_URL, then start again."
                )
            log.warning("Slack does not answer; trying again", why=why, seconds=wait_seconds)
            pause.wait(wait_seconds)
            wait_seconds = min(wait_seconds * 2, 10.0)


def _outage(error: Exception, variable: str) -> str:
    """What failed, when it can pass. Raises ConfigError when Slack refuses for good."""
    cause = error.__context__ if isinstance(error, BoltError) else error  # Bolt hides what Slack said in its own error
    if not isinstance(cause, SlackApiError):
        return type(cause).__name__
    status = cause.response.status_code
    code = cause.response.get("error") if status < 500 else None
    if code not in (None, "ratelimited", "internal_error", "fatal_error", "service_unavailable"):
        raise ConfigError(_refused(variable, str(code))) from None
    return code or f"HTTP {status}"


def _refused(variable: str, code: str) -> str:
    if code == "missing_scope":
        return (
            "Slack refuses a call: the app lacks a scope (missing_scope). Add the bot's scopes at api.slack.com/apps > "
            "your app > OAuth & Permissions, then install the app again."
        )
    return (
        f"{variable} is refused by Slack ({code}). Get a fresh one at api.slack.com/apps > your app; see .env.example."
    )
