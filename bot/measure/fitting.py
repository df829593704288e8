"""`support-bot eval fit`: fits the shipped coefficients to labelled sets, and records how precise they were elsewhere.

The record (`curve`) comes from questions that the weights had not seen: a fifth of the questions is left out in turn,
with all variants of each.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.domain.matching import texts_of
from bot.domain.matching.features import (
    Evidence,
    confidence_inputs,
    confidence_inputs_names,
    gather,
    ranking_inputs,
    ranking_inputs_names,
)
from bot.domain.matching.index import Index
from bot.domain.matching.model import Numbers, Weighing, fit
from bot.domain.matching.reading import read
from bot.encoder import Encoder, Progress, StoredFacets
from bot.knowledge_files.shipped import language
from bot.measure.evaluation.files import InputFault, PosedQuestion, read_entries, read_questions

RANK_STRENGTH, CONFIDENCE_STRENGTH = 3.0, 8.0
OTHERS = 0.2
"""What a wrong candidate counts beside the right one when the rank is fitted."""
NEAR_MISS = 0.25
"""What a near miss counts in the record: one set has as many of them as right questions, which patients never ask."""
FOLDS = 5
STEPS = (0.2, 0.3, 0.4, 0.5, 0.55, *(round(0.6 + 0.02 * n, 2) for n in range(19)), 0.97, 0.98, 0.99)


@dataclass(frozen=True)
class Example:
    """One labelled question with its candidates: the entries' ids, and which of them are right.

    `family` is shared by variants of one question, `weight` what it counts in the record."""

    evidence: Evidence
    ids: tuple[str, ...]
    gold: frozenset[str]
    family: str
    weight: float = 1.0

    @property
    def right(self) -> NDArray[np.bool_]:
        return np.array([entry_id in self.gold for entry_id in self.ids])


@dataclass(frozen=True)
class Fitted:
    """A rank and a confidence."""

    rank: Weighing
    confidence: Weighing

    def first(self, example: Example) -> tuple[float, bool]:
        """The first candidate's confidence (0-1), and whether it is right."""
        if not example.ids:
            return 0.0, False
        ranks = self.rank.score(ranking_inputs(example.evidence))
        first = int(np.argmax(ranks))
        inputs = confidence_inputs(example.evidence, ranks)[first : first + 1]
        return float(self.confidence.probability(inputs)[0]), example.ids[first] in example.gold


def fit_to(examples: Sequence[Example], *, leads: bool = True) -> Fitted:
    """The rank that puts right entries first, then the confidence that knows when it has; without `leads` it does not
    look at how far the first is before the others."""
    names = examples[0].evidence.names
    known = [example for example in examples if example.right.any()]
    right = np.concatenate([example.right for example in known])
    rank = fit(
        ranking_inputs_names(names),
        np.vstack([ranking_inputs(example.evidence) for example in known]),
        right,
        weights=np.where(right, 1.0, OTHERS),
        strength=RANK_STRENGTH,
    )
    inputs: list[Numbers] = []
    outcome: list[bool] = []
    for example in examples:
        if example.ids:
            ranks = rank.score(ranking_inputs(example.evidence))
            first = int(np.argmax(ranks))
            inputs.append(confidence_inputs(example.evidence, ranks)[first])
            outcome.append(example.ids[first] in example.gold)
    told = np.array(inputs)
    all_names = confidence_inputs_names(names)
    if not leads:
        told[:, [place for place, name in enumerate(all_names) if "lead_" in name]] = 0.0
    return Fitted(rank, fit(all_names, told, np.array(outcome), strength=CONFIDENCE_STRENGTH))


@dataclass(frozen=True)
class Outcome:
    """A question that the weights had not seen: the first entry's confidence, whether it is right, whether any entry
    would have been, and what the question counts."""

    sure: float
    right: bool
    answerable: bool
    weight: float


def out_of_fold(examples: Sequence[Example], *, leads: bool = True) -> list[Outcome]:
    """Every question by weights fitted without it and without its variants (those of the same `family`)."""
    folds = [zlib.crc32(example.family.encode()) % FOLDS for example in examples]
    found: list[Outcome] = []
    for fold in range(FOLDS):
        fitted = fit_to([e for e, its in zip(examples, folds, strict=True) if its != fold], leads=leads)
        held = [e for e, its in zip(examples, folds, strict=True) if its == fold]
        found += [Outcome(*fitted.first(e), bool(e.gold), e.weight) for e in held]
    return found


def curve(outcomes: Sequence[Outcome]) -> list[list[float]]:
    """[confidence, precision, coverage] at each step."""
    rows = []
    answerable = sum(o.weight for o in outcomes if o.answerable) or 1.0
    for step in STEPS:
        answered = [o for o in outcomes if o.sure >= step]
        weight = sum(o.weight for o in answered)
        if weight:
            right = sum(o.weight for o in answered if o.right)
            covered = sum(o.weight for o in answered if o.answerable)
            rows.append([step, round(right / weight, 4), round(covered / answerable, 4)])
    return rows


def document(with_encoder: Mapping[str, Any], words_alone: Mapping[str, Any], came_from: Sequence[str]) -> str:
    """The coefficients' file: readable, a weight a line. Its version is its content's."""
    parts = {"with_encoder": with_encoder, "words_alone": words_alone}
    stored = {
        "what": "Weights of the matcher: for each input [weight, mean, scale]; `curve` is [confidence, precision, "
        "coverage] on questions the weights had not seen. Written by: support-bot eval fit FOLDER...",
        "version": hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12],
        "came_from": list(came_from),
        **parts,
    }
    return _lists_on_one_line(json.dumps(stored, indent=1)) + "\n"


def _lists_on_one_line(text: str) -> str:
    out: list[str] = []
    for line in text.splitlines():
        if out and out[-1].rstrip().endswith("[") and not line.strip().startswith(("[", "{", '"')):
            out[-1] += line.strip()
        elif out and out[-1].rstrip().endswith(",") and _inside(out[-1]):
            out[-1] += " " + line.strip()
        elif out and _inside(out[-1]) and line.strip().startswith("]"):
            out[-1] += line.strip()
        else:
            out.append(line)
    return "\n".join(out)


def _inside(line: str) -> bool:
    return line.count("[") > line.count("]") and not line.rstrip().endswith("[")


def write(path: Path, content: str) -> None:
    """Replace the file whole."""
    aside = path.with_suffix(".new")
    aside.write_text(content, encoding="utf-8")
    aside.replace(path)


def fit_sets(folders: Sequence[Path], encoder: Encoder | None, progress: Progress | None = None) -> dict[str, Any]:
    """Fit to the labelled sets in `folders`: each holds entries.jsonl and one or more dev*.jsonl.

    Returns what `document` writes of one mode, with the encoder or (None) for words alone. Raises InputFault.
    """
    examples = [example for folder in folders for example in examples_of(folder, encoder, progress)]
    outcomes = out_of_fold(examples)
    known = [outcome.right for outcome in outcomes if outcome.answerable]
    fitted = fit_to(examples)
    return {
        "curve": curve(outcomes),
        "top_1_out_of_fold": round(sum(known) / (len(known) or 1), 4),
        "questions": len(examples),
        "rank": fitted.rank.to_json(),
        "confidence": fitted.confidence.to_json(),
    }


def examples_of(folder: Path, encoder: Encoder | None, progress: Progress | None = None) -> list[Example]:
    """The labelled questions of one set with their evidence. Raises InputFault."""
    knowledge = read_entries(folder / "entries.jsonl")
    facets = StoredFacets.of(encoder.facets(texts_of(knowledge), progress=progress)) if encoder else None
    index = Index(knowledge, language(), facets)
    files = sorted(folder.glob("dev*.jsonl"))
    if not files:
        raise InputFault(f"{folder}: there are no labelled questions. Add dev.jsonl beside entries.jsonl.")
    family = folder.name.split("_")[0]
    return [
        _example(question, family, index, encoder)
        for file in files
        for question in read_questions(file, knowledge.entries, labelled=True)
    ]


def _example(posed: PosedQuestion, family: str, index: Index, encoder: Encoder | None) -> Example:
    reading = read(posed.text, index)
    vectors = encoder.facets(reading.views) if encoder and reading.views else None
    evidence = gather(reading, index, vectors)
    gold = posed.gold or frozenset()
    near_miss = not gold and bool(posed.must_not)
    ids = tuple(index.ids[candidate.entry] for candidate in evidence.candidates)
    return Example(evidence, ids, gold, f"{family} {posed.id}", NEAR_MISS if near_miss else 1.0)


PARTS: Mapping[str, tuple[str, ...]] = {
    "nothing left out": (),
    "meaning of the whole": ("whole", "part_gain"),
    "meaning of the nearest sentence": ("nearest_part", "part_gain"),
    "the encoder's inner layers": tuple(f"facet_{number}" for number in range(1, 10)),
    "weighted words": ("asked_covered", "known_covered"),
    "groups of letters": ("letters",),
    "numbers and negation": ("other_numbers", "one_negated"),
    "lengths": ("longer", "asked_words", "sentences"),
}
LEAD = "lead over the other entries"


def ablations(examples: Sequence[Example]) -> dict[str, tuple[float, float, float]]:
    """What each part earns: with it left out (top-1, coverage at precision .95, at .98), out of fold, 0-1."""
    found = {part: measured(out_of_fold([_less(e, names) for e in examples])) for part, names in PARTS.items()}
    return {**found, LEAD: measured(out_of_fold(examples, leads=False))}


def _less(example: Example, left_out: Sequence[str]) -> Example:
    names = example.evidence.names
    kept = [place for place, name in enumerate(names) if name not in left_out]
    numbers = example.evidence.numbers[:, kept]
    return replace(
        example, evidence=replace(example.evidence, names=tuple(names[place] for place in kept), numbers=numbers)
    )


def measured(outcomes: Sequence[Outcome]) -> tuple[float, float, float]:
    """Top-1 of the answerable, and their share answered at the lowest confidence that gives .95, and .98."""
    answerable = [outcome for outcome in outcomes if outcome.answerable]
    top = sum(outcome.right for outcome in answerable) / (len(answerable) or 1)
    return top, _coverage(outcomes, 0.95), _coverage(outcomes, 0.98)


def _coverage(outcomes: Sequence[Outcome], precision: float) -> float:
    ordered = sorted(outcomes, key=lambda outcome: -outcome.sure)
    right = covered = best = 0
    for place, outcome in enumerate(ordered, start=1):
        right += outcome.right
        covered += outcome.answerable
        if right / place >= precision:
            best = covered
    return best / (sum(outcome.answerable for outcome in outcomes) or 1)
