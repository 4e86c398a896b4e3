"""The frame around every page: signing in, going about, the palette, the keys, light and dark, English and French."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, expect

from tests.e2e.studio.scene import Scene
from tests.e2e.studio.window import Window


def test_the_palette_finds_a_run_and_opens_it(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open("")
    page.keyboard.press("Control+k")
    page.keyboard.type("brave-fox")
    page.get_by_role("option", name="brave-fox").first.wait_for()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{page.url.split('/experiments')[0]}/experiments/resnet-sweep/runs/{scene.runs[0].id}")
    expect(page).to_have_title("brave-fox · Runwatch")


def test_the_palette_looks_among_what_its_first_sign_says(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open("")

    def offered(text: str) -> Locator:
        page.keyboard.press("Control+k")
        field = page.get_by_role("combobox", name="Search or run a command")
        field.fill(text)
        found = page.get_by_role("dialog").get_by_role("option")
        expect(found.first).to_be_visible()
        return found

    found = offered("#s")
    expect(found.locator(".group").filter(has_text=re.compile("."))).to_have_text(["Runs"])  # once, for all of them
    page.keyboard.press("Escape")
    expect(offered("@resnet")).to_have_text([re.compile("resnet-sweep.*Experiments")])
    page.keyboard.press("Enter")
    expect(page).to_have_title("resnet-sweep · Runwatch")
    expect(offered(">settings")).to_have_text([re.compile("Settings.*Commands")])
    page.keyboard.press("Enter")
    expect(page).to_have_title("Settings · Runwatch")
    expect(offered(">fran")).to_have_text([re.compile("Language: Français")])
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "fr")


def test_the_palette_begins_with_the_runs_of_late(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open("")
    page.keyboard.press("Control+k")
    found = page.get_by_role("dialog").get_by_role("option")
    told = found.locator(".group").filter(has_text=re.compile("."))
    expect(told).to_have_text(["Recent runs", "Commands"])
    expect(found.first.locator(".group")).to_have_text("Recent runs")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/experiments/.*/runs/"))


def test_keys_go_to_places_and_the_sheet_tells_them(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open("")
    page.keyboard.press("g")
    page.keyboard.press("e")
    expect(page.get_by_role("link", name="Experiments").first).to_have_attribute("aria-current", "page")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard")
    expect(sheet.get_by_text("Go to experiments")).to_be_visible()
    expect(sheet.get_by_text("Ctrl+K", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)


def test_the_language_and_the_theme_are_kept(window: Callable[..., Window], scene: Scene) -> None:
    seen = window()
    page = seen.open("")
    page.get_by_role("button", name="Language").click()
    page.get_by_role("menuitemcheckbox", name="Français").click()
    expect(page.get_by_role("link", name="Expériences").first).to_be_visible()
    page.keyboard.press("Alt+m")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


def test_settings_say_who_one_is_in_the_language_of_the_page(window: Callable[..., Window], scene: Scene) -> None:
    page = window(locale="fr-FR").open("settings")
    expect(page.get_by_role("heading", name="Connecté en tant que l'utilisateur de cet ordinateur")).to_be_visible()
    expect(page.locator("main")).to_contain_text("consulter")
    for english in ("user of this machine", "write", "read"):
        expect(page.locator("main")).not_to_contain_text(english)


def test_it_hears_the_server(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open("")
    expect(page.locator(".live")).to_contain_text("live")


def test_an_unknown_address_says_what_was_looked_for(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open("nowhere/at all")
    expect(page.get_by_role("main")).to_contain_text("nowhere/at all")


def test_addresses_of_other_studios_lead_to_the_same_runs(window: Callable[..., Window], scene: Scene) -> None:
    run = scene.runs[0]
    # MLflow's hash goes first: a page that is there already is not loaded anew for another hash.
    for address, heading in (
        (f"#/experiments/{run.experiment.id}/runs/{run.id}", "brave-fox"),
        (f"experiments/id/{run.experiment.id}?wsid=/subscriptions/S/workspaces/W&tid=T", "resnet-sweep"),
        (f"experiments/id/{run.experiment.id}/runs/{run.id}?wsid=/subscriptions/S/workspaces/W", "brave-fox"),
    ):
        page = window().open(address)
        expect(page.get_by_role("navigation", name="Where you are")).to_contain_text(heading)
        expect(page).not_to_have_url(re.compile("wsid|#|/id/"))
    expect(window().open("experiments/id/nobody").locator("main")).to_contain_text("nobody in this workspace")


def test_what_is_typed_at_once_lands_in_the_field_of_a_dialog(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open("experiments/resnet-sweep?c=status")
    page.get_by_role("button", name="Save view").click()
    expect(page.get_by_role("dialog", name="Save as a new view")).to_be_visible()
    page.keyboard.type("my view")
    expect(page.get_by_role("textbox", name="Name of the view")).to_have_value("my view")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard")
    expect(sheet.get_by_role("button", name="Close")).to_be_focused()  # nothing is to be filled in


def test_a_menu_keeps_within_the_window_as_its_items_come(window: Callable[..., Window], scene: Scene) -> None:
    page = window(viewport={"width": 1000, "height": 700}).open("experiments/resnet-sweep")
    button = page.get_by_role("button", name="Group by")
    button.click()
    menu = page.get_by_role("menu").filter(has_text="Not grouped")
    expect(menu.get_by_role("menuitemcheckbox", name="optimizer")).to_be_visible()
    box = menu.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1000
    assert box["y"] + box["height"] <= 700
    ticked = menu.get_by_role("menuitemcheckbox", name="optimizer").locator(".cut").bounding_box()
    other = menu.get_by_role("menuitem", name="Search by name…").bounding_box()
    assert ticked is not None
    assert other is not None
    text = menu.get_by_role("menuitem", name="Search by name…").evaluate(
        "item => { const range = document.createRange(); range.selectNodeContents(item.lastChild);"
        " return range.getBoundingClientRect().left }"
    )
    assert abs(text - ticked["x"]) < 1


def test_a_view_is_overwritten_knowingly_and_deleted_after_asking(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open("experiments/resnet-sweep?c=status")
    page.get_by_role("button", name="Save view").click()
    page.get_by_role("textbox", name="Name of the view").fill("mine")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="mine", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Save view")).to_be_visible()  # as it was saved
    page.get_by_role("combobox", name="Filter").fill('name != "brave-fox"')
    overwrite = page.get_by_role("button", name="Overwrite mine")
    overwrite.click()
    expect(overwrite).to_have_count(0)
    page.reload()
    expect(page.get_by_role("button", name="Save view")).to_be_visible()
    page.get_by_role("button", name="mine", exact=True).click()
    page.get_by_role("menuitem", name="Delete").click()
    ask = page.get_by_role("dialog", name="Delete")
    expect(ask).to_contain_text("mine")
    ask.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="mine", exact=True)).to_be_visible()
    page.get_by_role("button", name="mine", exact=True).click()
    page.get_by_role("menuitem", name="Delete").click()
    ask.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("button", name="Default view")).to_be_visible()
