"""What an evaluation works with: the knowledge base, its settings, the encoder, the finder and the guard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.config import read_settings
from bot.domain.knowledge import KnowledgeBase, MatchingSettings
from bot.domain.scope import Guard
from bot.knowledge_files import Loaded, load
from bot.measure.evaluation.calibrated import Standing
from bot.measure.evaluation.files import PosedQuestion, read_entries
from bot.measure.evaluation.predicting import Bench, labels
from bot.measure.evaluation.progress import Bar
from bot.workflows.finding import Finder, Labelled
from bot.workflows.meaning import Meaning
from bot.workflows.parts import labelled as labelled_in

_BY_HAND = ("answer_confidence", "suggest_confidence")


@dataclass(frozen=True)
class Setting:
    """A knowledge base with all that stands beside it. `loaded` None: every question is matched, without a guard.

    `own` are the knowledge folder's labelled questions; a file of entries has none.
    """

    knowledge: KnowledgeBase
    matching: MatchingSettings
    loaded: Loaded | None
    meaning: Meaning
    own: tuple[Labelled, ...] = ()

    @staticmethod
    def of(
        where: Path | None,
        *,
        promised: float | None = None,
        guard: bool = True,
        words_alone: bool = False,
        on_note: Callable[[str], None] = lambda _: None,
    ) -> Setting:
        """`where` is a knowledge folder or a file of entries, None the installed folder; the installed guard stands
        before a file of entries. `on_note` hears what the operator should know of the encoder.

        Raises InputFault, ConfigError or KnowledgeError.
        """
        settings = read_settings()
        if where is not None and not where.is_dir():
            knowledge, matching = read_entries(where), MatchingSettings()
            loaded = load(settings.support_bot_knowledge_dir) if guard else None
            own: tuple[Labelled, ...] = ()
        else:
            loaded = load(where or settings.support_bot_knowledge_dir)
            knowledge, matching, own = loaded.knowledge, loaded.config.matching, labelled_in(loaded)
        if promised is not None:  # what is asked for here stands above what was set by hand
            matching = matching.model_copy(update={"promised_precision": promised, **dict.fromkeys(_BY_HAND)})
        meaning = Meaning.of(settings, words_alone=words_alone)
        if meaning.missing:
            on_note(meaning.said)
        return Setting(knowledge, matching, loaded if guard else None, meaning, own)

    def bench(self, labelled: tuple[PosedQuestion, ...], bar: Bar) -> Bench:
        """The finder, calibrated with `labelled` or, where there are none, the folder's own; and the guard."""
        finder = Finder(
            self.knowledge,
            self.matching,
            self.meaning.encoder,
            self.meaning.cache,
            labelled=labels(labelled) or self.own,
            progress=bar.encoding,
        )
        guard = Guard(self.loaded.scope) if self.loaded else None
        return Bench(self.knowledge, finder, guard, datetime.now(UTC).date())

    def standing(self, bench: Bench) -> Standing:
        """The calibration, told with the settings."""
        by_hand = tuple(name for name in _BY_HAND if getattr(self.matching, name) is not None)
        return Standing.of(bench.finder, self.knowledge, by_hand)
