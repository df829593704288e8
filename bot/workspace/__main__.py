"""Starts a workspace with a tiny seed, so that any Slack app can be tried against it."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from bot.workspace import PortInUse, Seed, SeedApp, SeedChannel, SeedCommand, SeedShortcut, SeedUser, Workspace

BOT = "app"


def tiny_seed() -> Seed:
    """Two people, two channels, one app."""
    return Seed(
        name="Local workspace",
        domain="local",
        users=(SeedUser("person-a", "Person A"), SeedUser("person-b", "Person B", is_admin=True)),
        channels=(
            SeedChannel("general", members=("person-a", "person-b", BOT)),
            SeedChannel("private", is_private=True, members=("person-b", BOT)),
        ),
        app=SeedApp(
            "App",
            BOT,
            bot_token="xoxb-local-workspace",
            app_token="xapp-local-workspace",
            commands=(SeedCommand("/try", "Try a slash command", "[words]"),),
            shortcuts=(SeedShortcut("Try a shortcut", "message", "try", "Try a shortcut on a message"),),
            signing_secret="local-workspace-secret",
        ),
    )


def main() -> int:
    """Serve until interrupted or terminated; 2 when the port is taken."""
    parser = argparse.ArgumentParser(prog="python -m bot.workspace", description=__doc__)
    parser.add_argument("--port", type=int, default=3000, help="port on 127.0.0.1; 0 takes a free one")
    workspace = Workspace(tiny_seed(), port=parser.parse_args().port)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    try:
        workspace.start()
    except PortInUse as error:
        sys.stderr.write(f"{error}\n")
        return 2
    app = workspace.seed.app
    sys.stdout.write(
        f"Page:                 {workspace.url}\n"
        f"SLACK_API_URL:        {workspace.api_url}\n"
        f"SLACK_BOT_TOKEN:      {app.bot_token}\n"
        f"SLACK_APP_TOKEN:      {app.app_token}\n"
        f"SLACK_SIGNING_SECRET: {app.signing_secret}\n"
    )
    sys.stdout.flush()
    ended.wait()
    workspace.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
