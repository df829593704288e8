"""A whole town for tests: a real local workspace, the real bot connected to it over a real socket, and its people."""

from __future__ import annotations

import json
import shutil
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
import yaml

from bot.app import Bot
from bot.config import Settings, read_settings
from bot.domain.phrases import Phrases
from bot.storage.schema import questions
from bot.workspace import Seed, SeedApp, SeedChannel, SeedCommand, SeedShortcut, SeedUser, Workspace

T = TypeVar("T")
Json = dict[str, Any]

KNOWLEDGE = Path(__file__).resolve().parent.parent / "knowledge"
MANIFEST: Json = yaml.safe_load((KNOWLEDGE.parent / "manifest.yaml").read_text())
BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "xoxb-test-token-1", "xapp-test-token-1", "0123456789abcdef"
ANSWERED, SUGGESTED, OVERDUE = "percutaneous-lumbar-fusion", "minimally-invasive-vs-open", "hospital-stay"
TOWN_CHANNELS = [{"channel": "support", "mode": "thread"}, {"channel": "quiet", "mode": "private"}]
NEARLY = "how does minimally invasive spine surgery differ from an open operation?"
"""A question near SUGGESTED's own, and in other words."""
BANDS = {"answer_confidence": 0.6, "suggest_confidence": 0.5}
"""Fixed for a town, so that what it gets does not depend on what the matcher finds on the starter knowledge."""
PEOPLE = ("patient-a", "patient-b", "moderator", "moderator-2")
over_both_transports = pytest.mark.parametrize("transport", ["socket", "http"], scope="module")
"""Runs a module's tests with the bot reached over Socket Mode, and again over signed HTTP."""


def seed() -> Seed:
    return Seed(
        name="Town",
        domain="town",
        users=tuple(SeedUser(name, name) for name in PEOPLE),
        channels=(
            SeedChannel("support", members=(*PEOPLE, "support-bot")),
            SeedChannel("quiet", members=(*PEOPLE, "support-bot")),
            SeedChannel("general", members=(*PEOPLE, "support-bot")),
            SeedChannel("moderators", is_private=True, members=("moderator", "moderator-2", "support-bot")),
        ),
        app=SeedApp(
            "Support bot",
            "support-bot",
            BOT_TOKEN,
            APP_TOKEN,
            commands=tuple(SeedCommand(c["command"]) for c in MANIFEST["features"]["slash_commands"]),
            shortcuts=tuple(SeedShortcut(**shortcut) for shortcut in MANIFEST["features"]["shortcuts"]),
            scopes=tuple(MANIFEST["oauth_config"]["scopes"]["bot"]),
            signing_secret=SIGNING_SECRET,
        ),
    )


def eventually(look: Callable[[], T | None], what: str = "it", seconds: float = 10.0) -> T:
    """What `look` returns as soon as it is true; fails when that takes longer than `seconds`."""
    until = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < until, f"waited {seconds:.0f} s in vain for {what}"
        time.sleep(0.005)  # between two looks, not instead of one


@dataclass
class Town:
    """Drives the workspace as its people would, by name. Everything goes over HTTP, as a browser's would."""

    workspace: Workspace
    users: dict[str, str] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)
    page: str = ""

    @staticmethod
    def open(plan: Seed | None = None, **options: Any) -> Town:
        town = Town(Workspace(plan or seed(), port=0, **options))
        town.workspace.start()
        state = town.get("state")
        town.users = {user["name"]: user["id"] for user in state["users"]}
        town.channels = {c["name"]: c["id"] for c in state["channels"] if not c.get("is_im")}
        return town

    def turn_page(self) -> None:
        """From here on look only at what is said later, with no modal open: for tests that share a town."""
        for open_view in self.get("state")["views"]:
            self.post("close-view", user=open_view["user"])
        self.page = f"{time.time():.6f}"

    # --- talking to the workspace

    def post(self, endpoint: str, **values: Any) -> Json:
        request = urllib.request.Request(
            f"{self.workspace.url}/_control/{endpoint}",
            data=json.dumps(values).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            return dict(json.load(response))

    def get(self, endpoint: str) -> Json:
        with urllib.request.urlopen(f"{self.workspace.url}/_control/{endpoint}", timeout=30) as response:
            return dict(json.load(response))

    # --- what people do

    def say(self, user: str, text: str, channel: str = "support", thread: str = "", **more: Any) -> str:
        """Post a message and return its ts. `channel` is a name, or an id such as a DM's."""
        where = self.channels.get(channel, channel)
        said = self.post(
            "message",
            channel=where,
            user=self.users[user],
            text=text,
            **({"thread_ts": thread} if thread else {}),
            **more,
        )
        assert said["ok"], said
        return str(said["message"]["ts"])

    def ask(self, user: str, text: str, channel: str = "support") -> Json:
        """Use /ask."""
        return self.post("command", channel=self.channels[channel], user=self.users[user], command="/ask", text=text)

    def command(self, user: str, command: str, text: str = "", channel: str = "support") -> Json:
        """Use any slash command."""
        where = self.channels[channel]
        return self.post("command", channel=where, user=self.users[user], command=command, text=text)

    def shortcut(self, user: str, callback_id: str, ts: str, channel: str = "support") -> Json:
        """Choose a shortcut on a message."""
        where = self.channels.get(channel, channel)
        return self.post("shortcut", user=self.users[user], callback_id=callback_id, channel=where, messageTs=ts)

    def home(self, user: str) -> Json:
        """The person's Home tab, opened, once the bot has filled it."""
        self.post("open-home", user=self.users[user])
        return dict(eventually(lambda: self.get("state")["homes"].get(self.users[user]), "the Home tab"))

    def ask_at_home(self, user: str, text: str) -> Json:
        """Type a question in the Home tab."""
        self.home(user)
        return self.post("home-interact", user=self.users[user], action={"action_id": "home_ask", "value": text})

    def press(self, user: str, message: Json, action_id: str, value: str | None = None) -> Json:
        """Press the button with this action id on a message; `value` forges another value."""
        element = button(message, action_id)
        action = {**element, **({"value": value} if value is not None else {})}
        return self.post(
            "interact",
            channel=message["channel"],
            messageTs=message["ts"],
            user=self.users[user],
            action=action,
        )

    def forge(self, user: str, message: Json, action_id: str, value: str) -> Json:
        """Press a button that the message does not have."""
        action = {"type": "button", "action_id": action_id, "block_id": "forged", "value": value}
        return self.post(
            "interact", channel=message["channel"], messageTs=message["ts"], user=self.users[user], action=action
        )

    def press_in_view(self, user: str, action_id: str) -> Json:
        view = self.view(user)
        assert view is not None
        element = next(e for b in view["blocks"] for e in b.get("elements", []) if e.get("action_id") == action_id)
        return self.post("interact", user=self.users[user], viewId=view["id"], action=element)

    def submit(self, user: str, **values: Any) -> Json:
        """Submit the top modal; `values` are block_id={action_id: text}."""
        return self.post("submit-view", user=self.users[user], values=values)

    def edit(self, user: str, ts: str, text: str, channel: str = "support") -> None:
        """Change the words of one's own message."""
        where = self.channels.get(channel, channel)
        edited = self.post("edit-message", channel=where, ts=ts, user=self.users[user], text=text)
        assert edited["ok"], edited

    def delete(self, user: str, ts: str, channel: str = "support") -> Json:
        """Delete one's own message."""
        where = self.channels.get(channel, channel)
        return self.post("delete-message", channel=where, ts=ts, user=self.users[user])

    def event(self, **event: Any) -> Json:
        """Bring the bot any event, as Slack would."""
        return self.post("event", event=event)

    def dm(self, user: str) -> str:
        """The id of the person's DM with the bot."""
        return str(self.post("open-dm", user=self.users[user])["channel"]["id"])

    # --- what people see

    def messages(self, channel: str) -> list[Json]:
        """Everything on this page of a channel (by name or id), oldest first, ephemeral messages included."""
        where = self.channels.get(channel, channel)
        said = self.get(f"messages/{where}")["messages"]
        return [{**m, "channel": where} for m in said if m["ts"] > self.page]

    def thread(self, ts: str, channel: str = "support") -> list[Json]:
        """The replies in a thread."""
        return [m for m in self.messages(channel) if m.get("thread_ts") == ts and m["ts"] != ts]

    def by_bot(self, messages: Sequence[Json]) -> list[Json]:
        return [m for m in messages if m.get("bot_id")]

    def reply(self, ts: str, channel: str = "support", nth: int = 1) -> Json:
        """The bot's nth reply in the thread, once it is there."""
        return eventually(lambda: self.by_bot(self.thread(ts, channel))[nth - 1 : nth], f"reply {nth} in the thread")[0]

    def dm_reply(self, user: str, nth: int = 1) -> Json:
        """The bot's nth message in the person's DM, once it is there."""
        channel = self.dm(user)
        return eventually(lambda: self.by_bot(self.messages(channel))[nth - 1 : nth], f"message {nth} in the DM")[0]

    def whispers(self, user: str, channel: str = "support") -> list[Json]:
        """What only this person sees in a channel."""
        return [m for m in self.messages(channel) if m.get("ephemeral_to") == self.users[user]]

    def whisper(self, user: str, channel: str = "support", nth: int = 1) -> Json:
        return eventually(lambda: self.whispers(user, channel)[nth - 1 : nth], "an ephemeral message")[0]

    def cards(self) -> list[Json]:
        """The ticket cards on the moderators' channel."""
        return [m for m in self.by_bot(self.messages("moderators")) if m.get("thread_ts") in (None, m["ts"])]

    def card(self, nth: int = 1) -> Json:
        return eventually(lambda: self.cards()[nth - 1 : nth], f"card {nth}")[0]

    def under_card(self, card: Json, nth: int = 1) -> Json:
        """The nth note in the thread of a card."""
        return self.reply(card["ts"], "moderators", nth)

    def two_cards(self) -> list[Json]:
        """Both cards once two are there: which comes first is not settled."""
        return eventually(lambda: cards if len(cards := self.cards()) == 2 else None, "two cards")

    def card_when(self, said: str, nth: int = 1) -> Json:
        """The nth card once its text contains `said`."""
        return eventually(
            lambda: [c for c in self.cards()[nth - 1 : nth] if said in c["text"]], f"the card to say {said!r}"
        )[0]

    def view(self, user: str) -> Json | None:
        """The person's top modal."""
        open_views = [v["view"] for v in self.get("state")["views"] if v["user"] == self.users[user]]
        return open_views[-1] if open_views else None

    def view_when(self, user: str, callback_id: str) -> Json:
        return eventually(
            lambda: v if (v := self.view(user)) and v["callback_id"] == callback_id else None,
            f"the modal {callback_id}",
        )

    def fault(self, method: str, kind: str, channel: str = "", **more: Any) -> None:
        """Let the next call of a method fail (workspace/faults.py); `channel` is a name, "" any."""
        self.post("faults", method=method, kind=kind, channel=self.channels.get(channel, channel), **more)

    def faults(self) -> list[Json]:
        """The faults that no call has met yet."""
        return list(self.get("faults")["faults"])

    def fault_is_met(self) -> None:
        """Return once every fault has met its calls."""
        eventually(lambda: not self.faults(), "the fault to be met")

    def clear_faults(self) -> None:
        """Mend Slack: no more faults, and calls that hang are let go."""
        self.post("faults", clear=True)

    def calls(self, method: str) -> list[Json]:
        """The calls of one Web API method that the workspace has received."""
        return [entry for entry in self.get("log")["log"] if entry.get("method") == method]


def settings(town: Town, data_dir: Path, **more: object) -> Settings:
    """The bot's settings for this town, as an operator would give them who does without the encoder."""
    values: dict[str, object] = {
        "slack_bot_token": BOT_TOKEN,
        "slack_app_token": APP_TOKEN,
        "slack_signing_secret": SIGNING_SECRET,
        "slack_api_url": town.workspace.api_url,
        "support_bot_data_dir": data_dir,
        "support_bot_knowledge_dir": KNOWLEDGE,
        "support_bot_encoder": "off",
        "support_bot_slack_timeout_seconds": 1.0,
        "support_bot_http_port": 0,
        **more,
    }
    return read_settings(**values)


def button(message: Json, action_id: str) -> Json:
    """The button with this action id, with its block's id."""
    for block in message["blocks"]:
        for element in block.get("elements", []):
            if element.get("action_id") == action_id:
                return {**element, "block_id": block["block_id"]}
    raise AssertionError(f"no button {action_id} on: {message['text'][:200]}")


def action_ids(message: Json) -> list[str]:
    """The action ids of every button on a message."""
    return [
        e["action_id"]
        for b in message["blocks"]
        for e in b.get("elements", [])
        if isinstance(e, dict) and "action_id" in e
    ]


def event_of(town: Town, said: Json) -> Json:
    """The event by which Slack tells of a message said in #support."""
    return {
        "type": "message",
        "channel": town.channels["support"],
        "channel_type": "channel",
        **{key: said[key] for key in ("user", "text", "ts", "client_msg_id")},
    }


def town_knowledge(folder: Path, **config: object) -> Path:
    """A copy of the starter knowledge for a town, in `folder`; `config` replaces keys of its config.yaml.

    #support is in mode thread, #quiet in mode private. Whatever the matcher finds, SUGGESTED is no more than suggested
    except in its own words, and OVERDUE is past its review date.
    """
    shutil.copytree(KNOWLEDGE, folder, dirs_exist_ok=True)
    _rewrite(folder / "config.yaml", {"channels": TOWN_CHANNELS, "matching": BANDS, **config})
    _rewrite(folder / "answers" / f"{SUGGESTED}.yaml", {"min_confidence": 1.0})
    _rewrite(folder / "answers" / f"{OVERDUE}.yaml", {"review_by": "2020-01-31"})
    return folder


def _rewrite(path: Path, changes: Mapping[str, object]) -> None:
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), **changes}, sort_keys=False))


def phrases() -> Phrases:
    """What the bot says, as written in the starter knowledge."""
    return Phrases(yaml.safe_load((KNOWLEDGE / "phrases.yaml").read_text()))


def question_of(entry_id: str) -> str:
    """The entry's own question, which always finds the entry."""
    return str(yaml.safe_load((KNOWLEDGE / "answers" / f"{entry_id}.yaml").read_text())["question"])


def entry_text(entry_id: str) -> str:
    """The entry's answer as its author wrote it."""
    return str(yaml.safe_load((KNOWLEDGE / "answers" / f"{entry_id}.yaml").read_text())["answer"])


def rest(bot: Bot) -> None:
    """Return once the bot has nothing left to do: what it has not done by now it does not do."""
    bot.reception._chatter.submit(lambda: None).result(timeout=10)  # one thread, first come, first served
    eventually(lambda: bot.engine.unfinished() == 0, "the bot to rest")


def _known_bot(town: Town, data_dir: Path, *, strangers: bool = False, **more: object) -> Bot:
    """A bot that has introduced itself to everyone in town, unless they are to be `strangers`."""
    bot = Bot(settings(town, data_dir, **more))
    for user in () if strangers else town.users.values():
        bot.parts.store.greet(user, 0.0)
    return bot


def an_hour_passes(bot: Bot) -> None:
    """What was asked until now was asked an hour ago: nobody's next message goes on with it."""
    with bot._database.ours.begin() as c:
        c.execute(questions.update().values(asked_at=questions.c.asked_at - 3600.0))


def running_bot(town: Town, data_dir: Path, **more: Any) -> Bot:
    """The bot, started and connected: over a socket, or with support_bot_transport="http" over signed HTTP."""
    bot = _known_bot(town, data_dir, **more)
    bot.start()
    if more.get("support_bot_transport") == "http":
        assert town.post("request-url", url=bot.address)["ok"]
    return bot


def unplugged_bot(town: Town, data_dir: Path, **more: Any) -> Bot:
    """The bot at work but with no socket: what happens in town must be dispatched to it."""
    bot = _known_bot(town, data_dir, **more)
    bot.engine.launch()
    return bot
