"""Opens the sentence encoder as the settings say; without it the bot matches by words alone, and this says why."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.config import Settings
from bot.encoder import Encoder, EncoderMissing, open_encoder

SWITCHED_OFF = "the encoder is switched off (SUPPORT_BOT_ENCODER=off)"


@dataclass(frozen=True)
class Meaning:
    """The encoder, or None and in `why_not` the reason in plain words; `cache` is the folder of what can be made anew.

    `missing` tells an encoder that could not be opened from one that was switched off.
    """

    encoder: Encoder | None
    cache: Path
    why_not: str = ""
    missing: bool = False

    @staticmethod
    def of(settings: Settings, *, words_alone: bool = False) -> Meaning:
        """What the settings give (0.2 s; 1 s the first time). Never fails: without an encoder the bot still runs."""
        cache = settings.support_bot_cache_dir.expanduser()
        if words_alone:
            return Meaning(None, cache, "that was asked for")
        if settings.support_bot_encoder == "off":
            return Meaning(None, cache, SWITCHED_OFF)
        try:
            return Meaning(open_encoder(settings.support_bot_encoder_dir, cache), cache)
        except EncoderMissing as error:
            return Meaning(None, cache, str(error), missing=True)

    @property
    def said(self) -> str:
        """One line for whoever starts the bot."""
        if self.encoder is None:
            return f"matching by words alone: {self.why_not}"
        return "matching by meaning and words: the sentence encoder is in use"
