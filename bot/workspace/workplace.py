"""Everything that can happen to messages, each with its consequences: the events the app gets and the
hints open pages get."""

from __future__ import annotations

from dataclasses import replace

from bot.workspace import events
from bot.workspace.deliveries import Delivery
from bot.workspace.line import Line
from bot.workspace.model import SLACKBOT, Channel, Json, Message, Reaction, SlackError
from bot.workspace.render import message_json
from bot.workspace.state import State
from bot.workspace.stream import Stream


class Workplace:
    """Changes the state and tells whoever should know; the deliveries it returns are under way."""

    def __init__(self, state: State, line: Line, stream: Stream) -> None:
        self._state = state
        self._line = line
        self._stream = stream

    def post(self, message: Message, *, quiet: bool = False) -> list[Delivery]:
        """Store a message; `quiet` keeps it from the app."""
        channel = self._state.channels[message.channel]
        self._state.add(message)
        self._hint("message", channel, message)
        if message.bot_id == self._state.identity.bot_id:
            self._end_status(channel, message)
        if quiet or not self._state.bot_is_in(channel):
            return []
        sent = [self._tell(events.said(self._state, channel, message))]
        if self._mentions_app(channel, message):
            sent.append(self._tell(events.mentioned(self._state, channel, message)))
        return sent

    def _mentions_app(self, channel: Channel, message: Message) -> bool:
        bot = self._state.identity.bot_user
        return channel.kind != "im" and message.user != bot and f"<@{bot}" in message.text

    def post_ephemeral(self, message: Message) -> None:
        """Show a message to one person only."""
        self._state.ledger(message.channel).add_ephemeral(message)
        self._hint("message", self._state.channels[message.channel], message)

    def edit(self, old: Message, new: Message) -> list[Delivery]:
        """Put `new` in the place of `old`, which has the same ts."""
        channel = self._state.channels[old.channel]
        self._state.ledger(old.channel).replace(new)
        self._hint("message_changed", channel, new)
        if not self._state.bot_is_in(channel):
            return []
        return [self._tell(events.changed(self._state, channel, new, old))]

    def replace_ephemeral(self, message: Message) -> None:
        self._state.ledger(message.channel).add_ephemeral(message)
        self._hint("message_changed", self._state.channels[message.channel], message)

    def delete(self, message: Message) -> list[Delivery]:
        """Take a message away; of one with replies a tombstone stays, and Slack reports it as a change."""
        channel = self._state.channels[message.channel]
        ledger = self._state.ledger(message.channel)
        if ledger.replies(message.ts):
            return self.edit(message, _tombstone(message))
        last_form = message_json(self._state, message)
        ledger.remove(message.ts)
        self._hint("message_deleted", channel, message)
        if not self._state.bot_is_in(channel):
            return []
        return [self._tell(events.deleted(self._state, channel, last_form, message.ts))]

    def delete_ephemeral(self, message: Message) -> None:
        self._state.ledger(message.channel).remove_ephemeral(message.ts)
        self._hint("message_deleted", self._state.channels[message.channel], message)

    def react(self, message: Message, *, user: str, name: str, present: bool) -> list[Delivery]:
        """Put an emoji under a message or take it away; raises as `reactions.add` does."""
        new = replace(message, reactions=_with_reaction(message.reactions, user, name, present))
        self._state.ledger(message.channel).replace(new)
        channel = self._state.channels[message.channel]
        self._hint("message_changed", channel, new)
        if not self._state.bot_is_in(channel):
            return []
        return [self._tell(events.reacted(self._state, message, user=user, name=name, present=present))]

    def open_home(self, user: str) -> list[Delivery]:
        """A person opens the app's Home tab; raises `not_enabled` when the app has none."""
        if not self._state.seed.app.home:
            raise SlackError("not_enabled")
        channel = self.open_dm(user)
        return [self._tell(events.home_opened(self._state, user=user, channel=channel.id, tab="home"))]

    def open_messages(self, user: str) -> tuple[Channel, list[Delivery]]:
        """A person opens their DM with the app, which is the Messages tab of its home."""
        channel = self.open_dm(user)
        return channel, [self._tell(events.home_opened(self._state, user=user, channel=channel.id, tab="messages"))]

    def open_dm(self, user: str) -> Channel:
        """The person's DM with the bot, made when there is none; raises `user_not_found`."""
        channel, is_new = self._state.open_dm(user)
        if is_new:
            self._new_channel(channel)
        return channel

    def open_group(self, users: list[str]) -> tuple[Channel, bool]:
        channel, is_new = self._state.open_group(users)
        if is_new:
            self._new_channel(channel)
        return channel, is_new

    def join(self, channel: Channel, user: str, inviter: str = "") -> list[Delivery]:
        """Somebody enters a channel, of themselves or because `inviter` brought them in."""
        channel.members[user] = None
        self._new_channel(channel)
        by = {"inviter": inviter} if inviter else {}
        sent = self.post(self._notice(channel, user, "channel_join", f"<@{user}> has joined the channel", by))
        if self._state.bot_is_in(channel):
            sent.append(self._tell(events.joined(self._state, channel, user=user, inviter=inviter)))
        return sent

    def leave(self, channel: Channel, user: str) -> list[Delivery]:
        """Somebody goes out of a channel; raises `not_in_channel`."""
        if user not in channel.members:
            raise SlackError("not_in_channel")
        heard = self._state.bot_is_in(channel)
        sent = self.post(self._notice(channel, user, "channel_leave", f"<@{user}> has left the channel", {}))
        del channel.members[user]
        self._new_channel(channel)
        return [*sent, self._tell(events.left(self._state, channel, user=user))] if heard else sent

    def set_topic(self, channel: Channel, user: str, topic: str) -> list[Delivery]:
        channel.topic = topic
        self._new_channel(channel)
        said = f"<@{user}> set the channel topic: {topic}"
        return self.post(self._notice(channel, user, "channel_topic", said, {"topic": topic}))

    def _notice(self, channel: Channel, user: str, subtype: str, text: str, more: Json) -> Message:
        return Message(channel.id, self._state.next_ts(), user, text, subtype=subtype, extra=more)

    def set_status(self, channel: Channel, thread_ts: str, text: str) -> None:
        """Show what the app is doing in a thread, until it says something there; empty takes it away."""
        self._state.agent.set_status((channel.id, thread_ts), text, self._state.now())
        self._hint_thread("status", channel, thread_ts)

    def suggest(self, channel: Channel, thread_ts: str, prompts: Json) -> None:
        """Show people what they might begin with, in a thread or in the whole conversation."""
        self._state.agent.prompts[channel.id, thread_ts] = prompts
        self._hint_thread("prompts", channel, thread_ts)

    def _end_status(self, channel: Channel, message: Message) -> None:
        if self._state.agent.statuses.pop((channel.id, message.thread_ts or message.ts), None):
            self._hint_thread("status", channel, message.thread_ts or message.ts)

    def tell(self, event: Json) -> Delivery:
        """Send the app any event, as a test gives it."""
        return self._tell(event)

    def _tell(self, event: Json) -> Delivery:
        return self._line.deliver("events_api", events.callback(self._state, event))

    def _new_channel(self, channel: Channel) -> None:
        self._stream.publish(
            {"type": "channel", "channel": channel.id}, lambda user: self._state.visible_to(channel, user)
        )

    def _hint_thread(self, kind: str, channel: Channel, thread_ts: str) -> None:
        hint = {"type": kind, "channel": channel.id} | ({"thread_ts": thread_ts} if thread_ts else {})
        self._stream.publish(hint, lambda user: self._state.visible_to(channel, user))

    def _hint(self, kind: str, channel: Channel, message: Message) -> None:
        hint = {"type": kind, "channel": channel.id, "ts": message.ts}
        if message.thread_ts:
            hint["thread_ts"] = message.thread_ts
        self._stream.publish(hint, lambda user: self.may_read(user, channel, message))

    def may_read(self, user: str, channel: Channel, message: Message) -> bool:
        """Whether a person may see this message: an ephemeral one only if it is theirs."""
        return self._state.visible_to(channel, user) and message.ephemeral_to in (None, user)


def _tombstone(message: Message) -> Message:
    return Message(
        channel=message.channel,
        ts=message.ts,
        user=SLACKBOT,
        text="This message was deleted.",
        thread_ts=message.thread_ts,
        subtype="tombstone",
        extra={"hidden": True},
    )


def _with_reaction(reactions: tuple[Reaction, ...], user: str, name: str, present: bool) -> tuple[Reaction, ...]:
    by_name = {reaction.name: reaction.users for reaction in reactions}
    users = by_name.get(name, ())
    if present == (user in users):
        raise SlackError("already_reacted" if present else "no_reaction")
    by_name[name] = (*users, user) if present else tuple(other for other in users if other != user)
    return tuple(Reaction(key, value) for key, value in by_name.items() if value)
