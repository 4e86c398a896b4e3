"""Models, datasets and environments in the studio: their lists, their versions, and the way to and from runs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from runwatch import Dataset, Environment, Experiment, Model, Run
from runwatch.schema import registry
from runwatch.schema.registry import Kind
from runwatch.schema.run import CreateRun, Delete, RunStatus
from tests.e2e.studio.recorded import keep
from tests.e2e.studio.scene import HOSTILE
from tests.e2e.studio.server import Served, served
from tests.e2e.studio.window import Window

Windows = Callable[[], Window]

KINDS = ("models", "datasets", "environments")


@pytest.fixture(scope="module")
def shop(surroundings: Path) -> Iterator[Served]:
    """A served workspace in which nothing is registered at first."""
    with served(surroundings / "shop", "--no-agent") as found:
        yield found


@pytest.fixture
def window(browser: Browser, shop: Served, tmp_path: Path) -> Iterator[Windows]:
    made: list[Window] = []

    def open_window() -> Window:
        made.append(Window(browser, shop.link, tmp_path))
        return made[-1]

    yield open_window
    for each in made:
        each.close()


@pytest.fixture
def desk(shop: Served, tmp_path: Path) -> Path:
    """A folder of a user who works with that workspace."""
    folder = tmp_path / "desk"
    (folder / "data").mkdir(parents=True)
    (folder / ".runwatch").mkdir()
    (folder / ".runwatch" / "config.json").write_text(json.dumps({"location": str(shop.folder)}))
    (folder / "model.pkl").write_bytes(b"weights")
    (folder / "data" / "rows.csv").write_text("a,b\n1,2\n")
    (folder / "requirements.txt").write_text("pandas\n")
    return folder


def executed(code: str, folder: Path) -> None:
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def trained(shop: Served, experiment: str, name: str) -> Run:
    run = Experiment(shop.workspace, experiment).start_logging(display_name=name, outputs=False)
    keep(run, "outputs/model/weights.json", '{"bias": 0.25}')
    keep(run, "outputs/model/notes.txt", "how it was made\n")
    run.complete()
    return run


def test_where_nothing_is_the_lines_to_copy_work_and_what_they_register_appears(window: Windows, desk: Path) -> None:
    page = window().open("")
    page.get_by_role("navigation", name="Places").get_by_role("link", name="Models").click()
    for kind, name in zip(KINDS, ("churn", "train", "train"), strict=True):
        page.get_by_role("navigation", name="What is registered").locator(f"a[href$='/{kind}']").click()
        expect(page.get_by_role("heading", name=f"No {kind[:-1]} yet")).to_be_visible()
        executed(page.locator(".snippet pre").inner_text(), desk)
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
        expect(page.get_by_role("status").filter(has_text=f"1 {kind[:-1]}")).to_be_visible()


def test_a_list_has_a_row_for_each_name_and_grows_by_itself(window: Windows, shop: Served) -> None:
    run = trained(shop, "listed", "brave-fox")
    for number in range(1, 4):
        run.register_model("grouped", "outputs/model", tags={"round": number}, description=f"made in round {number}")
    page = window().open("models")
    line = page.get_by_role("row").filter(has_text="grouped")
    expect(line.get_by_role("cell")).to_contain_text(
        ["grouped", "3", "3", re.compile("."), "brave-fox", "round: 3", "made in round 3"]
    )
    expect(page.locator(".live")).to_contain_text("live")
    run.register_model("grouped", "outputs/model")
    expect(line.get_by_role("cell").nth(1)).to_have_text("4")
    Model(shop.workspace, "grouped", version=2).delete()
    expect(line.get_by_role("cell").nth(2)).to_have_text("3")
    line.get_by_role("link", name="brave-fox").click()
    expect(page).to_have_url(re.compile(f"/runs/{run.id}"))


def test_a_search_finds_names_and_not_ids(window: Windows, shop: Served, desk: Path) -> None:
    for name in ("needle one", "Needle-two", "hay"):
        Model.register(shop.workspace, str(desk / "model.pkl"), name)
    page = window().open("models")
    page.get_by_role("searchbox", name="Search models").fill("needle")
    expect(page.locator("tbody").get_by_role("row")).to_have_count(2)
    expect(page).to_have_url(re.compile(r"q=needle"))
    page.get_by_role("searchbox", name="Search models").fill("model:")
    expect(page.get_by_text("No model matches.")).to_be_visible()
    page.get_by_role("searchbox", name="Search models").fill("needle one")
    page.get_by_role("link", name="needle one").click()
    expect(page).to_have_title("needle one · Runwatch")
    expect(page.get_by_role("link", name="Version 1")).to_have_attribute("aria-current", "page")


def test_run_and_model_lead_to_each_other(window: Windows, shop: Served) -> None:
    run = trained(shop, "linked", "calm-owl")
    page = window().open(f"experiments/linked/runs/{run.id}/details")
    expect(page.get_by_role("heading", name="Description")).to_be_visible()
    expect(page.get_by_role("heading", name="Registered models")).to_have_count(0)
    run.register_model("linked", "outputs/model")
    run.register_model("linked", "outputs/model")
    expect(page.get_by_role("heading", name="Registered models")).to_be_visible()
    page.get_by_role("link", name="version 1").click()
    expect(page).to_have_url(re.compile("/models/linked/1$"))
    page.get_by_role("link", name="calm-owl").click()
    expect(page).to_have_url(re.compile(f"/linked/runs/{run.id}"))
    page.go_back()
    expect(page.get_by_role("link", name="calm-owl")).to_be_visible()
    run.display_name = "wise-owl"
    expect(page.get_by_role("link", name="wise-owl")).to_be_visible()
    shop.workspace.store.runs.delete(Delete(run_ids=(run.id,)))
    expect(page.get_by_title(f"The run {run.id} was deleted.")).to_have_text(run.id)


def test_a_version_is_described_and_tagged_in_place(window: Windows, shop: Served) -> None:
    run = trained(shop, "described", "dry-heron")
    data = Dataset.File.from_files(str(shop.folder)).register(shop.workspace, "used")
    for _ in range(2):
        run.register_model(
            "described", "outputs/model", properties={"threshold": 0.5}, model_framework="PyTorch",
            model_framework_version="2.9", datasets=[("training", data)],
        )  # fmt: skip
    page = window().open("models/described/1")
    expect(page.locator(".details")).to_contain_text("PyTorch 2.9")
    expect(page.locator(".details")).to_contain_text("30 B in 2 files")
    expect(page.locator(".fact").filter(has_text="threshold")).to_contain_text("0.5")
    expect(page.locator(".details")).not_to_contain_text("runwatch.version")
    page.get_by_role("button", name="Edit Description").click()
    page.get_by_role("textbox", name="Description").fill("who will leave")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".described")).to_have_text(re.compile("who will leave"))
    page.get_by_role("button", name="Add a tag").click()
    page.get_by_role("textbox", name="Name", exact=True).fill("stage")
    page.get_by_role("textbox", name="Value").fill("test")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Remove the tag stage")).to_be_visible()
    found = Model(shop.workspace, "described", version=1)
    assert (found.description, found.tags) == ("who will leave", {"stage": "test"})
    newest = Model(shop.workspace, "described")
    assert (newest.version, newest.description, newest.tags) == (2, "", {})
    page.get_by_role("link", name="used:1").click()
    expect(page).to_have_url(re.compile("/datasets/used/1$"))


def test_files_are_seen_and_fetched(window: Windows, shop: Served, tmp_path: Path) -> None:
    run = trained(shop, "filed", "keen-lynx")
    run.register_model("filed", "outputs/model")
    page = window().open("models/filed")
    page.get_by_role("navigation", name="Parts of the version").get_by_role("link", name="Files 2").click()
    tree = page.get_by_role("tree", name="Files")
    expect(tree.get_by_role("treeitem", name="notes.txt")).to_have_attribute("aria-selected", "true")
    expect(page.locator(".outputs-view")).to_contain_text("how it was made")
    tree.get_by_role("treeitem", name="weights.json").click()
    expect(page.locator(".outputs-view")).to_contain_text("0.25")
    expect(page).to_have_url(re.compile("tab=files&file=model/weights.json"))
    page.get_by_role("button", name="More").click()
    with page.expect_download() as got:
        page.get_by_role("menuitem", name=re.compile("zip")).click()
    got.value.save_as(tmp_path / "model.zip")
    with zipfile.ZipFile(tmp_path / "model.zip") as found:
        assert found.read("model/weights.json") == b'{"bias": 0.25}'


def test_the_code_of_a_version_works(window: Windows, shop: Served, desk: Path) -> None:
    Model.register(shop.workspace, str(desk / "model.pkl"), "with spaces 1.0")
    Dataset.Tabular.from_delimited_files(str(desk / "data" / "rows.csv")).register(shop.workspace, "code")
    environment = Environment("code")
    environment.environment_variables = {"LEVEL": "7"}
    environment.register(shop.workspace)
    page = window().page
    code = {}
    for kind, name in zip(KINDS, ("with spaces 1.0", "code", "code"), strict=True):
        page.goto(f"{shop.url}/{kind}/{name}/1")
        code[kind] = page.locator(".snippet pre").inner_text()
    executed(code["models"] + "\nimport pathlib\nassert pathlib.Path(path).read_bytes() == b'weights'", desk)
    executed(code["datasets"] + "\nassert (dataset.name, dataset.version) == ('code', 1)", desk)
    executed(code["environments"] + "\nassert environment.environment_variables == {'LEVEL': '7'}", desk)


def test_a_dataset_and_an_environment_say_what_they_are(window: Windows, shop: Served, desk: Path) -> None:
    rows = Dataset.Tabular.from_delimited_files(str(desk / "data" / "rows.csv"), separator=";")
    rows.take(3).register(shop.workspace, "said")
    Environment.from_pip_requirements("said", str(desk / "requirements.txt")).register(shop.workspace)
    page = window().open("datasets/said")
    details = page.locator(".details")
    for text in ("tabular", str(desk / "data" / "rows.csv"), "separator = ;", "take  count = 3"):
        expect(details).to_contain_text(text)
    page.goto(f"{shop.url}/environments/said")
    expect(details.locator(".fact").filter(has_text="Pip packages")).to_contain_text("pandas")
    details.get_by_text("Everything, as JSON").click()
    expect(details.locator(".definition pre")).to_contain_text('"condaDependencies"')


def test_delete_asks_and_then_deletes_one_version(window: Windows, shop: Served, desk: Path) -> None:
    for _ in range(2):
        Model.register(shop.workspace, str(desk / "model.pkl"), "doomed")
    page = window().open("models/doomed/2")
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Delete…").click()
    dialog = page.get_by_role("dialog", name="Delete this version?")
    expect(dialog).to_contain_text("doomed Version 2")
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("status").filter(has_text="Version 2 of doomed is deleted.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="doomed").get_by_role("cell").nth(1)).to_have_text("1")
    assert [each.version for each in Model.list(shop.workspace, "doomed")] == [1]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("models/nobody", "nothing registered as nobody"),
        ("models/known/9", "no version 9 of known"),
        ("models/known/<i>x", "no version <i>x of known"),
        ("datasets/known", "nothing registered as known"),
    ],
)
def test_what_is_not_there_is_said(window: Windows, shop: Served, desk: Path, path: str, text: str) -> None:
    Model.register(shop.workspace, str(desk / "model.pkl"), "known")
    page = window().open(path)
    expect(page.locator(".empty")).to_contain_text(text)


def test_a_version_that_comes_is_shown_where_it_was_missing(window: Windows, shop: Served, desk: Path) -> None:
    Model.register(shop.workspace, str(desk / "model.pkl"), "awaited")
    page = window().open("models/awaited/2")
    expect(page.locator(".empty")).to_contain_text("no version 2 of awaited")
    expect(page.locator(".live")).to_contain_text("live")
    Model.register(shop.workspace, str(desk / "model.pkl"), "awaited")
    expect(page.get_by_role("link", name="Version 2")).to_have_attribute("aria-current", "page")


def test_what_users_write_is_text(window: Windows, shop: Served, desk: Path) -> None:
    Model.register(
        shop.workspace, str(desk / "model.pkl"), "hostile", description=HOSTILE, tags={"<b>t</b>": HOSTILE},
        properties={"<i>p</i>": HOSTILE}, model_framework=HOSTILE, datasets=[(HOSTILE, HOSTILE)],
    )  # fmt: skip
    seen = window()
    for path in ("models", "models/hostile"):
        page = seen.open(path)
        page.get_by_text(HOSTILE[:30]).first.wait_for()
        page.wait_for_timeout(200)
        assert "broken in" not in page.title()
        assert page.locator("img[src='x']").count() == 0


def test_more_versions_than_a_page_holds_are_counted_as_far_as_they_were_read(
    browser: Browser, surroundings: Path, tmp_path: Path
) -> None:
    with served(surroundings / "large", "--no-agent") as large:
        runs = large.workspace.store.runs
        for at, (name, number) in enumerate([("old", 1), ("old", 2), *(("many", 1 + each) for each in range(1_000))]):
            labels = {registry.NAME: name, registry.VERSION: str(number)}
            run_id = registry.record_id(Kind.MODEL, name, number)
            request = CreateRun(
                experiment=Kind.MODEL.experiment, run_id=run_id, token="t", created_at=1e9 + at, name=name,
                type=Kind.MODEL.type, status=RunStatus.COMPLETED, properties=labels,
            )  # fmt: skip
            runs.create(request)
        window = Window(browser, large.link, tmp_path)
        page = window.open("models")
        lines = page.locator("tbody").get_by_role("row")
        expect(lines).to_have_count(1)
        expect(lines.get_by_role("cell").nth(2)).to_have_text("1,000+")
        expect(page.get_by_role("status").filter(has_text="model")).to_have_count(0)
        page.get_by_role("button", name="Show more").click()
        expect(lines).to_have_count(2)
        expect(lines.filter(has_text="old").get_by_role("cell").nth(2)).to_have_text("2")
        expect(lines.filter(has_text="many").get_by_role("cell").nth(2)).to_have_text("1,000")
        expect(page.get_by_role("status").filter(has_text="2 models")).to_be_visible()
        page.goto(f"{large.url}/models?q=ol")
        expect(lines).to_have_count(1)
        expect(lines.get_by_role("cell").nth(2)).to_have_text("2")
        Model.register(large.workspace, str(Path(__file__)), "many")  # the first version of the page is on the next now
        page.goto(f"{large.url}/models/many/1")
        expect(page.locator(".snippet")).to_contain_text("version=1)")
        versions = page.get_by_role("navigation", name="Versions")
        expect(versions.get_by_role("link", name="Version 1", exact=True)).to_have_count(0)
        versions.get_by_role("button", name="Show more").click()
        expect(versions.locator("[aria-current]")).to_contain_text("Version 1")
        expect(versions.locator("[aria-current]")).to_be_in_viewport()
        window.close()


def test_keys_and_palette_lead_to_models(window: Windows) -> None:
    page = window().open("runs")
    page.keyboard.press("g")
    page.keyboard.press("m")
    expect(page).to_have_title("Models · Runwatch")
    expect(page.get_by_role("navigation", name="Places").get_by_role("link", name="Models")).to_have_attribute(
        "aria-current", "page"
    )
    page.goto(f"{page.url.rsplit('/', 1)[0]}/runs")
    page.keyboard.press("Control+k")
    page.keyboard.type("go to models")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/models$"))
