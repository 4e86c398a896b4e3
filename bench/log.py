"""How fast a log of 100 MB can be read, followed and searched, and what its index takes."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Final

from bench.figure import Figure
from runwatch.schema import limit
from runwatch.schema.artifact import AppendArtifact
from runwatch.schema.log import FollowLog, LogPosition, ReadLog, SearchLog
from runwatch.schema.run import CreateRun
from runwatch.store.log.reader import LogReader
from runwatch.store.sql.store import SqlStore

LINES: Final = 1_200_000
PLAIN: Final = b"2026-01-05 10:%02d:%02d,%03d INFO train.loop step=%07d loss=%.6f lr=3e-04 tok/s=%d\n"
COLOURED: Final = b"\x1b[36m10:%02d:%02d.%03d\x1b[0m \x1b[32mINFO\x1b[0m train step=%07d loss=%.6f tok/s=%d grad=1.2\n"
RARE: Final = b"2026-01-05 10:59:59,000 ERROR train.loop CUDA out of memory at rank 3\n"
ROUNDS: Final = 5
GOAL_SEARCH_MS: Final = 300.0
GOAL_READ_MS: Final = 5.0
GOAL_INDEX_MS: Final = 1_000.0


def text(pattern: bytes, lines: int) -> bytes:
    """A training log; one line in ten thousand is an error."""
    made = []
    for step in range(lines):
        if step % 10_000 == 9_999:
            made.append(RARE)
        else:
            second, rest = divmod(step, 23)
            values = (second // 60 % 60, second % 60, rest * 43, step, 2.0 / (1 + step * 1e-4), 120_000 + step % 977)
            made.append(pattern % values)
    return b"".join(made)


def bars(count: int) -> bytes:
    """Progress bars of a hundred states each, as tqdm draws them."""
    states = [b"\r%3d%%|%s| %d/100 [00:%02d<00:01, 9.5it/s]" % (k, b"#" * (k // 4), k, k % 60) for k in range(101)]
    return (b"".join(states) + b"\nepoch done: val_loss=0.5\n") * count


def spent_ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median time of some calls."""
    spent = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        spent.append((time.perf_counter() - start) * 1e3)
    return median(spent)


def put(store: SqlStore, path: str, data: bytes) -> None:
    """Store a log as a watcher does, in parts."""
    for offset in range(0, len(data), limit.PART_BYTES):
        part = data[offset : offset + limit.PART_BYTES]
        store.artifacts.append(AppendArtifact(run_id="r", path=path, offset=offset, data=part))


def figures_of(store: SqlStore, path: str) -> dict[str, float]:
    """The times of one log, milliseconds."""

    def search(pattern: str, *, regex: bool = False, ignore_case: bool = False) -> float:
        request = SearchLog(run_id="r", path=path, pattern=pattern, regex=regex, ignore_case=ignore_case, timeout_s=30)
        return round(spent_ms(lambda: reader.search(request)), 1)

    reader = LogReader(store.artifacts)
    first, last = ReadLog(run_id="r", path=path), ReadLog(run_id="r", path=path, first=-200)
    index_ms = spent_ms(lambda: LogReader(store.artifacts).read(ReadLog(run_id="r", path=path, count=0)), 3)
    state = reader.read(ReadLog(run_id="r", path=path, count=0)).state
    known = reader.follow(FollowLog(run_id="r", path=path, after=LogPosition(line=state.lines))).position
    follow = FollowLog(run_id="r", path=path, after=known)
    assert reader.follow(follow).lines == ()
    return {
        "lines": state.lines,
        "size_bytes": state.size_bytes,
        "index_ms": round(index_ms, 1),
        "index_bytes": reader.memory_bytes,
        "first_200_ms": round(spent_ms(lambda: reader.read(first), 21), 2),
        "last_200_ms": round(spent_ms(lambda: reader.read(last), 21), 2),
        "follow_ms": round(spent_ms(lambda: reader.follow(follow), 21), 2),
        "literal_ms": search("CUDA out of memory"),
        "absent_ms": search("no such text"),
        "ignore_case_ms": search("cuda OUT of", ignore_case=True),
        "regex_ms": search(r"ERROR.*rank \d+", regex=True),
        "every_line_ms": search(r"loss=\d", regex=True),
    }


def times(lines: int = LINES) -> dict[str, dict[str, float]]:
    """Of a plain log, of one with colours in every line, and of one made of progress bars."""
    with tempfile.TemporaryDirectory() as folder:
        store = SqlStore(Path(folder))
        store.runs.create(CreateRun(experiment="bench", run_id="r", token="t", created_at=0.0))
        put(store, "plain.txt", text(PLAIN, lines))
        put(store, "coloured.txt", text(COLOURED, lines))
        put(store, "bars.txt", bars(lines // 67))
        found = {name: figures_of(store, f"{name}.txt") for name in ("plain", "coloured", "bars")}
        store.close()
    return found


def measure() -> list[Figure]:
    """The rows of the README's table."""
    found = times()
    plain, coloured, bar = found["plain"], found["coloured"], found["bars"]
    size = f"{plain['size_bytes'] / 1e6:.0f} MB, {plain['lines'] / 1e6:.1f} million lines"
    index = f"{plain['index_ms']:.0f} / {coloured['index_ms']:.0f} / {bar['index_ms']:.0f} ms"
    kinds = "plain / colours in every line / progress bars only"
    return [
        _row(f"search a log of {size}: a text", plain["literal_ms"], GOAL_SEARCH_MS, "index there; 119 matches"),
        _row("the same: a regular expression", plain["regex_ms"], GOAL_SEARCH_MS, "RE2; 119 matches"),
        _row(
            "a text in a log with colours in every line",
            coloured["literal_ms"],
            GOAL_SEARCH_MS,
            "between whose letters codes may stand",
        ),
        Figure("a regular expression in it", f"{coloured['regex_ms']:.0f} ms", note="all colours are removed first"),
        Figure("one that matches in every plain line", f"{plain['every_line_ms']:.0f} ms", note="stops at a million"),
        _row("its first 200 lines, plain log", plain["first_200_ms"], GOAL_READ_MS, "index there"),
        _row("its last 200 lines, plain log", plain["last_200_ms"], GOAL_READ_MS, "index there"),
        _row("following it while nothing is new", plain["follow_ms"], GOAL_READ_MS, "one look at the artifact"),
        Figure(
            "its line index, made by the first call", index, f"under {GOAL_INDEX_MS:,.0f} ms", _indexed(found), kinds
        ),
        Figure("memory of the index", f"{plain['index_bytes'] / 1e6:.2f} MB", note="every 64th line, packed"),
    ]


def _row(what: str, spent: float, goal: float, note: str) -> Figure:
    return Figure(what, f"{spent:.1f} ms", f"under {goal:.0f} ms", spent < goal, f"median, SQLite store; {note}")


def _indexed(found: dict[str, dict[str, float]]) -> bool:
    return all(times["index_ms"] < GOAL_INDEX_MS for times in found.values())


def main() -> None:
    """Print one line of JSON."""
    print(json.dumps({"bench": "log", **times()}))


if __name__ == "__main__":
    main()
