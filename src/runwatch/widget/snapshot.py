"""A run as one piece of HTML without scripts: what a saved notebook shows where no kernel and no widget is."""

from __future__ import annotations

import time
from collections.abc import Iterable
from html import escape
from typing import Final

from runwatch.schema.chart import ChartBatch
from runwatch.schema.error import RunwatchError
from runwatch.schema.run import Run
from runwatch.series import frame
from runwatch.store.log.progress import find_progress
from runwatch.widget import pause, shape, svg, words
from runwatch.widget.view import View

MOST_BYTES: Final = 200_000
"""No snapshot is larger, whatever was logged."""

CARDS: Final = 24
CHILDREN: Final = 20
LOG_LINES: Final = 30
LINE_CHARS: Final = 200

_STYLE: Final = """<style>
.rw{font:13px/1.4 system-ui,sans-serif;max-width:1000px;color:inherit}
.rw h4{margin:.2em 0;font-size:15px}.rw .rw-dim{opacity:.7;margin:.2em 0}
.rw .rw-grid{display:flex;flex-wrap:wrap;gap:10px;margin:8px 0}
.rw figure,.rw .rw-card{margin:0;padding:6px 8px;border:1px solid rgba(128,128,128,.4);border-radius:6px}
.rw .rw-card b{display:block;font-size:16px}
.rw svg{display:block;width:240px;height:80px;fill:none;stroke:currentColor;stroke-width:1.3;color:#2563b8}
.rw svg circle{stroke:none}
.rw pre{max-height:240px;overflow:auto;margin:8px 0;padding:6px 8px;font-size:12px;white-space:pre-wrap;
background:rgba(128,128,128,.12);color:inherit}
.rw table{border-collapse:collapse}.rw td,.rw th{padding:2px 8px;text-align:left}
.rw .rw-status{padding:1px 8px;border-radius:9px;border:1px solid currentColor}
@media (prefers-color-scheme:dark){.rw svg{color:#7fb2f0}}
</style>"""

_ALONE: Final = (
    "<style>.jp-OutputArea-child:has(+ .jp-OutputArea-child .MARK):not(:has([data-lm-suppress-shortcuts]))"
    "{display:none}</style>"
)
"""JupyterLab says 'model not found' where a widget's kernel has gone: above the picture that is no news."""


def render(view: View, mark: str = "") -> str:
    """The snapshot of a run that was looked at: some 10 to 60 kB, at most `MOST_BYTES`.

    Args:
        view: The run.
        mark: A class name for its element, by which a widget that is alive hides it.
    """
    parts = [_head(view), _trouble(view), _cards(view), _charts(view), _children(view), _log(view), _foot(view)]
    kept: list[str] = []
    left = MOST_BYTES - len(_STYLE) - len(_ALONE) - 200
    for part in parts:
        size = len(part.encode("utf-8", "replace"))
        if size <= left:
            kept.append(part)
            left -= size
    alone = _ALONE.replace("MARK", mark) if mark else ""
    return f'{_STYLE}{alone}<div class="rw {mark}">{"".join(kept)}</div>'


def _head(view: View) -> str:
    run = view.record
    assert run is not None
    name = words.cut(run.display_name or run.name or run.run_id, 100)
    facts = [run.experiment, f"run {run.number}", run.run_id, run.target or "", words.duration_of(run, time.time())]
    said = " · ".join(escape(words.cut(fact, 260)) for fact in facts if fact)
    lines = [f'<h4>{escape(name)} <span class="rw-status">{escape(run.status.value)}</span></h4>']
    lines.append(f'<p class="rw-dim">{said}</p>')
    queue = view.told.get("queue")
    if queue and queue["why"]:
        lines.append(f"<p>{escape(words.cut(queue['why'], 300))}</p>")
    found = find_progress(_lines(view)) if not view.is_finished else None
    if found is not None:
        lines.append(f"<p>{escape(words.progress(found))}</p>")
    return "".join(lines)


def _trouble(view: View) -> str:
    run = view.record
    assert run is not None
    found = []
    if run.error is not None:
        found.append(f"<p><b>Error</b> {escape(words.cut(run.error.message, 1_000))}</p>")
    found += [f'<p class="rw-dim">{escape(words.cut(each.message, 300))}</p>' for each in run.warnings[:5]]
    return "".join(found)


def _cards(view: View) -> str:
    single = [metric for metric in shape.ordered(view.metrics.values()) if shape.is_card(metric)]
    cards = [
        f'<div class="rw-card">{escape(words.cut(metric.name, 60))}<b>{escape(words.last_value(metric))}</b></div>'
        for metric in single[:CARDS]
    ]
    return _grid(cards, len(single) - CARDS, "more single values")


def _charts(view: View) -> str:
    charts = shape.standard(view.run_id, view.metrics.values(), svg.BUCKETS, shape.CHARTS + 1)
    shown = charts[: shape.CHARTS]
    if not shown:
        return ""
    try:
        frames = list(view.desk.frames(ChartBatch(charts=tuple(shown))))
    except RunwatchError as error:  # the rest of the snapshot is worth showing
        return f'<p class="rw-dim">{escape(error.message)}</p>'
    figures = []
    for each, data in zip(shown, frames, strict=True):
        title = words.cut(each.series[0].metric, 60)
        last = words.last_value(view.metrics[each.series[0].metric])
        caption = f"{escape(title)} <b>{escape(last)}</b>"
        figures.append(f"<figure><figcaption>{caption}</figcaption>{svg.chart(frame.decode(data), title)}</figure>")
        pause.breathe()
    return _grid(figures, len(charts) - len(shown), "or more charts in the studio")


def _grid(cells: list[str], more: int, what: str) -> str:
    if not cells:
        return ""
    note = f'<p class="rw-dim">{more} {what}</p>' if more > 0 else ""
    return f'<div class="rw-grid">{"".join(cells)}</div>{note}'


def _children(view: View) -> str:
    told = view.told.get("children") or {"total": 0, "best": None}
    if not told["total"]:
        return ""
    best = told["best"]
    heads = ["Child run", "Status", "Duration"] + ([words.cut(best["metric"], 40)] if best else [])
    rows = [
        _row([*_cells(run), *(_figure(view, place) if best else ())], bold=bool(best) and run.run_id == best["run_id"])
        for place, run in enumerate(view.page.runs[:CHILDREN])
    ]
    more = told["total"] - len(rows)
    note = f'<p class="rw-dim">and {more} more</p>' if more > 0 else ""
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    return f"<table><tr>{head}</tr>{''.join(rows)}</table>{note}"


def _cells(run: Run) -> Iterable[str]:
    name = run.display_name or run.name or run.run_id
    return words.cut(name, 80), run.status.value, words.duration_of(run, time.time())


def _figure(view: View, place: int) -> tuple[str]:
    summaries = view.page.summaries[place] if place < len(view.page.summaries) else ()
    return (words.number(summaries[0].last) if summaries and summaries[0] else words.NOTHING,)


def _row(cells: Iterable[str], *, bold: bool) -> str:
    tag = "th" if bold else "td"
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"


def _lines(view: View) -> list[str]:
    log = view.told.get("log")
    return list(log["lines"]) if log else []


def _log(view: View) -> str:
    lines = _lines(view)[-LOG_LINES:]
    if not lines:
        return ""
    text = "\n".join(escape(words.cut(line, LINE_CHARS)) for line in lines)
    return f'<p class="rw-dim">{escape(words.cut(view.told["log"]["path"], 200))}</p><pre>{text}</pre>'


def _foot(view: View) -> str:
    url = (view.told.get("links") or {}).get("run")
    link = f' · <a href="{escape(url, quote=True)}" rel="noopener">open in the studio</a>' if url else ""
    return f'<p class="rw-dim">as of {words.moment(time.time())}{link}</p>'
