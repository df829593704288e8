"""Does what a transcript says people do, as they would do it: by the words on the screen."""

from __future__ import annotations

from typing import Any, TypeAlias

from bot.measure.audience import Audience
from bot.measure.sights import Pressable, plain, pressables
from bot.measure.stage import Stage
from bot.measure.transcript import Step, is_thread, seconds_of

Json: TypeAlias = dict[str, Any]
_FILE = {"id": "F0PICTURE", "name": "picture.jpg", "mimetype": "image/jpeg", "filetype": "jpg", "mode": "hosted"}


class CannotDo(Exception):
    """Nobody could do this in Slack either: there is no such button, window, message or thread."""


class Actor:
    """Plays all the people of one transcript."""

    def __init__(self, stage: Stage, audience: Audience) -> None:
        self._stage = stage
        self._audience = audience
        self._said: dict[str, list[Json]] = {}
        self._last: Json = {}
        self._typed: dict[str, dict[str, str]] = {}

    def act(self, step: Step) -> None:
        """Do it. Raises CannotDo, or Refused where the workspace does not let it happen."""
        if step.who:
            self._audience.last_actor = step.who
        match step.form:
            case "says" | "file" | "bot else":
                self._say(step)
            case "runs":
                self._run(step)
            case "presses" | "old" | "forges":
                self._press(step)
            case "types":
                self._typed[step.who] = step.typed or {"": step.text}
            case "submits" | "closes":
                self._window(step)
            case "edits" | "deletes":
                self._change(step)
            case "opens":
                self._stage.post("open-home" if step.text == "home" else "open-dm", user=self._id(step))
            case "uses":
                self._use(step)
            case "joins":
                where = self._channel(step.text.lstrip("#"))
                self._stage.post("join", channel=where, user=self._id(step))
            case "Slack":
                self._slack(step.text)
            case "time":
                self._stage.let_time_pass(seconds_of(step.text) or 0)
            case _:
                raise CannotDo(f"nobody knows how to do this: {step.form}")

    def _id(self, step: Step) -> str:
        return self._audience.ids[step.who]

    def _channel(self, name: str) -> str:
        if name not in self._stage.channels:
            raise CannotDo(f"there is no channel {name}")
        return self._stage.channels[name]

    # --- saying

    def _say(self, step: Step) -> None:
        text = self._with_mentions(step.text)
        user = self._id(step) if step.who else next(iter(self._audience.names))
        more: Json = {"files": [_FILE], "subtype": "file_share"} if step.form == "file" else {}
        more |= {} if step.who else {"bot_id": "B0ANOTHER"}
        if is_thread(step.place):
            thread = self._audience.thread(step.place)
            if thread is None:
                raise CannotDo("nobody has begun a thread yet: say something in a channel first")
            channel, more["thread_ts"] = thread
        else:
            channel = self._dm(user) if step.place == "DM" else self._channel(step.place)
        said = self._stage.post("message", channel=channel, user=user, text=text, **more)["message"]
        self._last = {**said, "channel": channel}
        self._said.setdefault(step.who, []).append(self._last)
        if not is_thread(step.place):
            self._audience.threads.append((channel, said["ts"]))

    def _dm(self, user: str) -> str:
        return str(self._stage.post("open-dm", user=user)["channel"]["id"])

    def _with_mentions(self, text: str) -> str:
        """@bot and @PERSON become mentions."""
        for user, name in sorted(self._audience.names.items(), key=lambda pair: -len(pair[1])):
            text = text.replace(f"@{name}", f"<@{user}>")
        return text

    def _run(self, step: Step) -> None:
        command, _, text = step.text.partition(" ")
        channel = self._channel(step.place or self._stage.main)
        self._stage.post("command", channel=channel, user=self._id(step), command=command, text=text.strip())

    def _change(self, step: Step) -> None:
        said = self._said.get(step.who)
        if not said:
            raise CannotDo(f"{step.who} has not said anything yet")
        message = said[0] if step.text == "first message" and step.form == "deletes" else said[-1]
        target = {"channel": message["channel"], "ts": message["ts"], "user": self._id(step)}
        if step.form == "edits":
            self._stage.post("edit-message", **target, text=self._with_mentions(step.text))
        else:
            self._stage.post("delete-message", **target)

    def _slack(self, what: str) -> None:
        if not self._last:
            raise CannotDo("nobody has said anything yet")
        if what == "shows a preview":
            self._stage.post("unfurl", channel=self._last["channel"], ts=self._last["ts"], url="https://example.org")
            return
        known = {
            k: v for k, v in self._last.items() if k in ("user", "text", "ts", "client_msg_id", "channel", "thread_ts")
        }
        self._stage.post("event", event={"type": "message", "channel_type": "channel", **known})

    # --- pressing

    def _press(self, step: Step) -> None:
        if step.form == "presses" and self._press_in_view(step):
            return
        pressable, message = self._button(step)
        self._audience.focus = (message["channel"], message["ts"])
        self._stage.post(
            "interact",
            channel=message["channel"],
            messageTs=message["ts"],
            user=self._id(step),
            action=pressable.action,
        )

    def _press_in_view(self, step: Step) -> bool:
        """Press in the person's window, or in their home when no message has such a button; False when neither has."""
        window = self._audience.window(step.who)
        if window is not None and (found := _labelled(step.text, window["blocks"])):
            values = self._values(step.who, window)
            self._stage.post("interact", user=self._id(step), viewId=window["id"], action=found.action, values=values)
            return True
        home = self._audience.home(step.who)
        if home is not None and (found := _labelled(step.text, home["blocks"])):
            values = self._values(step.who, home)
            self._stage.post("home-interact", user=self._id(step), action=found.action, values=values)
            return True
        return False

    def _button(self, step: Step) -> tuple[Pressable, Json]:
        """The button that the step names, and the message on which it is pressed."""
        messages = self._audience.before(step.who)
        if step.form == "presses":
            for message in messages:
                if found := _labelled(step.text, message.get("blocks") or []):
                    return found, message
            labels = [p.label for m in messages for p in pressables(m.get("blocks") or [])]
            raise CannotDo(f'{step.who} sees no button "{step.text}"; there are: {", ".join(labels) or "none"}')
        known = [pair for pair in reversed(self._audience.remembered) if plain(pair[0].label) == plain(step.text)]
        if not known:
            raise CannotDo(f'there has been no button "{step.text}" so far')
        pressable, message = known[0]
        if step.form == "old":
            return pressable, message
        on = next((m for m in messages if m.get("user") == self._stage.bot_user), None)
        if on is None:
            raise CannotDo(f"{step.who} sees no message of the bot on which to press it")
        return pressable, on

    # --- windows and shortcuts

    def _window(self, step: Step) -> None:
        view = self._audience.window(step.who)
        if view is None and step.form == "submits":
            self._enter_in_home(step)
            return
        if view is None:
            raise CannotDo(f"{step.who} has no window open")
        if step.form == "closes":
            self._stage.post("close-view", user=self._id(step))
            return
        label = (view.get("submit") or {}).get("text", "")
        if step.text and plain(step.text) != plain(label):
            raise CannotDo(f'the window of {step.who} has no "{step.text}"; it has "{label}"')
        answer = self._stage.post("submit-view", user=self._id(step), values=self._values(step.who, view))
        self._audience.errors[step.who] = answer.get("errors") or {}
        self._typed.pop(step.who, None)

    def _enter_in_home(self, step: Step) -> None:
        """Press Enter in the field of the person's home, which has no button of its own."""
        home = self._audience.home(step.who) or {"blocks": []}
        field = next((block for block in home["blocks"] if block.get("dispatch_action")), None)
        if field is None:
            raise CannotDo(f"{step.who} has no window open, and no field in a home")
        values = self._values(step.who, {"blocks": [field]})
        typed = values.get(field["block_id"], {}).get(field["element"]["action_id"], "")
        action = {**field["element"], "block_id": field["block_id"], "value": typed}
        self._stage.post("home-interact", user=self._id(step), action=action, values=values)
        self._typed.pop(step.who, None)

    def _values(self, who: str, view: Json) -> Json:
        """What the person has typed, by the fields it belongs to: by label, or into the one there is."""
        values: Json = {}
        typed = dict(self._typed.get(who, {}))
        for block in view["blocks"]:
            element = block.get("element") or {}
            label = (block.get("label") or {}).get("text", "")
            key = next((k for k in typed if k == "" or plain(k) == plain(label)), None)
            if element and key is not None:
                text = typed.pop(key)
                options = {plain(o["text"]["text"]): o["value"] for o in element.get("options", [])}
                values[block["block_id"]] = {element["action_id"]: options.get(plain(text), text)}
        return values

    def _use(self, step: Step) -> None:
        """A shortcut: on the newest message of a person that this one can read, or a global one."""
        shortcuts = self._stage.get("state")["apps"][0]["shortcuts"]
        found = next((s for s in shortcuts if plain(s["name"]) == plain(step.text)), None)
        if found is None:
            raise CannotDo(f'there is no shortcut "{step.text}"; there are: {", ".join(s["name"] for s in shortcuts)}')
        target: Json = {}
        if found["type"] == "message":
            people = [m for m in self._audience.before(step.who) if m.get("user") != self._stage.bot_user]
            if not people:
                raise CannotDo(f"{step.who} sees no message to use it on")
            target = {"channel": people[0]["channel"], "messageTs": people[0]["ts"]}
        self._stage.post("shortcut", user=self._id(step), callback_id=found["callback_id"], **target)


def _labelled(label: str, blocks: list[Json]) -> Pressable | None:
    return next((found for found in pressables(blocks) if plain(found.label) == plain(label)), None)
