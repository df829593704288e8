"""Settings: what an operator can set, where each is explained, and what is said when one is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.config import REPOSITORY, ConfigError, Settings, read_settings

EXAMPLE = (REPOSITORY / ".env.example").read_text()
LEFT_EMPTY = {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"}
GOOD_TOKENS = {"slack_bot_token": "xoxb-1234-abcd", "slack_app_token": "xapp-1-abcd"}


def explained() -> Mapping[str, tuple[str, str]]:
    """Each variable of .env.example with its value and the comment above it."""
    found: dict[str, tuple[str, str]] = {}
    comment: list[str] = []
    for line in EXAMPLE.splitlines():
        if line.startswith("#"):
            comment.append(line.removeprefix("#").strip())
        elif "=" in line:
            name, _, value = line.partition("=")
            found[name] = (value, " ".join(comment))
        else:
            comment = []
    return found


@pytest.fixture(autouse=True)
def _an_empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither this machine's variables nor a .env beside the code reach these tests."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_example_lists_exactly_the_settings_there_are() -> None:
    assert list(explained()) == [name.upper() for name in Settings.model_fields]


@pytest.mark.parametrize("variable", explained())
def test_the_example_explains_each_setting(variable: str) -> None:
    assert len(explained()[variable][1].split()) >= 5


@pytest.mark.parametrize("variable", explained())
def test_the_example_shows_each_default(variable: str) -> None:
    value, default = explained()[variable][0], Settings.model_fields[variable.lower()].default
    if variable in LEFT_EMPTY:
        assert value == default == ""
    elif default is None:
        assert value == ""
    elif isinstance(default, Path):
        assert (REPOSITORY / value) == (REPOSITORY / default)
    else:
        assert value == str(default)


def test_the_example_read_as_it_is_gives_the_defaults(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(EXAMPLE)
    knowledge = {"support_bot_knowledge_dir": Settings.model_fields["support_bot_knowledge_dir"].default}
    assert read_settings(**knowledge) == Settings.model_construct(
        **{name: field.default for name, field in Settings.model_fields.items()}
    )


def test_a_variable_of_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("SUPPORT_BOT_DATA_DIR=from-file\nSUPPORT_BOT_LOG_LEVEL=debug\n")
    monkeypatch.setenv("SUPPORT_BOT_DATA_DIR", "from-environment")
    settings = read_settings()
    assert settings.support_bot_data_dir == Path("from-environment")
    assert settings.support_bot_log_level == "debug"


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPPORT_BOT_SLACK_TIMEOUT_SECONDS", "")
    assert read_settings().support_bot_slack_timeout_seconds == 4.0


@pytest.mark.parametrize(
    ("token", "variable", "where"),
    [
        ("slack_bot_token", "SLACK_BOT_TOKEN", "OAuth & Permissions"),
        ("slack_app_token", "SLACK_APP_TOKEN", "App-Level Tokens"),
    ],
)
@pytest.mark.parametrize("value", ["", "xoxp-1234-abcd", "xo", "abcd", "xoxb-", "xapp-", "xoxb-12 34", "xapp-1\n234"])
def test_a_missing_or_malformed_token_is_named_with_the_place_to_get_it(
    token: str, variable: str, where: str, value: str
) -> None:
    with pytest.raises(ConfigError) as raised:
        read_settings(**{**GOOD_TOKENS, token: value}).require_tokens()
    [line] = str(raised.value).splitlines()
    assert variable in line
    assert "api.slack.com/apps" in line
    assert where in line


def test_an_error_never_shows_a_token() -> None:
    with pytest.raises(ConfigError) as raised:
        read_settings(slack_bot_token="xoxp-secret-1234", slack_app_token="secret 5678").require_tokens()
    assert "secret" not in str(raised.value)
    assert "secret" not in repr(read_settings(slack_bot_token="xoxb-secret-1234", slack_app_token="xapp-secret"))


def test_both_tokens_missing_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as raised:
        read_settings().require_tokens()
    assert re.findall(r"^SLACK_\w+_TOKEN", str(raised.value), re.MULTILINE) == ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]


def test_good_tokens_are_taken() -> None:
    read_settings(**GOOD_TOKENS).require_tokens()


HTTP = {"slack_bot_token": "xoxb-1234-abcd", "support_bot_transport": "http"}


def test_http_needs_a_signing_secret_and_no_app_token() -> None:
    read_settings(**HTTP, slack_signing_secret="0123456789abcdef").require_tokens()


@pytest.mark.parametrize("value", ["", "0123", "0123456789 abcdef", "xapp-1-abcdefgh", "xoxb-1234-abcd"])
def test_a_missing_or_malformed_signing_secret_is_named_with_the_place_to_get_it(value: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read_settings(**HTTP, slack_signing_secret=value).require_tokens()
    [line] = str(raised.value).splitlines()
    assert line.startswith("SLACK_SIGNING_SECRET ")
    assert "api.slack.com/apps" in line
    assert "Signing Secret" in line
    assert not value or value not in line


def test_a_signing_secret_is_never_shown() -> None:
    assert "0123456789" not in repr(read_settings(slack_signing_secret="0123456789abcdef"))


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SLACK_API_URL", "slack.com/api"),
        ("SUPPORT_BOT_LOG_LEVEL", "loud"),
        ("SUPPORT_BOT_LOG_FORMAT", "xml"),
        ("SUPPORT_BOT_SLACK_TIMEOUT_SECONDS", "0"),
        ("SUPPORT_BOT_SLACK_TIMEOUT_SECONDS", "31"),
        ("SUPPORT_BOT_SLACK_TIMEOUT_SECONDS", "soon"),
        ("SUPPORT_BOT_TRANSPORT", "pigeon"),
        ("SUPPORT_BOT_HTTP_PORT", "65536"),
        ("SUPPORT_BOT_HTTP_PORT", "https"),
    ],
)
def test_a_bad_value_is_told_with_its_variable(variable: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigError) as raised:
        read_settings()
    assert str(raised.value).startswith(f"{variable}='{value}': ")
    assert ".env.example" in str(raised.value)


def test_all_bad_values_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_API_URL", "nowhere")
    monkeypatch.setenv("SUPPORT_BOT_LOG_LEVEL", "loud")
    with pytest.raises(ConfigError) as raised:
        read_settings()
    assert [line.partition("=")[0] for line in str(raised.value).splitlines()] == [
        "SLACK_API_URL",
        "SUPPORT_BOT_LOG_LEVEL",
    ]


def test_slacks_address_may_be_written_without_its_last_slash() -> None:
    assert read_settings(slack_api_url="http://127.0.0.1:3000/api").slack_api_url == "http://127.0.0.1:3000/api/"


def test_the_log_settings_may_be_written_in_capitals() -> None:
    assert read_settings(support_bot_log_level="INFO").support_bot_log_level == "info"


def test_settings_do_not_change_once_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read_settings().slack_api_url = "http://elsewhere/"  # type: ignore[misc] # what the test is about
