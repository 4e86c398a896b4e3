"""Passwords: kept as argon2id alone; a user who does not exist takes as long to be refused as one who does."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from runwatch.schema.error import InvalidValueError
from runwatch.server.auth.extra import needs_team

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LEAST_CHARS: Final = 12
MOST_CHARS: Final = 1_024
"""A longer one would only cost time."""

MEMORY_KIB: Final = 65_536
ROUNDS: Final = 3
LANES: Final = 4
"""The second recommended choice of RFC 9106: 64 MiB, three passes."""

_turn: Final = threading.BoundedSemaphore(2)
"""So many at once: strangers who try to sign in must not take 64 MiB for each thread."""

_nobody: str = ""


def check(password: str, name: str) -> str:
    """The password, if it is one to be chosen.

    Raises:
        InvalidValueError: It is too short, too long, one letter again and again, or the user's name.
    """
    if not LEAST_CHARS <= len(password) <= MOST_CHARS:
        raise InvalidValueError(
            f"A password has {LEAST_CHARS} to {MOST_CHARS:,} characters.", hint="Several words are easy to remember."
        )
    if len(set(password)) < 4 or name.casefold() in password.casefold():
        raise InvalidValueError("This password is easily guessed.", hint="Several words are easy to remember.")
    return password


def hash_password(password: str) -> str:
    """What is stored of a password."""
    with _turn:
        return _hasher().hash(password)


def verify(stored: str | None, password: str) -> bool:
    """Whether it is this password.

    Args:
        stored: What `hash_password` made; None for a user who is not there or has none, which takes as long to refuse.
        password: What was given.
    """
    global _nobody
    from argon2.exceptions import InvalidHashError, VerificationError

    hasher = _hasher()
    if stored is None and not _nobody:
        _nobody = hash_password("nobody has this password")
    if len(password) > MOST_CHARS:
        password, stored = "", None
    with _turn:
        try:
            return hasher.verify(stored or _nobody, password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def _hasher() -> PasswordHasher:
    with needs_team():
        from argon2 import PasswordHasher
    return PasswordHasher(time_cost=ROUNDS, memory_cost=MEMORY_KIB, parallelism=LANES)
