"""A message as it will be posted: blocks for the eye, the full text for screen readers and notifications."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    MarkdownBlock,
    MarkdownTextObject,
    PlainTextObject,
    RichTextBlock,
    RichTextElementParts,
    RichTextSectionElement,
    SectionBlock,
)

from bot.slack.mrkdwn import pieces

Json: TypeAlias = dict[str, Any]

BUTTON_TEXT_LIMIT = 75
_ADDRESS = re.compile(r"(https?://[^\s<>\"]*[^\s<>\".,;:!?()\[\]])")


@dataclass(frozen=True)
class Message:
    """`text` says everything the blocks say."""

    text: str
    blocks: list[Json]


def message(text: str, *blocks: Block) -> Message:
    return Message(text, [block.to_dict() for block in blocks])


def said(text: str, *more: Block) -> Message:
    """A message that is one text (Slack markup), with further blocks below it."""
    return message(text, *sections(text), *more)


def sections(text: str) -> list[Block]:
    return [SectionBlock(text=MarkdownTextObject(text=piece)) for piece in pieces(text)]


def plain_sections(text: str) -> list[Block]:
    """Text shown exactly as it is: a person's words, where `*` or `<` must not become markup."""
    return [SectionBlock(text=PlainTextObject(text=piece, emoji=False)) for piece in pieces(text)]


def as_typed(text: str) -> Block:
    """A person's words exactly as typed, in which nothing is markup and only web addresses can be pressed."""
    runs = [
        RichTextElementParts.Link(url=part) if at % 2 else RichTextElementParts.Text(text=part)
        for at, part in enumerate(_ADDRESS.split(text))
        if part
    ]
    return RichTextBlock(elements=[RichTextSectionElement(elements=runs)])


def markdown(text: str) -> Block:
    return MarkdownBlock(text=text)


def context(*lines: str) -> Block:
    return ContextBlock(elements=[MarkdownTextObject(text=line) for line in lines])


def buttons(block_id: str, elements: Sequence[ButtonElement]) -> Block:
    return ActionsBlock(block_id=block_id, elements=list(elements))


def button(action_id: str, label: str, value: str, style: str | None = None) -> ButtonElement:
    text = label if len(label) <= BUTTON_TEXT_LIMIT else label[: BUTTON_TEXT_LIMIT - 1] + "…"
    return ButtonElement(action_id=action_id, text=PlainTextObject(text=text), value=value, style=style)
