"""What the workspace knows: people, conversations, messages and views; no network, no events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bot.workspace.ids import Timestamps, canonical_ts, seeded_id
from bot.workspace.ledger import Ledger
from bot.workspace.model import Channel, Json, Kind, Message, SlackError, User, UserGroup
from bot.workspace.seed import Seed, SeedChannel, SeedUserGroup

STATUS_SECONDS = 120.0


@dataclass(frozen=True)
class Identity:
    """The ids of the workspace and of its one app."""

    team: str
    app: str
    bot_id: str
    bot_user: str

    @classmethod
    def of(cls, seed: Seed) -> Identity:
        name = seed.app.bot_name
        return cls(
            team=seed.team_id or seeded_id("T", seed.domain),
            app=seeded_id("A", seed.domain, seed.app.name),
            bot_id=seeded_id("B", seed.domain, name),
            bot_user=seeded_id("U", seed.domain, name),
        )


@dataclass
class OpenViews:
    """The modals each person has open, the top one last."""

    by_user: dict[str, list[Json]] = field(default_factory=dict)

    def find(self, *, view_id: str = "", external_id: str = "") -> tuple[str, int] | None:
        """Who has the view open and where in their stack."""
        for user, stack in self.by_user.items():
            for at, view in enumerate(stack):
                if (view_id and view["id"] == view_id) or (external_id and view["external_id"] == external_id):
                    return user, at
        return None

    def top(self, user: str) -> Json | None:
        stack = self.by_user.get(user)
        return stack[-1] if stack else None


@dataclass
class AgentThreads:
    """What the app shows people of its work: a status for each (channel, thread), and prompts to begin with
    for each (channel, thread), the thread empty where they are for the whole conversation."""

    statuses: dict[tuple[str, str], tuple[str, float]] = field(default_factory=dict)
    prompts: dict[tuple[str, str], Json] = field(default_factory=dict)

    def set_status(self, place: tuple[str, str], text: str, now: float) -> None:
        self.statuses.pop(place, None)
        if text:
            self.statuses[place] = (text, now)

    def shown_statuses(self, now: float) -> dict[tuple[str, str], str]:
        """The statuses that people still see: Slack takes one away after two minutes."""
        return {place: text for place, (text, since) in self.statuses.items() if now - since < STATUS_SECONDS}


class State:
    """The whole workspace at this moment, as `seed` describes it and as it has changed since.

    Raises ValueError when the seed's channels or user groups name somebody it does not have. `now` gives seconds since
    1970. Every method is for one thread (the server's loop).
    """

    def __init__(self, seed: Seed, now: Callable[[], float]) -> None:
        self.seed = seed
        self.identity = Identity.of(seed)
        self.now = now
        self.base_url = ""
        self._timestamps = Timestamps(now)
        self.reset()

    def reset(self) -> None:
        """Go back to the seed; timestamps keep rising."""
        bot = User(self.identity.bot_user, self.seed.app.bot_name, self.seed.app.name, "Europe/London", is_bot=True)
        people = [
            User(seeded_id("U", self.seed.domain, u.name), u.name, u.real_name, u.tz, is_admin=u.is_admin)
            for u in self.seed.users
        ]
        self.users: dict[str, User] = {user.id: user for user in (*people, bot)}
        self.channels: dict[str, Channel] = {}
        self.views = OpenViews()
        self.homes: dict[str, Json] = {}
        self.agent = AgentThreads()
        self.usergroups = [self._usergroup(group) for group in self.seed.usergroups]
        self._ledgers: dict[str, Ledger] = {}
        self._by_name: dict[str, str] = {}
        self._dms: dict[str, str] = {}
        for channel in self.seed.channels:
            self._add_seed_channel(channel)

    def _usergroup(self, seed: SeedUserGroup) -> UserGroup:
        ids = self._ids_of(f"user group {seed.handle!r}", seed.members)
        members = tuple(ids[name] for name in seed.members)
        return UserGroup(seeded_id("S", self.seed.domain, seed.handle), seed.handle, seed.name, members)

    def _ids_of(self, where: str, names: Iterable[str]) -> dict[str, str]:
        """Everybody's id by name; raises ValueError when `names` has somebody else."""
        ids = {user.name: user.id for user in self.users.values()}
        strangers = {name for name in names if name} - set(ids)
        if strangers:
            raise ValueError(f"{where} names {sorted(strangers)}, who are not in the seed")
        return ids

    def _add_seed_channel(self, seed: SeedChannel) -> None:
        ids = self._ids_of(f"channel {seed.name!r}", (*seed.members, seed.first_message_by))
        kind: Kind = "group" if seed.is_private else "channel"
        channel = self._add_channel(
            seeded_id("C", self.seed.domain, seed.name), seed.name, kind, [ids[name] for name in seed.members]
        )
        channel.topic = seed.topic
        if seed.first_message:
            author = ids[seed.first_message_by or self.seed.app.bot_name]
            bot_id = self.identity.bot_id if author == self.identity.bot_user else None
            self.add(Message(channel.id, self.next_ts(), author, seed.first_message, bot_id=bot_id))

    def _add_channel(self, channel_id: str, name: str, kind: Kind, members: Iterable[str]) -> Channel:
        channel = Channel(channel_id, name, kind, int(self.now()), dict.fromkeys(members))
        self.channels[channel_id] = channel
        self._ledgers[channel_id] = Ledger()
        self._by_name[name] = channel_id
        return channel

    def next_ts(self) -> str:
        return self._timestamps.next()

    @property
    def bot(self) -> User:
        return self.users[self.identity.bot_user]

    def person(self, user_id: str) -> User:
        """The user; raises `user_not_found`."""
        user = self.users.get(user_id)
        if user is None:
            raise SlackError("user_not_found")
        return user

    def channel(self, reference: str) -> Channel:
        """The conversation by id, `#name` or name; raises `channel_not_found`."""
        channel = self.channels.get(reference) or self.channels.get(self._by_name.get(reference.removeprefix("#"), ""))
        if channel is None:
            raise SlackError("channel_not_found")
        return channel

    def ledger(self, channel_id: str) -> Ledger:
        return self._ledgers[channel_id]

    def usergroup(self, usergroup_id: str) -> UserGroup:
        """The user group; raises `no_such_subteam`."""
        for group in self.usergroups:
            if group.id == usergroup_id:
                return group
        raise SlackError("no_such_subteam")

    def message(self, channel_id: str, ts: str, error: str = "message_not_found") -> Message:
        """The message; raises `error` where there is none (ephemeral ones do not count)."""
        try:
            message = self.ledger(channel_id).get(canonical_ts(ts))
        except ValueError:
            message = None
        if message is None:
            raise SlackError(error)
        return message

    def add(self, message: Message) -> None:
        self.ledger(message.channel).add(message)

    def open_dm(self, user_id: str) -> tuple[Channel, bool]:
        """The person's DM with the bot, and whether it is new; raises `user_not_found`."""
        user = self.person(user_id)
        known = self._dms.get(user_id)
        if known:
            return self.channels[known], False
        dm_id = seeded_id("D", self.seed.domain, user.name)
        channel = self._add_channel(dm_id, f"dm-{user.name}", "im", [user_id, self.identity.bot_user])
        channel.user = user_id
        self._dms[user_id] = dm_id
        return channel, True

    def open_group(self, user_ids: list[str]) -> tuple[Channel, bool]:
        """The group DM of these people and the bot, and whether it is new."""
        members = sorted({self.person(user_id).id for user_id in user_ids} | {self.identity.bot_user})
        group_id = seeded_id("C", self.seed.domain, "mpim", *members)
        if group_id in self.channels:
            return self.channels[group_id], False
        names = "--".join(self.users[member].name for member in members)
        return self._add_channel(group_id, f"mpdm-{names}-1", "mpim", members), True

    def bot_is_in(self, channel: Channel) -> bool:
        return self.identity.bot_user in channel.members

    def visible_to(self, channel: Channel, user_id: str) -> bool:
        """Whether a person can see the conversation at all."""
        return not channel.is_private or user_id in channel.members
