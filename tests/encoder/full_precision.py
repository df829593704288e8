"""The model's forward pass in plain 32-bit numpy, one text at a time: what the 8-bit graph is compared with."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from bot.encoder.model_files import ModelFiles

Floats = NDArray[np.float32]
_erf = np.frompyfunc(math.erf, 1, 1)


class FullPrecision:
    def __init__(self, files: ModelFiles) -> None:
        self._weights: dict[str, Floats] = load_file(Path(files.weights))
        self._tokenizer = Tokenizer.from_file(str(files.tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def facets(self, text: str) -> Floats:
        layers = [self._embedded(self._tokenizer.encode(text).ids)]
        for layer in range(6):
            layers.append(self._layer(layers[-1], f"encoder.layer.{layer}."))
        means = [states.mean(axis=0) for states in layers]
        late = [part for states in (layers[6], layers[5]) for part in (states[1:-1].max(axis=0), states[0])]
        facets = np.stack([means[6], *means[:6], *late])
        return np.asarray(facets / np.linalg.norm(facets, axis=1, keepdims=True), np.float32)

    def _embedded(self, ids: list[int]) -> Floats:
        words, positions, segments = (
            self._weights[f"embeddings.{kind}_embeddings.weight"] for kind in ("word", "position", "token_type")
        )
        return self._normalised(words[ids] + positions[: len(ids)] + segments[0], "embeddings.LayerNorm")

    def _layer(self, states: Floats, name: str) -> Floats:
        query, key, value = (
            self._linear(states, f"{name}attention.self.{part}").reshape(-1, 12, 32).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / math.sqrt(32)
        shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
        shares /= shares.sum(axis=-1, keepdims=True)
        mixed = (shares @ value).transpose(1, 0, 2).reshape(len(states), -1)
        attended = self._linear(mixed, f"{name}attention.output.dense")
        states = self._normalised(states + attended, f"{name}attention.output.LayerNorm")
        wide = self._linear(states, f"{name}intermediate.dense")
        wide = wide * (1 + _erf(wide / math.sqrt(2)).astype(np.float32)) / 2
        return self._normalised(states + self._linear(wide, f"{name}output.dense"), f"{name}output.LayerNorm")

    def _linear(self, states: Floats, name: str) -> Floats:
        return states @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]

    def _normalised(self, states: Floats, name: str) -> Floats:
        centred = states - states.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12)
        return np.asarray(centred / spread * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"])
