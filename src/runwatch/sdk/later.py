"""Parts of the original that this version does not have: each says so in one clear sentence instead of pretending."""

from __future__ import annotations

from typing import NoReturn

from runwatch.schema.error import NotSupportedError, UserErrorException


class NotInThisVersionError(UserErrorException, NotImplementedError):
    """The call belongs to a part that this version of Runwatch does not have."""

    code = "not_in_this_version"
    status = 501


def unsupported(what: str, nearest: str) -> NoReturn:
    """Raise the error that says that something belongs to a cloud and not to one's own machines.

    Args:
        what: The part, in the plural, e.g. ``"web services"``.
        nearest: The nearest thing that works, as one sentence.
    """
    raise NotSupportedError(f"There are no {what} on your own machines.", hint=nearest)


def missing(what: str, nearest: str) -> NoReturn:
    """Raise the error that says that this version cannot do something, at the call that asks for it.

    Args:
        what: The part, in the plural, e.g. ``"sweeps"``.
        nearest: The nearest thing that works, as one sentence.
    """
    raise NotSupportedError(f"This version of Runwatch runs no {what}.", hint=nearest)


def refuse(what: str, hint: str | None = None) -> NoReturn:
    """Raise the error that says that something is missing.

    Args:
        what: The part, in the plural, e.g. ``"compute targets"``.
        hint: What to do instead.
    """
    raise NotInThisVersionError(f"This version of Runwatch has no {what}.", hint=hint)
