"""Finds the words that make a question one about something else: no entry has them, and they belong to its topic."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.domain.common_words import word_set

_LINKS = word_set("after before during following of for")
"""What stands behind one of these belongs to the topic: "after a hysterectomy", "fusion of the ankle", "for my dog"."""
_BETWEEN = word_set("a an the my your his her our their any some another this that giving having getting doing")
_NEUTRAL = word_set(
    """
    please explain explained tell know understand mean means called exactly actually basically simply simple quick
    quickly quite soon early earlier late later today tomorrow yesterday tonight morning afternoon evening night
    hour hours day days week weeks month months year years first second last next previous recent recently new old
    use used using need needed needs want wanted try trying think thinking thought make makes made take takes taken
    keep keeps start started stop stopped happen happens work works give given come comes came put look looks feel
    feels big small large little long short high low good bad better worse best worst normal normally usual usually
    common special different same full whole complete completely successful safely safe alone possible patient patients
    people person doctor doctors surgeon surgeons hospital nurse guide information info advice help question questions
    answer answers detail details hello hey sorry anybody everyone friend family man woman men women thank thanks
    ideal ideally selected chosen choose acceptable suitable suggested recommended certain serious severe mild exact
    proper properly correct correctly likely general generally specific main mainly effective younger older elderly
    """
)
"""Everyday words that leave the topic as it is, wherever they stand."""


def strangers(
    spelt: Sequence[str], subjects: Collection[str], foreign: Collection[str], everyday: Collection[str]
) -> frozenset[str]:
    """The words of a question that no entry has and that belong to its topic.

    `subjects` are its subjects that entries speak of, `foreign` those that none does, `everyday` its other unknown
    words. A word belongs to the topic right beside a subject ("cataract surgery", "fusion cooking") or behind "after",
    "of" and the like; a foreign one beside another foreign one too.
    """
    found = set()
    for place, word in enumerate(spelt):
        beside = {*spelt[max(0, place - 1) : place], *spelt[place + 1 : place + 2]}
        if word in _NEUTRAL:
            continue
        if word in foreign:
            ours = not beside.isdisjoint({*subjects, *foreign}) or _link(spelt, place) in _LINKS
        elif word in everyday:
            ours = not beside.isdisjoint(subjects) or _link(spelt, place) in _LINKS
        else:
            continue
        if ours:
            found.add(word)
    return frozenset(found)


def _link(spelt: Sequence[str], place: int) -> str:
    """The small word that joins the word at `place` to what stands before it, articles passed over."""
    place -= 1
    while place >= 0 and spelt[place] in _BETWEEN:
        place -= 1
    return spelt[place] if place >= 0 else ""
