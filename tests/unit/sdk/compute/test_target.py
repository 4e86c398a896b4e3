"""Compute targets: made, found, described, changed and deleted, in a folder and over a server."""

from __future__ import annotations

import inspect
import pickle
from typing import Any

import pytest

from runwatch import AmlCompute, ComputeTarget, Workspace
from runwatch.schema.error import ComputeTargetException, InvalidValueError
from runwatch.schema.job import CancelJob
from runwatch.schema.run import RunStatus, UpdateRun
from runwatch.sdk.compute.cluster import LocalCompute
from runwatch.sdk.compute.provisioning import processors
from runwatch.sdk.compute.unsupported import AksCompute, ComputeInstance, RemoteCompute
from runwatch.sdk.later import NotInThisVersionError
from runwatch.sdk.run import Run
from tests.unit.sdk.compute.conftest import lease_next, queue_run

NONE: Any = None
SIGNATURES: dict[Any, dict[str, Any]] = {
    AmlCompute.provisioning_configuration: {
        "vm_size": "",
        "vm_priority": "dedicated",
        "min_nodes": 0,
        "max_nodes": None,
        "idle_seconds_before_scaledown": 1800,
        "admin_username": None,
        "admin_user_password": None,
        "admin_user_ssh_key": None,
        "vnet_resourcegroup_name": None,
        "vnet_name": None,
        "subnet_name": None,
        "tags": None,
        "description": None,
        "remote_login_port_public_access": "NotSpecified",
        "identity_type": None,
        "identity_id": None,
        "location": None,
        "enable_node_public_ip": True,
    },
    AmlCompute.wait_for_completion: {
        "show_output": False,
        "min_node_count": None,
        "timeout_in_minutes": 25,
        "is_delete_operation": False,
    },
    AmlCompute.get_active_runs: {"type": None, "tags": None, "properties": None, "status": None},
    AmlCompute.update: {"min_nodes": None, "max_nodes": None, "idle_seconds_before_scaledown": None},
    AmlCompute.supported_vmsizes: {"workspace": inspect.Parameter.empty, "location": None},
    ComputeTarget.create: dict.fromkeys(("workspace", "name", "provisioning_configuration"), inspect.Parameter.empty),
    ComputeTarget: dict.fromkeys(("workspace", "name"), inspect.Parameter.empty),
    Run.list_by_compute: {
        "compute": inspect.Parameter.empty,
        "type": None,
        "tags": None,
        "properties": None,
        "status": None,
    },
}


@pytest.mark.parametrize("call", SIGNATURES, ids=lambda call: call.__qualname__)
def test_signatures_are_the_originals(call: Any) -> None:
    given = {
        name: parameter.default
        for name, parameter in inspect.signature(call).parameters.items()
        if name != "self" and parameter.kind is not inspect.Parameter.KEYWORD_ONLY
    }
    assert list(given.items()) == list(SIGNATURES[call].items())


def cluster(workspace: Workspace, name: str = "gpu-cluster", **settings: Any) -> AmlCompute:
    found = ComputeTarget.create(workspace, name, AmlCompute.provisioning_configuration(**settings))
    assert isinstance(found, AmlCompute)
    return found


def test_the_boilerplate_of_every_notebook(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    printed = []
    for _ in range(2):  # the first time it is made, the second time it is there
        try:
            target = ComputeTarget(workspace=workspace, name="cpu-cluster")
        except ComputeTargetException as error:
            missing = error.message
            wanted = AmlCompute.provisioning_configuration(vm_size="STANDARD_D2_V2", max_nodes=4)
            target = ComputeTarget.create(workspace, "cpu-cluster", wanted)
        target.wait_for_completion(show_output=True, min_node_count=None, timeout_in_minutes=20)
        printed.append(capsys.readouterr().out)
    ending = "AmlCompute wait for completion finished\n\nMinimum number of nodes requested have been provisioned\n"
    assert missing == "ComputeTargetNotFound: this workspace has no compute target named 'cpu-cluster'."
    assert printed == [
        f'Creating.\nSucceeded\nProvisioning operation finished, operation "Succeeded"\n{ending}',
        f"Succeeded\n{ending}",
    ]
    assert isinstance(target, AmlCompute)
    assert (target.name, target.type, target.provisioning_state) == ("cpu-cluster", "AmlCompute", "Succeeded")
    assert workspace.compute_targets == {"cpu-cluster": target}
    target.wait_for_completion(min_node_count=4)
    with pytest.raises(ComputeTargetException, match="never has 5 nodes"):
        target.wait_for_completion(min_node_count=5)


def test_the_status_counts_what_works_and_what_waits(workspace: Workspace) -> None:
    target = cluster(workspace, vm_size="NC6", min_nodes=1, max_nodes=2, idle_seconds_before_scaledown=120)
    idle = target.get_status().serialize()
    assert set(idle) == {
        "currentNodeCount", "targetNodeCount", "nodeStateCounts", "allocationState", "allocationStateTransitionTime",
        "errors", "creationTime", "modifiedTime", "provisioningState", "provisioningStateTransitionTime",
        "scaleSettings", "vmPriority", "vmSize",
    }  # fmt: skip
    assert (idle["currentNodeCount"], idle["targetNodeCount"], idle["allocationState"]) == (1, 1, "Steady")
    assert idle["scaleSettings"] == {"minNodeCount": 1, "maxNodeCount": 2, "nodeIdleTimeBeforeScaleDown": "PT120S"}
    assert (idle["vmSize"], idle["vmPriority"], idle["errors"]) == ("NC6", "Dedicated", None)
    for number in range(4):
        queue_run(workspace, f"r{number}", target.name)
    assert target.get_status().serialize()["allocationState"] == "Resizing"
    lease_next(workspace, target.name)
    lease_next(workspace, target.name)
    busy = target.get_status().serialize()
    assert busy["nodeStateCounts"] == {
        "preparingNodeCount": 0, "runningNodeCount": 2, "idleNodeCount": 0, "unusableNodeCount": 0,
        "leavingNodeCount": 0, "preemptedNodeCount": 0,
    }  # fmt: skip
    assert (busy["currentNodeCount"], busy["targetNodeCount"]) == (2, 2)
    nodes = target.list_nodes()
    assert [(node["nodeState"], node["runId"]) for node in nodes] == [("running", "r0"), ("running", "r1")]
    target.update(min_nodes=0, max_nodes=1)
    assert target.get_status().leaving_node_count == 1


def test_idle_nodes_are_listed_up_to_the_least_number(workspace: Workspace) -> None:
    target = cluster(workspace, min_nodes=2, max_nodes=3)
    assert [node["nodeState"] for node in target.list_nodes()] == ["idle", "idle"]
    assert [node["nodeId"] for node in target.list_nodes()] == ["gpu-cluster-0", "gpu-cluster-1"]


def test_update_changes_the_slots_in_the_store(workspace: Workspace) -> None:
    target = cluster(workspace, max_nodes=2, tags={"team": "vision"}, description="d")
    target.update(max_nodes=3, idle_seconds_before_scaledown=60)
    again = ComputeTarget(workspace, "gpu-cluster")
    assert again.scale_settings.maximum_node_count == 3
    assert again.scale_settings.idle_seconds_before_scaledown == 60
    assert (again.tags, again.description) == ({"team": "vision"}, "d")
    for wrong in ({"min_nodes": 4}, {"max_nodes": -1}, {"max_nodes": True}, {"max_nodes": 1.5}):
        with pytest.raises(ComputeTargetException):
            again.update(**wrong)
    assert again.serialize()["properties"]["properties"]["scaleSettings"]["maxNodeCount"] == 3


def test_no_most_means_the_cpus(workspace: Workspace) -> None:
    assert cluster(workspace).scale_settings.maximum_node_count == processors()


def test_a_secret_of_the_nodes_is_kept_nowhere(workspace: Workspace) -> None:
    wanted = AmlCompute.provisioning_configuration(max_nodes=1, admin_username="me", admin_user_password="hunter2")
    target = ComputeTarget.create(workspace, "c1", wanted)
    assert "hunter2" not in str(target.serialize()) + str(target._target)


@pytest.mark.parametrize("name", ["a", "1abc", "a b", "../x", "x" * 33, "abc-", "ü1", "local", "AmlCompute", NONE])
def test_names_that_none_can_have(workspace: Workspace, name: str) -> None:
    with pytest.raises(ComputeTargetException):
        cluster(workspace, name)
    assert workspace.compute_targets == {}


@pytest.mark.parametrize(
    "settings", [{"vm_priority": "cheap"}, {"min_nodes": 3, "max_nodes": 2}, {"max_nodes": -1}, {"max_nodes": "2"}]
)
def test_settings_that_are_none(settings: dict[str, Any]) -> None:
    with pytest.raises(ComputeTargetException):
        AmlCompute.provisioning_configuration(**settings)


def test_a_name_is_given_once(workspace: Workspace) -> None:
    cluster(workspace)
    with pytest.raises(ComputeTargetException, match="already"):
        cluster(workspace, max_nodes=9)
    with pytest.raises(ComputeTargetException, match="describes no"):
        ComputeTarget.create(workspace, "other", NONE)


def test_delete(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    target = cluster(workspace, max_nodes=1)
    queue_run(workspace, "r", target.name)
    with pytest.raises(ComputeTargetException, match="has jobs"):
        target.delete()
    workspace.store.jobs.cancel(CancelJob(run_id="r"))
    target.delete()
    target.wait_for_completion(show_output=True, is_delete_operation=True)
    assert capsys.readouterr().out == "Deleting.\nSucceeded\nAmlCompute wait for completion finished\n"
    assert target.provisioning_state == "Deleting"
    for use in (target.refresh_state, target.get_status, target.list_nodes, target.update, target.delete):
        with pytest.raises(ComputeTargetException, match="ComputeTargetNotFound"):
            use()
    assert workspace.get_run("r").id == "r"


def test_local_is_always_there(workspace: Workspace) -> None:
    local = ComputeTarget(workspace, "local")
    assert isinstance(local, LocalCompute)
    assert (local.type, ComputeTarget.list(workspace)) == ("Local", [])
    local.update(max_nodes=3)
    assert local.get_status().serialize()["scaleSettings"]["maxNodeCount"] == 3
    with pytest.raises(ComputeTargetException, match="always there"):
        local.delete()
    with pytest.raises(ComputeTargetException, match="no AmlCompute"):
        AmlCompute(workspace, "local")


def test_the_default_target(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert workspace.get_default_compute_target("GPU").name == "local"
    assert "gpu-cluster" in capsys.readouterr().err
    assert workspace.get_default_compute_target("GPU") != cluster(workspace)
    assert workspace.get_default_compute_target("gpu").name == "gpu-cluster"
    with pytest.raises(ComputeTargetException):
        workspace.get_default_compute_target("TPU")


def test_active_runs_are_those_that_have_not_ended(workspace: Workspace) -> None:
    target = cluster(workspace, max_nodes=1)
    cluster(workspace, "other", max_nodes=1)
    for name in ("a", "b", "c"):
        queue_run(workspace, name, target.name)
    queue_run(workspace, "elsewhere", "other")
    workspace.store.runs.update(UpdateRun(run_id="a", status=RunStatus.COMPLETED))
    workspace.store.runs.update(UpdateRun(run_id="b", status=RunStatus.RUNNING, hidden=True))
    assert [run.id for run in target.get_active_runs()] == ["c", "b"]
    assert [run.id for run in target.get_active_runs(status="Queued")] == ["c"]
    assert [run.id for run in target.get_active_runs(tags={"kind": "b"})] == ["b"]
    assert [run.id for run in Run.list_by_compute(target, status=["Running"])] == ["b"]
    assert [run.id for run in Run.list_by_compute("gpu-cluster", workspace=workspace)] == ["c", "b"]
    with pytest.raises(InvalidValueError, match="has left"):
        target.get_active_runs(status="Completed")
    with pytest.raises(ComputeTargetException, match="no compute target"):
        Run.list_by_compute(object())


def test_a_queued_run_says_why_it_waits(workspace: Workspace) -> None:
    target = cluster(workspace, max_nodes=2)
    for name in ("a", "b", "c", "d", "e"):
        queue_run(workspace, name, target.name)
    last = workspace.get_run("e")

    def why() -> object:
        found = last.get_detailed_status()
        assert found["status"] == "Queued"
        return found["details"]

    assert why() == "Number 5 in the queue of gpu-cluster: 2 of 2 nodes are free, and others go first."
    first = workspace.get_run("a").get_detailed_status()["details"]
    assert first == "Number 1 in the queue of gpu-cluster: 2 of 2 nodes are free; an agent has yet to take it."
    lease_next(workspace, target.name)
    lease_next(workspace, target.name)
    assert why() == "Number 3 in the queue of gpu-cluster: all 2 nodes are busy."
    target.update(max_nodes=1)
    assert why() == "Number 3 in the queue of gpu-cluster: its only node is busy."
    target.update(max_nodes=0)
    assert why() == "Number 3 in the queue of gpu-cluster: it has no nodes; give it some with update(max_nodes=…)."
    assert workspace.get_run("a").get_detailed_status()["details"] is None  # an agent has it


def test_sizes_are_those_of_this_machine(workspace: Workspace) -> None:
    (size,) = AmlCompute.supported_vmsizes(workspace)
    assert size["vCPUs"] == processors()
    assert size["memoryGB"] > 0
    assert size["gpus"] >= 0


@pytest.mark.parametrize("kind", [AksCompute, ComputeInstance, RemoteCompute])
def test_kinds_that_are_not_here_say_so(kind: Any) -> None:
    for call in (kind, kind.create, kind.attach, kind.provisioning_configuration, kind.attach_configuration):
        with pytest.raises(NotInThisVersionError, match="has no"):
            call(None, name="x")


def test_attach_says_what_works(workspace: Workspace) -> None:
    with pytest.raises(NotInThisVersionError, match=r"ComputeTarget\.create"):
        ComputeTarget.attach(workspace, "x", None)


def test_a_target_can_be_sent_to_another_process(workspace: Workspace) -> None:
    target = cluster(workspace, max_nodes=1)
    again = pickle.loads(pickle.dumps(target))
    assert (again, hash(again)) == (target, hash(target))
    assert "gpu-cluster" in repr(again)
