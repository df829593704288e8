"""The one way in which the encoder can be unavailable, said so that an operator can mend it."""

from __future__ import annotations


class EncoderMissing(Exception):
    """The encoder cannot be used here. The message says in plain sentences what is wrong and how to mend it."""
