"""The command line as a whole: options, errors, pipes, where the workspace is found."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path

import pytest

from runwatch import Workspace, __version__
from runwatch.cli.app import app
from runwatch.cli.place import find_place
from runwatch.cli.terminal import Terminal, portable
from runwatch.schema.error import ServiceException
from tests.unit.cli.conftest import Cli, Maker

COMMANDS = (
    "runs", "show", "metrics", "logs", "files", "download", "export", "import", "experiments", "tag", "archive",
    "restore", "delete", "sync", "gc", "doctor", "demo", "audit", "queue", "up", "down", "open",
    "run", "submit", "rerun", "cancel", "agent",
)  # fmt: skip


def test_every_command_is_there_and_explains_itself(cli: Cli) -> None:
    listed = cli("--help").out
    for name in COMMANDS:
        assert re.search(rf"^  {name} ", listed, re.MULTILINE)
        answer = cli(name, "--help")
        assert answer.code == 0
        for option in ("--json", "--workspace", "--no-color", "--traceback"):
            assert option in answer.out
        assert max(map(len, answer.lines)) <= 80
    assert {command.name for command in app.registered_commands} == set(COMMANDS) - {"import"}  # which is a group
    assert not re.search(r"^  \w+ .*\.\.\.$", listed, re.MULTILINE)  # every command's sentence fits


def test_version(cli: Cli) -> None:
    assert cli("--version").out == f"runwatch {__version__}\n"


def test_options_stand_before_or_after_the_command(
    cli: Cli, digits: Maker, tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RUNWATCH_WORKSPACE")
    before = cli("-w", str(place), "--json", "runs")
    after = cli("runs", "--json", "--workspace", str(place))
    assert before.json == after.json
    assert len(before.json["runs"]) == 5
    other = cli("-w", str(tmp_path / "other"), "runs", "-w", str(place), "--json")
    assert other.json == after.json


def test_unexpected_errors_are_one_line_and_the_traceback_on_request(
    cli: Cli, digits: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: object) -> None:
        raise ZeroDivisionError("division\nby zero")

    monkeypatch.setattr("runwatch.cli.session.Session.store", broken)
    answer = cli("runs")
    assert answer.code == 1
    assert answer.err.splitlines() == [
        "error: ZeroDivisionError: division",
        "hint:  This was not expected; --traceback shows where it happened.",
    ]
    assert "Traceback (most recent call last)" in cli("runs", "--traceback").err
    monkeypatch.setenv("RUNWATCH_TRACEBACK", "1")
    assert "Traceback (most recent call last)" in cli("runs").err


def test_ctrl_c_is_quiet(cli: Cli, digits: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(self: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("runwatch.cli.session.Session.store", interrupted)
    answer = cli("runs")
    assert (answer.code, answer.out, answer.err) == (130, "", "")


def test_an_error_of_ours_that_ctrl_c_led_to_ends_as_interrupted(
    cli: Cli, digits: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(self: object) -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt as error:
            raise ServiceException("Half of it is done.", hint="Do it again.") from error

    monkeypatch.setattr("runwatch.cli.session.Session.store", interrupted)
    answer = cli("runs")
    assert (answer.code, answer.err) == (130, "error: Half of it is done.\nhint:  Do it again.\n")


def test_the_place_is_where_the_sdk_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("RUNWATCH_WORKSPACE", raising=False)
    project = tmp_path / "project/deep"
    project.mkdir(parents=True)
    monkeypatch.chdir(project)
    assert find_place(None) == (
        Workspace.from_config().place,
        "the default one: no --workspace, no RUNWATCH_WORKSPACE and no config file",
    )
    config = tmp_path / "project/.azureml/config.json"
    config.parent.mkdir()
    config.write_text(json.dumps({"subscription_id": "s", "resource_group": "r", "workspace_name": "w"}))
    assert find_place(None)[0] == Workspace.from_config().place
    config.write_text(json.dumps({"runwatch": {"location": "kept-here"}}))
    assert find_place(None)[0] == Workspace.from_config().place == str(tmp_path / "project/kept-here")
    monkeypatch.setenv("RUNWATCH_WORKSPACE", str(tmp_path / "env"))
    assert find_place(None)[0] == Workspace.from_config().place == str(tmp_path / "env")
    assert find_place("asked")[0] == str(project / "asked")


def test_portable_values() -> None:
    assert portable({"a": (float("nan"), b"x" and 1), 2: {"\ud800"}}) == {"a": ["NaN", 1], "2": ["?"]}


def test_colours_only_on_a_terminal_that_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(Terminal, "interactive", True)
    assert Terminal().paint("x", "red") == "\x1b[31mx\x1b[0m"
    assert Terminal(colour=False).paint("x", "red") == "x"
    monkeypatch.setenv("NO_COLOR", "1")
    assert Terminal().paint("x", "red") == "x"
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert Terminal().paint("x", "red") == "x"
