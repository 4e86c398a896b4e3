"""Colours that somebody chooses for runs."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.e2e.studio.scene import Scene
from tests.e2e.studio.window import Window

NAMES = ("brave-fox", "calm-owl", "dry-heron", "keen-lynx", "pale-finch", "slow-ibex", "warm-mole", "bold-crane")
"""Runs of one experiment, all of which charts draw."""


def shade(of: Locator) -> str:
    found: str = of.locator(".chip").first.evaluate("chip => getComputedStyle(chip).backgroundColor")
    return found


def shades(page: Page) -> dict[str, str]:
    """What stands beside the names in the table."""
    rows = page.locator(".grid .row")
    return {
        name: shade(rows.filter(has=page.get_by_role("link", name=name, exact=True)))
        for name in NAMES
    }  # fmt: skip


def test_a_chosen_colour_is_that_of_the_run_everywhere_until_it_is_given_back(
    window: Callable[..., Window], scene: Scene
) -> None:
    seen = window()
    page = seen.open(f"experiments/resnet-sweep?peek={scene.runs[3].id}")
    page.get_by_role("link", name="keen-lynx", exact=True).wait_for()
    own = shades(page)
    assert len(set(own.values())) == len(NAMES)
    hues = page.get_by_role("complementary", name="Summary of the run").get_by_role("button", name="Colour ")
    expect(hues).to_have_count(12)
    palette = [shade(hue) for hue in hues.all()]
    wanted = own["brave-fox"]  # which is that of another run
    hue = hues.nth(palette.index(wanted))
    expect(hue).to_have_attribute("aria-pressed", "false")
    hue.click()
    expect(hue).to_have_attribute("aria-pressed", "true")
    now = shades(page)
    assert now["keen-lynx"] == wanted
    assert len(set(now.values())) == len(NAMES)
    # The other one made room; nobody else had to.
    assert {name for name in NAMES if now[name] != own[name]} == {"keen-lynx", "brave-fox"}
    assert seen.violations() == []
    seen.picture("experiment-colour")
    page.reload()
    expect(hue).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="keen-lynx", exact=True).wait_for()
    assert shades(page)["keen-lynx"] == wanted
    seen.open(f"compare?runs={scene.runs[0].id},{scene.runs[3].id}")
    head = page.get_by_role("columnheader").filter(has_text="keen-lynx")
    head.wait_for()
    assert shade(head) == wanted
    seen.open(f"experiments/resnet-sweep?peek={scene.runs[3].id}")
    hue.click()  # once more: its own again
    expect(hue).to_have_attribute("aria-pressed", "false")
    page.reload()
    page.get_by_role("link", name="keen-lynx", exact=True).wait_for()
    assert shades(page) == own
