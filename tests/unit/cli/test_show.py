"""``runwatch show`` and ``metrics``, and runs named by the beginning of their id."""

from __future__ import annotations

import csv
import io
import math

import pytest

from runwatch.cli.table import cells
from runwatch.schema.run import Delete
from tests.unit.cli.conftest import Cli, Maker


def test_everything_of_a_run(cli: Cli, digits: Maker) -> None:
    text = cli("show", "alpha-1").out
    for part in (
        "✓ Completed",
        "digits, run 1",
        "ended by    completion",
        "1m 40s",
        "lr",
        "0.1",
        "vision",
        "loss",
        "0.1235",
        "3 files",
    ):
        assert part in text
    record = cli("show", "alpha-1", "--json").json
    assert record["params"] == {"lr": 0.1, "net": "mlp"}
    assert {metric["name"]: metric["rows"] for metric in record["metrics"]} == {"loss": 3, "acc": 2}
    assert [file["path"] for file in record["files"]] == [
        "logs/user_log.txt",
        "outputs/deep/report.json",
        "outputs/model.pkl",
    ]


def test_what_went_wrong_comes_before_what_went_in(cli: Cli, digits: Maker) -> None:
    text = cli("show", "alpha-2").out
    assert "signal 9 (SIGKILL): the kernel reported signal 9" in text
    assert text.index("ValueError: no") < text.index("points were dropped (×3)") < text.index("Parameters")
    assert "line 29" in text
    assert "line 3\n" not in text
    assert "line 3\n" in cli("show", "alpha-2", "--full").out


def test_children_are_pointed_to(cli: Cli, digits: Maker) -> None:
    assert "runwatch runs --parent beta-1" in cli("show", "beta-1").out
    assert "so far" in cli("show", "beta-1").out
    child = cli("show", "beta-1-child").out
    assert "parent" in child
    assert "--parent" not in child


def test_ids_may_be_shortened_while_unique(cli: Cli, digits: Maker) -> None:
    assert cli("show", "gam", "--json").json["run_id"] == "gamma"
    assert cli("show", "beta-1", "--json").json["run_id"] == "beta-1"  # whole ids win over beginnings
    several = cli("show", "alpha")
    assert several.code == 1
    assert "alpha-1" in several.err
    assert "alpha-2" in several.err
    assert "no run 'lpha-1'" in cli("show", "lpha-1").err
    assert cli("show", "").code == 1
    assert cli("show", "../../etc").code == 1


def test_a_deleted_run_is_said_to_be_deleted(cli: Cli, digits: Maker) -> None:
    digits.store.runs.delete(Delete(run_ids=("gamma",)))
    answer = cli("show", "gamma")
    assert answer.code == 1
    assert "deleted" in answer.err


def test_metrics_of_a_run(cli: Cli, digits: Maker) -> None:
    lines = cli("metrics", "alpha-1").lines
    assert lines[0].split() == ["METRIC", "LAST", "MIN", "MAX", "COUNT", "KIND"]
    assert lines[1].split() == ["acc", "0.7500", "0.5000", "0.7500", "2", "scalar"]
    assert lines[2].split() == ["loss", "0.2500", "0.1235", "0.9000", "3", "scalar"]
    assert "no metrics" in cli("metrics", "gamma").err


def test_one_metric_with_curve_and_rows(cli: Cli, digits: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    answer = cli("metrics", "alpha-1", "loss")
    assert max(map(cells, answer.lines)) <= 80
    assert "0.9000 ┤" in answer.out
    assert "0.1235 ┤" in answer.out
    assert "3 points; step 0 to 2, in the order logged" in answer.out
    assert answer.lines[-1].split()[:2] == ["2", "2"]
    assert answer.lines[-1].split()[-1] == "0.2500"
    assert "┤" not in cli("metrics", "alpha-1", "loss", "--no-chart").out


def test_rows_as_csv_and_json(cli: Cli, digits: Maker) -> None:
    rows = list(csv.DictReader(io.StringIO(cli("metrics", "alpha-1", "loss", "--csv").out)))
    assert [(row["row"], row["step"], float(row["value"])) for row in rows] == [
        ("0", "0", 0.9),
        ("1", "1", 0.123456),
        ("2", "2", 0.25),
    ]
    found = cli("metrics", "alpha-1", "loss", "--json", "--rows", "2").json["rows"]
    assert [(row["row"], row["step"], row["values"]["value"]) for row in found] == [(1, 1, 0.123456), (2, 2, 0.25)]
    assert cli("metrics", "alpha-1", "--csv").code == 1


def test_values_that_json_lacks_are_words(cli: Cli, maker: Maker) -> None:
    maker.run("r")
    maker.log("r", "m", [math.nan, math.inf, -math.inf, 1.0])
    rows = cli("metrics", "r", "m", "--json").json["rows"]
    assert [row["values"]["value"] for row in rows] == ["NaN", "Infinity", "-Infinity", 1.0]
    assert rows[0]["step"] is None
    text = cli("metrics", "r", "m").out
    assert "3 not finite and left out" in text
    assert "NaN" in text


def test_tables_show_every_column(cli: Cli, maker: Maker) -> None:
    maker.run("r")
    maker.table("r", "wave", angle=[0.0, 0.5], cos=[1.0, 0.8776], note=["start", "\x1bend"])
    answer = cli("metrics", "r", "wave")
    assert answer.lines[-1].split()[-3:] == ["0.5000", "0.8776", r"\x1bend"]
    assert [line.split()[0] for line in cli("metrics", "r").lines[1:]] == ["wave[angle]", "wave[cos]", "wave[note]"]
    assert cli("runs", "--json", "-c", "wave[cos].min").json["runs"][0]["columns"] == {"wave[cos].min": 0.8776}


def test_an_unknown_metric_names_the_known_ones(cli: Cli, digits: Maker) -> None:
    answer = cli("metrics", "alpha-1", "los")
    assert answer.code == 1
    assert "'loss'" in answer.err


def test_long_metrics_are_read_in_pages(cli: Cli, maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runwatch.cli.row.PAGE", 7)
    maker.run("r")
    maker.log("r", "m", [float(value) for value in range(30)])
    assert [row["values"]["value"] for row in cli("metrics", "r", "m", "--json").json["rows"]] == list(range(30))
    assert [row["row"] for row in cli("metrics", "r", "m", "--json", "--rows", "9").json["rows"]] == list(range(21, 30))
    assert len(cli("metrics", "r", "m", "--json", "--rows", "99").json["rows"]) == 30
