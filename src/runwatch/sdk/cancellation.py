"""Cancels submitted runs from a program: what the store does, and a ring for the agent so that it looks at once."""

from __future__ import annotations

from runwatch.schema.run import Run
from runwatch.sdk import agent
from runwatch.store import cancellation
from runwatch.store.protocol import Store


def cancel(store: Store, location: str, record: Run) -> Run:
    """Cancel a submitted run and its children.

    Args:
        store: Where it is.
        location: The workspace.
        record: The run.

    Returns:
        The run as it is now: Canceled if it was queued, CancelRequested if it ran.
    """
    found = cancellation.cancel(store, record)
    agent.wake(location)
    return found
