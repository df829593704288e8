"""What a vector promises: meaning, length, independence of company, and that no word of a long text is lost."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from bot.encoder import FACETS, WIDTH, Encoder
from bot.encoder.model_files import ModelFiles
from bot.encoder.tokens import OVERLAP_TOKENS, PIECE_TOKENS, piece_starts
from tests.encoder.full_precision import FullPrecision

QUESTIONS = [
    "When may I drive again after my back operation?",
    "how long until i'm allowed behind the wheel after spinal surgery",
    "Can I have visitors on the ward in the evening?",
    "What should I bring for my stay in hospital?",
    "how do i look after the wound at home",
    "Is it normal that my leg still tingles three weeks later?",
    "Where do I park when I come for my check-up?",
    "ok",
    "Who do I call when the clinic is closed and I have a question about my exercises or about the brace?",
]


def similarity(encoder: Encoder, one: str, other: str) -> float:
    first, second = encoder.encode([one, other])
    return float(first @ second)


@pytest.mark.parametrize(
    ("question", "paraphrase", "stranger"),
    [
        (QUESTIONS[0], QUESTIONS[1], QUESTIONS[2]),
        ("Is it safe to fly after surgery?", "can i take a plane once i've been operated", "Is the scan loud?"),
        ("How do I cancel my appointment?", "i need to call off my appointment on friday", "How is a graft taken?"),
        ("What is a slipped disc?", "explain disc herniation to me", "What is the visiting time?"),
    ],
)
def test_a_paraphrase_is_nearer_than_a_stranger(
    encoder: Encoder, question: str, paraphrase: str, stranger: str
) -> None:
    assert similarity(encoder, question, paraphrase) > similarity(encoder, question, stranger) + 0.2


def test_every_vector_has_length_one(encoder: Encoder) -> None:
    vectors = encoder.encode([*QUESTIONS, "long story " * 300])
    assert vectors.shape == (len(QUESTIONS) + 1, WIDTH)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_text_gives_no_vector(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, WIDTH)


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\x00\x01"])
def test_a_text_without_a_word_gets_the_zero_vector(encoder: Encoder, text: str) -> None:
    vectors = encoder.encode(["a word", text])
    assert vectors[0].any()
    assert not vectors[1].any()


def test_a_vector_does_not_depend_on_order_or_company(encoder: Encoder) -> None:
    alone = np.concatenate([encoder.encode([question]) for question in QUESTIONS])
    shuffled = [*reversed(QUESTIONS), *QUESTIONS * 20]
    together = encoder.encode(shuffled)
    np.testing.assert_allclose(together[: len(QUESTIONS)][::-1], alone, atol=1e-5)
    np.testing.assert_allclose(together[-len(QUESTIONS) :], alone, atol=1e-5)


def test_a_company_of_one_length_does_not_change_a_vector(encoder: Encoder) -> None:
    """Texts of one length share a run of the graph: one scale for the whole run would show here."""
    same_length = ["may i drive", "may i swim", "sore throat now", "zzz qqq xxx"]
    together = encoder.encode(same_length)
    alone = np.concatenate([encoder.encode([text]) for text in same_length])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_upper_and_lower_case_are_one(encoder: Encoder) -> None:
    assert similarity(encoder, "MAY I DRIVE?", "may i drive?") == pytest.approx(1, abs=1e-5)


def test_the_last_sentence_of_a_long_text_counts(encoder: Encoder) -> None:
    story = "We drove to the sea and the children played in the sand for a long while. " * 20
    calm, alarm = "Then we all went home.", "Now I cannot feel my legs."
    with_calm, with_alarm, alone = encoder.encode([story + calm, story + alarm, alarm])
    assert float(with_calm @ with_alarm) < 0.99
    assert float(with_alarm @ alone) > float(with_calm @ alone) + 0.02


def test_the_words_in_the_middle_of_a_long_text_count(encoder: Encoder) -> None:
    story = "We drove to the sea and the children played in the sand for a long while. " * 10
    with_alarm, without = encoder.encode([story + "I cannot feel my legs. " + story, story + story])
    assert float(with_alarm @ without) < 0.9999


@pytest.mark.parametrize("count", [1, PIECE_TOKENS, PIECE_TOKENS + 1, 200, 220, 221, 1000])
def test_pieces_cover_every_token_and_overlap(count: int) -> None:
    starts = piece_starts(count)
    ends = [min(start + PIECE_TOKENS, count) for start in starts]
    assert starts[0] == 0
    assert ends[-1] == count
    assert all(end - start >= OVERLAP_TOKENS for end, start in zip(ends, starts[1:], strict=False))


def test_the_eight_bit_graph_says_what_the_full_model_says(encoder: Encoder, model: ModelFiles) -> None:
    full = FullPrecision(model)
    expected = np.stack([full.facets(question) for question in QUESTIONS])
    cosines = (encoder.facets(QUESTIONS) * expected).sum(axis=2)
    assert cosines.shape == (len(QUESTIONS), FACETS)
    assert cosines.min() >= 0.99
    assert cosines.mean(axis=0).min() >= 0.997


def test_the_first_facet_is_the_vector(encoder: Encoder) -> None:
    texts = [*QUESTIONS, "long story " * 300, ""]
    np.testing.assert_array_equal(encoder.facets(texts)[:, 0], encoder.encode(texts))


def test_every_facet_has_length_one_and_none_for_no_word(encoder: Encoder) -> None:
    facets = encoder.facets([*QUESTIONS, "long story " * 300, " "])
    assert facets.shape == (len(QUESTIONS) + 2, FACETS, WIDTH)
    assert facets.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(facets[:-1], axis=2), 1, atol=1e-5)
    assert not facets[-1].any()


def test_the_facets_of_a_long_text_are_those_of_its_pieces_together(encoder: Encoder) -> None:
    long = "stitches " * 200  # all words alike: two pieces of one length
    (whole, piece) = encoder.facets([long, "stitches " * PIECE_TOKENS])
    np.testing.assert_allclose(whole, piece, atol=1e-5)
    other = encoder.facets([long + "I cannot feel my legs."])[0]
    assert np.abs(whole - other).max(axis=1).min() > 0.001


def test_facets_do_not_depend_on_company(encoder: Encoder) -> None:
    alone = np.concatenate([encoder.facets([question]) for question in QUESTIONS])
    np.testing.assert_allclose(encoder.facets(QUESTIONS * 10)[: len(QUESTIONS)], alone, atol=1e-5)


def test_progress_is_told_up_to_the_end(encoder: Encoder) -> None:
    told: list[tuple[int, int]] = []
    encoder.encode([*QUESTIONS, "long story " * 100], progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1] >= len(QUESTIONS) + 2


def test_threads_may_share_the_encoder(encoder: Encoder) -> None:
    expected = encoder.encode(QUESTIONS)
    differences: list[float] = []
    start = threading.Barrier(4)

    def ask() -> None:
        start.wait()
        differences.extend(float(np.abs(encoder.encode(QUESTIONS) - expected).max()) for _ in range(3))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(differences) == 12
    assert max(differences) < 1e-5


def test_half_an_emoji_is_no_obstacle(encoder: Encoder) -> None:
    text = "my leg \ud83d hurts"
    assert encoder.encode([text])[0].any()
    states = encoder.encode_tokens(text)
    start, end = states.offsets[states.tokens.index("hurts")]
    assert text[start:end] == "hurts"


def test_each_token_has_a_place_in_the_text_and_a_state(encoder: Encoder) -> None:
    text = "Später: MAY I drive to München 🚗 tomorrow?"
    tokens, offsets, states = encoder.encode_tokens(text)
    assert "[CLS]" not in tokens
    assert states.shape == (len(tokens), WIDTH)
    words = {token: text[start:end] for token, (start, end) in zip(tokens, offsets, strict=True)}
    assert words["may"] == "MAY"
    assert words["tomorrow"] == "tomorrow"
    assert words["?"] == "?"


def test_a_text_without_a_word_has_no_token_states(encoder: Encoder) -> None:
    assert encoder.encode_tokens(" ").states.shape == (0, WIDTH)


def test_every_token_of_a_long_text_has_a_state(encoder: Encoder) -> None:
    text = "The nurse showed me how to put the brace on. " * 40 + "It hurts."
    tokens, offsets, states = encoder.encode_tokens(text)
    assert len(tokens) == len(offsets) == len(states) > 2 * PIECE_TOKENS
    assert np.abs(states).sum(axis=1).min() > 1
    start, end = offsets[-2]
    assert text[start:end] == "hurts"


def test_the_states_of_a_part_carry_its_meaning(encoder: Encoder) -> None:
    text = "My sister sends her regards, and when may I drive again after my operation?"
    _, offsets, states = encoder.encode_tokens(text)
    clause = [start >= text.index("when") for start, _ in offsets]
    part, rest = states[clause].mean(axis=0), states[~np.array(clause)].mean(axis=0)
    question = encoder.encode(["When may I drive again?"])[0]
    assert question @ part / np.linalg.norm(part) > question @ rest / np.linalg.norm(rest) + 0.1
