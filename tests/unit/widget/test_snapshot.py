"""The static picture and the text: honest, escaped, and never too large."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

import pytest
from rich.console import Console

from runwatch.schema.run import RunError, RunStatus, UpdateRun
from runwatch.store.memory.store import MemoryStore
from runwatch.testing.sample import Writer, new_run, scalars, table
from runwatch.widget import snapshot, svg, text
from runwatch.widget.desk import Desk
from runwatch.widget.view import View
from tests.unit.widget.conftest import print_log

HOSTILE = "<script>alert(1)</script>\"'&\x1b[31m"


@pytest.fixture
def view(desk: Desk, run_id: str) -> View:
    return View(desk, run_id)


def test_everything_a_user_wrote_is_escaped(desk: Desk, store: MemoryStore) -> None:
    run = new_run(store, display_name=HOSTILE)
    new_run(store, parent_run_id=run.run_id, display_name=HOSTILE)
    Writer(store, run.run_id).append(scalars(HOSTILE, [1.0, 2.0]), scalars(f"one {HOSTILE}", [HOSTILE]))
    store.runs.update(UpdateRun(run_id=run.run_id, status=RunStatus.FAILED, error=RunError(message=HOSTILE)))
    print_log(store, run.run_id, HOSTILE + "\n")
    view = View(desk, run.run_id)
    view.look()
    html = snapshot.render(view)
    assert "<script" not in html
    assert "\x1b" not in html
    assert html.count("&lt;script&gt;") >= 6
    assert "\x1b" not in text.render(view)


def test_charts_keep_extremes_and_the_last_point(store: MemoryStore, run_id: str, view: View) -> None:
    values = [0.0] * 10_000
    values[5_000], values[-1] = 9.0, 4.0
    Writer(store, run_id).append(scalars("loss", values))
    view.look()
    (found,) = re.findall(r"<svg.*?</svg>", snapshot.render(view))
    drawing = ElementTree.fromstring(found)
    assert drawing.attrib["aria-label"] == "loss: last 4, 0 to 9"
    spans = drawing.findall("path")[0].attrib["d"]
    heights = [float(number) for number in re.findall(r"[ V]([\d.]+)", spans)]
    assert min(heights) == 5.0  # the one high point, at the upper margin
    dot = drawing.find("circle")
    assert dot is not None
    assert 5.0 < float(dot.attrib["cy"]) < 75.0


def test_curves_that_turn_back_and_what_is_no_number(store: MemoryStore, run_id: str, view: View) -> None:
    circle = table("circle", {"x": [0.0, 1.0, 0.0, -1.0], "y": [1.0, 0.0, -1.0, 0.0]})
    nothing = scalars("nothing", [float("nan"), float("inf")])
    huge = scalars("huge", [-1.7e308, 1.7e308, float("nan"), 0.0])
    Writer(store, run_id).append(circle, nothing, huge)
    view.look()
    html = snapshot.render(view)
    assert "no number to draw" in html
    assert html.count("<svg") == 2
    assert "nan" not in re.sub(r"<title>.*?</title>|aria-label=\".*?\"", "", html)


def test_no_snapshot_is_too_large(store: MemoryStore, run_id: str, view: View) -> None:
    names = [f"metric {number} {'ü' * 300}" for number in range(300)]
    zigzag = [float(number % 7) for number in range(3_000)]
    Writer(store, run_id).append(*(scalars(name, zigzag) for name in names[:20]))
    Writer(store, run_id, "bb").append(*(scalars(name, ["ä" * 10_000]) for name in names[20:]))
    print_log(store, run_id, ("&" * 10_000 + "\n") * 100)
    view.look()
    assert len(snapshot.render(view).encode()) <= snapshot.MOST_BYTES


def test_text_off_a_terminal_is_printed_once(store: MemoryStore, run_id: str, view: View) -> None:
    Writer(store, run_id).append(scalars("loss", [3.0, 2.0, 1.0]), scalars("one", [0.5]))
    print_log(store, run_id, "epoch 1\n50%|#| 5/10 [00:05<00:05, 1.00it/s]\n")
    view.look()
    out = io.StringIO()
    text.live(view, Console(file=out, width=120))
    printed = out.getvalue()
    assert "NotStarted" in printed
    assert "loss" in printed
    assert "5 of 10 · 1 a second · 5.0 s left" in printed
    assert "| epoch 1" in printed


def test_text_on_a_terminal_ends_with_the_run(store: MemoryStore, run_id: str, view: View) -> None:
    view.look()
    store.runs.update(UpdateRun(run_id=run_id, status=RunStatus.COMPLETED))
    out = io.StringIO()
    text.live(view, Console(file=out, width=120, force_terminal=True))
    assert "Completed" in out.getvalue()


def test_text_on_a_terminal_ends_with_its_time(run_id: str, view: View) -> None:
    view.look()
    out = io.StringIO()
    text.live(view, Console(file=out, width=120, force_terminal=True), most_s=0.0)
    assert "The run goes on" in out.getvalue()


def test_sparklines_end_with_the_last_value_and_keep_extremes() -> None:
    assert svg.sparkline([0.0, 7.0], 10) == "▁█"
    assert svg.sparkline([float("nan")], 10) == ""
    values = [1.0] * 100
    values[37] = 9.0
    assert "█" in svg.sparkline(values, 10)
    assert len(svg.sparkline(values, 10)) == 10
