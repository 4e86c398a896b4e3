"""The boilerplate of clusters, and several runs on one."""

from azureml.core import Experiment, ScriptRunConfig, Workspace
from azureml.core.compute import AmlCompute, ComputeTarget
from azureml.core.compute_target import ComputeTargetException

ws = Workspace.from_config()
cpu_cluster_name = "cpu-cluster"

try:
    cpu_cluster = ComputeTarget(workspace=ws, name=cpu_cluster_name)
    print("Found existing cluster, use it.")
except ComputeTargetException:
    compute_config = AmlCompute.provisioning_configuration(vm_size="STANDARD_D2_V2", max_nodes=4)
    cpu_cluster = ComputeTarget.create(ws, cpu_cluster_name, compute_config)

cpu_cluster.wait_for_completion(show_output=True, min_node_count=None, timeout_in_minutes=20)
print(cpu_cluster.get_status().serialize()["vmSize"])

exp = Experiment(ws, "on-cluster")
config = ScriptRunConfig(source_directory="src", script="train.py", compute_target=cpu_cluster)
runs = [exp.submit(config, tags={"number": str(i)}) for i in range(2)]
for run in runs:
    run.wait_for_completion(show_output=False, wait_post_processing=True)
print([run.get_metrics()["answer"] for run in runs])
print(list(cpu_cluster.get_active_runs()), cpu_cluster_name in ws.compute_targets)
