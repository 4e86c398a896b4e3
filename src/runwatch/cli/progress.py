"""A progress bar of bytes on standard error, where somebody watches it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from runwatch.cli.terminal import Terminal


@contextmanager
def progress(terminal: Terminal, total_bytes: int | None) -> Iterator[Callable[[int], None]]:
    """A function that is told the size of each part done; the bar goes when the block ends.

    Args:
        terminal: Where results go; with ``--json`` there is no bar.
        total_bytes: How much is to be done; None if nobody knows.
    """
    if terminal.as_json or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True, no_color=not terminal.colour), transient=True) as bar:
        task = bar.add_task("", total=total_bytes)
        yield lambda count: bar.advance(task, count)
