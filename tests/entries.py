"""Small knowledge bases for tests."""

from __future__ import annotations

from bot.domain.knowledge import Entry, KnowledgeBase


def an_entry(entry_id: str, question: str, *phrasings: str, must_not_match: tuple[str, ...] = ()) -> Entry:
    """An entry whose answer is of no interest."""
    return Entry(
        id=entry_id,
        question=question,
        phrasings=phrasings,
        must_not_match=must_not_match,
        answer="Ask the ward.",
        author="Starter content",
    )


def a_base(*entries: Entry) -> KnowledgeBase:
    """These entries, in this order."""
    return KnowledgeBase(entries={entry.id: entry for entry in entries})
