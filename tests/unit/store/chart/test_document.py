"""The example of ``docs/chart.md`` runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from runwatch.series import frame
from runwatch.store.sql.store import SqlStore
from runwatch.testing.sample import Writer, new_run, scalars

PAGE = (Path(__file__).parents[4] / "docs" / "chart.md").read_text(encoding="utf-8")


def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = SqlStore(tmp_path / "my-workspace")
    runs = [new_run(made), new_run(made)]
    for run in runs:
        Writer(made, run.run_id).append(scalars("loss", [1.0, 0.0], [0, 10]))
    made.close()
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {"run_ids": [run.run_id for run in runs]}
    exec(example, names)
    names["store"].close()
    read = frame.decode(names["data"])
    assert [series.run for series in read.head.series] == names["run_ids"]
    assert read.y("last", series=1) == pytest.approx([1.0, 0.09 / 0.19])
