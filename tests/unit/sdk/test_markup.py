"""Workspaces, experiments and runs as notebooks show them."""

from __future__ import annotations

from runwatch.sdk import markup
from runwatch.sdk.experiment import Experiment
from runwatch.sdk.run import Run
from runwatch.sdk.workspace import Workspace


def test_lists_of_runs_are_lists_and_tables(run: Run) -> None:
    children = run.create_children(3)
    assert isinstance(children, list)
    assert len(children) == 3
    html = children._repr_html_()  # type: ignore[attr-defined]  # promised as a list
    assert all(child.id in html for child in children)


def test_long_lists_say_how_many_are_left_out(run: Run) -> None:
    many = markup.RunList([run] * (markup.ROWS + 5))
    assert "and 5 more" in many._repr_html_()


def test_a_workspace_shows_its_experiments_and_runs(workspace: Workspace, experiment: Experiment, run: Run) -> None:
    html = workspace._repr_html_()
    assert experiment.name in html
    assert run.id in html
    assert experiment.name in Experiment.list(workspace)._repr_html_()  # type: ignore[attr-defined]  # likewise


def test_addresses_that_a_browser_would_run_are_no_links() -> None:
    assert markup.link("javascript:alert(1)", "x") == "javascript:alert(1)"
    assert markup.link('https://a.example/"', "<x>").count("<") == 2
