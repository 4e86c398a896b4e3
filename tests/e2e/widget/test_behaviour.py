"""What the widget does in a real browser: follows a run, zooms, changes with its host, and leaves."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.e2e.studio.scene import HOSTILE
from tests.e2e.widget.conftest import Shown, kernel_of
from tests.e2e.widget.notebook import Notebook

GATHER_MS = 700
"""Later than the widget says what is on its screen."""
INK = """canvas => {
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let sum = 0;
  for (let at = 0; at < data.length; at += 4) sum += data[at] * (at % 1021) + data[at + 3];
  return sum;
}"""


def _plot(widget: Locator, name: str) -> Locator:
    return widget.locator(f'[data-panel="{name}"] canvas')


def _ink(widget: Locator, name: str) -> float:
    return float(_plot(widget, name).evaluate(INK))


def _drag(page: Page, over: Locator, first: float, last: float) -> None:
    box = over.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * first, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * (first + last) / 2, y)
    page.mouse.move(box["x"] + box["width"] * last, y)
    page.mouse.up()


def test_charts_are_drawn_from_pushes_alone_and_follow_them(notebook: Callable[..., Notebook], shown: Shown) -> None:
    found = notebook()
    kernel = kernel_of(shown, shown.running)
    kernel.is_busy = True  # with a cell: it answers nothing, its thread pushes
    widget = found.put(kernel)
    push, buffers = kernel.standard()
    found.push(push, buffers)
    expect(_plot(widget, "train/loss")).to_be_visible()
    found.page.wait_for_timeout(GATHER_MS)
    before = _ink(widget, "val/acc")
    chart = next(each for each in push["frames"] if each["chart"]["series"][0]["metric"] == "val/acc")
    other = next(i for i, each in enumerate(push["frames"]) if each["chart"]["series"][0]["metric"] == "val/loss")
    found.push({"frames": [chart], "clock": kernel.clock + 1}, [_renamed(buffers[other])])
    found.page.wait_for_timeout(GATHER_MS)
    assert _ink(widget, "val/acc") != before
    assert [each for each in kernel.heard if "call" in each] == []
    shows = [each["show"] for each in kernel.heard if "show" in each]
    assert {chart["series"][0]["metric"] for chart in shows[-1]["charts"]} == {
        "lr", "train/loss", "val/acc", "val/loss"
    }  # fmt: skip


def test_a_drag_zooms_and_a_button_shows_everything_again(notebook: Callable[..., Notebook], shown: Shown) -> None:
    found = notebook()
    kernel = kernel_of(shown, shown.running)
    widget = found.put(kernel)
    found.push(*kernel.standard())
    expect(_plot(widget, "train/loss")).to_be_visible()
    found.page.wait_for_timeout(GATHER_MS)
    before = _ink(widget, "train/loss")
    _drag(found.page, widget.locator('[data-panel="train/loss"] .easel-over'), 0.25, 0.5)
    reset = widget.get_by_role("button", name="Whole range")
    expect(reset).to_be_visible()
    found.page.mouse.move(5, 5)
    found.page.wait_for_timeout(GATHER_MS)
    asked = [chart for each in kernel.heard if each.get("call") == "/series:batch" for chart in each["body"]["charts"]]
    assert {chart["series"][0]["metric"] for chart in asked} == {"lr", "train/loss", "val/acc", "val/loss"}
    assert all(chart["x"]["start"] is not None for chart in asked)
    assert _ink(widget, "train/loss") != before
    reset.click()
    found.page.wait_for_timeout(GATHER_MS)
    assert _ink(widget, "train/loss") == before
    # Two-variable lines and the keyboard have the same way back.
    widget.locator('[data-panel="lr"] [role="img"]').focus()
    found.page.keyboard.press("+")
    expect(reset).to_be_visible()
    found.page.keyboard.press("0")
    expect(reset).to_have_count(0)


def test_a_point_is_read_beside_the_pointer(notebook: Callable[..., Notebook], shown: Shown) -> None:
    found = notebook()
    # A notebook may move its cells about: what is fixed then stands in the cell, not in the window.
    found.page.add_style_tag(content="main { transform: translate(40px, 120px); }")
    kernel = kernel_of(shown, shown.scene.page)
    widget = found.put(kernel)
    found.push(*kernel.standard())
    over = widget.locator('[data-panel="Fibonacci"] .easel-over')
    over.hover()
    tip = widget.locator(".chart-tip")
    expect(tip).to_contain_text("step 5")
    place, about = over.bounding_box(), tip.bounding_box()
    assert place is not None
    assert about is not None
    assert abs(about["x"] - (place["x"] + place["width"] / 2)) < 40
    assert abs(about["y"] - place["y"]) < 8


def test_theme_and_language_are_those_of_each_widget(notebook: Callable[..., Notebook], shown: Shown) -> None:
    found = notebook()
    found.theme(dark=False)
    kernels = {"one": kernel_of(shown, shown.running), "two": kernel_of(shown, shown.scene.page)}
    one = found.put(kernels["one"], "one", language="en")
    two = found.put(kernels["two"], "two", language="fr")
    for name, kernel in kernels.items():
        found.push(*kernel.standard(), name)
    expect(two.get_by_role("tab", name="Détails")).to_be_visible()
    expect(one.get_by_role("tab", name="Details")).to_be_visible()
    one.get_by_role("tab", name="Details").click()
    expect(two.get_by_role("tab", name="Métriques")).to_have_attribute("aria-selected", "true")
    ground = "element => getComputedStyle(element).backgroundColor"
    light = two.locator(".frame").evaluate(ground)
    ink = _ink(two, "Sigmoid")
    found.theme(dark=True)
    expect(two.locator(":scope > div")).to_have_attribute("data-theme", "dark")
    found.page.wait_for_timeout(GATHER_MS)
    assert two.locator(".frame").evaluate(ground) != light
    assert _ink(two, "Sigmoid") != ink  # axes are painted, not styled
    found.picture("two")
    assert found.violations() == []


def test_keys_pressed_in_a_chart_are_not_the_notebooks(notebook: Callable[..., Notebook], shown: Shown) -> None:
    found = notebook()
    found.page.evaluate("document.addEventListener('keydown', (event) => (window.reached = event.key))")
    kernel = kernel_of(shown, shown.scene.page)
    widget = found.put(kernel)
    found.push(*kernel.standard())
    widget.locator('[data-panel="Sigmoid"] [role="img"]').focus()
    found.page.keyboard.press("d")
    assert found.page.evaluate("window.reached ?? null") is None
    assert found.page.locator("[data-lm-suppress-shortcuts]").count() == 1


def test_a_busy_kernel_is_said_quietly(notebook: Callable[..., Notebook], shown: Shown) -> None:
    found = notebook()
    kernel = kernel_of(shown, shown.structured)
    kernel.is_busy = True
    widget = found.put(kernel)
    found.push(*kernel.standard())
    expect(widget.get_by_text("The kernel is busy")).to_be_visible()
    expect(_plot(widget, "stopped")).to_be_visible()
    found.page.evaluate("models.widget.emit('comm:close')")
    expect(widget.get_by_text("The kernel is busy")).to_be_visible()  # the run is finished: there is nothing to follow


def test_a_kernel_that_left_is_said(notebook: Callable[..., Notebook], shown: Shown) -> None:
    found = notebook()
    kernel = kernel_of(shown, shown.running)
    widget = found.put(kernel)
    expect(widget.get_by_text("Waiting for the kernel")).to_be_visible()
    found.push(*kernel.standard())
    expect(widget.get_by_text("Waiting for the kernel")).to_have_count(0)
    found.page.evaluate("models.widget.emit('comm:close')")
    expect(widget.get_by_text("The kernel is gone")).to_be_visible()


def test_the_log_is_followed_until_somebody_scrolls(notebook: Callable[..., Notebook], shown: Shown) -> None:
    found = notebook()
    kernel = kernel_of(shown, shown.running)
    widget = found.put(kernel)
    push, buffers = kernel.standard()
    found.push(push, buffers)
    widget.get_by_role("tab", name="Logs").click()
    log = widget.get_by_role("log")
    expect(widget.get_by_text("UserWarning")).to_have_class("ink-1")
    assert log.evaluate("box => box.scrollHeight - box.scrollTop - box.clientHeight") < 2
    longer = {
        **push["log"],
        "lines": [*push["log"]["lines"], "one more"],
        "total_lines": push["log"]["total_lines"] + 1,
    }
    found.push({"log": longer}, [])
    expect(widget.get_by_text("one more")).to_be_in_viewport()
    log.evaluate("box => {box.scrollTop = 0}")
    follow = widget.get_by_role("button", name="Follow")
    expect(follow).to_be_visible()
    longer = {**longer, "lines": [*longer["lines"], "and another"], "total_lines": longer["total_lines"] + 1}
    found.push({"log": longer}, [])
    expect(follow).to_contain_text("1 new line")
    follow.click()
    expect(widget.get_by_text("and another")).to_be_in_viewport()
    expect(follow).to_have_count(0)


def test_nothing_a_user_wrote_is_parsed(notebook: Callable[..., Notebook], shown: Shown) -> None:
    found = notebook()
    kernel = kernel_of(
        shown, shown.scene.hostile, links={"run": "javascript:document.title='broken in'", "experiment": None}
    )
    widget = found.put(kernel)
    found.push(*kernel.standard())
    expect(widget.get_by_role("heading", name=HOSTILE)).to_be_visible()
    expect(widget.get_by_role("link")).to_have_count(0)
    for tab in ("Details", "Metrics"):
        widget.get_by_role("tab", name=tab).click()
        found.page.wait_for_timeout(GATHER_MS)
    assert found.page.title() == "A notebook"
    assert widget.locator("img, script").count() == 0


def test_what_is_off_screen_is_said_and_what_left_is_gone(notebook: Callable[..., Notebook], shown: Shown) -> None:
    found = notebook()
    kernel = kernel_of(shown, shown.running)
    widget = found.put(kernel)
    found.push(*kernel.standard())
    expect(_plot(widget, "train/loss")).to_be_visible()
    found.page.evaluate("document.querySelector('main').style.marginTop = '4000px'")
    found.page.wait_for_timeout(GATHER_MS)
    last = [each["show"] for each in kernel.heard if "show" in each][-1]
    assert last["visible"] is False
    assert last["charts"] == []
    found.page.evaluate("models.widget.leave()")
    assert found.page.evaluate("models.widget.listeners()") == 0
    assert widget.evaluate("element => element.childElementCount") == 0
    heard = len(kernel.heard)
    found.page.wait_for_timeout(GATHER_MS)
    assert len(kernel.heard) == heard


def _renamed(frame: bytes) -> bytes:
    """A frame that says it is of another metric with a name as long."""
    return frame.replace(b'"val/loss"', b'"val/acc" ')
