"""Prepares the encoder once, for `make setup`: python -m bot.encoder. Exit code 1, and why, when it cannot."""

from __future__ import annotations

import sys

from bot.config import ConfigError, read_settings
from bot.encoder import EncoderMissing, open_encoder


def main() -> int:
    """Write and verify the graph where the settings say, and try it."""
    try:
        settings = read_settings()
        encoder = open_encoder(settings.support_bot_encoder_dir, settings.support_bot_cache_dir)
    except (ConfigError, EncoderMissing) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0 if encoder.encode(["Is anybody there?"]).any() else 1


if __name__ == "__main__":
    sys.exit(main())
