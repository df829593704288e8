"""Who and where in the workspace: ids and names, roles, and what holds while Slack fails."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.domain.knowledge import ChannelMode, ChannelSetting, EmergencyNumbers, ServiceConfig
from bot.slack.directory import CannotReachModerators, Directory
from bot.workspace import SeedChannel, Workspace
from tests.town import BOT_TOKEN, Town, seed

Fault = Callable[..., None]


def service(moderators_channel: str = "moderators", *channels: ChannelSetting, **more: object) -> ServiceConfig:
    return ServiceConfig.model_validate(
        {
            "service_name": "Service",
            "emergency_numbers": {"GB": EmergencyNumbers(emergency="999")},
            "channels": channels or (ChannelSetting(channel="support", mode=ChannelMode.THREAD),),
            "moderators_channel": moderators_channel,
            **more,
        }
    )


def read(client: WebClient, config: ServiceConfig) -> Directory:
    directory = Directory(client, config)
    directory.identify()
    assert directory.refresh()
    return directory


def down(fault: Fault) -> None:
    fault("*", "error_before", times=-1)


# --- channels


@pytest.mark.parametrize("written", ["name", "#name", "id", "#id"])
def test_a_channel_may_be_given_by_id_or_by_name(slack: Town, client: WebClient, written: str) -> None:
    def named(name: str) -> str:
        return written.replace("name", name).replace("id", slack.channels[name])

    config = service(named("moderators"), ChannelSetting(channel=named("support"), mode=ChannelMode.PRIVATE))
    directory = read(client, config)
    assert directory.mode(slack.channels["support"]) is ChannelMode.PRIVATE
    assert directory.moderators_channel == slack.channels["moderators"]


def test_a_channel_that_is_not_listed_is_off(slack: Town, client: WebClient) -> None:
    directory = read(client, service())
    assert directory.mode(slack.channels["general"]) is ChannelMode.OFF
    assert directory.mode("C-unheard-of") is ChannelMode.OFF


def test_a_listed_channel_that_does_not_exist_does_no_harm(slack: Town, client: WebClient) -> None:
    typo = ChannelSetting(channel="suport", mode=ChannelMode.THREAD)
    directory = read(client, service("moderators", typo))
    assert directory.mode(slack.channels["support"]) is ChannelMode.OFF


def test_channels_and_members_beyond_the_first_page_are_read() -> None:
    town = seed()
    many = tuple(SeedChannel(f"channel-{n:03}", members=("support-bot",)) for n in range(205))
    crowd = tuple(replace(town.users[0], name=f"person-{n:03}", real_name=f"person-{n:03}") for n in range(205))
    desk = SeedChannel("desk", is_private=True, members=("support-bot", *(p.name for p in crowd)))
    large = replace(town, users=(*town.users, *crowd), channels=(*town.channels, *many, desk))
    with Workspace(large, port=0) as workspace:
        client = WebClient(BOT_TOKEN, base_url=workspace.api_url, retry_handlers=[])
        directory = read(client, service("desk"))
        last = next(u["id"] for u in Town(workspace).get("state")["users"] if u["name"] == "person-204")
    assert directory.moderators_channel
    assert directory.is_moderator(last)


# --- roles


def test_the_members_of_the_moderators_channel_are_the_moderators_but_not_the_bot(
    slack: Town, client: WebClient
) -> None:
    directory = read(client, service())
    moderators = {name for name, user in slack.users.items() if directory.is_moderator(user)}
    assert moderators == {"moderator", "moderator-2"}


def test_the_operator_can_name_moderators_who_are_not_in_the_channel(slack: Town, client: WebClient) -> None:
    directory = read(client, service(moderators=(slack.users["patient-b"],)))
    assert directory.is_moderator(slack.users["patient-b"])
    assert directory.is_moderator(slack.users["moderator"])


def test_someone_who_has_just_joined_is_a_moderator_when_asked_now() -> None:
    plan = seed()
    desk = SeedChannel("desk", members=("moderator", "support-bot"))
    town = Town.open(replace(plan, channels=(*plan.channels, desk)))
    with ExitStack() as closing:
        closing.callback(town.workspace.stop)
        directory = read(WebClient(BOT_TOKEN, base_url=town.workspace.api_url, retry_handlers=[]), service("desk"))
        town.say("patient-b", "I have joined", "desk")
        assert not directory.is_moderator(town.users["patient-b"])
        assert directory.is_moderator_now(town.users["patient-b"])


def test_a_known_moderator_costs_no_call(slack: Town, client: WebClient) -> None:
    directory = read(client, service())
    calls = len(slack.get("log")["log"])
    assert directory.is_moderator_now(slack.users["moderator"])
    assert len(slack.get("log")["log"]) == calls


# --- while Slack fails


def test_before_the_first_reading_nobody_is_a_moderator_and_every_channel_is_off(
    slack: Town, client: WebClient, fault: Fault
) -> None:
    down(fault)
    config = service(moderators=(slack.users["moderator"],))
    directory = Directory(client, config)
    assert not directory.refresh()
    assert not any(directory.is_moderator_now(user) for user in slack.users.values())
    assert directory.mode(slack.channels["support"]) is ChannelMode.OFF
    assert directory.moderators_channel == ""


def test_the_last_good_reading_stands(slack: Town, client: WebClient, fault: Fault) -> None:
    directory = read(client, service())
    down(fault)
    assert not directory.refresh()
    assert directory.is_moderator(slack.users["moderator"])
    assert directory.mode(slack.channels["support"]) is ChannelMode.THREAD
    assert directory.moderators_channel == slack.channels["moderators"]


def test_a_failure_gives_no_role_away(slack: Town, client: WebClient, fault: Fault) -> None:
    directory = read(client, service())
    down(fault)
    assert not directory.is_moderator_now(slack.users["patient-a"])


@pytest.mark.parametrize("kind", ["error_before", "ratelimited", "hang"])
def test_a_reading_that_breaks_off_halfway_changes_nothing(
    slack: Town, client: WebClient, fault: Fault, kind: str
) -> None:
    directory = read(client, service())
    fault("conversations.members", kind)
    assert not directory.refresh()
    assert directory.is_moderator(slack.users["moderator"])


# --- the moderators' channel


@pytest.mark.parametrize("channel", ["moderatrs", "C00000000"])
def test_a_moderators_channel_out_of_reach_says_how_to_invite_the_bot(client: WebClient, channel: str) -> None:
    directory = Directory(client, service(channel))
    directory.identify()
    with pytest.raises(CannotReachModerators, match="/invite @support-bot") as raised:
        directory.require_moderators_channel()
    assert channel in str(raised.value)


def test_a_moderators_channel_the_bot_is_not_a_member_of_is_out_of_reach() -> None:
    town = seed()
    channels = tuple(replace(c, members=("moderator",)) if c.name == "general" else c for c in town.channels)
    with Workspace(replace(town, channels=channels), port=0) as workspace:
        client = WebClient(BOT_TOKEN, base_url=workspace.api_url, retry_handlers=[])
        directory = Directory(client, service("general"))
        directory.identify()
        with pytest.raises(CannotReachModerators):
            directory.require_moderators_channel()


def test_the_moderators_channel_within_reach_raises_nothing(slack: Town, client: WebClient) -> None:
    directory = Directory(client, service())
    directory.identify()
    directory.require_moderators_channel()
    assert (directory.bot_user, directory.bot_name) == (slack.users["support-bot"], "support-bot")


def test_slack_out_of_order_is_not_taken_for_a_missing_invitation(client: WebClient, fault: Fault) -> None:
    directory = Directory(client, service())
    down(fault)
    with pytest.raises(SlackApiError):
        directory.require_moderators_channel()
