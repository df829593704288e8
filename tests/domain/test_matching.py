"""Finding the entry that a question is about, or none."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.decision import is_confident
from bot.domain.knowledge import Entry, KnowledgeBase, MatchingSettings
from bot.domain.matching import Ranking
from bot.domain.matching.calibration import Source
from bot.domain.matching.kinds import Kind, conflict, kinds
from bot.domain.text import words
from bot.encoder import Encoder
from bot.workflows.finding import Finder
from tests.entries import a_base, an_entry

SMALL = a_base(
    an_entry(
        "percutaneous-lumbar-fusion",
        "What is percutaneous lumbar fusion?",
        "explain a percutaneous fusion of the lower back",
        "keyhole fusion through small cuts, what happens",
        must_not_match=("what is percutaneous kidney surgery", "how long does a percutaneous fusion take"),
    ),
    an_entry(
        "driving-after-fusion",
        "When can I drive after a lumbar fusion?",
        "how soon is driving allowed",
        "getting behind the wheel again",
        must_not_match=("can I fly after a lumbar fusion",),
    ),
    an_entry("bone-graft", "What is a bone graft?", "where does the graft come from"),
    an_entry("risks", "What are the risks of lumbar fusion?", "what can go wrong with a fusion"),
)


class Matching:
    """One knowledge base as the bot matches with it, by default at the settings that ship."""

    def __init__(self, base: KnowledgeBase, encoder: Encoder | None, cache: Path) -> None:
        self.base = base
        self.finder = Finder(base, MatchingSettings(), encoder, cache)

    def rank(self, typed: str, top: int = 10) -> Ranking:
        return self.finder.rank(typed, top)

    def band(self, typed: str) -> str:
        """What the confidence allows: "answer", "suggestion" or "person"."""
        ranking, rules = self.rank(typed), self.finder.rules
        if not ranking.matches:
            return "person"
        best = ranking.matches[0]
        if is_confident(best, ranking.margin, self.base.entries[best.entry_id], rules):
            return "answer"
        assert rules.suggest_confidence is not None
        return "suggestion" if best.confidence >= rules.suggest_confidence else "person"

    def outcome(self, typed: str) -> tuple[str, str]:
        """The band and the first entry."""
        matches = self.rank(typed).matches
        return self.band(typed), matches[0].entry_id if matches else ""

    def confidence(self, typed: str) -> float:
        return self.rank(typed).matches[0].confidence

    def vetoes(self, typed: str) -> tuple[str, ...]:
        return self.rank(typed).matches[0].vetoes


@pytest.fixture(scope="module", params=["with the encoder", "words alone"])
def maybe_encoder(request: pytest.FixtureRequest) -> Encoder | None:
    """Once the real encoder, once none."""
    return request.getfixturevalue("encoder") if request.param == "with the encoder" else None


@pytest.fixture(scope="module")
def matching(maybe_encoder: Encoder | None, cache_dir: Path) -> Callable[..., Matching]:
    """Makes a matching over some entries."""
    return lambda *entries: Matching(a_base(*entries), maybe_encoder, cache_dir)


@pytest.fixture(scope="module")
def small(matching: Callable[..., Matching]) -> Matching:
    return matching(*SMALL.entries.values())


@pytest.fixture(scope="session")
def shipped_base() -> KnowledgeBase:
    folder = Path(__file__).parents[2] / "knowledge" / "answers"
    records = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(folder.glob("*.yaml"))]
    listed = [entry for record in records for entry in (record if isinstance(record, list) else [record])]
    return a_base(*(Entry.model_validate(entry) for entry in listed))


@pytest.fixture(scope="module")
def shipped(matching: Callable[..., Matching], shipped_base: KnowledgeBase) -> Matching:
    return matching(*shipped_base.entries.values())


# --- what a match says ------------------------------------------------------------------------------------------


def test_the_entrys_own_question_is_answered_with_high_confidence(small: Matching) -> None:
    ranking = small.rank("what is percutaneous lumbar fusion")
    assert small.outcome("what is percutaneous lumbar fusion") == ("answer", "percutaneous-lumbar-fusion")
    assert ranking.matches[0].phrasing == "What is percutaneous lumbar fusion?"


def test_a_match_shows_which_words_it_took_for_which(small: Matching) -> None:
    best = small.rank("whats percutanous lumbar fuson?").matches[0]
    taken = {(alignment.asked, alignment.known) for alignment in best.alignments}
    assert taken >= {("percutanous", "percutaneous"), ("lumbar", "lumbar"), ("fuson", "fusion")}
    assert all(0.8 <= a.similarity <= 1 and 0 < a.weight <= 1 for a in best.alignments)


def test_margin_is_the_lead_of_the_first_over_the_second(small: Matching) -> None:
    ranking = small.rank("lumbar fusion")
    first, second = ranking.matches[:2]
    assert ranking.margin == pytest.approx(first.confidence - second.confidence, abs=1e-3)


def test_no_more_matches_than_asked_for(small: Matching) -> None:
    assert len(small.rank("fusion", top=2).matches) == 2


def test_the_same_question_ranks_the_same_in_a_matching_built_again_and_without_any_cache(
    small: Matching, maybe_encoder: Encoder | None, tmp_path: Path
) -> None:
    again = Matching(SMALL, maybe_encoder, tmp_path)
    for typed in ("driving after fusion risks", "whats percutanous lumbar fuson?", "bone"):
        assert small.rank(typed) == again.rank(typed)
    assert small.finder.rules == again.finder.rules


# --- why a match may not be the answer --------------------------------------------------------------------------


def test_a_word_no_entry_knows_keeps_the_answer_back(small: Matching) -> None:
    typed = "what is percutaneous lumbar vertebroplasty fusion"
    ranking = small.rank(typed)
    assert "unknown focus word: vertebroplasty" in ranking.matches[0].vetoes
    assert ranking.unknown_words == ("vertebroplasty",)
    assert small.band(typed) != "answer"


@pytest.mark.parametrize(
    "typed",
    [
        "when can I drive after cataract surgery",
        "how soon is driving allowed again after a hysterectomy",
        "when can I drive my car after the tonsil operation",
        "what are the risks of nuclear fusion",
        "what are the risks of fusion karaoke",
    ],
)
def test_a_topic_no_entry_knows_is_not_answered(shipped: Matching, typed: str) -> None:
    assert shipped.band(typed) != "answer"


@pytest.mark.parametrize(
    "typed",
    [
        "what are the risks of fusion cooking",
        "what are the risks of fusion music",
        "what is fusion food",
        "when can I fly after giving birth",
    ],
)
def test_an_everyday_word_that_turns_the_topic_into_another_keeps_the_answer_back(
    shipped: Matching, typed: str
) -> None:
    assert shipped.band(typed) != "answer"


@pytest.mark.parametrize(
    "typed",
    [
        "please explain lumbar fusion to me",
        "hello, quick question, what is spinal stenosis",
        "what are the risks of lumbar fusion for older people",
    ],
)
def test_politeness_and_circumstances_beside_the_topic_keep_nothing_back(shipped: Matching, typed: str) -> None:
    assert shipped.vetoes(typed) == ()
    assert shipped.band(typed) in {"answer", "suggestion"}


def test_a_word_only_other_entries_speak_of_keeps_the_answer_back(small: Matching) -> None:
    assert small.band("bone graft driving") != "answer"


def test_a_question_nearer_to_what_must_not_match_is_not_answered(small: Matching) -> None:
    typed = "how long does a percutaneous fusion take"
    assert any(veto.startswith("closer to a phrasing that must not match") for veto in small.vetoes(typed))
    assert small.band(typed) != "answer"


def test_without_that_phrasing_the_same_question_is_not_held_back(matching: Callable[..., Matching]) -> None:
    guarded = SMALL.entries["percutaneous-lumbar-fusion"]
    unguarded = guarded.model_copy(update={"must_not_match": ()})
    typed = "how long does a percutaneous fusion take"
    held, free = (
        any(veto.startswith("closer to") for veto in matching(entry).vetoes(typed)) for entry in (guarded, unguarded)
    )
    assert (held, free) == (True, False)


def test_a_must_not_match_text_holds_nothing_back_when_its_own_word_was_not_said(small: Matching) -> None:
    assert small.outcome("when can I drive after a lumbar fusion") == ("answer", "driving-after-fusion")


def test_another_kind_of_question_about_the_same_thing_is_not_answered(small: Matching) -> None:
    assert small.band("how much does percutaneous lumbar fusion cost") != "answer"


def test_it_without_a_subject_is_not_enough_for_an_answer(matching: Callable[..., Matching]) -> None:
    keyhole = matching(an_entry("mi", "What is keyhole fusion?", "is recovery quicker when minimally invasive"))
    assert "does not say what it is about" in keyhole.vetoes("is it painful")
    assert keyhole.band("is it painful") != "answer"
    assert keyhole.band("is it minimally invasive") != "answer"


def test_before_and_after_are_not_the_same_question(matching: Callable[..., Matching]) -> None:
    eating = matching(an_entry("eat", "What can I eat after spine surgery?"))
    assert any("before" in veto for veto in eating.vetoes("what can I eat before spine surgery"))


def test_a_question_with_a_not_is_not_the_plain_one(matching: Callable[..., Matching]) -> None:
    healing = matching(an_entry("heal", "How does a fusion heal?"))
    assert any(veto.startswith("says not") for veto in healing.vetoes("how does a fusion not heal"))


def test_other_numbers_are_another_question(matching: Callable[..., Matching]) -> None:
    levels = matching(an_entry("levels", "What is a 2 level fusion?"))
    assert any(veto.startswith("other numbers") for veto in levels.vetoes("what is a 3 level fusion"))


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        ("hypothyroidism", "hyperthyroidism"),
        ("hypotension", "hypertension"),
        ("prednisone", "prednisolone"),
        ("scabies", "rabies"),
        ("clonidine", "clonazepam"),
        ("hydroxyzine", "hydralazine"),
        ("dysphagia", "dysphasia"),
        ("celebrex", "cerebyx"),
        ("metformin", "metronidazole"),
        ("bradycardia", "tachycardia"),
    ],
)
def test_a_look_alike_name_is_never_taken_for_the_one_that_is_known(
    matching: Callable[..., Matching], known: str, asked: str
) -> None:
    """Nor is the other way round."""
    for one, other in ((known, asked), (asked, known)):
        base = matching(
            an_entry("name", f"What is {one}?", f"how is {one} treated"), an_entry("else", "What is a cast?")
        )
        ranking = base.rank(f"what is {other}")
        taken = {(alignment.asked, alignment.known) for match in ranking.matches for alignment in match.alignments}
        assert (other, one) not in taken
        assert base.band(f"what is {other}") != "answer"


def test_a_name_with_one_slip_is_still_read_as_that_name(matching: Callable[..., Matching]) -> None:
    base = matching(an_entry("name", "What is hypothyroidism?"), an_entry("else", "What is a cast?"))
    assert ("hypothyrodism", "hypothyroidism") in {
        (alignment.asked, alignment.known) for alignment in base.rank("what is hypothyrodism").matches[0].alignments
    }


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ("what is a bone graft", Kind.MEANING),
        ("how long does it last", Kind.TIME),
        ("when can I swim", Kind.TIME),
        ("am I allowed to swim", Kind.PERMISSION),
        ("what can go wrong", Kind.RISK),
        ("how much is it to pay", Kind.COST),
        ("why do they do it", Kind.REASON),
        ("what is the difference between the two", Kind.COMPARISON),
        ("how do I put on socks", Kind.DOING),
    ],
)
def test_the_kind_of_a_question_is_heard(asked: str, kind: Kind) -> None:
    assert kind in kinds(words(asked))


def test_kinds_that_one_answer_serves_do_not_conflict() -> None:
    assert conflict(frozenset({Kind.TIME}), frozenset({Kind.PERMISSION})) == ""
    assert conflict(frozenset({Kind.COST}), frozenset({Kind.MEANING})) != ""
    assert conflict(frozenset(), frozenset({Kind.MEANING})) == ""


# --- long and odd messages --------------------------------------------------------------------------------------


def test_the_question_inside_a_story_is_found(small: Matching) -> None:
    story = (
        "Hello everybody. Had my operation three weeks ago and it went well. When can I drive after a lumbar fusion?"
    )
    band, first = small.outcome(story)
    assert first == "driving-after-fusion"
    assert band == "suggestion" if small.finder.encoder is None else "answer"


def test_two_questions_with_two_answers_are_not_answered_as_one(small: Matching) -> None:
    assert small.band("What is a bone graft? When can I drive after a lumbar fusion?") != "answer"


@pytest.mark.parametrize("typed", ["", " ", "😭😭😭", "?!", "is it the", "ماذا", "这是什么", "\x00", "<@U1>"])
def test_a_message_without_a_subject_matches_nothing(small: Matching, typed: str) -> None:
    assert small.rank(typed).matches == ()


def test_an_empty_knowledge_base_matches_nothing(matching: Callable[..., Matching]) -> None:
    assert matching().rank("what is a fusion") == Ranking(unknown_words=("fusion",))


@pytest.mark.parametrize("unit", ["what is lumbar fusion and ", "lumbar. ", "x", "percutanous ", "when can I drive? "])
def test_twenty_thousand_characters_take_bounded_time(shipped: Matching, unit: str) -> None:
    typed = (unit * 20_000)[:20_000]
    started = time.process_time()
    shipped.rank(typed)
    bound = 0.25 if shipped.finder.encoder is None else 1.0
    assert time.process_time() - started < bound  # a quarter to a half of it on an idle machine


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=200),
        st.lists(st.sampled_from(["what", "fusion", "lumbar", "drive", "not", "bone?", "risks."])),
    )
)
def test_any_text_gives_a_sorted_ranking_with_confidence_between_0_and_1(
    small: Matching, typed: str | list[str]
) -> None:
    ranking = small.rank(typed if isinstance(typed, str) else " ".join(typed))
    confidences = [match.confidence for match in ranking.matches]
    assert all(0 <= confidence <= 1 for confidence in confidences)
    assert confidences == sorted(confidences, reverse=True)
    assert 0 <= ranking.margin <= 1


# --- the shipped knowledge base ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "what is percutaneous lumbar fusion",
        "whats percutanous lumbar fuson?",
        "waht is percutanous lumbar fuson",
    ],
)
def test_percutaneous_lumbar_fusion_is_answered_however_it_is_spelt(shipped: Matching, typed: str) -> None:
    assert shipped.outcome(typed) == ("answer", "percutaneous-lumbar-fusion")


@pytest.mark.parametrize(
    "typed",
    ["wat is percutanus lumber fuson", "My doctor says I need a percutaneous lumbar fusion, what is it?"],
)
def test_percutaneous_lumbar_fusion_is_at_least_suggested_in_other_words(shipped: Matching, typed: str) -> None:
    band, first = shipped.outcome(typed)
    assert band in {"answer", "suggestion"}
    assert first == "percutaneous-lumbar-fusion"


def test_is_it_minimally_invasive_is_a_suggestion_and_words_alone_leave_it_to_a_person(shipped: Matching) -> None:
    expected = "person" if shipped.finder.encoder is None else "suggestion"
    assert shipped.band("is it minimaly invasive") == expected


def test_driving_after_fusion_comes_first_for_a_question_about_driving(shipped: Matching) -> None:
    band, first = shipped.outcome("how long till i can drive after my fusion")
    assert first == "driving-after-fusion"
    assert band in {"answer", "suggestion"}


def test_an_off_topic_question_goes_to_a_person(shipped: Matching) -> None:
    assert shipped.band("what's the capital of France") == "person"


@pytest.mark.parametrize(
    "typed",
    [
        "what is percutaneous kidney biopsy",
        "what is cervical fusion",
        "can i take ibuprofen after fusion",
        "what is a lung fusion",
        "percutaneous lumbar fusion for my dog",
        "how much does percutaneous lumbar fusion cost",
        "what is nuclear fusion",
        "when can I drive a forklift after knee replacement",
    ],
)
def test_a_near_miss_is_not_answered(shipped: Matching, typed: str) -> None:
    assert shipped.band(typed) != "answer"


def test_every_entrys_own_texts_are_answered_with_it(shipped: Matching) -> None:
    for entry in shipped.base.entries.values():
        for text in entry.texts:
            assert shipped.outcome(text) == ("answer", entry.id), text


def test_a_text_that_must_not_match_is_never_answered_with_its_entry(shipped: Matching) -> None:
    for entry in shipped.base.entries.values():
        for text in entry.must_not_match:
            assert shipped.outcome(text) != ("answer", entry.id), text


@dataclass(frozen=True)
class Tried:
    """What the knowledge base's trials of one kind come to: how many were asked, answered, and answered wrongly."""

    asked: int
    first: int
    answered: int
    wrong: int


def tried(matching: Matching, source: Source) -> Tried:
    """The knowledge base tried on itself, at the thresholds that the bot would use."""
    finder = matching.finder
    trials = [trial for trial in finder.own_trials(finder.matcher, matching.base) if trial.source is source]
    sure = finder.calibration.confidence
    answered = [
        trial
        for trial in trials
        if trial.inputs is not None
        and not trial.vetoed
        and float(sure.probability(trial.inputs[None])[0]) >= finder.calibration.answer_from
    ]
    right = sum(trial.right for trial in trials)
    return Tried(len(trials), right, len(answered), sum(not trial.right for trial in answered))


def test_left_out_phrasings_are_answered_rightly_or_not_at_all(shipped: Matching) -> None:
    """Each text is left out and asked; the floors are what was measured, less a little."""
    found, words_alone = tried(shipped, Source.PHRASING), shipped.finder.encoder is None
    assert found.wrong <= 0.02 * found.answered
    assert found.first >= (0.38 if words_alone else 0.60) * found.asked
    assert found.answered >= (0.0 if words_alone else 0.05) * found.asked


@pytest.mark.parametrize("source", [Source.REMOVED, Source.MUST_NOT])
def test_a_question_whose_entry_was_removed_is_not_answered_with_another(shipped: Matching, source: Source) -> None:
    found = tried(shipped, source)
    assert found.asked >= 50
    assert found.answered <= 0.03 * found.asked


def test_questions_about_something_else_are_never_answered(shipped: Matching) -> None:
    found = tried(shipped, Source.OFF_TOPIC)
    assert found.asked >= 50
    assert found.answered == 0
