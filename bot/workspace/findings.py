"""The problems found in one payload, worded and pointed at their place as Slack does."""

from __future__ import annotations

from collections.abc import Collection

from bot.workspace.model import Json

ANY_TEXT = ("plain_text", "mrkdwn")


class Findings:
    """Collects problems; every check adds what it finds wrong and goes on."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def add(self, what: str, at: str) -> None:
        self.messages.append(f"[ERROR] {what} [json-pointer:{at}]")

    def length(self, holder: Json, name: str, most: int, at: str) -> None:
        """An optional string of at most `most` characters."""
        value = holder.get(name)
        if value is None:
            return
        if not isinstance(value, str):
            self.add("must be a string", f"{at}/{name}")
        elif len(value) > most:
            self.add(f"must be less than {most + 1} characters", f"{at}/{name}")

    def items(self, holder: Json, name: str, most: int, at: str) -> bool:
        """A required list of 1 to `most` items; says whether there is a list to look into."""
        value = holder.get(name)
        if not isinstance(value, list):
            self.add(f"missing required field: {name}", at)
            return False
        if not value:
            self.add("no fewer than 1 items required", f"{at}/{name}")
        if len(value) > most:
            self.add(f"no more than {most} items allowed", f"{at}/{name}")
        return True

    def only(self, holder: Json, allowed: Collection[str], at: str) -> None:
        """No fields but these."""
        for name in holder:
            if name not in allowed:
                self.add(f"invalid additional property: {name}", at)

    def text(
        self,
        holder: Json,
        name: str,
        most: int,
        at: str,
        *,
        types: tuple[str, ...] = ANY_TEXT,
        required: bool = False,
    ) -> None:
        """A field that is a text object of 1 to `most` characters."""
        if holder.get(name) is None:
            if required:
                self.add(f"missing required field: {name}", at)
            return
        self.text_object(holder[name], most, f"{at}/{name}", types=types)

    def text_object(self, value: object, most: int, at: str, *, types: tuple[str, ...] = ANY_TEXT) -> None:
        if not isinstance(value, dict):
            self.add("must provide an object", at)
            return
        kind, text = value.get("type"), value.get("text")
        if kind not in types:
            self.add(f"unsupported type: {kind} (allowed: {', '.join(types)})", f"{at}/type")
        self.only(value, {"type", "text", "emoji" if kind == "plain_text" else "verbatim"}, at)
        if not isinstance(text, str):
            self.add("missing required field: text", at)
        elif not text:
            self.add("must be more than 0 characters", f"{at}/text")
        elif len(text) > most:
            self.add(f"must be less than {most + 1} characters", f"{at}/text")
