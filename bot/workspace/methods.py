"""Every Web API method served: what it does, which token and scopes it takes, and how often Slack allows it.

Scopes and rate limit tiers are those on each method's page under docs.slack.dev/reference/methods.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.workspace import methods_agent as agent
from bot.workspace import methods_chat as chat
from bot.workspace import methods_conversations as conversations
from bot.workspace import methods_people as people
from bot.workspace import methods_reactions as reactions
from bot.workspace import methods_views as views
from bot.workspace.model import Json
from bot.workspace.parts import Parts

TIER_2, TIER_3, TIER_4 = 20, 50, 100


@dataclass(frozen=True)
class Method:
    """One method. Any of `scopes` will do; "KIND" in one stands for the kind of conversation asked about.
    `per_minute` is None where Slack gives no number."""

    call: Callable[[Parts, Json], Json]
    per_minute: int | None
    scopes: tuple[str, ...] = ()
    takes_app_token: bool = False


_READ, _HISTORY = ("KIND:read",), ("KIND:history",)
_WRITE = ("chat:write",)

METHODS: dict[str, Method] = {
    "apps.connections.open": Method(people.apps_connections_open, TIER_3, takes_app_token=True),
    "assistant.threads.setStatus": Method(agent.assistant_threads_set_status, None, (*_WRITE, "assistant:write")),
    "assistant.threads.setSuggestedPrompts": Method(
        agent.assistant_threads_set_suggested_prompts, TIER_4, ("assistant:write",)
    ),
    "auth.test": Method(people.auth_test, None),
    "bots.info": Method(people.bots_info, TIER_3, ("users:read",)),
    "chat.delete": Method(chat.chat_delete, TIER_3, _WRITE),
    "chat.getPermalink": Method(chat.chat_get_permalink, None),
    "chat.postEphemeral": Method(chat.chat_post_ephemeral, TIER_4, _WRITE),
    "chat.postMessage": Method(chat.chat_post_message, None, _WRITE),
    "chat.update": Method(chat.chat_update, TIER_3, _WRITE),
    "conversations.history": Method(conversations.conversations_history, TIER_3, _HISTORY),
    "conversations.info": Method(conversations.conversations_info, TIER_3, _READ),
    "conversations.invite": Method(
        conversations.conversations_invite, TIER_3, ("channels:manage", "KIND:write.invites", "groups:write")
    ),
    "conversations.join": Method(conversations.conversations_join, TIER_3, ("channels:join",)),
    "conversations.list": Method(conversations.conversations_list, TIER_2, _READ),
    "conversations.members": Method(conversations.conversations_members, TIER_4, _READ),
    "conversations.open": Method(conversations.conversations_open, TIER_3, ("KIND:write",)),
    "conversations.replies": Method(conversations.conversations_replies, TIER_3, _HISTORY),
    "conversations.setTopic": Method(
        conversations.conversations_set_topic, TIER_2, ("channels:manage", "KIND:write", "KIND:write.topic")
    ),
    "reactions.add": Method(reactions.reactions_add, TIER_3, ("reactions:write",)),
    "reactions.get": Method(reactions.reactions_get, TIER_3, ("reactions:read",)),
    "reactions.remove": Method(reactions.reactions_remove, TIER_2, ("reactions:write",)),
    "team.info": Method(people.team_info, TIER_3, ("team:read",)),
    "usergroups.list": Method(people.usergroups_list, TIER_2, ("usergroups:read",)),
    "usergroups.users.list": Method(people.usergroups_users_list, TIER_2, ("usergroups:read",)),
    "users.info": Method(people.users_info, TIER_4, ("users:read",)),
    "users.list": Method(people.users_list, TIER_2, ("users:read",)),
    "views.open": Method(views.views_open, TIER_4),
    "views.publish": Method(views.views_publish, TIER_4),
    "views.push": Method(views.views_push, TIER_4),
    "views.update": Method(views.views_update, TIER_4),
}
