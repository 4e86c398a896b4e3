"""`runwatch up`: a server in one shell, a script in another, and the same runs in both."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runwatch.store.remote.address import parse
from runwatch.store.remote.connection import Line

RUNWATCH = [sys.executable, "-m", "runwatch.cli"]

SCRIPT = """
from runwatch import Run
run = Run.get_context()
run.log("loss", 0.5)
run.complete()
print(run.get_portal_url())
"""


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user of their own, without servers and tokens."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("RUNWATCH_SYSTEM_INTERVAL_S", "0")
    for name in ("RUNWATCH_TOKEN", "RUNWATCH_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "state"


def run(*words: str, folder: Path | None = None, code: int = 0, **environment: str) -> str:
    done = subprocess.run(
        [*RUNWATCH, *words], cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


@pytest.fixture
def up(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """A server in the foreground of another shell."""
    command = [*RUNWATCH, "--json", "-w", str(tmp_path / "workspace"), "up", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    text = ""
    while not text.rstrip().endswith("}"):
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        text += line
    yield {**json.loads(text), "process": process}
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)


def runs(place: str) -> list[str]:
    """The ids of the runs in a folder or behind a URL."""
    return [each["run_id"] for each in json.loads(run("--json", "-w", place, "runs"))["runs"]]


def test_the_demo_in_one_shell_is_seen_in_the_other(up: dict[str, Any], tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    run("demo", folder=elsewhere, RUNWATCH_WORKSPACE=up["url"])
    through_the_server = runs(up["url"])
    assert len(through_the_server) == 7
    assert runs(up["location"]) == through_the_server
    assert list(elsewhere.rglob("runwatch.db")) == []


def test_a_script_records_to_it_and_its_link_leads_there(up: dict[str, Any], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=tmp_path, env=os.environ | {"RUNWATCH_WORKSPACE": up["url"]},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    (run_id,) = runs(up["url"])
    assert done.stdout.strip() == f"{up['url']}/experiments/default/runs/{run_id}"
    beside = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=tmp_path, env=os.environ | {"RUNWATCH_WORKSPACE": up["location"]},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert beside.stdout.startswith(f"{up['url']}/experiments/default/runs/")  # the folder's own server


def test_only_who_has_the_token_comes_in(up: dict[str, Any], state: Path) -> None:
    address = parse(up["link"])
    assert address.token
    for token, status in (("", 401), ("wrong", 401), (address.token, 200)):
        line = Line(address, token)
        assert line.ask("GET", "/api/v1/info", None, repeatable=True).status == status
        line.close()
    assert "RUNWATCH_TOKEN" in run("runs", "-w", up["url"], code=1, XDG_STATE_HOME=str(state / "other"))
    assert run("runs", "-w", up["url"], XDG_STATE_HOME=str(state / "other"), RUNWATCH_TOKEN=address.token) is not None


def test_the_end_is_orderly_and_leaves_no_word_behind(up: dict[str, Any], state: Path) -> None:
    (announced,) = (state / "runwatch" / "servers").glob("*.json")
    assert stat.S_IMODE(announced.stat().st_mode) == 0o600
    up["process"].send_signal(signal.SIGTERM)
    _, error = up["process"].communicate(timeout=20)
    assert (up["process"].returncode, error) == (0, "")
    assert not announced.exists()


def test_in_the_background_and_down(tmp_path: Path) -> None:
    place = str(tmp_path / "workspace")
    first = json.loads(run("--json", "-w", place, "up", "--detach", "--port", "0"))
    again = json.loads(run("--json", "-w", place, "up", "--detach"))
    assert again == first  # one server a workspace
    assert runs(first["url"]) == []
    assert json.loads(run("--json", "-w", place, "down")) == {"ended": [first["url"]]}
    assert "cannot be reached" in run("runs", "-w", first["url"], code=1)
    assert json.loads(run("--json", "-w", place, "down")) == {"ended": []}


@pytest.mark.parametrize(
    "words", [["--host", "0.0.0.0"], ["--host", "0.0.0.0", "--no-auth"], ["--host", "::", "--auth", "team"]]
)
def test_it_never_listens_for_others_without_asking_who_they_are(tmp_path: Path, words: list[str]) -> None:
    started = time.monotonic()
    said = run("-w", str(tmp_path / "workspace"), "up", "--port", "0", *words, code=1)
    assert "runwatch user add" in said
    assert time.monotonic() - started < 30


def test_a_port_in_use_is_told(up: dict[str, Any], tmp_path: Path) -> None:
    said = run("-w", str(tmp_path / "second"), "up", "--port", str(parse(up["url"]).port), code=1)
    assert "cannot be used" in said
