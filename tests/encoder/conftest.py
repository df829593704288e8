"""The real encoder, prepared once for all tests in a folder of their own."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from bot.encoder import Encoder, open_encoder
from bot.encoder.model_files import PACKAGE, ModelFiles, find_model


@pytest.fixture(scope="session")
def model() -> ModelFiles:
    if importlib.util.find_spec(PACKAGE) is None:
        pytest.skip("the sentence encoder's model is not installed; run: make model")
    return find_model(None)


@pytest.fixture(scope="session")
def cache(model: ModelFiles, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder in which the encoder is prepared. Tests that damage it copy it first."""
    folder = tmp_path_factory.mktemp("cache")
    open_encoder(None, folder)
    return folder


@pytest.fixture(scope="session")
def encoder(cache: Path) -> Encoder:
    return open_encoder(None, cache)
