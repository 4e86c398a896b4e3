"""No code makes the reader fail: what it cannot read it says."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runwatch.importers.azureml.checker import check

LINES = st.lists(
    st.sampled_from(
        ["%%time", "%%writefile a.py", "%magic", "!ls", "x?", "x = !ls", "    y = 1", "if x:", "run.log(1)", "", "é"]
    )
    | st.text(max_size=20),
    max_size=8,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES)
def test_any_cell(tmp_path: Path, lines: list[str]) -> None:
    import json

    file = tmp_path / "any.ipynb"
    file.write_text(json.dumps({"cells": [{"cell_type": "code", "source": "\n".join(lines)}]}), encoding="utf-8")
    assert check([file]).files == 1
