"""Snapshot: one generation of the index, with the data derived from it to help readers.

Derived data (facet values, names, vocabulary) is computed at first use, and again for each new
generation, because a commit changes all counts. Only the index forms of names and the parts by
which they are found go on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping
from functools import partial

from index.assist.names import KnownNames, NameParts, name_parts
from index.assist.values import (
    IndexFormCache,
    Values,
    read_values,
)
from index.assist.vocabulary import (
    Vocabulary,
    name_entries,
    word_entries,
)
from index.engines.seam import Engine
from index.model.budget import limited
from index.model.errors import GongkaiError
from index.model.lru import LruCache

__all__ = ["Snapshot"]

# For the corrections of the queries that were asked last: some thousands of them.
CORRECTION_BYTES = 1 << 20
# What one character costs at most.
CHARACTER_BYTES = 4
# The first questions of a new generation have the interpreter for themselves.
RENEWAL_DELAY_S = 0.5


class Snapshot:
    """An engine of one generation with its values, names and vocabulary. Threads may share it.

    A request takes one Snapshot and uses it to the end, so its search and its derived data belong
    to the same generation; only the vocabulary may be of the one before while a server makes its
    own. Nothing else refers to derived data: it is freed with the snapshot.
    """

    def __init__(
        self,
        engine: Engine,
        forms: IndexFormCache | None = None,
        parts: Mapping[str, NameParts] | None = None,
    ) -> None:
        """`forms` and `parts` are those of the snapshot before."""
        self.engine = engine
        self.forms = IndexFormCache() if forms is None else forms
        self.parts = name_parts(self.forms) if parts is None else parts
        # Reentrant: the vocabulary needs the values.
        self._lock = threading.RLock()
        # All of it is made when it is first asked for: many snapshots only answer searches.
        self._values: dict[str, Values] = {}
        self._names: KnownNames | None = None
        self._vocabulary: Vocabulary | None = None
        self._corrections = LruCache(CORRECTION_BYTES)

    def successor(self, engine: Engine) -> Snapshot:
        """The snapshot of a newer generation. It takes over the forms and the parts of names."""
        return Snapshot(engine, self.forms, self.parts)

    def prepare(self, previous: Snapshot, *, later: bool = False) -> None:
        """Derive now what was derived of the one before it: nobody need wait for it later.

        With `later` the vocabulary, which no search needs, is made in the background, after
        RENEWAL_DELAY_S. What is completed or corrected until then is by the one before.
        """
        if previous._names is not None:
            _ = self.names
        if previous._vocabulary is None:
            return
        if not later:
            _ = self.vocabulary
            return
        self._vocabulary = previous._vocabulary
        renewal = threading.Timer(RENEWAL_DELAY_S, self._renew)
        renewal.daemon = True
        renewal.start()

    def _renew(self) -> None:
        """Make the vocabulary of this generation; that of the one before answers meanwhile."""
        try:
            made = self._made_vocabulary()
        except (GongkaiError, OSError, ValueError):
            # the index was closed or taken away under it; the next refresh says so
            return
        with self._lock:
            self._vocabulary = made
            # they were found in the other one
            self._corrections = LruCache(CORRECTION_BYTES)

    def corrections(
        self, key: Hashable, make: Callable[[], tuple[str, ...]]
    ) -> tuple[str, ...]:
        """The corrections of a question, remembered: of one snapshot they are always the same.

        `key` is the question, `make` finds them when it is asked for the first time.
        """
        found: tuple[str, ...] = self._corrections.get(key, make, _bytes_of)
        return found

    def values(self, facet: str) -> Values:
        """All values of a facet, the most frequent first."""
        # Later requests share what is made here: no budget of this one limits it.
        with self._lock, limited(None):
            if facet not in self._values:
                self._values[facet] = read_values(self.engine, facet, self.forms)
            return self._values[facet]

    @property
    def names(self) -> KnownNames:
        """What the bodies and places are called."""
        with self._lock, limited(None):
            if self._names is None:
                for facet, parts in self.parts.items():
                    listed = self.engine.listed_values(facet)
                    parts.add(self.values(facet).values if listed is None else listed)
                self._names = KnownNames(self.values, self.parts)
            return self._names

    @property
    def vocabulary(self) -> Vocabulary:
        """The words and names that can be completed or corrected."""
        with self._lock, limited(None):
            if self._vocabulary is None:
                self._vocabulary = self._made_vocabulary()
            return self._vocabulary

    def _made_vocabulary(self) -> Vocabulary:
        agencies = name_entries(
            "agency",
            self.values("agency"),
            self.forms,
        )
        regions = name_entries(
            "region",
            self.values("region"),
            self.forms,
        )
        words = partial(word_entries, self.engine)
        return Vocabulary([*agencies, *regions], words)


def _bytes_of(texts: tuple[str, ...]) -> int:
    """About how many bytes some texts take."""
    return sum(CHARACTER_BYTES * len(text) for text in texts)
