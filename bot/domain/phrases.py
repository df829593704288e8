"""Every fixed sentence the bot says, by key, with the placeholders each may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

KEYS: Mapping[str, frozenset[str]] = {
    key: frozenset(placeholders.split())
    for key, placeholders in {
        # Under every answer
        "answered_by": "author",  # "Answered by {author}"
        "reviewed": "reviewer date",
        "not_reviewed": "",
        "sources_label": "",
        "answer_footer": "emergency_number",
        "reply_footer": "emergency_number",
        "helpful_question": "",
        "helpful_yes": "",
        "helpful_no": "",
        "helpful_thanks": "",
        "unhelpful_thanks": "",
        "talk_to_person": "",
        "answer_above": "",
        "related_intro": "",
        # Did you mean
        "suggest_intro": "",
        "suggest_none": "",
        "suggest_picked": "question",
        "only_asker": "",
        "rephrase": "",
        # A person
        "received": "service hours_line",
        "received_medication": "service hours_line",
        "received_personal_advice": "service hours_line",
        "received_admin": "service hours_line",
        "received_requested": "service hours_line",
        "already_with_a_person": "",
        "forwarded": "",
        "privacy_line": "",
        "hours_open": "",
        "hours_closed": "opens",
        "hours_unknown": "",
        "claimed": "moderator",
        "moderator_answer": "moderator",
        "closed": "",
        # Alarms
        "emergency_notice": "numbers",
        "emergency_cauda_equina": "numbers",
        "emergency_poisoning": "numbers",
        "crisis_notice": "numbers",
        "urgent_notice": "numbers",
        "alarm_person_told": "",
        "emergency_strip": "emergency_number",
        "emergency_number_unknown": "",  # what {emergency_number} says when the country is not set
        # Neither an answer nor a ticket
        "smalltalk_reply": "service",
        "abuse_boundary": "",
        "no_words": "",
        "received_too_long": "service hours_line",
        "files_not_read": "service hours_line",
        "files_offer": "",
        "files_note": "",
        "files_note_offer": "",
        "handed_back": "",
        "first_contact": "service",
        "ask_usage": "",
        "human_usage": "",
        "topics_intro": "",
        "prompts_title": "",
        "ask_sent_to_dm": "",
        "private_intro": "link",
        "private_intro_no_link": "",
        "trouble": "emergency_number",
        # To people who press what is not theirs, or too late
        "not_a_moderator": "",
        "unknown_button": "",
        "ticket_taken": "moderator",
        "ticket_closed": "",
        # The moderators' card
        "card_title": "number",
        "card_title_alarm": "number route",
        "card_from": "patient link",
        "card_from_no_link": "patient",
        "card_unclaimed": "",
        "card_claimed": "moderator",
        "card_answered": "moderator",
        "card_resolved": "moderator",
        "card_deleted": "",
        "card_deleted_still_open": "",
        "card_edited": "",
        "card_no_entries": "",
        "card_entries": "",
        "card_draft": "question review_by",
        "card_send_entry": "",
        "card_claim": "",
        "card_write": "",
        "card_resolve": "",
        "card_show": "",
        "card_patient_wrote_again": "patient link",
        "card_patient_wrote_again_no_link": "patient",
        "card_not_delivered": "",
        "card_incident": "incident",
        "words_title": "",
        "words_gone": "",
        "write_title": "",
        "write_label": "",
        "write_hint": "",
        "write_preview": "",
        "write_send": "",
        "write_back": "",
        "write_close": "",
        "preview_intro": "",
        "write_empty": "",
        # The app's Home tab
        "home_intro": "service",
        "home_ask_label": "",
        "home_ask_hint": "",
        "home_replied": "",
        "home_emergency": "",
        "home_mine": "",
        "home_mine_none": "",
        "home_topics": "",
        "home_privacy": "",
        "home_queue": "",
        "home_queue_empty": "",
        "home_state_answered": "",
        "home_state_replied": "",
        "home_state_alarm": "",
        "home_state_open": "",
        "home_state_claimed": "moderator",
        "home_state_resolved": "",
        # Why a ticket came, in plain words
        "reason_no_match": "",
        "reason_requested": "",
        "reason_none_of_these": "",
        "reason_overdue": "",
        "reason_too_long": "",
        "reason_files": "",
        "reason_emergency": "",
        "reason_crisis": "",
        "reason_urgent": "",
        "reason_possible_alarm": "",
        "reason_medication": "",
        "reason_personal_advice": "",
        "reason_admin": "",
        "reason_abuse_spam": "",
        "reason_trouble": "",
    }.items()
}

LIMITS: Mapping[str, int] = {
    **dict.fromkeys(("words_title", "write_title", "write_preview", "write_send", "write_close"), 24),
    **dict.fromkeys(("helpful_yes", "helpful_no", "talk_to_person", "suggest_none", "write_back"), 75),
    **dict.fromkeys(("home_emergency", "home_mine", "home_topics", "home_privacy", "home_queue"), 150),
    **dict.fromkeys(("home_ask_hint",), 150),
    **dict.fromkeys(("card_send_entry", "card_claim", "card_write", "card_resolve", "card_show"), 75),
}
"""Characters: 24 on a window's title and its own buttons, 75 on all other buttons, 150 on headers and hints. Slack
refuses more."""


@dataclass(frozen=True)
class Phrases:
    """The operator's texts. `say` never fails at run time: `problems` is checked when they are loaded."""

    texts: Mapping[str, str]

    def say(self, key: str, **values: str) -> str:
        """The sentence `key` with its placeholders filled in.

        Raises KeyError for a key or placeholder that is not declared in KEYS: a mistake in the code.
        """
        if set(values) - KEYS[key]:
            raise KeyError(f"{key} does not take {sorted(set(values) - KEYS[key])}")
        return self.texts[key].format(**values)

    @staticmethod
    def problems(texts: Mapping[str, object]) -> list[tuple[str, str]]:
        """(key, "what is wrong; how to mend it") for each phrase missing, unknown, malformed or too long."""
        missing = sorted(KEYS.keys() - texts.keys())
        found = [(key, "this phrase is missing; add it") for key in missing]
        for key, text in texts.items():
            if key not in KEYS:
                found.append((key, "no part of the bot says this phrase; remove it or correct its name"))
            elif not isinstance(text, str) or not text.strip():
                found.append((key, "must be a text that is not empty; put it in quotes"))
            else:
                found.extend((key, problem) for problem in _placeholder_problems(text, KEYS[key]))
                found.extend((key, problem) for problem in _length_problems(text, LIMITS.get(key)))
        return found


def _placeholder_problems(text: str, allowed: frozenset[str]) -> list[str]:
    try:
        parts = [(name, spec, how) for _, name, spec, how in Formatter().parse(text) if name is not None]
    except ValueError as error:
        return [f"braces do not pair up ({error}); write {{{{ or }}}} for a brace that is meant as text"]
    can_use = ", ".join(f"{{{name}}}" for name in sorted(allowed)) or "none"
    unknown = sorted({name for name, _, _ in parts} - allowed)
    adorned = sorted({name for name, spec, how in parts if name in allowed and (spec or how)})
    return [
        *(f"{{{name}}} is not a placeholder here; it can use: {can_use}" for name in unknown),
        *(f"{{{name}}} has a : or ! inside its braces; write only {{{name}}}" for name in adorned),
    ]


def _length_problems(text: str, limit: int | None) -> list[str]:
    if limit is None or len(text) <= limit:
        return []
    return [f"has {len(text)} characters and Slack shows at most {limit} here; shorten it"]
