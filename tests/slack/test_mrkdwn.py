"""Text as Slack wants it, with nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.mrkdwn import escape, from_markdown, mention, pieces

lines = st.text(st.sampled_from("ab \n"), max_size=400)
limits = st.integers(2, 60)


@given(lines, limits)
def test_no_piece_is_longer_than_the_limit(text: str, limit: int) -> None:
    assert all(len(piece) <= limit for piece in pieces(text, limit))


@given(lines, limits)
def test_nothing_but_blanks_is_lost_between_pieces(text: str, limit: int) -> None:
    assert "".join("".join(pieces(text, limit)).split()) == "".join(text.split())


@given(lines.filter(str.strip), limits)
def test_no_piece_is_blank_since_slack_refuses_empty_texts(text: str, limit: int) -> None:
    assert all(piece.strip() for piece in pieces(text, limit))


@given(lines, limits)
def test_a_text_within_the_limit_is_one_piece_as_it_is(text: str, limit: int) -> None:
    if len(text) <= limit:
        assert pieces(text, limit) == [text]


@given(st.text(st.sampled_from("abc"), min_size=1, max_size=300), limits)
def test_a_text_without_a_place_to_cut_loses_nothing_at_all(text: str, limit: int) -> None:
    assert "".join(pieces(text, limit)) == text


def test_a_text_is_cut_at_paragraphs_first_then_lines_then_spaces() -> None:
    assert pieces("one two\n\nthree four\nfive", 20) == ["one two", "three four\nfive"]
    assert pieces("one two\nthree four", 12) == ["one two", "three four"]
    assert pieces("one two three", 8) == ["one two", "three"]


def test_a_very_long_text_is_cut_without_trouble() -> None:
    assert len(pieces("x" * 1_000_000, 100)) == 10_000


@given(st.text())
def test_escaped_text_has_no_markup_and_reads_as_it_was(text: str) -> None:
    escaped = escape(text)
    assert "<" not in escaped
    assert ">" not in escaped
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


@pytest.mark.parametrize("loud", ["<!channel>", "<!here>", "<@U0123>", "<#C0123|x>", "<https://x.y|look>"])
def test_escaped_text_calls_nobody_and_links_nowhere(loud: str) -> None:
    assert escape(loud) == loud.replace("<", "&lt;").replace(">", "&gt;")


@pytest.mark.parametrize(
    ("markdown", "mrkdwn"),
    [
        ("**What may go wrong.** A list", "*What may go wrong.* A list"),
        ("__bold__", "*bold*"),
        ("_slanted_ words", "_slanted_ words"),
        ("see [the page](https://example.org/a)", "see the page (https://example.org/a)"),
        ("## A heading\ntext", "*A heading*\ntext"),
        ("- one\n- two", "- one\n- two"),
        ("5 < 6 & 7 > 6", "5 &lt; 6 &amp; 7 &gt; 6"),
        ("2 * 3 * 4", "2 * 3 * 4"),
    ],
)
def test_curated_markdown_in_slacks_markup(markdown: str, mrkdwn: str) -> None:
    assert from_markdown(markdown) == mrkdwn


def test_a_person_is_named_by_mention() -> None:
    assert mention("U0123") == "<@U0123>"
