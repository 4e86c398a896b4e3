"""Slows down those who guess passwords: after some failures each further try has to wait, and longer each time."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final

from runwatch.schema.error import AuthenticationException

FORGET_S: Final = 3_600.0
"""Failures are forgotten after so long without another one."""

MOST: Final = 10_000
"""Accounts and addresses remembered; the oldest go first, so that nobody can fill the memory with names."""


class ThrottledError(AuthenticationException):
    """Too many attempts to sign in; ``detail["retry_after_s"]`` says how long to wait."""

    code = "throttled"
    status = 429


@dataclass(frozen=True)
class Pace:
    """How many failures are free, and how long the wait gets, in seconds.

    An account waits longer than an address: behind a proxy everybody comes from the same one.
    """

    free: int
    longest_s: float

    ACCOUNT: ClassVar[Pace]
    ADDRESS: ClassVar[Pace]


Pace.ACCOUNT = Pace(5, 300.0)
Pace.ADDRESS = Pace(20, 60.0)


@dataclass
class _Record:
    failures: int = 0
    last: float = 0.0
    until: float = 0.0


class Throttle:
    """Counts failures by account and by address; safe in any thread.

    Args:
        clock: Seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._records: OrderedDict[str, _Record] = OrderedDict()

    def attempt(self, account: str, address: str) -> None:
        """Count an attempt as failed until `succeed` is called, so that many at once gain nothing.

        Args:
            account: What was tried to sign in to; it need not exist.
            address: From where.

        Raises:
            ThrottledError: It is too early to try again; this attempt must not even be looked at.
        """
        keys = self._keys(account, address)
        with self._lock:
            now = self._clock()
            records = [(self._record(key, now), pace) for key, pace in keys]
            wait = max(record.until for record, _ in records) - now
            if wait > 0:
                raise ThrottledError(
                    "Too many attempts to sign in.",
                    hint=f"Try again in {wait:.0f} s." if wait > 1 else "Try again in a second.",
                    retry_after_s=round(wait, 1),
                )
            for record, pace in records:
                record.failures, record.last = record.failures + 1, now
                if record.failures > pace.free:
                    record.until = now + min(2.0 ** min(record.failures - pace.free, 30), pace.longest_s)

    def succeed(self, account: str, address: str) -> None:
        """The attempt was none to be counted: the account starts afresh, the address is as before the attempt."""
        (account_key, _), (address_key, _) = self._keys(account, address)
        with self._lock:
            self._records.pop(account_key, None)
            record = self._records.get(address_key)
            if record is not None:
                record.failures, record.until = max(0, record.failures - 1), 0.0

    def _keys(self, account: str, address: str) -> tuple[tuple[str, Pace], tuple[str, Pace]]:
        return (f"account {account[:200]}", Pace.ACCOUNT), (f"address {network_of(address)}", Pace.ADDRESS)

    def _record(self, key: str, now: float) -> _Record:
        record = self._records.get(key)
        if record is None or record.last < now - FORGET_S:
            record = self._records[key] = _Record(last=now)
            if len(self._records) > MOST:
                self._records.popitem(last=False)
        self._records.move_to_end(key)
        return record


def network_of(address: str) -> str:
    """What one person may well have many addresses in: a /64 of IPv6; of IPv4 the address itself."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:100]
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address
