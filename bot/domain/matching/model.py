"""Logistic models: how the evidence is weighed, and how the weights are fitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
_STEPS = 60
_STEEPEST = 35.0
_FARTHEST = 4.0
"""Standard deviations from the mean beyond which an input says no more: nothing was learnt about such."""


@dataclass(frozen=True)
class Weighing:
    """A logistic model over named inputs. `mean` and `scale` make each input comparable; weights are per scale."""

    names: tuple[str, ...]
    weights: Numbers
    mean: Numbers
    scale: Numbers
    bias: float

    def score(self, inputs: Numbers) -> Numbers:
        """The logarithm of the odds for each row of inputs."""
        far = np.clip((inputs - self.mean) / self.scale, -_FARTHEST, _FARTHEST)
        return np.asarray(far @ self.weights + self.bias, np.float64)

    def probability(self, inputs: Numbers) -> Numbers:
        """0-1 for each row of inputs."""
        return np.asarray(1 / (1 + np.exp(-np.clip(self.score(inputs), -_STEEPEST, _STEEPEST))), np.float64)

    def to_json(self) -> dict[str, object]:
        rows = zip(self.names, self.weights, self.mean, self.scale, strict=True)
        table = {name: [round(float(w), 4), round(float(m), 4), round(float(s), 4)] for name, w, m, s in rows}
        return {"bias": round(self.bias, 4), "inputs": table}

    @staticmethod
    def from_json(stored: Mapping[str, object], names: Sequence[str]) -> Weighing:
        """Raises ValueError when the inputs are not those that this program computes."""
        inputs = stored.get("inputs")
        if not isinstance(inputs, Mapping) or list(inputs) != list(names):
            raise ValueError("the coefficients are for other inputs; refit them")
        table = np.array([inputs[name] for name in names], np.float64)
        bias = float(str(stored["bias"]))
        if table.shape != (len(names), 3) or not np.isfinite([bias, *table.ravel()]).all() or (table[:, 2] <= 0).any():
            raise ValueError("a coefficient is not a number")
        return Weighing(tuple(names), table[:, 0], table[:, 1], table[:, 2], bias)


def fit(
    names: Sequence[str],
    inputs: Numbers,
    right: NDArray[np.bool_],
    *,
    weights: Numbers | None = None,
    strength: float,
    prior: Weighing | None = None,
) -> Weighing:
    """The weights that explain best which rows are right: Newton's method on the penalised likelihood, deterministic.

    `strength` (> 0) is how strongly weights are pulled to zero, or to those of `prior`, whose scales are then kept.
    """
    mean = prior.mean if prior else inputs.mean(axis=0)
    deviation = inputs.std(axis=0)
    scale = prior.scale if prior else np.where(deviation > 1e-9, deviation, 1.0)
    x = np.hstack([(inputs - mean) / scale, np.ones((len(inputs), 1))])
    centre = np.append(prior.weights, prior.bias) if prior else np.zeros(x.shape[1])
    penalty = np.full(x.shape[1], strength)
    if not prior:
        penalty[-1] = 1e-6
    share = np.ones(len(x)) if weights is None else weights
    found = centre.copy()
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(x @ found, -_STEEPEST, _STEEPEST)))
        slope = x.T @ (share * (chance - right)) + penalty * (found - centre)
        curve = (x * (share * chance * (1 - chance) + 1e-9)[:, None]).T @ x + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        found = found - step * min(1.0, 4.0 / (np.abs(step).max() + 1e-12))
        if np.abs(step).max() < 1e-7:
            break
    return Weighing(tuple(names), found[:-1], mean, scale, float(found[-1]))
