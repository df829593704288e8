"""The demonstration: a local workspace with a few people in it, and the bot connected to it over real sockets."""

from __future__ import annotations

import secrets
from pathlib import Path

from bot.app import Bot
from bot.config import Settings, read_settings
from bot.workspace import Seed, SeedApp, SeedChannel, SeedCommand, SeedShortcut, SeedUser, Workspace

WELCOME = (
    "Welcome! This is a small stand-in for Slack on your own machine. You are a patient here; ask in your own words, "
    "typos and all. Try:\n"
    "• whats percutanous lumbar fuson?\n"
    "• is it minimaly invasive?\n"
    "• what's the capital of France?\n"
    "• /ask how long till i can drive after my fusion\n"
    "Then become the moderator (top left) and look into #moderators."
)


def seed() -> Seed:
    """The workspace the demonstration begins with; tokens are made up afresh for each run."""
    return Seed(
        name="Spine Support (local)",
        domain="spine-support-local",
        users=(
            SeedUser("patient-a", "Patient A"),
            SeedUser("patient-b", "Patient B"),
            SeedUser("moderator", "Moderator"),
        ),
        channels=(
            SeedChannel(
                "support",
                members=("patient-a", "patient-b", "moderator", "support-bot"),
                first_message=WELCOME,
                first_message_by="moderator",
            ),
            SeedChannel("general", members=("patient-a", "patient-b", "moderator", "support-bot")),
            SeedChannel("moderators", is_private=True, members=("moderator", "support-bot")),
        ),
        app=SeedApp(
            name="Support bot",
            bot_name="support-bot",
            bot_token=f"xoxb-local-{secrets.token_hex(12)}",
            app_token=f"xapp-local-{secrets.token_hex(12)}",
            commands=(
                SeedCommand("/ask", "Ask privately; only you see the answer", "your question"),
                SeedCommand("/topics", "What the bot has answers about"),
                SeedCommand("/human", "Bring a person; only you and the moderators see it", "your message"),
            ),
            shortcuts=(
                SeedShortcut("Ask the bot about this", "message", "ask_about_message"),
                SeedShortcut("Ask a person about this", "message", "person_about_message"),
            ),
        ),
    )


class Demo:
    """The workspace and the bot together. `start` returns once the bot is connected."""

    def __init__(self, data_dir: Path, *, port: int = 3000, knowledge_dir: Path | None = None) -> None:
        self._seed = seed()
        self.workspace = Workspace(self._seed, port=port)
        self._data_dir = data_dir
        self._knowledge_dir = knowledge_dir
        self.bot: Bot | None = None

    def start(self) -> None:
        self.workspace.start()
        try:
            self.bot = Bot(self.settings())
            self.bot.start()
        except BaseException:
            self.stop()
            raise

    def settings(self) -> Settings:
        """The bot's settings, as an operator would give them, pointing to the local workspace."""
        chosen: dict[str, object] = {"support_bot_knowledge_dir": self._knowledge_dir} if self._knowledge_dir else {}
        return read_settings(
            slack_bot_token=self._seed.app.bot_token,
            slack_app_token=self._seed.app.app_token,
            slack_api_url=self.workspace.api_url,
            support_bot_data_dir=self._data_dir,
            **chosen,
        )

    @property
    def said(self) -> str:
        """What whoever starts it should know of how the bot matches."""
        return self.bot.meaning.said if self.bot is not None else ""

    def stop(self) -> None:
        if self.bot is not None:
            self.bot.stop()
        self.workspace.stop()
