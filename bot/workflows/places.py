"""Where each message to a patient goes: pure rules over the door and the channel's mode."""

from __future__ import annotations

from bot.domain.decision import SafetyNotice
from bot.domain.knowledge import ChannelMode
from bot.domain.question import Door, Question
from bot.domain.scope import Route
from bot.storage.store import Asked
from bot.workflows.posting import Place

PRIVATE_DOORS = (Door.COMMAND, Door.SHORTCUT, Door.HOME)
"""What comes by these leaves no message, and is answered to the asker alone."""


def place_of(channel: str, thread: str, user: str, door: Door, mode: ChannelMode) -> Place:
    """The thread where it was asked; the asker's DM for commands, DMs and channels in private mode."""
    if door is Door.DM:
        return Place(channel=channel, user=user)
    if door in PRIVATE_DOORS or not thread or mode is ChannelMode.PRIVATE:
        return Place(user=user)
    return Place(channel=channel, thread=thread, user=user)


def reply_place(question: Question, mode: ChannelMode) -> Place:
    """Where the reply to a question goes. In a DM's own thread it stays in that thread."""
    thread = question.thread_ts if question.door is Door.DM else question.thread
    place = place_of(question.channel, thread, question.user, question.door, mode)
    if question.door is Door.DM and thread:
        return Place(channel=question.channel, thread=thread, user=question.user)
    return place


def asked_place(asked: Asked, mode: ChannelMode) -> Place:
    """Where later messages about a stored question go. What began as a crisis stays private to its end."""
    if isinstance(asked.decision, SafetyNotice) and asked.decision.route is Route.CRISIS:
        return place_of(asked.channel, "", asked.user, Door(asked.door), mode)
    return place_of(asked.channel, asked.thread, asked.user, Door(asked.door), mode)


def private_place(question: Question) -> Place:
    """The asker's DM: for what nobody else must read."""
    return (
        Place(channel=question.channel, user=question.user) if question.door is Door.DM else Place(user=question.user)
    )
