"""Runs the real program as another process: what it says, the signals it gets, how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.town import APP_TOKEN, BOT_TOKEN, KNOWLEDGE, Town, eventually

PATIENCE_SECONDS = 30.0
CONNECTED = "support-bot is connected"

Run = Callable[..., "Program"]


@dataclass
class Program:
    """A running support-bot. `said` is everything it has printed, standard error included."""

    process: subprocess.Popen[bytes]
    output: Path

    @staticmethod
    def start(arguments: tuple[str, ...], folder: Path, env: Mapping[str, str]) -> Program:
        """Run `support-bot ARGUMENTS` in `folder`; of our settings it has those in `env` and the tests' cache."""
        output = folder / f"output-{len(list(folder.glob('output-*')))}.txt"
        with output.open("wb") as sink:
            process = subprocess.Popen(
                [sys.executable, "-m", "bot", *arguments], cwd=folder, env=environment(env), stdout=sink, stderr=sink
            )
        return Program(process, output)

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8", errors="replace")

    def says(self, words: str) -> str:
        """Everything it has said, once `words` are among it; fails when it ends without them."""

        def heard() -> bool:
            ended = self.process.poll() is not None
            assert words in self.said() or not ended, f"ended without saying {words!r}:\n{self.said()}"
            return words in self.said()

        eventually(heard, f"the program to say {words!r}", PATIENCE_SECONDS)
        return self.said()

    def ends(self, seconds: float = PATIENCE_SECONDS) -> int:
        """Its exit code, once it has ended by itself."""
        return self.process.wait(seconds)

    def end(self, number: signal.Signals = signal.SIGTERM, seconds: float = 10.0) -> int:
        """Ask it to end; its exit code."""
        self.process.send_signal(number)
        return self.ends(seconds)

    def kill(self) -> None:
        """End it with SIGKILL, as a power cut would."""
        self.process.kill()
        self.process.wait()


def environment(env: Mapping[str, str]) -> dict[str, str]:
    """The environment for a program of ours: of our settings `env` and the tests' cache alone, plain wide output."""
    ours = ("SLACK_", "SUPPORT_BOT_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    cache = {name: os.environ[name] for name in ("SUPPORT_BOT_CACHE_DIR",) if name in os.environ}
    return {**inherited, **cache, "NO_COLOR": "1", "COLUMNS": "400", "TERM": "dumb", **env}


def slack_settings(town: Town, data_dir: Path, **more: object) -> dict[str, str]:
    """The environment that `support-bot run` needs for this town; `more` are settings by their names in lower case."""
    values = {
        "slack_bot_token": BOT_TOKEN,
        "slack_app_token": APP_TOKEN,
        "slack_api_url": town.workspace.api_url,
        "support_bot_data_dir": data_dir,
        "support_bot_knowledge_dir": KNOWLEDGE,
        **more,
    }
    return {name.upper(): str(value) for name, value in values.items()}
