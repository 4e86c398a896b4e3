"""What the builders are run with."""

from __future__ import annotations

from runwatch.compute.environment.tool import variables


def test_what_pip_was_told_about_indexes_holds_for_uv_too() -> None:
    found = variables({"PIP_INDEX_URL": "a", "PIP_EXTRA_INDEX_URL": "b", "UV_INDEX": "mine", "VIRTUAL_ENV": "/x"})
    assert (found["UV_DEFAULT_INDEX"], found["UV_INDEX"]) == ("a", "mine")
    assert "VIRTUAL_ENV" not in found
