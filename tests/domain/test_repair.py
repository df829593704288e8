"""Putting misspelt words right without ever turning one medicine or condition into another."""

from __future__ import annotations

from itertools import permutations

import pytest

from bot.domain.matching.repair import Repair
from bot.knowledge_files.shipped import NAMES, language

FAMILIES = [
    line.split("#")[0].split() for line in NAMES.read_text(encoding="utf-8").splitlines() if line.split("#")[0].split()
]


def repair(*vocabulary: str) -> Repair:
    return Repair(vocabulary, language())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("percutanous", "percutaneous"),
        ("stenossis", "stenosis"),
        ("spondylolisthesys", "spondylolisthesis"),
        ("physiotherpy", "physiotherapy"),
    ],
)
def test_a_misspelt_word_of_the_knowledge_base_is_put_right(typed: str, meant: str) -> None:
    assert repair("percutaneous", "stenosis", "laminectomy", "spondylolisthesis", "physiotherapy").text([typed]) == [
        meant
    ]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family[0])
def test_no_name_of_a_look_alike_family_becomes_another(family: list[str]) -> None:
    for asked, known in permutations(family, 2):
        assert repair(known).text([asked]) == [asked], f"{asked} became {known}"


def test_no_medical_name_becomes_any_other() -> None:
    names = sorted({name for family in FAMILIES for name in family})
    everything = repair(*names)
    for name in names:
        assert everything.text([name]) == [name]
        assert repair(*(other for other in names if other != name)).text([name]) == [name]


@pytest.mark.parametrize(
    ("asked", "known"),
    [("hyperthyroidsm", "hypothyroidism"), ("hypotensive", "hypertensive"), ("preoperativ", "postoperative")],
)
def test_a_misspelling_is_never_repaired_across_opposite_beginnings(asked: str, known: str) -> None:
    assert known not in repair(known).text([asked])


@pytest.mark.parametrize("word", ["lumber", "fashion", "stair", "wealth", "dessert"])
def test_an_english_word_is_never_repaired(word: str) -> None:
    assert repair("lumbar", "fusion", "stairs", "health", "desert").text([word]) == [word]


@pytest.mark.parametrize(
    ("typed", "meant"), [("itdoes", ["it", "does"]), ("afterfusion", ["after", "fusion"]), ("theback", ["the", "back"])]
)
def test_words_run_together_are_parted(typed: str, meant: list[str]) -> None:
    assert repair("fusion").text([typed]) == meant


def test_everyday_words_are_put_right_too() -> None:
    assert repair("fusion").text(["becuase", "surgrey"])[0] == "because"


@pytest.mark.parametrize("word", ["", "a", "x" * 400, "123", "ibs", "naïve", "手术"])
def test_what_is_no_misspelling_stays_as_it_is(word: str) -> None:
    assert repair("fusion", "surgery").text([word]) == [word]


@pytest.mark.parametrize(
    ("asked", "known"), [("prednisolon", "prednisone"), ("clomidine", "clonidine"), ("laminotmy", "laminectomy")]
)
def test_a_misspelt_name_is_not_repaired_while_another_name_is_about_as_near(asked: str, known: str) -> None:
    assert repair(known).text([asked]) == [asked]
