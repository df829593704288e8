"""`support-bot ask`: the same decision as in Slack, shown on the terminal, with its reasons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape
from rich.table import Column, Table

from bot.domain.decision import (
    TEXT_LIMIT,
    Answer,
    Decision,
    Escalate,
    Forward,
    Ignore,
    Reply,
    SafetyNotice,
    Suggestions,
    decide,
    ticket_for,
    to_json,
)
from bot.domain.knowledge import Entry
from bot.domain.matching import Match, Ranking
from bot.domain.question import Door, Question
from bot.domain.scope import Level, Verdict
from bot.knowledge_files import Loaded
from bot.workflows.finding import Progress
from bot.workflows.meaning import Meaning
from bot.workflows.parts import Wisdom


@dataclass(frozen=True)
class Asked:
    """A question with everything that decided it."""

    verdict: Verdict
    ranking: Ranking | None
    decision: Decision


class Asking:
    """Asks one knowledge base without any Slack. `now` is aware; `progress` is as for Finder."""

    def __init__(self, loaded: Loaded, now: datetime, meaning: Meaning, progress: Progress | None = None) -> None:
        self._wisdom = Wisdom.of(loaded, meaning.encoder, meaning.cache, progress)
        self._meaning = meaning
        self._now = now

    def ask(self, text: str) -> Asked:
        """Decide as for a direct message."""
        finder, knowledge = self._wisdom.finder, self._wisdom.loaded.knowledge
        question = Question("ask", "", "", "", text, Door.DM, self._now.timestamp())
        verdict = self._wisdom.guard.judge(text)
        ranking = finder.rank(text) if len(text) <= TEXT_LIMIT else None
        decision = decide(question, verdict, ranking, knowledge, finder.rules, self._now.date())
        return Asked(verdict, ranking, decision)

    def as_json(self, text: str) -> dict[str, Any]:
        """The decision with route, level and the ten best entries."""
        asked = self.ask(text)
        matches = asked.ranking.matches if asked.ranking else ()
        return {
            "action": type(asked.decision).__name__.lower(),
            "entry_id": asked.decision.entry_id if isinstance(asked.decision, Answer) else None,
            "confidence": round(matches[0].confidence, 4) if matches else 0.0,
            "margin": round(asked.ranking.margin, 4) if asked.ranking else 0.0,
            "route": asked.verdict.route,
            "level": asked.verdict.level,
            "alarm": asked.verdict.alarm,
            "rule": asked.verdict.rule,
            "ranked": [[m.entry_id, round(m.confidence, 4)] for m in matches],
            "encoder": self._meaning.encoder is not None,
            "decision": to_json(asked.decision),
        }

    def show(self, text: str, out: Console, *, explain: bool) -> None:
        """Print what the patient would get in a direct message and, with `explain`, why."""
        asked = self.ask(text)
        out.print("[dim]In Slack the patient would read:[/]\n")
        self._show_decision(asked.decision, out)
        if explain:
            self._explain(asked, out)

    def _show_decision(self, decision: Decision, out: Console) -> None:
        replies, knowledge = self._wisdom.replies, self._wisdom.loaded.knowledge
        match decision:
            case Answer(entry_id=entry_id, alarm=alarm):
                self._show_answer(knowledge.entries[entry_id], alarm is not None, out)
            case Suggestions(offered=offered):
                out.print(escape(replies.suggestions(offered, knowledge, "ask").text))
            case SafetyNotice(route=route, kind=kind):
                out.print(f"[bold red]{escape(replies.notice(route, kind).text)}[/]")
            case Escalate(route=route, reason=reason, alarm=alarm):
                receipt = replies.received(route, reason, self._now, alarm=alarm is not None)
                out.print(escape(receipt.text))
            case Reply(phrase=phrase):
                out.print(escape(replies.sentence(phrase).text))
            case Forward() | Ignore():
                out.print("[dim](nothing)[/]")
            case _ as never:
                assert_never(never)
        ticket = ticket_for(decision)
        if ticket is not None:
            reason = self._wisdom.loaded.phrases.say(f"reason_{ticket.reason}")
            out.print(f"\n[dim]and a moderator a ticket:[/] {escape(reason)}")

    def _show_answer(self, entry: Entry, strip: bool, out: Console) -> None:
        replies = self._wisdom.replies
        if strip:
            out.print(f"[bold red]{escape(replies.strip())}[/]\n")
        out.print(f"[bold]{escape(entry.question)}[/]\n")
        out.print(Markdown(entry.answer))
        out.print(f"\n[dim]{escape(' · '.join(replies.signature(entry)[:2]))}[/]")
        for source in entry.sources:
            out.print(f"[dim]{escape(source.title)}: {escape(source.url)}[/]")
        footer = self._wisdom.loaded.phrases.say("answer_footer", emergency_number=replies.number())
        out.print(f"\n[dim]{escape(footer)}[/]")

    def _explain(self, asked: Asked, out: Console) -> None:
        verdict, ranking = asked.verdict, asked.ranking
        out.print("\n[bold]Why[/]")
        alarm = f", alarm {verdict.alarm}" if verdict.alarm else ""
        rule = f", by rule {escape(verdict.rule)}: “{escape(verdict.clause)}”" if verdict.rule else ""
        out.print(f"  guard: route {verdict.route}, level {verdict.level}{alarm}{rule}")
        if verdict.level is Level.PAGE or ranking is None:
            out.print("  no matching: an alarm or a long message goes to a person whatever it matches")
            return
        out.print(f"  {escape(self._meaning.said)}")
        for line in thresholds(self._wisdom):
            out.print(f"  {escape(line)}")
        out.print(f"  margin here {ranking.margin:.2f}")
        if ranking.unknown_words:
            out.print(f"  words the knowledge base does not know: {escape(', '.join(ranking.unknown_words))}")
        out.print(_matches(ranking.matches[:5]))
        for alignment in ranking.matches[0].alignments if ranking.matches else ():
            out.print(
                f"  {escape(alignment.asked)} ~ {escape(alignment.known)}  "
                f"[dim]similarity {alignment.similarity:.2f}, weight {alignment.weight:.2f}[/]"
            )


def thresholds(wisdom: Wisdom) -> Iterator[str]:
    """From which confidence is answered and suggested, and what that rests on, in plain lines."""
    rules, found = wisdom.finder.rules, wisdom.finder.calibration
    answer, suggest = (_threshold(value) for value in (rules.answer_confidence, rules.suggest_confidence))
    lead = f" with a margin of {rules.margin:.2f}" if rules.margin else ""
    yield f"thresholds: answer from {answer}{lead}, suggest from {suggest}"
    if wisdom.loaded.config.matching.answer_confidence is not None:
        yield "  set in config.yaml: nothing is promised"
        return
    yield f"  promised precision {found.promised:.2f}; found by: {found.basis}"
    if not found.promise_kept:
        yield "  too little evidence to be sure of the promise: see support-bot knowledge calibrate"


def _threshold(confidence: float | None) -> str:
    return "never" if confidence is None or confidence > 1 else f"{confidence:.2f}"


def _matches(matches: tuple[Match, ...]) -> Table:
    entry = Column("entry", overflow="fold", min_width=max(len(m.entry_id) for m in matches) if matches else 0)
    table = Table("confidence", entry, "nearest phrasing", "may not be, because", box=None, pad_edge=False)
    for m in matches:
        table.add_row(f"{m.confidence:.2f}", m.entry_id, escape(m.phrasing), escape("; ".join(m.vetoes)))
    return table
