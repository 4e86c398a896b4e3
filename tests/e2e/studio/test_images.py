"""Images over steps: one slider for all of them, by hand, by keys and by itself; two steps compared."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from runwatch import Experiment, Run
from tests.e2e.studio.scene import HOSTILE, Scene
from tests.e2e.studio.server import Served
from tests.e2e.studio.window import Window

Windows = Callable[..., Window]


@pytest.fixture(scope="module")
def run(server: Served, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Twenty images of one metric, four of another, and one that was not logged."""
    folder = tmp_path_factory.mktemp("images")
    made = Experiment(server.workspace, "strips").start_logging(display_name="strips", outputs=False)
    for step in range(20):
        log(made, "often", folder / f"often-{step}.png", step)
        if step < 4:
            log(made, HOSTILE, folder / f"rare-{step}.png", step)
    picture(folder / "kept.png", 3)
    made.upload_file("outputs/plots/kept.png", str(folder / "kept.png"))
    made.complete()
    return made


def picture(path: Path, shade: int) -> None:
    Image.new("RGB", (64, 48), (12 * shade, 120, 200)).save(path)


def log(run: Run, name: str, path: Path, shade: int) -> None:
    picture(path, shade)
    run.log_image(name, path=path)


def address(run: Run, query: str = "") -> str:
    return f"experiments/{run.experiment.name}/runs/{run.id}/images{query}"


def shown(page: Page, number: int) -> Locator:
    """The image of so many before it: what has no step is named from 1 on."""
    return page.get_by_role("img", name=f"often, image {number + 1}", exact=True)


def drawn(image: Locator) -> bool:
    """Whether the browser has an image and not a broken one."""
    expect(image).to_have_js_property("complete", True)
    return bool(image.evaluate("image => image.naturalWidth === 64"))


def test_one_slider_moves_all_images(window: Windows, run: Run) -> None:
    page = window().open(address(run))
    expect(shown(page, 19)).to_be_visible()
    assert drawn(shown(page, 19))
    slider = page.get_by_role("slider", name="Image")
    expect(slider).to_have_attribute("aria-valuetext", "image 20")
    expect(page.locator(".player-step")).to_have_text("image 2020 of 20")
    slider.fill("2")
    expect(shown(page, 2)).to_be_visible()
    expect(page.get_by_role("img", name=f"{HOSTILE}, image 3", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("step=2$"))
    slider.fill("10")
    expect(shown(page, 10)).to_be_visible()
    expect(page.get_by_role("img", name=f"{HOSTILE}, image 4", exact=True)).to_be_visible()
    page.reload()
    expect(shown(page, 10)).to_be_visible()


def test_keys_move_by_one_and_by_ten(window: Windows, run: Run) -> None:
    page = window().open(address(run, "?step=4"))
    expect(shown(page, 4)).to_be_visible()
    for key, number in (
        ("ArrowRight", 5), ("Shift+ArrowRight", 15), ("ArrowLeft", 14), ("Shift+ArrowLeft", 4), ("End", 19),
        ("ArrowRight", 19), ("Home", 0), ("ArrowLeft", 0),
    ):  # fmt: skip
        page.keyboard.press(key)
        expect(shown(page, number)).to_be_visible()


def test_space_plays_and_the_end_stops_it(window: Windows, run: Run) -> None:
    page = window().open(address(run, "?step=17"))
    expect(shown(page, 17)).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(shown(page, 19)).to_be_visible()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.get_by_role("button", name="Play").press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_a_pinned_step_is_compared_beside_and_in_turn(window: Windows, run: Run) -> None:
    page = window().open(address(run, "?step=3"))
    page.get_by_role("button", name="Pin for A/B").click()
    page.keyboard.press("Shift+ArrowRight")
    expect(shown(page, 3)).to_be_visible()
    expect(shown(page, 13)).to_be_visible()
    page.get_by_role("button", name="Blink").click()
    for number, other in ((3, 13), (13, 3)):
        page.wait_for_function(
            "names => getComputedStyle(document.querySelector(`img[alt='${names[0]}']`)).visibility === 'visible'"
            " && getComputedStyle(document.querySelector(`img[alt='${names[1]}']`)).visibility === 'hidden'",
            arg=[f"often, image {number + 1}", f"often, image {other + 1}"],
        )
    page.get_by_role("button", name="Unpin A").click()
    expect(shown(page, 3)).to_have_count(0)


def test_an_image_is_enlarged_and_the_steps_go_on(window: Windows, run: Run) -> None:
    page = window().open(address(run, "?step=3"))
    page.get_by_role("button", name="Enlarge often").click()
    dialog = page.get_by_role("dialog", name="often")
    image = dialog.get_by_role("img", name="often, image 4", exact=True)
    expect(image).to_be_visible()
    assert image.bounding_box()["width"] > 300  # type: ignore[index]
    page.keyboard.press("ArrowLeft")
    expect(dialog.get_by_role("img", name="often, image 3", exact=True)).to_be_visible()
    page.keyboard.press("ArrowRight")
    dialog.get_by_role("button", name="100 %").click()
    expect(image).to_have_js_property("offsetWidth", 64)
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("img", name="often, image 5", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(shown(page, 4)).to_be_visible()


def test_images_among_the_outputs_are_listed_below(window: Windows, run: Run) -> None:
    page = window().open(address(run))
    files = page.get_by_role("region", name="Files")
    expect(files.get_by_role("link")).to_have_count(1)
    files.get_by_role("link", name="plots/kept.png").click()
    expect(page).to_have_url(re.compile(r"/outputs\?file=outputs/plots/kept\.png"))


def test_images_of_a_run_that_goes_on_arrive(window: Windows, server: Served, tmp_path: Path) -> None:
    going = Experiment(server.workspace, "strips").start_logging(outputs=False)
    log(going, "often", tmp_path / "a.png", 1)
    seen = window()
    page = seen.open(address(going))
    log(going, "often", tmp_path / "b.png", 2)
    expect(shown(page, 1)).to_be_visible()
    going.complete()
    # A row may be there before its file: the page asks again when that has come.
    seen.excuse("404 ", "/artifacts:download?")


def test_runs_are_compared_at_one_step(window: Windows, run: Run, scene: Scene) -> None:
    page = window().open(f"compare?runs={run.id},{scene.pictures.id}&tab=images&step=2")
    expect(page.get_by_role("columnheader", name="strips")).to_be_visible()
    row = page.locator("tr").filter(has=page.get_by_role("rowheader", name="samples"))
    expect(row.get_by_role("img", name="samples, image 3", exact=True)).to_be_visible()
    expect(row).to_contain_text("No image")
    page.keyboard.press("ArrowRight")
    expect(row.get_by_role("img", name="samples, image 4", exact=True)).to_be_visible()
    expect(shown(page, 3)).to_be_visible()


def test_an_experiment_shows_the_images_of_its_runs_side_by_side(
    window: Windows, server: Served, tmp_path: Path
) -> None:
    experiment = Experiment(server.workspace, "side-by-side")
    made = {}
    for shade, name in enumerate(("first", "second"), start=1):
        made[name] = experiment.start_logging(display_name=name, outputs=False)
        for step in range(2):
            log(made[name], "samples", tmp_path / f"{name}-{step}.png", 4 * shade + step)
        made[name].complete()
    for _ in range(3):
        experiment.start_logging(display_name="none", outputs=False).complete()
    page = window().open("experiments/side-by-side?tab=images")
    for name in made:
        expect(page.get_by_role("columnheader", name=name)).to_be_visible()
    expect(page.get_by_role("columnheader", name="none")).to_have_count(0)
    expect(page.get_by_role("main")).to_contain_text("Runs without images: 3")
    row = page.locator("tr").filter(has=page.get_by_role("rowheader", name="samples"))
    expect(row.get_by_role("img", name="samples, image 2", exact=True)).to_have_count(2)
    page.keyboard.press("ArrowLeft")
    seen = row.get_by_role("img", name="samples, image 1", exact=True)
    expect(seen).to_have_count(2)
    assert all(drawn(image) for image in seen.all())
    page.get_by_role("combobox", name="Filter").fill('name = "second"')
    expect(page.get_by_role("columnheader", name="first")).to_have_count(0)
    page.get_by_role("columnheader", name="second").get_by_role("link").click()
    expect(page).to_have_url(re.compile(f"runs/{made['second'].id}/images$"))


def test_a_metric_s_name_is_text(window: Windows, run: Run) -> None:
    page = window().open(address(run))
    expect(page.get_by_text(HOSTILE, exact=True)).to_be_visible()
    assert page.locator("img[src='x']").count() == 0
    assert "broken in" not in page.title()
