"""Settings, read once from the environment (and a .env file); each error names its variable and the way to mend it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parent.parent


class ConfigError(Exception):
    """The operator must act before the bot can start. The message says what, where and how."""


class Settings(BaseSettings):
    """Everything an operator sets from outside. `.env.example` explains each; a test keeps the two equal."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    slack_bot_token: str = Field(default="", repr=False)
    slack_app_token: str = Field(default="", repr=False)
    slack_signing_secret: str = Field(default="", repr=False)
    slack_api_url: str = "https://slack.com/api/"
    support_bot_data_dir: Path = Path("data")
    support_bot_knowledge_dir: Path = REPOSITORY / "knowledge"
    support_bot_encoder: Literal["auto", "off"] = "auto"
    support_bot_encoder_dir: Path | None = None
    support_bot_cache_dir: Path = Path("~/.cache/patient-support-bot")
    support_bot_log_level: Literal["debug", "info", "warning", "error"] = "info"
    support_bot_log_format: Literal["console", "json"] = "console"
    support_bot_slack_timeout_seconds: float = Field(default=4.0, gt=0, le=30)
    support_bot_transport: Literal["socket", "http"] = "socket"
    support_bot_http_host: str = "127.0.0.1"
    support_bot_http_port: int = Field(default=3030, ge=0, le=65535)

    @field_validator("slack_api_url")
    @classmethod
    def _is_a_base_address(cls, url: str) -> str:
        if not url.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// (or http:// for a workspace on this machine)")
        return url if url.endswith("/") else url + "/"

    @field_validator(
        "support_bot_encoder", "support_bot_log_level", "support_bot_log_format", "support_bot_transport", mode="before"
    )
    @classmethod
    def _any_case(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    def require_tokens(self) -> None:
        """Raise ConfigError unless what the transport needs looks like what Slack gives out: the bot's token, and the
        app's token for Socket Mode or the signing secret for HTTP."""
        problems = [
            *_token_problem(
                "SLACK_BOT_TOKEN",
                self.slack_bot_token,
                "xoxb-",
                "api.slack.com/apps > your app > OAuth & Permissions > Bot User OAuth Token",
            ),
            *(self._secret_problem() if self.support_bot_transport == "http" else self._app_token_problem()),
        ]
        if problems:
            raise ConfigError("\n".join(problems))

    def _app_token_problem(self) -> list[str]:
        return _token_problem(
            "SLACK_APP_TOKEN",
            self.slack_app_token,
            "xapp-",
            "api.slack.com/apps > your app > Basic Information > App-Level Tokens (scope connections:write)",
        )

    def _secret_problem(self) -> list[str]:
        secret, where = self.slack_signing_secret, "api.slack.com/apps > your app > Basic Information > Signing Secret"
        if not secret:
            return [f"SLACK_SIGNING_SECRET is not set. Get it at {where} and put it in .env or the environment."]
        if len(secret) < 8 or any(c.isspace() for c in secret) or secret.startswith(("xoxb-", "xapp-")):
            return [f"SLACK_SIGNING_SECRET does not look right: it is letters and digits, no token. Get it at {where}."]
        return []


def _token_problem(variable: str, value: str, prefix: str, where: str) -> list[str]:
    if not value:
        return [f"{variable} is not set. Get it at {where} and put it in .env or the environment."]
    if not value.startswith(prefix) or len(value) < len(prefix) + 4 or any(c.isspace() for c in value):
        return [f"{variable} does not look right: it must begin with {prefix}. Get it at {where}."]
    return []


def read_settings(**overrides: object) -> Settings:
    """Settings from the environment and .env, with `overrides` on top. Raises ConfigError naming each bad variable."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type] # values are validated by pydantic, not by mypy
    except ValidationError as error:
        lines = [_explain(str(e["loc"][0]), e["msg"], e.get("input")) for e in error.errors()]
        raise ConfigError("\n".join(lines)) from None


def _explain(field: str, message: str, value: object) -> str:
    return f"{field.upper()}={value!r}: {message.removeprefix('Value error, ')}. See .env.example."
