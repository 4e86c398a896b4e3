"""The comparison: what differs between runs, and by how much."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.studio.scene import Scene
from tests.e2e.studio.window import Window


def test_values_stand_side_by_side_with_their_distance(window: Callable[..., Window], scene: Scene) -> None:
    ids = ",".join(run.id for run in scene.runs[:3])
    seen = window()
    page = seen.open(f"compare?runs={ids}")
    lr = page.get_by_role("row", name="lr")
    expect(lr.get_by_role("cell")).to_have_text(["3e-4", "0.001+7e-4", "0.003+0.0027"])
    expect(page.get_by_role("rowheader", name="parameters", exact=True)).to_have_count(0)  # alike in all of them
    page.get_by_label("Differences only").uncheck()
    expect(page.get_by_role("row", name="parameters 11,689,512")).to_be_visible()
    page.get_by_label("Metric value").select_option("max")
    low = page.get_by_role("row", name="val/acc").get_by_role("cell").first
    assert 0.8 < float(low.inner_text()) < 1
    page.get_by_role("button", name="Compare with dry-heron").click()
    expect(page.get_by_role("columnheader").first).to_contain_text("dry-heron")
    page.get_by_role("button", name="Take calm-owl out").click()
    expect(page.get_by_role("columnheader")).to_have_count(2)
    seen.picture("compare")


def test_what_is_not_there_is_said(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open(f"compare?runs={scene.runs[0].id},no-such-run")
    expect(page.get_by_role("main")).to_contain_text("Not in the workspace: no-such-run")
