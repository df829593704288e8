"""Turns what a patient typed into plain words: Slack's markup, curly quotes, emoji, slang and spacing evened out.

Matching and the guard both read patients through this module only, so that they can never disagree about the words.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from bot.domain.common_words import COMMON_WORDS, QUESTION_WORDS, STOP_WORDS, word_set

_QUOTES = str.maketrans(dict.fromkeys("’‘‛ʼ´`′", "'") | dict.fromkeys("“”„«»″", '"') | dict.fromkeys("‐‑‒", "-"))
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_MENTION = re.compile(r"<[@!][^<>]*>")
_CHANNEL = re.compile(r"<#[^<>|]*(?:\|([^<>]*))?>")
_LABELLED_LINK = re.compile(r"<(?:https?://|mailto:|tel:)[^<>|]*\|([^<>]*)>")
_BARE_LINK = re.compile(r"<(?:https?://|mailto:|tel:)[^<>]*>|https?://\S+")
_SHORTCODE = re.compile(r":[a-z][a-z0-9_+-]*(?:::skin-tone-\d)?:|:[+-]1:")
_SPACES = re.compile(r"\s+")
_BLANKS = re.compile(r"[^\S\n]+")
_WORD = re.compile(r"\d+(?:[.,]\d+)+|[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+(?:'[^\W_]+)*")
_AMOUNT = re.compile(r"(\d+)(mg|mgs|ml|mcg|g|c|f|cm|wks?|weeks?|days?|hrs?|hours?|mins?|months?|yrs?|years?|pills?|x)")
_SENTENCE_END = re.compile(r"[!?…;\n]+|\.(?!\d)+|[。？！؟।]+")
_CLAUSE_END = re.compile(
    r",(?!\d)|[:()\[\]\"،、，]|\s[-–—]+\s|[–—]|\bbut\b|\balthough\b|\bthough\b|\bhowever\b|\bexcept\b"
)

_SHORTHAND = {
    "whats": "what is", "wat": "what", "wats": "what is", "wot": "what", "wht": "what", "waht": "what",
    "hwat": "what", "hows": "how is", "hwo": "how", "wheres": "where is", "whens": "when is", "wen": "when",
    "wehn": "when", "whos": "who is", "cna": "can", "u": "you", "ur": "your", "r": "are", "pls": "please",
    "plz": "please", "plse": "please", "abt": "about", "cuz": "because", "bc": "because", "coz": "because",
    "dr": "doctor", "doc": "doctor", "docs": "doctors", "gonna": "going to", "wanna": "want to", "gotta": "have to",
    "lemme": "let me", "thx": "thanks", "ty": "thanks", "tks": "thanks", "w": "with", "wks": "weeks", "wk": "week",
    "yrs": "years", "yr": "year", "mins": "minutes", "hrs": "hours", "hr": "hour", "til": "until", "till": "until",
    "op": "operation", "ops": "operations", "surg": "surgery", "postop": "post operation", "physio": "physiotherapy",
    "preop": "pre operation", "cannot": "cant", "ppl": "people", "smth": "something", "anyones": "anyone",
    "tonite": "tonight", "2day": "today", "2moro": "tomorrow", "2nite": "tonight", "b4": "before", "rn": "right now",
    "idk": "i dont know", "dunno": "dont know", "wondring": "wondering", "diff": "difference", "bw": "between",
}  # fmt: skip
_NEGATED = {
    ("can", "not"): "cant", ("could", "not"): "couldnt", ("do", "not"): "dont", ("does", "not"): "doesnt",
    ("did", "not"): "didnt", ("will", "not"): "wont", ("would", "not"): "wouldnt", ("is", "not"): "isnt",
    ("are", "not"): "arent", ("was", "not"): "wasnt", ("have", "not"): "havent", ("has", "not"): "hasnt",
}  # fmt: skip


def normalise(text: str) -> str:
    """Lower case, straight quotes, no Slack markup, links, emoji or invisible characters; line ends are kept."""
    text = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    text = _INVISIBLE.sub("", text)
    text = _MENTION.sub(" ", text)
    text = _CHANNEL.sub(lambda found: f" {found[1] or ''} ", text)
    text = _LABELLED_LINK.sub(lambda found: f" {found[1]} ", text)
    text = _BARE_LINK.sub(" ", text)
    text = html.unescape(text).lower()
    text = _SHORTCODE.sub(" ", text)
    if not text.isascii():
        text = "".join(" " if unicodedata.category(c) in {"So", "Sk", "Cs", "Co", "Cn"} else c for c in text)
    text = re.sub(r"[*_~`]", " ", text)
    return "\n".join(stripped for line in text.split("\n") if (stripped := _BLANKS.sub(" ", line).strip()))


def words(text: str) -> list[str]:
    """The words of `text` in order, without apostrophes, shorthand written out, "can not" as "cant"."""
    return split_words(normalise(text))


def split_words(normalised: str) -> list[str]:
    """`words` of a text that `normalise` has already been through."""
    spelt: list[str] = []
    for found in _WORD.findall(normalised):
        word = found.replace("'", "")
        if word[0].isdigit() and (amount := _AMOUNT.fullmatch(word)):
            spelt.append(amount[1])
            word = amount[2]
        if word.endswith("s") and found.endswith("'s") and word[:-1] not in QUESTION_WORDS:
            word = word[:-1] if word not in _SHORTHAND else word
        spelt.extend(_SHORTHAND[word].split() if word in _SHORTHAND else (word,))
    return list(_join_negations(spelt))


def _join_negations(spelt: Sequence[str]) -> Iterator[str]:
    position = 0
    while position < len(spelt):
        joined = _NEGATED.get((spelt[position], spelt[position + 1])) if position + 1 < len(spelt) else None
        yield joined or spelt[position]
        position += 2 if joined else 1


def content_words(text: str) -> list[str]:
    """The words that carry a subject: all but the stop words."""
    return [word for word in words(text) if word not in STOP_WORDS]


def has_words(text: str) -> bool:
    """False for a message of emoji, punctuation, mentions or links alone."""
    return _WORD.search(normalise(text)) is not None


def sentences(text: str) -> list[str]:
    """The sentences of `text`, normalised, each keeping its closing question mark."""
    return split_sentences(normalise(text))


def split_sentences(normalised: str) -> list[str]:
    """`sentences` of a text that `normalise` has already been through."""
    found: list[str] = []
    start = 0
    for end in _SENTENCE_END.finditer(normalised):
        mark = "?" if "?" in end[0] or "؟" in end[0] or "？" in end[0] else ""
        found.append(normalised[start : end.start()].strip() + mark)
        start = end.end()
    found.append(normalised[start:].strip())
    return [sentence for sentence in found if _WORD.search(sentence)]


def clauses(sentence: str) -> list[str]:
    """The parts of one normalised sentence between commas, colons, brackets, dashes and "but"."""
    return [part.strip() for part in _CLAUSE_END.split(sentence) if part and _WORD.search(part)]


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its commonest endings, so that "drives", "driving" and "drive" are one.

    A light suffix rule of our own: it only has to be the same for both sides, not right.
    """
    length = len(word)
    if length < 4 or not word.isascii() or not word.isalpha():
        return word
    if word.endswith("ies") and length > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending, keeps in (("ing", 3), ("edly", 3), ("ed", 3), ("ness", 3), ("ful", 3), ("ion", 3), ("ly", 3)):
        if word.endswith(ending) and len(word) - len(ending) >= keeps and _may_lose(word, ending):
            word = word[: -len(ending)]
            break
    if len(word) > 4 and word.endswith("y"):
        word = word[:-1]
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiou":
        word = word[:-1]
    return word


def _may_lose(word: str, ending: str) -> bool:
    rest = word[: -len(ending)]
    if not any(vowel in rest for vowel in "aeiouy"):
        return False
    if ending == "ed":
        return not rest.endswith("e")
    if ending == "ion":
        return rest[-1] in "st"
    return True


_SUBJECTS = word_set(
    "i you we it he she they there this that these those the a an my your our his her any anyone anybody someone "
    "somebody people patients everyone one"
)
_AUXILIARIES = word_set(
    "can could would will should shall may might is are am was do does did has have isnt arent doesnt dont cant "
    "couldnt wouldnt shouldnt wont"
)
_PLAIN_OPENINGS = word_set("what how why who which whose")
_ANY_SUBJECT = word_set("is are does did do should can will")
_REQUESTS = tuple(
    tuple(phrase.split())
    for phrase in (
        "anyone know", "anybody know", "does anyone", "has anyone", "did anyone", "any advice", "any tips",
        "any ideas", "any idea", "any suggestions", "any thoughts", "any experience", "wondering if",
        "wondering whether", "wondering how", "wondering what", "wondering when", "wondering about", "wonder if",
        "wonder how", "wonder what", "want to know", "like to know", "need to know", "love to know", "curious about",
        "curious if", "curious how", "please help", "need help", "need some help", "help me", "need advice",
        "need some advice", "need your advice", "looking for advice", "looking for help", "advice please",
        "help please", "not sure what", "not sure if", "not sure how", "not sure whether", "not sure when",
        "unsure what", "unsure if", "unsure how", "unsure whether", "dont know what", "dont know how",
        "dont know if", "dont know whether", "dont know when", "no idea what", "no idea how", "no idea if",
        "tell me", "explain", "question about", "have a question", "got a question", "quick question", "what is",
        "what are", "what about", "what if", "how long", "how soon", "how much", "how many", "how often", "how do",
        "how does", "how can", "how should", "when can", "when should", "when will", "when do", "can i", "can you",
        "could i", "could you", "can someone", "can anyone", "should i", "am i allowed", "is it ok", "is it okay",
        "is it safe", "is it normal", "is it possible", "is it true", "is it bad", "is there",
    )
)  # fmt: skip
_REQUEST_STARTS = frozenset(phrase[0] for phrase in _REQUESTS)
_MENDABLE = tuple(word for word in (_PLAIN_OPENINGS | _AUXILIARIES | _REQUEST_STARTS | {"when"}) if len(word) >= 4)


def asks_something(text: str) -> bool:
    """Whether it puts a question or asks for help: a question mark, a question's opening, or a request."""
    normalised = normalise(text)
    if re.search(r"[?؟？]", normalised) and _WORD.search(normalised):
        return True
    return any(
        _opens_question(clause) or _requests(clause)
        for sentence in split_sentences(normalised)
        for part in clauses(sentence)
        if (clause := [_mend(word) for word in split_words(part)])
    )


def _mend(word: str) -> str:
    """A question word with one slip of the keyboard, put right."""
    if len(word) < 4 or word in COMMON_WORDS:
        return word
    return next((known for known in _MENDABLE if OSA.distance(word, known, score_cutoff=1) <= 1), word)


def _opens_question(clause: Sequence[str]) -> bool:
    while clause and clause[0] in {"and", "so", "hi", "hello", "hey", "ok", "also", "or", "please", "then"}:
        clause = clause[1:]
    if len(clause) < 2:
        return bool(clause) and clause[0] in {"why", "how"}
    first, second = clause[0], clause[1]
    if first in {"when", "where"}:
        return second in _AUXILIARIES
    if first in _PLAIN_OPENINGS:
        return second not in {"a", "an", "nice", "lovely", "wonderful", "ever", "i"}
    if first in _ANY_SUBJECT and second not in {"be", "do", "go", "take"}:
        return True
    if first == "have":
        return second in {"you", "i", "we", "they", "any", "anyone", "people"}
    return first in _AUXILIARIES and second in _SUBJECTS


def _requests(clause: Sequence[str]) -> bool:
    return any(
        tuple(clause[position : position + len(phrase)]) == phrase
        for position, word in enumerate(clause)
        if word in _REQUEST_STARTS
        for phrase in _REQUESTS
        if phrase[0] == word
    )
