"""The facets of many texts, of which only the first is in memory: the others are fetched for the few asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.encoder.encoding import Vectors


class StoredFacets:
    """The facets of numbered texts. Threads may share it."""

    def __init__(self, meanings: Vectors, fetch: Callable[[list[int]], Vectors]) -> None:
        self._fetch = fetch
        self.meanings = meanings
        """The first facet of every text: n x 384."""

    @staticmethod
    def of(facets: Vectors) -> StoredFacets:
        """Facets that are all in memory (n x 11 x 384), for few texts."""
        return StoredFacets(np.ascontiguousarray(facets[:, 0]), lambda numbers: facets[numbers])

    def __len__(self) -> int:
        return len(self.meanings)

    def at(self, numbers: Sequence[int] | NDArray[np.integer[Any]]) -> Vectors:
        """All facets of the numbered texts, in the order asked: k x 11 x 384. Raises IndexError for no such text."""
        return self._fetch([int(number) for number in numbers])
