"""What is known of series fits what the asker sees of the workspace, whoever else asks and writes meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from runwatch.schema.metric import Metric
from runwatch.store.chart.fact import Facts
from runwatch.store.sql.store import SqlStore
from runwatch.testing.sample import Writer, new_run, scalars


def aside(work: Callable[[], int]) -> int:
    """Do it in another thread, as another request."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result(timeout=30)


def test_a_glance_knows_no_rows_that_it_does_not_see(tmp_path: Path) -> None:
    store = SqlStore(tmp_path)
    run = new_run(store)
    writer, facts = Writer(store, run.run_id), Facts(store, ())
    writer.append(scalars("m", [1.0]))

    def rows(rev: int) -> int:
        metric = facts.find([(run.run_id, "m")], rev)[run.run_id, "m"]
        assert isinstance(metric, Metric)
        return metric.rows

    def go_on() -> int:
        writer.append(scalars("m", [2.0]))
        with facts.glance() as rev:
            return rows(rev)

    with facts.glance() as rev:
        assert aside(go_on) == 2
        assert rows(rev) == 1
    with facts.glance() as later:
        assert later > rev
        assert rows(later) == 2
    store.close()


def test_what_was_learned_behind_a_change_is_not_kept_for_those_before_it(tmp_path: Path) -> None:
    store = SqlStore(tmp_path)
    runs = [new_run(store), new_run(store)]
    facts = Facts(store, ())
    for run in runs:
        Writer(store, run.run_id).append(scalars("m", [1.0]))
    asked = [(run.run_id, "m") for run in runs]

    def ask() -> int:
        with facts.glance() as rev:
            return sum(metric.rows for metric in facts.find(asked, rev).values() if isinstance(metric, Metric))

    with facts.glance() as rev:
        assert aside(ask) == 2
        Writer(store, runs[1].run_id, name="b").append(scalars("m", [2.0]))
        found = facts.find(asked, rev)
        assert [metric.rows for metric in found.values() if isinstance(metric, Metric)] == [1, 1]
    assert ask() == 3
    store.close()
