"""What the app wants to say in a message: read from its arguments and checked as Slack checks it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from bot.workspace.blocks_check import MARKDOWN_IN_MESSAGE, TEXT_CUT_AT, blocks_too_long, problems_in_blocks, with_ids
from bot.workspace.model import Json, SlackError


@dataclass(frozen=True)
class Content:
    """Text, blocks and metadata of a message; None where the app said nothing about them."""

    text: str | None
    blocks: list[Json] | None
    attachments: list[Json] | None
    metadata: Json | None

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.blocks or self.attachments)


def content_of(args: Json, *, total_limit: bool = True) -> Content:
    """The content in `args`.

    Text over 40,000 characters is cut there, as Slack cuts it. Raises `invalid_blocks_format` (not JSON),
    `invalid_blocks` with every problem, `msg_blocks_too_long` (only with `total_limit`: response URLs
    have none), `markdown_text_conflict`, `msg_too_long` (of markdown_text) and `invalid_metadata_format` /
    `invalid_metadata_schema`.
    """
    blocks = _blocks(parsed(args.get("blocks"), "invalid_blocks_format"))
    if total_limit and blocks and blocks_too_long(blocks):
        raise SlackError("msg_blocks_too_long")
    attachments = parsed(args.get("attachments"), "invalid_attachments")
    text = _text(args)
    return Content(
        text=None if text is None else text[:TEXT_CUT_AT],
        blocks=blocks,
        attachments=attachments if isinstance(attachments, list) else None,
        metadata=_metadata(parsed(args.get("metadata"), "invalid_metadata_format")),
    )


def _text(args: Json) -> str | None:
    """`text`, or `markdown_text`, which stands alone."""
    text, markdown = args.get("text"), args.get("markdown_text")
    if not markdown:
        return None if text is None else str(text)
    if text or args.get("blocks"):
        raise SlackError("markdown_text_conflict")
    if len(str(markdown)) > MARKDOWN_IN_MESSAGE:
        raise SlackError("msg_too_long")
    return str(markdown)


def parsed(value: Any, error: str) -> Any:
    """`value`, read as JSON where it is a string; raises `error` when it is not JSON."""
    if not isinstance(value, str):
        return value
    if not value:
        return None
    try:
        return json.loads(value)
    except ValueError:
        raise SlackError(error) from None


def _blocks(blocks: Any) -> list[Json] | None:
    if blocks is None:
        return None
    problems = problems_in_blocks(blocks)
    if problems:
        raise SlackError("invalid_blocks", tuple(problems), tuple(p.removeprefix("[ERROR] ") for p in problems))
    return with_ids(blocks)


def _metadata(metadata: Any) -> Json | None:
    if metadata is None or metadata == {}:
        return metadata  # type: ignore[no-any-return] # None or an empty dict, which clears it
    if not isinstance(metadata, dict):
        raise SlackError("invalid_metadata_format")
    if not isinstance(metadata.get("event_type"), str) or not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_schema")
    return {"event_type": metadata["event_type"], "event_payload": metadata["event_payload"]}
