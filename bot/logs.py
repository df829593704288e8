"""Sets up the log: ids and counts, never a patient's words."""

from __future__ import annotations

import logging
import sys

import structlog

from bot.config import Settings


class _WithoutWords(logging.Formatter):
    """A library's log line as where it came from and the error's type: its text and traceback may hold anything."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[0] if record.exc_info else None
        line = f"{record.levelname} {record.name} {record.module}:{record.lineno}"
        return f"{line} {error.__name__}" if error else line


def set_up_logging(settings: Settings) -> None:
    """Log to standard error at the operator's level and in the operator's format.

    The Slack libraries stay at warning: at debug they print whole messages.
    """
    level = getattr(logging, settings.support_bot_log_level.upper())
    json = settings.support_bot_log_format == "json"
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    to_stderr = logging.StreamHandler(sys.stderr)
    to_stderr.setFormatter(_WithoutWords())
    logging.basicConfig(level=logging.WARNING, handlers=[to_stderr])
    for library in ("slack_bolt", "slack_sdk", "uvicorn", "sqlalchemy"):
        logging.getLogger(library).setLevel(logging.WARNING)
    # Bolt warns that it found SLACK_BOT_TOKEN in the environment and does not use it: we read it ourselves.
    logging.getLogger("slack_bolt.App").setLevel(logging.ERROR)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a burst that waits a moment is no news
