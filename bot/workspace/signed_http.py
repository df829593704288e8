"""Telling the app over HTTP: requests to its request URL, signed, and events tried again as Slack does.

An answer with status 2xx acknowledges. An event that got none in time is sent again with the same `event_id`,
at most as often as there are delays, and says which attempt it is and what went wrong with the one before
(docs.slack.dev/apis/events-api). What a person waits for is tried once.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bot.workspace.deliveries import Delivery, Outcome, Settled
from bot.workspace.http_client import HttpAnswer, NoHttpAnswer, post
from bot.workspace.journal import Journal
from bot.workspace.model import Json

_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"


@dataclass(frozen=True)
class _Attempt:
    """How one request ended; `reason` is empty or Slack's word for the failure."""

    reason: str = ""
    answer: HttpAnswer | None = None

    @property
    def outcome(self) -> Outcome:
        failures = {"http_timeout": Outcome.TIMED_OUT, "http_error": Outcome.REFUSED}
        return failures.get(self.reason, Outcome.NOT_CONNECTED) if self.reason else Outcome.ACKED

    @property
    def is_last(self) -> bool:
        """Whether it was acknowledged, or the app asked not to be told again."""
        return not self.reason or (self.answer is not None and self.answer.headers.get("x-slack-no-retry") == "1")


class SignedHttp:
    """Sends to `url`, which is empty while the app has none.

    `ack_seconds` is the time for an answer, `redelivery_delays` the seconds waited before each further attempt
    of an event, `now` gives seconds since 1970 for the signed timestamp.
    """

    def __init__(
        self,
        journal: Journal,
        *,
        url: str,
        signing_secret: str,
        ack_seconds: float,
        redelivery_delays: tuple[float, ...],
        now: Callable[[], float],
    ) -> None:
        if url and not signing_secret:
            raise ValueError("an app with a request_url needs a signing_secret")
        self.url = url
        self.reached = True
        self._journal = journal
        self._secret = signing_secret
        self._ack_seconds = ack_seconds
        self._delays = redelivery_delays
        self._now = now
        self._under_way: dict[asyncio.Task[None], Delivery] = {}

    def deliver(self, type_: str, payload: Json) -> Delivery:
        """Begin to send; never waits."""
        settled: asyncio.Future[Settled] = asyncio.get_running_loop().create_future()
        delivery = Delivery(type_, payload, settled)
        task = asyncio.create_task(self._carry(delivery))
        self._under_way[task] = delivery
        task.add_done_callback(lambda done: self._under_way.pop(done, None))
        return delivery

    async def _carry(self, delivery: Delivery) -> None:
        for delay in (0.0, *self._delays):
            if delivery.attempt:
                await asyncio.sleep(delay)
            attempt = await self._attempt(delivery)
            delivery.settle(Settled(attempt.outcome, _answered(attempt)))
            if attempt.is_last or not delivery.is_event:
                return
            delivery.attempt += 1
            delivery.reason = attempt.reason

    async def _attempt(self, delivery: Delivery) -> _Attempt:
        delivery.note(self._journal, "request_sent")
        kind, body = _encoded(delivery)
        headers = {"x-slack-retry-num": str(delivery.attempt), "x-slack-retry-reason": delivery.reason}
        attempt = await self._send(kind, body, headers if delivery.attempt else {})
        status = attempt.answer.status if attempt.answer else None
        delivery.note(self._journal, "request_answered", status=status, reason=attempt.reason)
        return attempt

    async def _send(self, kind: str, body: str, more: dict[str, str]) -> _Attempt:
        headers = {"Content-Type": kind, "User-Agent": _AGENT, "Accept": "*/*", **self._signature(body), **more}
        try:
            async with asyncio.timeout(self._ack_seconds):
                answer = await post(self.url, headers, body.encode())
        except TimeoutError:
            return _Attempt("http_timeout")
        except NoHttpAnswer:
            self.reached = False
            return _Attempt("connection_failed")
        self.reached = True
        return _Attempt("" if 200 <= answer.status < 300 else "http_error", answer)

    def _signature(self, body: str) -> dict[str, str]:
        """Slack's signature, version 0 (docs.slack.dev/authentication/verifying-requests-from-slack)."""
        timestamp = str(int(self._now()))
        signed = hmac.new(self._secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256)
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={signed.hexdigest()}"}

    async def verify(self) -> bool:
        """Whether the URL gives a challenge back, as Slack asks before it accepts a request URL."""
        challenge = secrets.token_urlsafe(32)
        asked = {"token": "verification-token", "challenge": challenge, "type": "url_verification"}
        attempt = await self._send(_JSON, json.dumps(asked), {})
        verified = not attempt.reason and _challenge(attempt.answer) == challenge
        self._journal.add("url_verified" if verified else "url_refused", reason=attempt.reason)
        return verified

    async def verified_within(self, seconds: float) -> bool:
        """Ask for the challenge again and again until the URL answers it or `seconds` are over."""
        until = asyncio.get_running_loop().time() + seconds
        while not await self.verify():
            if asyncio.get_running_loop().time() >= until:
                return False
            await asyncio.sleep(0.02)
        return True

    def forget_everything(self) -> None:
        """Give up what is on its way."""
        for task, delivery in list(self._under_way.items()):
            task.cancel()
            delivery.settle(Settled(Outcome.TIMED_OUT))


def _encoded(delivery: Delivery) -> tuple[str, str]:
    """Content type and body of a delivery."""
    match delivery.type:
        case "interactive":
            return _FORM, urlencode({"payload": json.dumps(delivery.payload)})
        case "slash_commands":
            return _FORM, urlencode(delivery.payload, errors="replace")
    return _JSON, json.dumps(delivery.payload)


def _answered(attempt: _Attempt) -> Any:
    """What the app said with its acknowledgement: an object, words, or nothing."""
    if attempt.reason or attempt.answer is None or not attempt.answer.body.strip():
        return None
    text = attempt.answer.text
    try:
        return json.loads(text) if attempt.answer.is_json else text
    except ValueError:
        return text


def _challenge(answer: HttpAnswer | None) -> str:
    """The challenge in the app's answer: plain, as a form or as JSON, as Slack accepts it."""
    if answer is None:
        return ""
    if not answer.is_json:
        return answer.text.strip().removeprefix("challenge=")
    try:
        said = json.loads(answer.text)
    except ValueError:
        return ""
    return str(said.get("challenge", "")) if isinstance(said, dict) else ""
