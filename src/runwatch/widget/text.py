"""A run as text: once, or live in a terminal until it has ended."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import numpy as np

from runwatch.schema.chart import ChartBatch
from runwatch.schema.error import RunwatchError
from runwatch.series import frame
from runwatch.widget import shape, svg, words
from runwatch.widget.view import View

if TYPE_CHECKING:
    from rich.console import Console

METRICS: Final = 12
LOG_LINES: Final = 8
LOOK_S: Final = 1.0
_WIDTH: Final = 24


def render(view: View) -> str:
    """The run on a screen of some thirty lines."""
    run = view.record
    assert run is not None
    name = words.cut(run.display_name or run.name or run.run_id, 60)
    lines = [f"{name}  {run.status.value}  {words.duration_of(run, time.time())}"]
    lines.append(f"{words.cut(run.experiment, 60)}, run {run.number}, {run.run_id}")
    queue, log = view.told.get("queue"), view.told.get("log")
    if queue and queue["why"]:
        lines.append(words.cut(queue["why"], 200))
    if run.error is not None:
        lines.append(f"error: {words.cut(run.error.message, 200)}")
    if view.told.get("progress"):
        lines.append(_progress(view))
    lines += _metrics(view)
    children = view.told.get("children")
    if children and children["total"]:
        lines.append(f"{children['total']} child runs")
    lines += [f"| {words.cut(line, 110)}" for line in (log["lines"][-LOG_LINES:] if log else ())]
    return "\n".join(lines)


def live(view: View, console: Console, *, most_s: float | None = None) -> None:
    """Show the run until it ends, the time is up or Ctrl-C is pressed, which leaves it running. Off a terminal: once.

    Args:
        view: The run, looked at.
        console: Where to.
        most_s: At most so long; None means until it ends.
    """
    from rich.live import Live
    from rich.text import Text

    if not console.is_terminal:
        console.print(Text(render(view)))
        return
    deadline = None if most_s is None else time.monotonic() + most_s
    try:
        with Live(Text(render(view)), console=console, auto_refresh=False) as shown:
            while not view.is_finished and (deadline is None or time.monotonic() < deadline):
                time.sleep(LOOK_S)
                try:
                    view.look()
                except RunwatchError as error:  # away for a moment: what is shown stays
                    shown.update(Text(f"{render(view)}\n{error.message}"), refresh=True)
                    continue
                shown.update(Text(render(view)), refresh=True)
    except KeyboardInterrupt:
        console.print("The run goes on; run.cancel() ends it.")
        return
    if not view.is_finished:
        console.print("The run goes on; show() again looks further.")


def _progress(view: View) -> str:
    from runwatch.store.log.progress import find_progress

    found = find_progress(view.told["log"]["lines"])
    return words.progress(found) if found else ""


def _metrics(view: View) -> list[str]:
    metrics = shape.ordered(view.metrics.values())
    shown = metrics[:METRICS]
    charts = {each.name: chart for each in shown if (chart := shape.chart_of(view.run_id, each, _WIDTH * 2))}
    sparks: dict[str, str] = {}
    if charts:
        try:
            frames = list(view.desk.frames(ChartBatch(charts=tuple(charts.values()))))
        except RunwatchError:
            frames = []
        for name, data in zip(charts, frames, strict=False):
            sparks[name] = svg.sparkline(_values(frame.decode(data)), _WIDTH)
    widest = max((len(words.cut(each.name, 30)) for each in shown), default=0)
    lines = [
        f"  {words.cut(each.name, 30):<{widest}}  {words.last_value(each):>12}  {sparks.get(each.name, '')}".rstrip()
        for each in shown
    ]
    return lines + ([f"  … {len(metrics) - METRICS} more metrics"] if len(metrics) > METRICS else [])


def _values(read: frame.Frame) -> list[float]:
    """Of each bucket smallest and largest, so that no extreme is lost, and the last value at the end."""
    low, high, last = (read.y(name, series=0) for name in ("min", "max", "last"))
    if low is None or high is None or last is None:
        return []
    pairs = np.column_stack((low, high)).ravel()
    finite = last[np.isfinite(last)]
    return [float(value) for value in (*pairs, *finite[-1:])]
