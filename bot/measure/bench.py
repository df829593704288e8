"""How long things take, measured as a patient or an operator meets them: through the local workspace, from outside."""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.demo import Demo

QUESTIONS = (
    "whats percutanous lumbar fuson?",
    "how long till i can drive after my fusion",
    "is it minimaly invasive",
    "what's the capital of France?",
)
"""An answer in spite of typos, an answer, a suggestion, a person."""
LOOK_EVERY_SECONDS = 0.002
PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Timing:
    """What was timed and how often, in seconds."""

    what: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def worst(self) -> float:
        return max(self.seconds)


def replies(count: int) -> list[Timing]:
    """Ask `count` questions, one after the other, and time the acknowledgement and the reply in the thread."""
    with tempfile.TemporaryDirectory(prefix="support-bot-bench-") as data:
        demo = Demo(Path(data), port=0)
        demo.start()
        try:
            control = _Control(demo.workspace.url)
            timed = [_ask(control, QUESTIONS[n % len(QUESTIONS)]) for n in range(count)]
        finally:
            demo.stop()
    return [
        Timing("sent to acknowledged (accepted on disk)", tuple(acked for acked, _ in timed)),
        Timing("sent to reply in the thread", tuple(replied for _, replied in timed)),
    ]


def _ask(control: _Control, words: str) -> tuple[float, float]:
    """Seconds until the message was acknowledged and until its thread had a reply."""
    began = time.perf_counter()
    sent = control.post("message", channel=control.channel, user=control.patient, text=words)["message"]["ts"]
    acked = time.perf_counter() - began
    _until(lambda: control.has_reply(sent))
    return acked, time.perf_counter() - began


def starts(runs: int) -> Timing:
    """Start `support-bot demo` that many times and time each until its page is served and the bot is connected."""
    return Timing("start of the demo to a usable page", tuple(_start_once() for _ in range(runs)))


def _start_once() -> float:
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    with process.stdout as lines:
        for line in lines:
            address = re.search(r"http://127\.0\.0\.1:\d+", line)
            if address:
                urllib.request.urlopen(address.group(), timeout=PATIENCE_SECONDS).close()
                break
        took = time.perf_counter() - began
        process.terminate()
        process.wait(timeout=PATIENCE_SECONDS)
    return took


class _Control:
    """The workspace's control endpoints, as a person's browser uses them."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/_control/"
        state = self._get("state")
        self.channel = next(c["id"] for c in state["channels"] if c["name"] == "support")
        self.patient = next(u["id"] for u in state["users"] if u["name"] == "patient-a")

    def has_reply(self, ts: str) -> bool:
        messages = self._get(f"messages/{self.channel}")["messages"]
        return any(m.get("thread_ts") == ts and m["ts"] != ts for m in reversed(messages))

    def post(self, endpoint: str, **values: str) -> Any:
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(self._url + endpoint, json.dumps(values).encode(), headers)
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as response:
            return json.load(response)

    def _get(self, endpoint: str) -> Any:
        with urllib.request.urlopen(self._url + endpoint, timeout=PATIENCE_SECONDS) as response:
            return json.load(response)


def _until(true: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not true():
        if time.monotonic() > give_up:
            raise TimeoutError(f"no reply within {PATIENCE_SECONDS:.0f} s")
        time.sleep(LOOK_EVERY_SECONDS)


def as_json(timings: Sequence[Timing]) -> list[dict[str, object]]:
    """Milliseconds, for other programs."""
    return [
        {
            "what": t.what,
            "runs": len(t.seconds),
            "median_ms": round(t.median * 1000, 1),
            "worst_ms": round(t.worst * 1000, 1),
        }
        for t in timings
    ]
