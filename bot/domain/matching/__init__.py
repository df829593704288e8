"""Ranks the entries of the knowledge base for a question, each with a confidence that it is the answer."""

from bot.domain.matching.coefficients import Coefficients, coefficients_from
from bot.domain.matching.index import Facets, texts_of
from bot.domain.matching.language import Language
from bot.domain.matching.matcher import Matcher
from bot.domain.matching.results import Alignment, Match, Ranking

__all__ = [
    "Alignment",
    "Coefficients",
    "Facets",
    "Language",
    "Match",
    "Matcher",
    "Ranking",
    "coefficients_from",
    "texts_of",
]
