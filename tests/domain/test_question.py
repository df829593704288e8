"""A question is the same value before and after it has been stored."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.question import Door, Question

questions = st.builds(
    Question,
    id=st.text(),
    team=st.text(),
    channel=st.text(),
    user=st.text(),
    text=st.text(),
    door=st.sampled_from(Door),
    asked_at=st.floats(0, 4e9, allow_nan=False),
    ts=st.text(),
    thread_ts=st.text(),
    client_msg_id=st.text(),
    response_url=st.text(),
    has_files=st.booleans(),
)


@given(questions)
def test_a_question_comes_back_from_json_as_it_was(question: Question) -> None:
    back = Question.from_json(json.loads(json.dumps(question.to_json())))
    assert back == question
    assert isinstance(back.door, Door)


def test_a_reply_belongs_in_the_parents_thread_and_a_top_level_message_starts_its_own() -> None:
    top = Question("q", "T", "C", "U", "words", Door.CHANNEL, 1.0, ts="2.0")
    reply = Question("q", "T", "C", "U", "words", Door.THREAD, 1.0, ts="2.0", thread_ts="1.0")
    command = Question("q", "T", "C", "U", "words", Door.COMMAND, 1.0)
    assert (top.thread, reply.thread, command.thread) == ("2.0", "1.0", "")
