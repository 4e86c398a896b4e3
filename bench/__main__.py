"""Runs all benchmarks, or those named, and writes their rows into the README: ``python -m bench [NAME …]``."""

from __future__ import annotations

import datetime
import importlib
import importlib.util
import platform
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from bench.figure import HEAD, Figure

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"
NAMES = (
    "log_call",
    "import_time",
    "metric_store",
    "chart",
    "concurrency",
    "runs_list",
    "runs_table",
    "archive",
    "log",
    "ingest",
    "screen",
    "submission",
    "widget",
    "studio",
)


def table(figures: list[Figure]) -> str:
    """The table and a line about when and on what it was made."""
    native = importlib.util.find_spec("runwatch.journal._native") is not None
    today = datetime.datetime.now(datetime.UTC).date()
    where = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {_cores()} cores"
    writer = "native" if native else "Python"
    return "\n".join([HEAD, *(figure.row() for figure in figures), "", f"{today}, {where}, {writer} journal writer."])


def renewed(old: str, figures: list[Figure], names: Iterable[str], today: datetime.date) -> str:
    """The table with the rows of some benchmarks made anew; those that were not there stand at its end.

    Args:
        old: The table as it is.
        figures: What was measured again.
        names: The benchmarks that were run.
        today: When.
    """
    rows = [row for row in old.splitlines() if row.startswith("| ")][1:]
    fresh = {figure.what: figure.row() for figure in figures}
    kept = [fresh.pop(row[2:].split(" | ")[0], row) for row in rows]
    below = next(text for text in reversed(old.splitlines()) if text and not text.startswith("|"))
    return "\n".join([HEAD, *kept, *fresh.values(), "", _dated(below, names, today)])


def _dated(below: str, names: Iterable[str], today: datetime.date) -> str:
    """The line below the table, which says of each benchmark that was made anew when that was last."""
    first, _, again = below.partition(" Made again: ")
    before = re.findall(r"([\w, ]+?) on ([\d-]{10})", again)
    days = {name: day for some, day in before for name in re.findall(r"\w+", some)}
    days |= dict.fromkeys(names, str(today))
    made = (f"{', '.join(name for name in days if days[name] == day)} on {day}" for day in sorted({*days.values()}))
    return f"{first} Made again: {', '.join(made)}."


def _cores() -> int:
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def main() -> int:
    """Run, print and (if all ran) write."""
    chosen = [name for name in sys.argv[1:] if not name.startswith("-")] or list(NAMES)
    figures: list[Figure] = []
    for name in chosen:
        print(f"# {name}", file=sys.stderr, flush=True)
        for figure in importlib.import_module(f"bench.{name}").measure():
            figures.append(figure)
            print(figure.row(), flush=True)
    if "--no-readme" not in sys.argv:
        before, rest = README.read_text(encoding="utf-8").split(BEGIN)
        old, after = rest.split(END)
        today = datetime.datetime.now(datetime.UTC).date()
        made = table(figures) if tuple(chosen) == NAMES else renewed(old, figures, chosen, today)
        README.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}", encoding="utf-8")
    missed = [figure.what for figure in figures if figure.reached is False]
    if missed:
        print("missed: " + "; ".join(missed), file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
