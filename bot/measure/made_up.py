"""Makes up knowledge bases of any size, and questions to them, for timing: the words are real, the topics are not.

Topics are drawn from a list of English words as words are used, a few often and most seldom (Zipf's law), so that the
vocabulary grows with the size as a real one does. What comes out is for clocks, not for judging answers. The same
arguments give the same texts.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import accumulate

from bot.domain.knowledge import Entry, KnowledgeBase

TEXTS_OF_AN_ENTRY = 5
MOST_WORDS = 40
"""Words of the longest question."""
_ASPECTS_OF_A_TOPIC = 4
_COMMON = 1_500
"""As many of the commonest words are no topics."""

_ASPECTS: tuple[tuple[str, ...], ...] = (
    (
        "What is {}?", "What does {} mean?", "Could you explain {} to me?", "I was told I have {}, what is that?",
        "Can someone say in plain words what {} is?",
    ),
    (
        "How long does {} last?", "How much time will {} take?", "When does {} usually end?",
        "How many weeks should I expect {} to go on?", "For how long will I have to live with {}?",
    ),
    (
        "What are the risks of {}?", "Is {} dangerous?", "What can go wrong with {}?",
        "Which complications does {} bring?", "How risky would {} be at my age?",
    ),
    (
        "What does {} cost?", "How much do I pay for {}?", "Is {} expensive?", "Who pays for {}?",
        "What will I have to pay for {} myself?",
    ),
    (
        "How do I get ready for {}?", "What should I do before {}?", "Is there anything to bring to {}?",
        "What must I not eat before {}?", "How can I prepare at home for {}?",
    ),
    (
        "Can I drive after {}?", "When may I drive a car again after {}?", "Is driving allowed with {}?",
        "How soon after {} can I be behind the wheel?", "Should somebody fetch me after {}?",
    ),
    (
        "What are the signs of {}?", "How do I know whether I have {}?", "What does {} feel like?",
        "Which symptoms come with {}?", "Would I notice {} early on?",
    ),
    (
        "How is {} treated?", "What helps with {}?", "Which treatments are there for {}?",
        "What do doctors usually do about {}?", "Is there any cure for {}?",
    ),
    (
        "Can I do sports with {}?", "When can I go running after {}?", "Which exercises are good for {}?",
        "Is swimming allowed while I have {}?", "Does training make {} worse?",
    ),
    (
        "Why did I get {}?", "What causes {}?", "Where does {} come from?", "Is {} in the family?",
        "What is the reason for {} in people like me?",
    ),
)  # fmt: skip
_OPENINGS = (
    "Hello, I am new here and have read all the other threads.",
    "My operation was three weeks ago and the wound looks fine so far.",
    "Sorry if this has been asked before, I could not find it anywhere.",
    "My sister drove me home yesterday and we both forgot to ask on the ward.",
    "I have been awake most of the night again and keep turning this over.",
)


def made_up(texts: int, vocabulary: Sequence[str]) -> KnowledgeBase:
    """A knowledge base of about `texts` different texts, five an entry. `vocabulary` has the commonest words first."""
    chance = random.Random(texts)
    drawn = _Words(vocabulary[_COMMON:], chance)
    entries: dict[str, Entry] = {}
    while len(entries) * TEXTS_OF_AN_ENTRY < texts:
        topic = f"{drawn.word()} {drawn.word()}"
        for aspect in chance.sample(range(len(_ASPECTS)), _ASPECTS_OF_A_TOPIC):
            entry = _entry(f"{topic.replace(' ', '-')}-{aspect}", topic, _ASPECTS[aspect], drawn, chance)
            entries.setdefault(entry.id, entry)
    return KnowledgeBase(entries=dict(list(entries.items())[: max(1, texts // TEXTS_OF_AN_ENTRY)]))


class _Words:
    """Draws words of five letters or more as Zipf's law has it: the n-th with a chance that falls as 1/n."""

    def __init__(self, vocabulary: Sequence[str], chance: random.Random) -> None:
        self._words = [word for word in vocabulary if len(word) >= 5 and word.isalpha()]
        self._up_to = list(accumulate(1 / (n + 50) for n in range(len(self._words))))
        self._chance = chance

    def word(self) -> str:
        return self._chance.choices(self._words, cum_weights=self._up_to)[0]


def _entry(entry_id: str, topic: str, wordings: Sequence[str], drawn: _Words, chance: random.Random) -> Entry:
    said = [wording.format(topic) for wording in wordings]
    for place in range(1, len(said), 2):  # every second one in a setting of its own
        said[place] = f"{said[place][:-1]} {chance.choice(('with', 'after', 'without'))} {drawn.word()}?"
    return Entry(
        id=entry_id,
        question=said[0],
        phrasings=tuple(said[1:]),
        answer=f"Made up for timing: what there is to say about {topic}.",
        author="made up",
    )


def questions(texts: Sequence[str], count: int) -> list[str]:
    """Questions as patients would put them, of at most MOST_WORDS words: texts spread over all, each misspelt, cut,
    reordered or set behind an opening sentence, in turn."""
    chance = random.Random(len(texts))
    chosen = [texts[(2 * n + 1) * len(texts) // (2 * count)] for n in range(count)]
    return [" ".join(_put(text, n, chance)) for n, text in enumerate(chosen)]


def _put(text: str, turn: int, chance: random.Random) -> list[str]:
    spelt = text.split()[:MOST_WORDS]
    if turn % 4 == 1 and len(spelt) > 3:
        del spelt[chance.randrange(len(spelt))]
    elif turn % 4 == 2 and len(spelt) > 3:
        place = chance.randrange(1, len(spelt) - 1)
        spelt = [*spelt[place:-1], spelt[-1].rstrip("?"), *spelt[:place]]
        spelt[-1] += "?"
    elif turn % 4 == 3:
        room = MOST_WORDS - len(spelt)
        spelt = [*" ".join(chance.sample(_OPENINGS, 2)).split()[-room:], *spelt] if room else spelt
    return list(_misspelt(spelt, chance)) if turn % 2 == 0 or chance.random() < 0.5 else spelt


def _misspelt(spelt: Sequence[str], chance: random.Random) -> Iterator[str]:
    """The words with a slip in every fourth long one."""
    for word in spelt:
        if len(word) < 6 or chance.random() > 0.25:
            yield word
            continue
        at = chance.randrange(1, len(word) - 2)
        swapped, dropped = word[:at] + word[at + 1] + word[at] + word[at + 2 :], word[:at] + word[at + 1 :]
        yield chance.choice((swapped, dropped))
