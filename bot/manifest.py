"""The Slack app's manifest: the file at the root as it is, or made over for an app that Slack calls over HTTP."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import yaml

from bot.config import REPOSITORY, ConfigError

FILE = REPOSITORY / "manifest.yaml"
PATH = "/slack/events"

_OVER_HTTP = "# Over HTTP: Slack calls {url}\n"


def manifest(http: str = "") -> str:
    """The manifest as YAML. `http`: the bot's public address, with or without /slack/events; "" for Socket Mode.

    Raises ConfigError when the address is not one that Slack can call.
    """
    text = FILE.read_text(encoding="utf-8")
    if not http:
        return text
    url = request_url(http)
    over_http = yaml.safe_dump(
        with_request_url(yaml.safe_load(text), url), sort_keys=False, allow_unicode=True, width=110
    )
    return _OVER_HTTP.format(url=url) + over_http


def request_url(address: str) -> str:
    """Where Slack calls a bot at this public address. Raises ConfigError."""
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment or any(map(str.isspace, address)):
        raise ConfigError(f"'{address}' is not an address that Slack can call: write https://bot.example.org.")
    path = parts.path.rstrip("/")
    return f"https://{parts.netloc}{path}" if path.endswith(PATH) else f"https://{parts.netloc}{path}{PATH}"


def with_request_url(manifest: dict[str, Any], url: str) -> dict[str, Any]:
    """A manifest whose events, presses, shortcuts and commands go to `url`, with Socket Mode off."""
    features, settings = manifest["features"], manifest["settings"]
    commands = [{"command": c["command"], "url": url, **c} for c in features["slash_commands"]]
    return {
        **manifest,
        "features": {**features, "slash_commands": commands},
        "settings": {
            **settings,
            "event_subscriptions": {"request_url": url, **settings["event_subscriptions"]},
            "interactivity": {**settings["interactivity"], "request_url": url},
            "socket_mode_enabled": False,
        },
    }
