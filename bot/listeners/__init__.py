"""Slack to us: every listener translates, calls one method and says what came of it. `register` puts them on an App.

The order matters: each listener tried before the one that fits costs time, so messages come first.
"""

import structlog
from slack_bolt import App, BoltResponse

from bot.listeners import actions, commands, home, messages, shortcuts, views
from bot.workflows.reception import Reception

log = structlog.get_logger()


def register(app: App, reception: Reception) -> None:
    app.error(not_taken)
    messages.register(app, reception)
    commands.register(app, reception)
    shortcuts.register(app, reception)
    home.register(app, reception)
    actions.register(app, reception)
    views.register(app, reception)
    messages.register_the_rest(app)


def not_taken(error: Exception) -> BoltResponse:
    """What failed before it was durable is not acknowledged, so that Slack brings it again.

    Bolt's own report is replaced: an error's text may hold a patient's words, so only its type is logged.
    """
    log.error("not taken", error=type(error).__name__)
    return BoltResponse(status=500)


__all__ = ["register"]
