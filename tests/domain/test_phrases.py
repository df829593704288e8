"""Every phrase is said by some part of the bot, and no part says a phrase that does not exist."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.domain.phrases import KEYS, Phrases
from bot.domain.scope import ALARMS, Route
from bot.domain.tickets import State

ROOT = Path(__file__).resolve().parent.parent.parent
DECLARED = ROOT / "bot" / "domain" / "phrases.py"

# Keys put together while the bot runs: the text of the f-string as it stands in the code, and what it can become.
ROUTES = [route.lower() for route in Route if route not in (Route.GENERAL_INFO, Route.SMALLTALK)]
REASONS = [
    "no_match",
    "requested",
    "none_of_these",
    "overdue",
    "too_long",
    "files",
    "possible_alarm",
    "trouble",
    *ROUTES,
]
COMPOSED = {
    "reason_{ticket.reason}": [f"reason_{reason}" for reason in REASONS],
    "reason_{reason}": [f"reason_{reason}" for reason in REASONS],
    "card_{ticket.state}": [f"card_{state}" for state in State if state is not State.OPEN],
    "{route.lower()}_notice": [f"{route.lower()}_notice" for route in ALARMS],
}


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((ROOT / "bot").rglob("*.py")):
        if path != DECLARED:
            yield path, ast.parse(path.read_text())


def texts_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield ast.unparse(node)[2:-1]


def keys_said() -> Iterator[tuple[str, str]]:
    """(file, key) of each key written out where it is said: say("..."), _say(press, "..."), sentence("...")."""
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node.func) in ("say", "_say", "sentence"):
                for argument in node.args:
                    yield from ((path.name, key) for key in _literals(argument))


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _literals(argument: ast.expr) -> Iterator[str]:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value
    elif isinstance(argument, ast.IfExp):
        yield from _literals(argument.body)
        yield from _literals(argument.orelse)


WRITTEN = {text for _, tree in modules() for text in texts_in(tree)}
SAID = sorted(set(keys_said()))


@pytest.mark.parametrize("key", KEYS)
def test_every_phrase_is_said_somewhere(key: str) -> None:
    composed = {made for pattern, keys in COMPOSED.items() if pattern in WRITTEN for made in keys}
    assert key in WRITTEN | composed, f"nobody says {key}: remove it from KEYS and from phrases.yaml"


@pytest.mark.parametrize("pattern", COMPOSED)
def test_keys_put_together_at_run_time_are_still_put_together_so(pattern: str) -> None:
    assert pattern in WRITTEN
    assert set(COMPOSED[pattern]) <= KEYS.keys()


def test_no_other_keys_are_put_together_at_run_time() -> None:
    """A new f-string key must be added to COMPOSED, or the first test could not see what it says."""
    calls = [
        ast.unparse(argument)[2:-1]
        for _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _name(node.func) in ("say", "_say", "sentence")
        for argument in node.args
        if isinstance(argument, ast.JoinedStr)
    ]
    assert set(calls) <= COMPOSED.keys()


def test_the_search_finds_what_is_said() -> None:
    assert ("replies.py", "answer_footer") in SAID
    assert ("presses.py", "unhelpful_thanks") in SAID
    assert len(SAID) > 40


@pytest.mark.parametrize(("file", "key"), SAID)
def test_every_phrase_that_is_said_exists(file: str, key: str) -> None:
    assert key in KEYS


def test_every_reason_has_its_phrase() -> None:
    assert {key.removeprefix("reason_") for key in KEYS if key.startswith("reason_")} == set(REASONS)


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_a_routes_name_or_given_somewhere(reason: str) -> None:
    assert reason in WRITTEN or reason in ROUTES


@pytest.mark.parametrize("key", KEYS)
def test_every_shipped_phrase_can_be_said_with_everything_it_may_use(key: str) -> None:
    phrases = Phrases(yaml.safe_load((ROOT / "knowledge" / "phrases.yaml").read_text()))
    said = phrases.say(key, **{name: f"<<{name}>>" for name in KEYS[key]})
    assert said.strip()
    assert "{" not in said


def test_a_placeholder_that_a_phrase_does_not_take_is_a_mistake_in_the_code() -> None:
    phrases = Phrases({"closed": "Closed."})
    with pytest.raises(KeyError, match="moderator"):
        phrases.say("closed", moderator="someone")
    with pytest.raises(KeyError):
        phrases.say("no_such_phrase")
