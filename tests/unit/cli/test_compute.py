"""``runwatch compute`` and ``runwatch queue``."""

from __future__ import annotations

import pytest

from runwatch.schema.job import CreateJob, LeaseJob
from runwatch.schema.run import RunStatus
from tests.unit.cli.conftest import Cli, Maker


def _queue(maker: Maker, *names: str, target: str = "gpu") -> None:
    for name in names:
        maker.run(name, target=target, status=RunStatus.QUEUED)
        maker.store.jobs.create(CreateJob(run_id=name, target=target))


def test_a_target_is_made_shown_changed_and_deleted(cli: Cli) -> None:
    made = cli("compute", "create", "gpu", "--max-nodes", "2", "--vm-size", "NC6", "--json").json
    assert (made["name"], made["slots"], made["settings"]["vm_size"], made["queued"]) == ("gpu", 2, "NC6", 0)
    assert cli("compute", "update", "gpu", "--max-nodes", "3", "--json").json["slots"] == 3
    shown = cli("compute", "show", "gpu")
    assert shown.lines[0] == "gpu"
    assert shown.lines[1].split() == ["nodes", "3"]
    listed = cli("compute", "list")
    assert listed.lines[0].split() == ["TARGET", "BACK", "END", "NODES", "RUNNING", "QUEUED", "SIZE"]
    assert [line.split()[0] for line in listed.lines[1:]] == ["gpu", "local"]
    assert cli("compute", "delete", "gpu").out == "Deleted gpu\n"
    assert [each["name"] for each in cli("compute", "list", "--json").json["targets"]] == ["local"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "none"], "no compute target named 'none'"),
        (["delete", "local"], "always there"),
        (["create", "local"], "reserved"),
        (["create", "a\x1bb"], "cannot name a compute target"),
        (["update", "gpu", "--max-nodes", "1", "--min-nodes", "2"], "is above max_nodes"),
        (["create", "gpu"], "already"),
    ],
)
def test_what_cannot_be(cli: Cli, words: list[str], said: str) -> None:
    cli("compute", "create", "gpu", "--max-nodes", "2")
    answer = cli("compute", *words)
    assert answer.code == 1
    assert said in answer.err
    assert "\x1b" not in answer.err


def test_the_queue_in_the_order_in_which_it_goes(cli: Cli, maker: Maker) -> None:
    assert "Nothing" in cli("queue").err
    cli("compute", "create", "gpu", "--max-nodes", "1")
    _queue(maker, "a", "b", "c")
    _queue(maker, "d", target="local")
    maker.store.jobs.lease(LeaseJob(target="gpu", agent="tester"))
    entries = cli("queue", "gpu", "--json").json["jobs"]
    assert [(each["run_id"], each["position"], each["state"]) for each in entries] == [
        ("a", 0, "leased"), ("b", 1, "queued"), ("c", 2, "queued"),
    ]  # fmt: skip
    assert entries[0]["waiting_s"] is None
    assert entries[1]["waiting_s"] >= 0
    assert (entries[1]["experiment"], entries[1]["status"]) == ("digits", "Queued")
    answer = cli("queue")
    assert answer.lines[0].split() == ["RUN", "TARGET", "POSITION", "STATUS", "EXPERIMENT", "WAITING"]
    assert [line.split()[0] for line in answer.lines[1:]] == ["a", "b", "c", "d"]
    assert cli("compute", "show", "gpu", "--json").json["queued"] == 2
    assert "has jobs" in cli("compute", "delete", "gpu").err
    assert cli("queue", "none").code == 1
