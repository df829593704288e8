"""Ranks the entries of the knowledge base for a question, each with a confidence that it is the answer."""

from bot.domain.matching.matcher import Matcher
from bot.domain.matching.results import Alignment, Match, Ranking

__all__ = ["Alignment", "Match", "Matcher", "Ranking"]
