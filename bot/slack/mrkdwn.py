"""Text as Slack wants it: escaped, and curated Markdown as Slack's own markup."""

from __future__ import annotations

import re

_BOLD = re.compile(r"\*\*(.+?)\*\*|__(.+?)__")
_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6}\s+(.*)$", re.MULTILINE)


def escape(text: str) -> str:
    """Text that Slack shows as it is: without it `<!channel>` would notify everyone."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def from_markdown(markdown: str) -> str:
    """Curated Markdown in Slack's markup, for `text`: the same words in the same order."""
    text = escape(markdown)
    text = _LINK.sub(r"\1 (\2)", text)
    text = _HEADING.sub(r"*\1*", text)
    return _BOLD.sub(lambda m: f"*{m.group(1) or m.group(2)}*", text)


def mention(user: str) -> str:
    return f"<@{user}>"


def pieces(text: str, limit: int = 2_900) -> list[str]:
    """The text in pieces of at most `limit` characters, cut at paragraphs, else at lines, else at spaces.

    Slack refuses an empty text: pieces of blanks alone are left out.
    """
    found = []
    while len(text) > limit:
        end, start = _cut(text, limit)
        found.append(text[:end])
        text = text[start:]
    return [piece for piece in [*found, text] if piece.strip()] or [text]


def _cut(text: str, limit: int) -> tuple[int, int]:
    """Where the first piece ends and where the rest begins."""
    for separator in ("\n\n", "\n", " "):
        cut = text.rfind(separator, 1, limit)
        if cut > 0:
            return cut, cut + len(separator)
    return limit, limit
