"""What the original reported home, and Runwatch does not: the calls are accepted, and nothing is sent anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


def set_diagnostics_collection(
    send_diagnostics: bool = True, verbosity: int = 20, reason: str = "", show_message: bool = True
) -> None:
    """Nothing: there are no diagnostics.

    Args:
        send_diagnostics: Accepted and ignored, like the others.
        verbosity: As above.
        reason: As above.
        show_message: As above.
    """


@contextmanager
def diagnostic_log(log_path: str | None = None, context_name: str | None = None) -> Iterator[None]:
    """Nothing beyond the block itself: what Runwatch has to say is printed or stands in the logs of its runs.

    Args:
        log_path: Accepted and ignored, like the other.
        context_name: As above.
    """
    yield
