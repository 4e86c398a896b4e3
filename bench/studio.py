"""What the studio costs in a real browser: tables, charts, zooms and logs, and how soon a logged value is on screen."""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser

from bench import chart, runs_list
from bench.browser import Tab, chromium
from bench.figure import Figure
from bench.metric_store import block
from bench.served import aside, served
from bench.size import loss_curve
from runwatch import Experiment, Workspace
from runwatch.schema.artifact import AppendArtifact
from runwatch.schema.metric import AppendBatch
from runwatch.schema.run import CreateRun
from runwatch.store.sql.store import DATABASE_NAME, SqlStore

ROWS_MS: Final = 300.0
FRAME_MS: Final = 2.0
CHARTS_MS: Final = 500.0
ZOOM_MS: Final = 100.0
LOG_MS: Final = 100.0
LOG_HEAP: Final = 10e6
LOG_TIMES: Final = 5
LOG_WAIT_MS: Final = 4_000
SEEN_S: Final = 1.0
HEAP_SWING: Final = 0.1
SEED: Final = 7
SHARES: Final = (0.4, 0.1, 0.02)
ZOOMS: Final = 108
AHEAD: Final = 1 << 17
"""What Linux reads ahead at a time, bytes."""

QUIET_S: Final = 0.5
"""Who asks a page at work whether it is done takes its main thread for some 10 ms each time."""

SCROLL: Final = """([step, frames]) => new Promise((done) => {
  const grid = document.querySelector(".grid");
  let count = 0;
  const next = () => {
    grid.scrollTop += step;
    count += 1;
    requestAnimationFrame(count < frames ? next : () => done(count));
  };
  requestAnimationFrame(next);
})"""


def measure() -> Iterator[Figure]:
    """Every figure of the studio."""
    with aside(), chromium() as browser:
        yield from _table(browser)
        yield from _charts(browser)
    with chromium() as browser:  # server and page wait for each other: either has all cores, as it has at home
        yield from _zoom(browser)
    with aside(), chromium() as browser:
        yield from _log(browser)
        yield from _seen(browser)
        yield from _hour(browser)


def _table(browser: Browser) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        with closing(SqlStore(Path(folder))) as store:
            runs_list.fill(store, runs_list.RUNS)
        with served(Path(folder)) as server:
            Tab(browser, server.url).close()  # the server has read its files once
            costs, scripts, tasks, frames = [], [], [], 200
            for _ in range(5):
                tab = Tab(browser, server.url)
                tab.open("experiments/experiment-0").locator(".grid a.strong").first.wait_for()
                costs.append(tab.task_ms())
                tab.page.wait_for_timeout(2_000)
                script, task = tab.cost()["ScriptDuration"], tab.task_ms()
                tab.page.evaluate(SCROLL, [400, frames])
                scripts.append((tab.cost()["ScriptDuration"] - script) * 1e3 / frames)
                tasks.append((tab.task_ms() - task) / frames)
                tab.close()
            yield Figure(
                "studio: an experiment of 100,000 runs, to its first rows", f"{statistics.median(costs):.0f} ms",
                f"under {ROWS_MS:.0f} ms", statistics.median(costs) < ROWS_MS,
                "median of 5; time of the page's main thread, its start included, what this program asks of it not",
            )  # fmt: skip
            script = statistics.median(scripts)
            yield Figure(
                "studio: scrolling that table, script a frame", f"{script:.2f} ms", f"under {FRAME_MS:.0f} ms",
                script < FRAME_MS, f"median of 5, {min(scripts):.2f} to {max(scripts):.2f}; {frames} frames of 400 "
                f"pixels; {statistics.median(tasks):.1f} ms with style, layout and paint",
            )  # fmt: skip


def _curves(store: SqlStore, runs: int, metrics: int, points: int) -> None:
    for number in range(runs):
        store.runs.create(CreateRun(experiment="bench", run_id=f"r{number}", token="t", created_at=float(number)))
        blocks = tuple(block(f"m{metric:03}", loss_curve(points, seed=metric)) for metric in range(metrics))
        batch = AppendBatch(run_id=f"r{number}", writer="w", epoch=1, first=0, count=metrics * points, blocks=blocks)
        store.metrics.append(batch)


def _charts(browser: Browser) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        with closing(SqlStore(Path(folder))) as store:
            _curves(store, runs=10, metrics=100, points=1_000)
        with served(Path(folder)) as server:
            costs = []
            for _ in range(3):
                tab = Tab(browser, server.url)
                page = tab.open("experiments/bench?tab=charts")
                page.locator("figure canvas").first.wait_for()
                previous = -20.0
                for _ in range(20):
                    cost = tab.task_ms()
                    if cost < previous + 20.0:  # what a page at rest does in a second
                        break
                    previous = cost
                    page.wait_for_timeout(1_000)
                costs.append(cost)
                shown = page.locator("figure").count()
                tab.close()
            yield Figure(
                "studio: 100 charts of 10 runs", f"{statistics.median(costs):.0f} ms", f"under {CHARTS_MS:.0f} ms",
                statistics.median(costs) < CHARTS_MS,
                f"median of 3; time of the page's main thread until it rests; {shown} panels, those in sight are drawn",
            )  # fmt: skip


# What a person sees of a zoom, on the page's own clock: from the event of letting go (when it came, not when it was
# handled) until the frame with the last drawing is painted, its pixels included. Each drawing is followed, and the
# answers that came; who asks from outside would count its own way in and out.
PROBE: Final = """() => {
  let zoom = null;
  performance.setResourceTimingBufferSize(100_000);
  const channel = new MessageChannel();
  const painted = [];
  channel.port1.onmessage = () => painted.splice(0).forEach((draw) => (draw.seen = performance.now()));
  addEventListener("mouseup", (event) => (window.zoom = zoom = { began: event.timeStamp, draws: [] }), true);
  const clear = CanvasRenderingContext2D.prototype.clearRect;
  CanvasRenderingContext2D.prototype.clearRect = function (...area) {
    clear.apply(this, area);
    const draw = { at: performance.now(), seen: null };
    zoom?.draws.push(draw);
    requestAnimationFrame(() => {
      painted.push(draw);
      channel.port2.postMessage(null); // comes when this frame is laid out, painted and handed over
    });
  };
}"""

# Null while an answer is on its way, or what was answered is not drawn and painted.
ZOOMED: Final = """() => {
  const { began, draws } = window.zoom;
  const answers = performance.getEntriesByName(location.origin + "/api/v1/series:batch");
  const answered = answers.filter((each) => each.startTime > began).map((each) => each.responseEnd);
  const last = draws[draws.length - 1];
  if (!answered.length || !last?.seen || last.at < Math.max(...answered)) return null;
  if (performance.now() - last.seen < 500) return null; // nothing is drawn any more
  return last.seen - began;
}"""


def _zooms(tab: Tab, times: int, file: Path, chart: str) -> dict[float, list[float]]:
    """From the end of each drag until the chart is drawn from its new answer, ms, by about the share of x chosen."""
    chance = random.Random(SEED)
    whole: dict[float, list[float]] = {share: [] for share in SHARES}
    canvas = tab.page.locator(f"{chart} .easel-over").first
    for number in range(times):
        box = canvas.bounding_box()
        assert box is not None
        share = SHARES[number % len(SHARES)]
        _have_in_memory(file)  # each time: a machine that is short of memory lets go of some of it every second
        # About that share: a round one would be cut into buckets of that very width, never into larger ones.
        part = share * chance.uniform(0.75, 1.25)
        left = box["x"] + box["width"] * chance.uniform(0.05, 0.9 - part)
        tab.page.mouse.move(left, box["y"] + 40)
        tab.page.mouse.down()
        tab.page.mouse.move(left + max(8.0, box["width"] * part), box["y"] + 40, steps=3)
        tab.page.mouse.up()
        time.sleep(QUIET_S)
        whole[share].append(tab.page.wait_for_function(ZOOMED).json_value())
        if number % 4 != 2:  # now and then the next one goes on from here
            for _ in range(2):
                tab.page.mouse.dblclick(left, box["y"] + 40)
                tab.page.wait_for_timeout(400)
    return whole


def _have_in_memory(file: Path) -> None:
    """Have the system read what it let go of a file: how quick a disk is, is not measured.

    To read it here would do so too, and leave the caches of the processor empty, as they are before nobody's zoom.
    """
    if not hasattr(os, "posix_fadvise"):
        return
    with file.open("rb") as data:
        for start in range(0, file.stat().st_size, AHEAD):
            os.posix_fadvise(data.fileno(), start, AHEAD, os.POSIX_FADV_WILLNEED)


def _zoom(browser: Browser) -> Iterator[Figure]:
    with chart.workspace() as store, served(Path(store.info().location)) as server:
        for runs in (chart.RUNS, 10):
            tab = Tab(browser, server.url)
            # Side by side all runs are drawn; an experiment's page draws its first ten.
            page = tab.open(f"compare?tab=charts&runs={','.join(f'r{number}' for number in range(runs))}")
            page.locator("figure .easel-over").first.wait_for()
            page.wait_for_timeout(3_000)
            page.evaluate(PROBE)
            file = Path(store.info().location) / DATABASE_NAME
            yield _zoomed(f"{runs} series of 10 million points", _zooms(tab, ZOOMS, file, "figure"), goal=True)
            if runs == chart.RUNS:
                page.locator("figure .chart-note + button").first.click()
                yield _zoomed(
                    f"{runs} series of 10 million points, shown large",
                    _zooms(tab, 36, file, ".chart-large"),
                    goal=False,
                )
            tab.close()


def _zoomed(what: str, by_share: dict[float, list[float]], *, goal: bool) -> Figure:
    whole = sorted(each for times in by_share.values() for each in times)
    shares = ", ".join(f"{share:.0%} {statistics.median(times):.0f}" for share, times in by_share.items())
    p95 = whole[int(len(whole) * 0.95)]
    return Figure(
        f"studio: zooming {what}, until it is drawn",
        f"{p95:.0f} ms",
        f"under {ZOOM_MS:.0f} ms" if goal else "",
        p95 < ZOOM_MS if goal else None,
        f"p95 of {len(whole)} at places by chance, most not read before by the server, the file in the "
        f"system's memory; median {statistics.median(whole):.0f}, by about the part of x that was chosen {shares}; "
        "from letting go to the painted frame of the new answer" + ("" if goal else ", drawn without a graphics card"),
    )


def _raw_heap(browser: Browser, url: str) -> float:
    """What the page of a run holds that shows no log."""
    tab = Tab(browser, url)
    tab.open("runs/r/raw").locator("pre").first.wait_for()
    tab.page.wait_for_timeout(1_500)
    heap = tab.heap_bytes()
    tab.close()
    return heap


def _log(browser: Browser) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        with closing(SqlStore(Path(folder))) as store:
            store.runs.create(CreateRun(experiment="bench", run_id="r", token="t", created_at=0.0))
            offset = 0
            for first in range(0, 1_000_000, 50_000):
                lines = (
                    f"\x1b[32m{number:07}\x1b[0m step {number} loss {1 / (number + 1):.6f} and some more words\n"
                    for number in range(first, first + 50_000)
                )
                data = "".join(lines).encode()
                request = AppendArtifact(run_id="r", path="logs/train.log", offset=offset, data=data)
                offset = store.artifacts.append(request).size_bytes
        with served(Path(folder)) as server:
            before = _raw_heap(browser, server.url)
            scripts, heaps = [], []
            for _ in range(LOG_TIMES):
                tab = Tab(browser, server.url)
                page = tab.open("runs/r/outputs?file=logs/train.log&line=500000")
                page.wait_for_timeout(LOG_WAIT_MS)  # who looks whether it is there runs scripts of its own
                scripts.append(tab.cost()["ScriptDuration"] * 1e3)
                heaps.append(tab.heap_bytes() - before)
                if not page.get_by_text("step 499999 ").count():
                    raise RuntimeError(f"line 500,000 is not shown after {LOG_WAIT_MS} ms")
                tab.close()
            script, heap = statistics.median(scripts), statistics.median(heaps)
            yield Figure(
                "studio: opening a log of a million lines in its middle", f"{script:.0f} ms", f"under {LOG_MS:.0f} ms",
                script < LOG_MS, f"median of {LOG_TIMES}, {min(scripts):.0f} to {max(scripts):.0f}; script of the "
                "page, its start included",
            )  # fmt: skip
            yield Figure(
                "studio: the heap of that page over one without a log", f"{heap / 1e6:.1f} MB",
                f"under {LOG_HEAP / 1e6:.0f} MB", heap < LOG_HEAP, "after a collection",
            )  # fmt: skip


WATCH: Final = """() => {
  window.seen = {};
  const look = () => {
    for (const each of document.querySelectorAll("figcaption .chart-note")) {
      const count = /(\\d+) (values|points)/.exec(each.textContent);
      if (count && !(count[1] in window.seen)) window.seen[count[1]] = Date.now() / 1000;
    }
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


def _seen(browser: Browser) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        run = Experiment(Workspace.open(folder), "bench").start_logging(outputs=False)
        run.log("loss", 0.0)
        run.log("loss", 0.1)
        with served(Path(folder)) as server:
            tab = Tab(browser, server.url)
            page = tab.open(f"runs/{run.id}/metrics")
            page.locator("figure canvas").first.wait_for()
            page.evaluate(WATCH)
            page.wait_for_timeout(1_000)
            logged = {}
            for number in range(3, 43):
                run.log("loss", 1 / number)
                logged[number] = time.time()
                page.wait_for_timeout(700 + 37 * (number % 11))
            page.wait_for_timeout(2_000)
            seen = {int(count): float(at) for count, at in page.evaluate("window.seen").items()}
            tab.close()
        run.complete()
        # A count that was overtaken by the next was never on screen: the value came with that one.
        waits = sorted(
            min((at for count, at in seen.items() if count >= number), default=float("inf")) - at_log
            for number, at_log in logged.items()
        )
        p95 = waits[int(len(waits) * 0.95)]
        yield Figure(
            "studio: a logged value is on screen", f"{p95:.2f} s", f"under {SEEN_S:.0f} s", p95 < SEEN_S,
            f"p95 of {len(waits)}, median {statistics.median(waits):.2f} s; from run.log to the chart's caption",
        )  # fmt: skip


def _hour(browser: Browser) -> Iterator[Figure]:
    """The heap while a page follows eight runs that log; ``RUNWATCH_BENCH_LIVE_S=3600`` makes it an hour."""
    lasts_s = float(os.environ.get("RUNWATCH_BENCH_LIVE_S", "90"))
    with tempfile.TemporaryDirectory() as folder:
        experiment = Experiment(Workspace.open(folder), "bench")
        runs = [experiment.start_logging(outputs=False) for _ in range(8)]
        with served(Path(folder)) as server:
            tab = Tab(browser, server.url)
            tab.open("experiments/bench")
            heaps, step, began = [], 0, time.monotonic()
            while (passed := time.monotonic() - began) < lasts_s:
                for run in runs:
                    for name in ("loss", "accuracy", "rate"):
                        run.log(name, 1 / (step + 1), step=step)
                step += 1
                tab.page.wait_for_timeout(100)
                if passed > lasts_s / 3 and step % 50 == 0:
                    heaps.append(tab.heap_bytes())
            tab.close()
        for run in runs:
            run.complete()
    middle = statistics.median(heaps)
    off = max(abs(heap - middle) for heap in heaps) / middle
    yield Figure(
        "studio: the heap while eight runs log", f"± {off:.0%}", f"± {HEAP_SWING:.0%}", off <= HEAP_SWING,
        f"around {middle / 1e6:.1f} MB, from a third of {lasts_s:.0f} s on; {step} steps of 24 values",
    )  # fmt: skip
