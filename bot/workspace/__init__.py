"""A pretend Slack on 127.0.0.1 for one laptop and for tests; it knows nothing of any particular bot."""

from bot.workspace.seed import Seed, SeedApp, SeedChannel, SeedCommand, SeedShortcut, SeedUser, SeedUserGroup
from bot.workspace.server import PortInUse, Workspace

__all__ = [
    "PortInUse",
    "Seed",
    "SeedApp",
    "SeedChannel",
    "SeedCommand",
    "SeedShortcut",
    "SeedUser",
    "SeedUserGroup",
    "Workspace",
]
