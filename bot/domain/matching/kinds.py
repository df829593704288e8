"""Tells what kind of question a text puts: what it is, how long, whether one may, what can go wrong, what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

from bot.domain.common_words import word_set


class Kind(StrEnum):
    """What a question wants to know; the value is how an explanation names it."""

    MEANING = "what something is"
    TIME = "how long or when"
    PERMISSION = "whether something is allowed"
    RISK = "what can go wrong"
    COST = "what it costs"
    MANNER = "how something is done"
    DOING = "what one can do"
    REASON = "why"
    COMPARISON = "how two things differ"
    SUCCESS = "how well it works"
    WHO = "who it is for"


_OPENINGS: tuple[tuple[Kind, str], ...] = (
    (Kind.TIME, "how long|how soon|how many weeks|how many days|how many months|how many hours|how much time"),
    (Kind.TIME, "when can|when will|when do|when does|when is|when are|when should|when may|when could|what point"),
    (Kind.TIME, "how fast|how quickly|how early|how late|how far|until i can|before i can|time off|weeks off"),
    (Kind.PERMISSION, "can i|could i|may i|am i allowed|is it ok|is it okay|is it safe|is it alright|allowed to|ok to"),
    (Kind.PERMISSION, "okay to|safe to|am i able|can you|can we|can he|can she|can people|can patients|do i have to"),
    (Kind.RISK, "risk|risks|risky|danger|dangers|dangerous|complication|complications|go wrong|goes wrong|safe|safety"),
    (Kind.RISK, "side effects|downside|downsides|dangers|hazard|harm|harms|worst|bad things"),
    (Kind.COST, "cost|costs|price|prices|expensive|afford|pay|paid|fee|fees|cheap|much is|money"),
    (Kind.MANNER, "how is|how are|how does|how did|how will|how would|how do they|how do surgeons|how can it|steps"),
    (Kind.DOING, "how do i|how do you|how do we|how do people|how should|how to|how can i|how can you|way to"),
    (Kind.DOING, "how do patients|what can i do|what should i do|what to do|what do i do|what can you do|ways to|tips"),
    (Kind.REASON, "why|reason|reasons|purpose|point of|what for"),
    (Kind.COMPARISON, "difference|differences|differ|differs|different|versus|vs|compare|compared|comparison|better"),
    (Kind.SUCCESS, "success|successful|success rate|effective|how well|work well|chances of working|does it work"),
    (Kind.WHO, "who|candidate|candidates|suitable for|which patients|whom"),
)  # fmt: skip
_PHRASES = {tuple(phrase.split()): kind for kind, phrases in _OPENINGS for phrase in phrases.split("|")}
_LONGEST = max(map(len, _PHRASES))
_MEANING = {("what", "is"), ("what", "are"), ("what", "does"), ("what", "exactly"), ("what", "kind"), ("what", "was")}
_MEANING_WORDS = word_set("meaning define definition explain describe mean means called")

_COMPATIBLE = {
    frozenset(pair)
    for pair in (
        (Kind.TIME, Kind.PERMISSION), (Kind.MEANING, Kind.MANNER), (Kind.MEANING, Kind.REASON),
        (Kind.PERMISSION, Kind.RISK), (Kind.MANNER, Kind.PERMISSION), (Kind.MANNER, Kind.TIME),
        (Kind.DOING, Kind.MANNER), (Kind.DOING, Kind.PERMISSION), (Kind.DOING, Kind.TIME), (Kind.DOING, Kind.RISK),
        (Kind.SUCCESS, Kind.RISK), (Kind.REASON, Kind.MANNER), (Kind.WHO, Kind.REASON),
    )
}  # fmt: skip


def kinds(words: Sequence[str]) -> frozenset[Kind]:
    """The kinds a question is of; empty when nothing tells. "What is ..." counts only where nothing else does."""
    found = {
        kind
        for start in range(len(words))
        for length in range(1, _LONGEST + 1)
        if (kind := _PHRASES.get(tuple(words[start : start + length])))
    }
    if not found and (_MEANING & set(pairwise(words)) or _MEANING_WORDS & set(words)):
        return frozenset({Kind.MEANING})
    return frozenset(found)


def conflict(asked: frozenset[Kind], known: frozenset[Kind]) -> str:
    """Plain words for two kinds that one answer does not serve; empty when they may go together."""
    if not asked or not known or asked & known:
        return ""
    if any(frozenset((one, other)) in _COMPATIBLE for one in asked for other in known):
        return ""
    return f"asks {min(asked)}, the entry is about {min(known)}"
