"""Logs in the studio: a million lines, the end of one that grows, searches, links to lines, and the keyboard."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from runwatch import Experiment, Run
from tests.e2e.studio.recorded import LOG, Growing, keep
from tests.e2e.studio.scene import HOSTILE, RUNS
from tests.e2e.studio.server import Served
from tests.e2e.studio.window import Window

Windows = Callable[..., Window]

LINES = 1_000_000
IN_SIGHT = """() => {
    const { top, bottom } = document.querySelector(".log").getBoundingClientRect();
    return [...document.querySelectorAll(".log-line")]
        .map((line) => [line.dataset.line, line.getBoundingClientRect().y])
        .filter(([, y]) => y >= top && y < bottom - 60);
}"""


ECHO = """
import sys, time
for line in sys.stdin:
    time.sleep(2)  # so that each pair has another second
    now = f"{time.time():.2f}"
    print(f"{now} {line.strip()}\\n{now} and more", flush=True)
"""


def address(run: Run, query: str = "") -> str:
    return f"experiments/{run.experiment.name}/runs/{run.id}/outputs{query}"


def line(page: Page, number: int) -> Locator:
    """A line by its number, counted from 1 as readers see it."""
    return page.locator(f'.log-line[data-line="{number - 1}"]')


def marks(page: Page) -> Locator:
    return page.locator(".log-line mark")


@pytest.fixture(scope="module")
def long(server: Served) -> Run:
    """A run with a log of a million lines; each thousandth warns, in red."""
    run = Experiment(server.workspace, "logs").start_logging(display_name="long", outputs=False)
    parts = []
    for number in range(1, LINES + 1):
        parts.append(
            f"\x1b[31mWarning {number}: clipped\x1b[0m" if number % 1000 == 0 else f"epoch {number} loss 0.{number}"
        )
    keep(run, LOG, "\n".join(parts) + "\n")
    run.complete()
    return run


def test_a_million_lines_are_opened_and_jumped_through(window: Windows, long: Run) -> None:
    page = window().open(address(long))
    log = page.get_by_role("log")
    expect(line(page, 1)).to_contain_text("epoch 1 loss")
    expect(page.locator(".foot").get_by_text("1,000,000 lines")).to_be_visible()
    assert page.locator(".log-line").count() < 100
    log.evaluate("log => { log.scrollTop = (log.scrollHeight - log.clientHeight) / 2 }")
    expect(line(page, LINES // 2)).to_contain_text(re.compile(r"Warning 500000: clipped"))
    log.focus()
    page.keyboard.press("End")
    expect(line(page, LINES)).to_be_in_viewport()
    expect(line(page, LINES)).to_contain_text("Warning 1000000")
    page.keyboard.press("Home")
    expect(line(page, 1)).to_be_in_viewport()


def test_the_wheel_moves_lines_by_as_much_as_it_turns(window: Windows, long: Run) -> None:
    page = window().open(address(long, "?line=600000"))
    target = line(page, 600_000)
    expect(target).to_be_in_viewport()
    before = target.bounding_box()
    target.hover()
    page.mouse.wheel(0, 90)
    expect(line(page, 600_010)).to_be_visible()
    page.wait_for_function(
        "([line, y]) => document.querySelector(`[data-line='${line}']`).getBoundingClientRect().y < y",
        arg=[599_999, (before or {"y": 0})["y"] - 80],
    )
    after = target.bounding_box()
    assert before is not None
    assert after is not None
    assert before["y"] - after["y"] == pytest.approx(90, abs=1)


def test_a_search_finds_what_is_seen_and_steps_through_it(window: Windows, long: Run) -> None:
    seen = window()
    page = seen.open(address(long))
    expect(line(page, 1)).to_contain_text("epoch 1")
    page.keyboard.press("/")
    page.get_by_role("button", name="Regular expression").click()
    page.get_by_role("searchbox", name="Search").fill(r"Warning \d+000: clip")
    expect(page.locator(".log-found")).to_have_text("1 of 1,000")
    expect(marks(page).first).to_have_text("Warning 1000: clip")
    expect(page.locator(".log-ticks i").nth(100)).to_be_attached()
    page.keyboard.press("Enter")
    expect(line(page, 2000)).to_be_in_viewport()
    expect(page.locator(".log-found")).to_have_text("2 of 1,000")
    page.get_by_role("log").focus()
    page.keyboard.press("n")
    expect(page.locator(".log-found")).to_have_text("3 of 1,000")
    page.keyboard.press("Shift+n")
    page.keyboard.press("Shift+n")
    page.keyboard.press("Shift+n")
    expect(line(page, LINES)).to_be_in_viewport()
    expect(line(page, LINES).locator("mark.now")).to_have_text("Warning 1000000: clip")
    page.get_by_role("searchbox", name="Search").fill("(")
    expect(page.locator(".log-found")).to_contain_text("regular expression")
    seen.excuse("400 ", "/logs:search")
    page.get_by_role("button", name="Regular expression").click()
    page.get_by_role("searchbox", name="Search").fill("WARNING 7000:")
    expect(page.locator(".log-found")).to_have_text("1 of 1")
    page.get_by_role("button", name="Match letter case").click()
    expect(page.locator(".log-found")).to_have_text("no match")


def test_matches_are_marked_wherever_one_looks(window: Windows, long: Run) -> None:
    """Also where a million of them are too many to be at hand."""
    page = window().open(address(long, "?line=700005"))
    expect(line(page, 700_005)).to_be_in_viewport()
    page.get_by_role("searchbox", name="Search").fill("loss")
    expect(page.locator(".log-found")).to_contain_text("999K")
    expect(line(page, 700_005).locator("mark")).to_have_text("loss")
    expect(line(page, 700_011).locator("mark")).to_have_text("loss")


def test_a_link_opens_at_its_lines_and_lines_make_links(window: Windows, long: Run) -> None:
    seen = window(permissions=["clipboard-read", "clipboard-write"])
    page = seen.open(address(long, f"?file={LOG}&line=120-122"))
    expect(line(page, 121)).to_be_in_viewport()
    expect(page.locator(".log-line.marked")).to_have_count(3)
    line(page, 125).locator(".log-number").click()
    expect(page).to_have_url(re.compile(r"line=125$"))
    line(page, 128).locator(".log-number").click(modifiers=["Shift"])
    expect(page).to_have_url(re.compile(r"line=125-128$"))
    page.get_by_role("button", name="Copy 4 lines").click()
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.splitlines() == [f"epoch {number} loss 0.{number}" for number in range(125, 129)]
    page.keyboard.press("l")
    expect(page.get_by_role("status").filter(has_text="The link is copied.")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    page.goto(link)
    expect(page.locator(".log-line.marked")).to_have_count(4)


def test_the_end_of_a_growing_log_is_followed(window: Windows, server: Served) -> None:
    run = Experiment(server.workspace, "logs").start_logging(outputs=False)
    file = Growing(run)
    file.write("".join(f"line {number}\n" for number in range(1, 201)))
    page = window().open(address(run))
    expect(page.locator(".foot").get_by_text("following")).to_be_visible()
    expect(line(page, 200)).to_be_in_viewport()
    expect(page.locator(".live")).to_contain_text("live")
    file.write("".join(f"line {number}\n" for number in range(201, 301)))
    expect(line(page, 300)).to_be_in_viewport()
    # No line is cut at the upper edge: what does not fit is hidden whole.
    shown = page.locator(".log-rows").evaluate(
        "rows => rows.getBoundingClientRect().top + parseFloat(rows.style.clipPath.slice(6))"
    )
    edge = page.locator(".log-seen").evaluate("seen => seen.getBoundingClientRect().top")
    assert 0 <= shown - edge < 18

    page.get_by_role("log").hover()
    page.mouse.wheel(0, -400)
    expect(page.locator(".foot").get_by_role("button", name="paused")).to_be_visible()
    top = page.locator(".log-line").nth(20).inner_text()
    file.write("".join(f"line {number}\n" for number in range(301, 611)))
    pill = page.get_by_role("button", name="paused, 310 new lines")
    expect(pill).to_be_visible()
    assert page.locator(".log-line").nth(20).inner_text() == top
    page.keyboard.press("End")
    expect(line(page, 610)).to_be_in_viewport()
    expect(pill).to_have_count(0)
    file.end()
    run.complete()
    expect(page.locator(".foot").get_by_text("complete")).to_be_visible()


def test_a_progress_bar_is_redrawn_in_its_line(window: Windows, server: Served) -> None:
    run = Experiment(server.workspace, "logs").start_logging(outputs=False)
    file = Growing(run)
    file.write("start\n" + "".join(f"\r{done}% |{'#' * (done // 10)}|" for done in range(41)))
    page = window().open(address(run))
    expect(line(page, 2)).to_contain_text("40% |####|")
    file.write("\r90% |#########|")
    expect(line(page, 2)).to_contain_text("90% |#########|")
    file.write("\r100%\nend\n")
    expect(line(page, 3)).to_contain_text("end")
    expect(line(page, 2)).to_have_text("2100%")
    file.end()
    run.complete()


def test_colours_are_drawn_and_links_lead_only_where_they_may(window: Windows, server: Served) -> None:
    run = Experiment(server.workspace, "logs").start_logging(outputs=False)
    link = "\x1b]8;;{}\x07{}\x1b]8;;\x07"
    keep(
        run, LOG,
        f"\x1b[1;31mred\x1b[0m \x1b[38;5;208morange\x1b[0m {link.format('https://example.org/a', 'there')}"
        f" {link.format(f'javascript:{RUNS}', 'press')} {HOSTILE}\n",
    )  # fmt: skip
    run.complete()
    page = window().open(address(run))
    expect(page.locator(".log .ink-1.is-bold")).to_have_text("red")
    expect(page.locator(".log .own")).to_have_text("orange")
    there = page.get_by_role("link", name="there")
    assert there.get_attribute("href") == "https://example.org/a"
    assert "noopener" in (there.get_attribute("rel") or "")
    expect(page.get_by_role("link", name="press")).to_have_count(0)
    expect(line(page, 1)).to_contain_text(f"press {HOSTILE}")
    assert "broken in" not in page.title()


def test_long_lines_wrap_without_jumps_and_unfold(window: Windows, server: Served) -> None:
    run = Experiment(server.workspace, "logs").start_logging(outputs=False)
    text = "".join(f"{number} {'word ' * (number % 97)}\n" for number in range(1, 2001))
    keep(run, LOG, text + "x" * 200_000 + "END\n")
    run.complete()
    page = window().open(address(run))
    expect(line(page, 1)).to_be_visible()
    page.get_by_role("button", name="Wrap lines").click()
    page.get_by_role("log").hover()
    for delta in (300, 500, 250, -120, 600, -400, 330):
        # A line that is seen before and after: of those within sight the last one, or the first on the way back.
        number, before = page.evaluate(IN_SIGHT)[-1 if delta > 0 else 0]
        page.mouse.wheel(0, delta)
        page.wait_for_timeout(100)
        assert dict(page.evaluate(IN_SIGHT))[number] == pytest.approx(before - delta, abs=1.5)
    page.keyboard.press("End")
    last = line(page, 2001)
    expect(last).to_be_in_viewport()
    for _ in range(6):
        last.get_by_role("button", name=re.compile("show more")).scroll_into_view_if_needed()
        size = len(last.inner_text())
        last.get_by_role("button", name=re.compile("show more")).click()
        page.wait_for_function(
            "size => document.querySelector('[data-line=\"2000\"]').innerText.length > size + 1000", arg=size
        )
        if "END" in last.inner_text():
            break
    expect(last).to_contain_text("xEND")


def test_the_keyboard_alone_reaches_every_line(window: Windows, server: Served) -> None:
    run = Experiment(server.workspace, "logs").start_logging(outputs=False)
    keep(run, LOG, "".join(f"line {number}\n" for number in range(1, 501)))
    run.complete()
    seen = window(permissions=["clipboard-read", "clipboard-write"])
    page = seen.open(address(run))
    expect(line(page, 1)).to_be_visible()
    page.get_by_role("tree", name="Files").focus()
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.getAttribute('role')") != "log":
        page.keyboard.press("Tab")
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    page.keyboard.press("ArrowDown")
    cursor = page.locator(".log-line.cursor")
    expect(cursor).to_be_in_viewport()
    number = int(cursor.get_attribute("data-line") or 0) + 1
    assert number > 40
    expect(page.get_by_role("status").filter(has_text=f"{number}: line {number}")).to_be_attached()
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator(".log-line.marked")).to_have_count(2)
    page.keyboard.press("l")
    expect(page.get_by_role("status").filter(has_text="The link is copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith(f"line={number}-{number + 1}")
    assert seen.violations() == []


def second(of: str) -> float:
    """Seconds since midnight of a time beside a line."""
    hours, minutes, seconds = map(int, of.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def test_lines_say_when_they_were_seen(window: Windows, server: Served) -> None:
    """A real process whose watcher follows its console; its lines say when they were printed."""
    words = ["-m", "runwatch.cli", "run", "-e", "logs", "--name", "dated", "--", sys.executable, "-c", ECHO]
    surroundings = {**os.environ, "RUNWATCH_WORKSPACE": str(server.folder), "TZ": "UTC"}
    command = subprocess.Popen(
        [sys.executable, *words], env=surroundings, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, cwd=server.folder.parent,
    )  # fmt: skip
    assert command.stdin is not None
    assert command.stdout is not None
    try:
        command.stdin.write("one\n")
        command.stdin.flush()
        while "and more" not in command.stdout.readline():
            pass
        (run,) = [each for each in Experiment(server.workspace, "logs").get_runs() if each.display_name == "dated"]
        seen = window(timezone_id="UTC", permissions=["clipboard-read", "clipboard-write"])
        page = seen.open(address(run))
        expect(line(page, 1)).to_contain_text(re.compile(r"\d one"))
        expect(page.locator(".log-time")).to_have_count(0)
        page.keyboard.press("t")
        times = page.get_by_role("button", name="Times")
        expect(times).to_have_attribute("aria-pressed", "true")
        edge = line(page, 1).locator(".log-text").bounding_box()
        for word in ("two", "three"):
            command.stdin.write(f"{word}\n")
            command.stdin.flush()
            expect(page.locator(".log-line").filter(has_text=re.compile(rf"\d {word}"))).to_be_visible()
        dated = page.locator(".log-line").filter(has_text=re.compile(r"\d (one|two|three)"))
        expect(dated).to_have_count(3)
        for shown in dated.all():
            expect(shown.locator(".log-time")).to_have_text(re.compile(r"^\d\d:\d\d:\d\d$"))
            printed = datetime.fromtimestamp(float((shown.locator(".log-text").inner_text()).split()[0]), UTC)
            late = second(shown.locator(".log-time").inner_text()) - second(f"{printed:%H:%M:%S}")
            assert 0 <= late % 86_400 <= 60, "the second it was printed, or later: the machine may be busy"
            title = shown.locator(".log-time").get_attribute("title") or ""
            assert f"{printed.day} {printed:%b %Y}, " in title
            assert "Runwatch saw the line" in title
        more = page.locator(".log-line").filter(has_text="and more").first.locator(".log-time")
        expect(more).to_have_text("")  # the same second as the line above
        expect(line(page, 1).locator(".log-text")).to_be_visible()
        assert line(page, 1).locator(".log-text").bounding_box() == edge, "nothing moves when lines come"
        seen.picture("log-times")

        line(page, 1).locator(".log-number").click()
        line(page, 2).locator(".log-number").click(modifiers=["Shift"])
        page.get_by_role("button", name="Copy 2 lines").click()
        expect(page.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
        text = page.evaluate("navigator.clipboard.readText()")
        assert re.fullmatch(r"[\d.]+ one\n[\d.]+ and more", text)
        selected = page.evaluate(
            "() => { getSelection().selectAllChildren(document.querySelector('.log-rows'));"
            " return String(getSelection()) }"
        )
        assert "and more" in selected
        assert not re.search(r"\d\d:\d\d", selected)
    finally:
        command.communicate(timeout=60)
    expect(page.locator(".foot").get_by_text("complete")).to_be_visible()
    page.set_viewport_size({"width": 320, "height": 640})
    page.get_by_role("button", name="Wrap lines").click()
    expect(line(page, 1).locator(".log-text")).to_contain_text("one")
    room = line(page, 1).locator(".log-text").bounding_box()
    assert room is not None
    assert room["width"] > 120
    seen.picture("log-times-narrow")
    assert seen.violations() == []
    page.reload()  # the choice is kept
    expect(line(page, 1).locator(".log-time")).to_have_text(re.compile(r"^\d\d:\d\d:\d\d$"))


def test_a_log_that_was_uploaded_whole_has_no_times(window: Windows, long: Run) -> None:
    page = window().open(address(long))
    expect(line(page, 1)).to_contain_text("epoch 1 loss")
    page.keyboard.press("t")
    expect(page.get_by_role("button", name="Wrap lines")).to_be_visible()
    expect(page.get_by_role("button", name="Times")).to_have_count(0)
    expect(page.locator(".log-time")).to_have_count(0)
