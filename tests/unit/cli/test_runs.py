"""``runwatch runs``, ``tag``, ``archive``, ``restore``, ``experiments``."""

from __future__ import annotations

import pytest

from runwatch.cli.table import cells
from runwatch.schema.run import GetRun
from tests.unit.cli.conftest import START, Cli, Maker


def _ids(cli: Cli, *words: str) -> list[str]:
    return [run["run_id"] for run in cli("runs", "--json", *words).json["runs"]]


def test_newest_first_with_symbols_and_words(cli: Cli, digits: Maker) -> None:
    answer = cli("runs")
    assert answer.code == 0
    assert answer.lines[0].split() == ["RUN", "NAME", "EXPERIMENT", "STATUS", "STARTED", "TIME"]
    assert "the long one" in answer.lines[3]
    assert [line.split()[0] for line in answer.lines[1:]] == ["gamma", "beta-1-child", "beta-1", "alpha-2", "alpha-1"]
    assert "✗ Failed" in answer.lines[4]
    assert "1 h ago" in answer.lines[5]
    assert "1m 40s" in answer.lines[5]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["-e", "wine"], ["gamma"]),
        (["--status", "failed"], ["alpha-2"]),
        (["--status", "failed,queued"], ["gamma", "alpha-2"]),
        (["--status", "ended"], ["alpha-2", "alpha-1"]),
        (["--tag", "team=vision"], ["alpha-1"]),
        (["--tag", "team"], ["alpha-1"]),
        (["--tag", "team=other"], []),
        (["--search", "LONG"], ["beta-1"]),
        (["--where", "loss.min<0.3"], ["alpha-1"]),
        (["--where", "loss.min<1", "--where", "acc>0"], ["alpha-1"]),
        (["--parent", "beta-1"], ["beta-1-child"]),
        (["-e", "digits", "--no-children"], ["beta-1", "alpha-2", "alpha-1"]),
        (["--sort", "created", "-n", "2"], ["alpha-1", "alpha-2"]),
        (["--sort", "-loss.min", "-n", "2"], ["alpha-2", "alpha-1"]),
        (["--sort", "loss.min", "-n", "2"], ["alpha-1", "alpha-2"]),
        (["--sort", "-metrics.loss.min", "-n", "2"], ["alpha-2", "alpha-1"]),
        (["--sort", "params.lr", "-n", "2"], ["alpha-2", "alpha-1"]),
        (["--sort", "-p.lr", "-n", "2"], ["alpha-1", "alpha-2"]),
        (["--filter", "metrics.loss.min < 0.3 and tags.team = vision"], ["alpha-1"]),
        (["--filter", "status in (failed, queued) or params.lr = 0.1"], ["gamma", "alpha-2", "alpha-1"]),
        (["--filter", "tags.team or parent", "--status", "ended"], ["alpha-1"]),
    ],
)
def test_filters_and_orders(cli: Cli, digits: Maker, words: list[str], found: list[str]) -> None:
    assert _ids(cli, *words) == found


def test_columns_show_figures_params_and_tags(cli: Cli, digits: Maker) -> None:
    answer = cli("runs", "--columns", "loss.min,acc.max,p.lr,tag.team", "--sort", "created", "-n", "2")
    assert answer.lines[0].split()[-4:] == ["loss.min", "acc.max", "p.lr", "tag.team"]
    assert answer.lines[1].split()[-4:] == ["0.1235", "0.7500", "0.1", "vision"]
    assert answer.lines[2].split()[-4:] == ["0.5000", "–", "0.01", "–"]
    values = cli("runs", "--json", "-c", "loss.min", "-c", "p.lr", "--search", "alpha-1").json["runs"][0]["columns"]
    assert values == {"loss.min": 0.123456, "p.lr": 0.1}


def test_pages_go_on_where_they_ended(cli: Cli, digits: Maker) -> None:
    first = cli("runs", "--json", "-n", "3").json
    second = cli("runs", "--json", "-n", "3", "--cursor", first["next_cursor"]).json
    assert [run["run_id"] for run in first["runs"] + second["runs"]] == _ids(cli)
    assert second["next_cursor"] is None
    assert "--cursor" in cli("runs", "-n", "3").err
    assert cli("runs", "-n", "3", "--all").lines[1:] == cli("runs").lines[1:]


def test_at_80_columns_no_line_wraps_and_numbers_stay(cli: Cli, digits: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    digits.run(
        "a-very-long-run-id-" + "x" * 100 + "-tail", "an-experiment-with-quite-a-name-" + "y" * 60, at=START + 50
    )
    monkeypatch.setenv("COLUMNS", "80")
    answer = cli("runs", "-c", "loss.min,p.lr")
    assert max(map(cells, answer.lines)) <= 80
    assert len(answer.lines) == 7
    assert "…" in answer.lines[1]
    assert "0.1235" in answer.lines[6]
    crowded = cli("runs", "-c", "loss.min,loss.max,loss.last,loss.first,loss.count,acc.max,p.lr")
    assert max(map(cells, crowded.lines)) <= 80
    assert "No room for" in crowded.err
    assert "p.lr" in crowded.err


def test_hostile_names_stay_text(cli: Cli, maker: Maker) -> None:
    maker.run("r1", tags={"team": "\x1b]0;pwned\x07\x1b[2J\u202eevil\r\n"}, display_name="\x1b[31mred")
    maker.log("r1", "m\x1b[1A\x9b", [1.0])
    for words in (["runs", "-c", "tag.team"], ["show", "r1"], ["metrics", "r1"], ["tag", "r1"]):
        answer = cli(*words)
        assert answer.code == 0, answer.err
        text = answer.out + answer.err
        assert not {"\x1b", "\x07", "\x9b", "\u202e", "\r"} & set(text)
    assert "\\x1b]0;pwned\\x07" in cli("runs", "-c", "tag.team").out
    found = cli("show", "r1", "--json")
    assert found.out.isascii()
    assert found.json["tags"] == {"team": "\x1b]0;pwned\x07\x1b[2J\u202eevil\r\n"}


@pytest.mark.parametrize(
    "words",
    [
        ["--where", "loss"],
        ["--sort", "host"],
        ["--filter", "metrics.loss.mim < 1"],
        ["--filter", "(id = a"],
        ["--filter", "id = a and\nstatus = runing"],
        ["--status", "runing"],
        ["-e", "nothere"],
        ["--parent", "nothere"],
        ["--tag", "=x"],
    ],
)
def test_mistakes_are_one_line_and_a_hint(cli: Cli, digits: Maker, words: list[str]) -> None:
    answer = cli("runs", *words)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("error: ")
    assert answer.err.splitlines()[1].startswith("hint:")
    assert len(answer.err.splitlines()) == 2


@pytest.mark.parametrize("words", [["--limit", "0"], ["--limit", "x"], ["--nope"], ["--where"]])
def test_wrong_usage_ends_with_2(cli: Cli, digits: Maker, words: list[str]) -> None:
    assert cli("runs", *words).code == 2


def test_reading_does_not_make_a_workspace(cli: Cli, place: object, tmp_path: object) -> None:
    answer = cli("runs")
    assert answer.code == 1
    assert answer.err.startswith("error: ")
    from pathlib import Path

    assert not Path(str(place)).exists()


def test_archived_runs_leave_the_list_and_come_back(cli: Cli, digits: Maker) -> None:
    assert cli("archive", "alpha-1", "alpha-2").out == "Archived alpha-1\nArchived alpha-2\n"
    assert not {"alpha-1", "alpha-2"} & set(_ids(cli))
    assert {"alpha-1", "alpha-2"} < set(_ids(cli, "--archived"))
    assert cli("restore", "alpha-1", "--json").json == {"run_ids": ["alpha-1"], "archived": False}
    assert "alpha-1" in _ids(cli)


def test_tags_are_set_and_removed(cli: Cli, digits: Maker) -> None:
    assert cli("tag", "alpha-1", "team=nlp", "new=1=2", "--remove", "flag", "--json").json["tags"] == {
        "team": "nlp",
        "new": "1=2",
    }
    assert digits.store.runs.get(GetRun(run_id="alpha-1")).tags == {"team": "nlp", "new": "1=2"}
    assert cli("tag", "alpha-1").lines == ["new   1=2", "team  nlp"]
    assert cli("tag", "alpha-1", "x=1", "--remove", "x").code == 1


def test_experiments(cli: Cli, digits: Maker) -> None:
    found = cli("experiments", "--json").json["experiments"]
    assert {(experiment["name"], experiment["run_count"]) for experiment in found} == {("digits", 4), ("wine", 1)}
    assert cli("experiments", "--search", "wi").lines[1].split()[:2] == ["wine", "1"]
    first = cli("experiments", "--json", "-n", "1").json
    second = cli("experiments", "--json", "-n", "1", "--cursor", first["next_cursor"]).json
    assert {page["experiments"][0]["name"] for page in (first, second)} == {"digits", "wine"}


def test_shortened_ids_can_be_typed_as_they_stand(cli: Cli, maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [f"experiment_1700000000_{letter * 30}" for letter in "ab"]
    for run_id in ids:
        maker.run(run_id, display_name="a name that takes room")
        maker.log(run_id, "loss", [0.5])
    monkeypatch.setenv("COLUMNS", "60")
    lines = cli("runs", "-c", "loss").lines
    shown = [line.split()[0] for line in lines[1:]]
    assert all(text.endswith("…") for text in shown)
    assert {cli("show", text.rstrip("…"), "--json").json["run_id"] for text in shown} == set(ids)
    assert [line.split()[-1] for line in lines] == ["loss", "0.5000", "0.5000"]
