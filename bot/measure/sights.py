"""What a message, a card, a window or a home shows to people, and whether that is what a transcript expects."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any, TypeAlias

from bot.knowledge_files import Loaded
from bot.measure.transcript import NOTICES, RECEIPTS, Sight
from bot.slack.message import BUTTON_TEXT_LIMIT

Json: TypeAlias = dict[str, Any]
SHOWN_CHARACTERS = 220
_CHOICES = ("static_select", "radio_buttons", "overflow", "checkboxes")


@dataclass(frozen=True)
class Pressable:
    """A button, or one choice of a menu. `action` is what the workspace is told when it is pressed."""

    label: str
    action: Json


def pressables(blocks: list[Json]) -> Iterator[Pressable]:
    """Everything in the blocks that can be pressed, in order."""
    for block in blocks:
        for element in (block.get("accessory"), block.get("element"), *block.get("elements", [])):
            if not isinstance(element, dict) or "action_id" not in element:
                continue
            action = {**element, "block_id": block.get("block_id")}
            if element.get("type") == "button":
                yield Pressable(element["text"]["text"], action)
            for option in element.get("options", []) if element.get("type") in _CHOICES else []:
                yield Pressable(option["text"]["text"], {**action, "selected_option": option, "value": option["value"]})


@dataclass(frozen=True)
class Shown:
    """What somebody sees: its words as they stand on the screen, the curated answer in it, and its buttons."""

    words: str
    answer: str
    labels: tuple[str, ...]

    @staticmethod
    def of(text: str, blocks: list[Json], names: Mapping[str, str]) -> Shown:
        """`names` says whom each user id belongs to."""
        words = "\n".join(_words(block) for block in blocks) if blocks else text
        answer = "\n\n".join(block["text"] for block in blocks if block.get("type") == "markdown")
        labels = tuple(found.label for found in pressables(blocks))
        return Shown(readable(words, names), answer.strip(), labels)


def view_shown(view: Json, names: Mapping[str, str], errors: Mapping[str, str]) -> Shown:
    """A window or a home; `errors` are the complaints under its fields."""
    shown = Shown.of("", view["blocks"], names)
    around = [(view.get(part) or {}).get("text", "") for part in ("title", "submit")]
    return Shown("\n".join([around[0], shown.words, *errors.values()]), shown.answer, (*shown.labels, around[1]))


def _words(block: Json) -> str:
    """All words of a block, except those on its buttons."""
    kind = block.get("type")
    if kind == "markdown":
        return str(block["text"])
    parts = [block.get("text"), block.get("label"), block.get("hint"), *block.get("fields", [])]
    element = block.get("element") or {}
    parts += [element.get("placeholder"), element.get("initial_value")]
    parts += block.get("elements", []) if kind in ("context", "rich_text") else []
    return "\n".join(filter(None, map(_text, parts)))


def _text(part: Any) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, dict):
        return ""
    if part.get("type", "").startswith("rich_text"):
        return "".join(map(_text, part.get("elements", [])))
    return _text(part.get("text")) or str(part.get("url") or "")


def readable(text: str, names: Mapping[str, str]) -> str:
    """Slack's markup as it stands on the screen: names, the words of links, no stars."""
    text = re.sub(r"<@([A-Z0-9]+)>", lambda found: "@" + names.get(found[1], found[1]), text)
    text = re.sub(r"<([^<>|]+)\|([^<>]*)>", r"\2", text)
    text = re.sub(r"<((?:https?|mailto):[^<>]+)>", r"\1", text)
    return html.unescape(text)


def plain(text: str) -> str:
    """For comparing: neither case, nor stars and underlines, nor the breaks of lines count."""
    return " ".join(re.sub(r"[*_`~]", "", text).replace("’", "'").casefold().split())


@dataclass(frozen=True)
class Critic:
    """Compares what is seen with what a transcript expects, in the operator's words."""

    loaded: Loaded

    def complaint(self, sight: Sight, shown: Shown) -> str:
        """The first thing that is not as expected, in plain words; "" when all is."""
        return next(self._complaints(sight, shown), "")

    def _complaints(self, sight: Sight, shown: Shown) -> Iterator[str]:
        words = plain(shown.words)
        if sight.answers is not None:
            yield from self._answer(sight.answers, shown)
        for entry in sight.suggests:
            if shown.answer or self._label(entry) not in shown.labels:
                yield f"{entry} is not suggested"
        for entry in sight.offers:
            question = self.loaded.knowledge.entries[entry].question
            if plain(question) not in words and self._label(entry) not in shown.labels:
                yield f"{entry} is not offered"
        yield from (f'the phrase "{key}" is not said' for key in self._keys(sight) if not self.says(key, words))
        if sight.receipt == "any" and not any(self.says(key, words) for key in RECEIPTS):
            yield "it does not say that a person will read it"
        yield from (f'"{said}" is not there' for said in sight.says if plain(said) not in words)
        yield from (f'"{said}" is there' for said in sight.omits if plain(said) in words)
        yield from self._buttons(sight, [label for label in shown.labels if label])
        yield from self._card(sight, words)

    @staticmethod
    def _buttons(sight: Sight, labels: list[str]) -> Iterator[str]:
        known = {plain(label) for label in labels}
        if sight.buttons == () and labels:
            yield f"it has buttons: {', '.join(labels)}"
        for label in sight.buttons or ():
            if plain(label) not in known:
                yield f'it has no button "{label}"; it has: {", ".join(labels) or "none"}'
        yield from (f'it has a button "{label}"' for label in sight.lacks if plain(label) in known)

    def _answer(self, entry_id: str, shown: Shown) -> Iterator[str]:
        approved = self.loaded.knowledge.entries[entry_id].answer.strip()
        if shown.answer == approved:
            return
        if not shown.answer:
            yield "it is not an answer"
        elif found := self._entry_of(shown):
            yield f"it is the answer of {found}"
        else:
            yield f"it is not the answer of {entry_id} word for word"

    def _keys(self, sight: Sight) -> list[str]:
        receipt = [sight.receipt] if sight.receipt not in (None, "any") else []
        notice = [NOTICES[sight.notice]] if sight.notice else []
        because = [f"reason_{sight.because}"] if sight.because else []
        return [*sight.phrase, *filter(None, receipt), *notice, *because]

    def _card(self, sight: Sight, words: str) -> Iterator[str]:
        if sight.alarm is not None:
            route = None if sight.alarm == "none" else sight.alarm
            if self.says("card_title_alarm", words, **({"route": route} if route else {})) is (route is None):
                yield "it is an alarm" if route is None else f"it is not an alarm of {route}"
        if sight.patient is not None and plain(f"@{sight.patient}") not in words:
            yield f"it does not name {sight.patient}"
        if sight.unclaimed and not self.says("card_unclaimed", words):
            yield "somebody has it"
        for state in ("claimed", "answered", "resolved"):
            moderator = getattr(sight, state)
            if moderator is not None and not self.says(f"card_{state}", words, moderator=f"@{moderator}"):
                yield f"it is not {state} by {moderator}"

    def says(self, key: str, words: str, **values: str) -> bool:
        """Whether the operator's phrase stands in `words`; a placeholder without a value may be anything."""
        pattern = ""
        holes: list[str] = []
        for literal, name, _, _ in Formatter().parse(self.loaded.phrases.texts[key]):
            pattern += literal
            if name is not None:
                pattern += f"\0{len(holes)}\0"
                holes.append(re.escape(plain(values[name])) if name in values else ".*?")
        pattern = re.escape(plain(readable(pattern, {})))
        for number, hole in enumerate(holes):
            pattern = pattern.replace(re.escape(f"\0{number}\0"), hole)
        return re.search(pattern, words) is not None

    def _label(self, entry_id: str) -> str:
        question = self.loaded.knowledge.entries[entry_id].question
        return question if len(question) <= BUTTON_TEXT_LIMIT else question[: BUTTON_TEXT_LIMIT - 1] + "…"

    def _entry_of(self, shown: Shown) -> str:
        return next((e.id for e in self.loaded.knowledge.entries.values() if e.answer.strip() == shown.answer), "")

    def describe(self, shown: Shown) -> str:
        """One or two lines that let a curator recognise it."""
        if found := self._entry_of(shown):
            return f"(the answer of {found})"
        words = " ".join(shown.words.split())
        cut = words if len(words) <= SHOWN_CHARACTERS else words[: SHOWN_CHARACTERS - 1] + "…"
        labels = " ".join(f"[{label}]" for label in shown.labels if label)
        return f'"{cut}"' + (f" {labels}" if labels else "")
