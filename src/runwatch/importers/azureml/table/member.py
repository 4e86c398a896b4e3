"""Members of classes beyond those whose signatures are known, and which class takes its members from which."""

from __future__ import annotations

from typing import Final

from runwatch.importers.azureml.table.further import FURTHER
from runwatch.importers.azureml.table.surface import SURFACE

KIN: Final[dict[str, str]] = {
    "AmlCompute": "ComputeTarget", "HyperDriveRun": "Run", "AutoMLRun": "Run", "PipelineRun": "Run", "StepRun": "Run",
    "ScriptRun": "Run", "_OfflineRun": "Run", "_SubmittedRun": "Run", "TabularDataset": "FileDataset",
}  # fmt: skip
"""Classes that have the members of another one too."""

_MORE: Final[dict[str, str]] = {
    "Workspace": "open place store workspace_object",
    "Run": "get_metric_rows input_datasets log_metrics log_param log_params output_datasets params resubmit",
    "ComputeTarget": (
        "description get_active_runs id list_nodes name provisioning_state scale_settings status tags type update"
        " vm_priority vm_size wait_for_completion workspace detach provisioning_errors cluster_location"
    ),
    "CondaDependencies": (
        "add_channel as_dict conda_channels conda_packages create get_python_version pip_options pip_packages"
        " python_version remove_channel remove_conda_package remove_pip_option remove_pip_package save save_to_file"
        " set_pip_index_url set_pip_option set_python_version"
    ),
    "Model": (
        "Framework add_dataset_references created_by datasets deploy experiment_name model_framework"
        " model_framework_version package profile remove_tags serialize update_tags_properties workspace"
    ),
    "Datastore": (
        "create created_time datastore_type description is_default list name properties record_id"
        " register_azure_data_lake register_azure_my_sql register_azure_postgre_sql register_azure_sql_database"
        " register_dbfs register_hdfs set_as_default tags unregister version workspace"
    ),
    "FileDataset": "add_tags remove_tags unregister_all_versions update",
    "TabularDataset": "get_profile to_csv_files to_parquet_files to_spark_dataframe",
    "Pipeline": "steps description workspace",
    "PipelineRun": "get_graph",
    "StepRun": "is_reused",
    "HyperDriveRun": "hyperdrive_config",
}

WATCHED: Final = frozenset({
    "AmlCompute", "AutoMLRun", "ComputeTarget", "CondaDependencies", "Dataset", "Datastore", "Experiment",
    "FileDataset", "HyperDriveRun", "Keyvault", "Model", "Pipeline", "PipelineRun", "Run", "RunDetails", "ScriptRun",
    "StepRun", "TabularDataset", "Workspace", "_OfflineRun", "_SubmittedRun",
})  # fmt: skip
"""Classes all of whose members are in the table: another one is none of the original's. Objects of the other classes
are filled attribute by attribute."""


def members(kind: str) -> frozenset[str]:
    """All known members of a class."""
    own = {*SURFACE.get(kind, {}), *FURTHER.get(kind, {}), *_MORE.get(kind, "").split()}
    return frozenset(own | members(KIN[kind]) if kind in KIN else own)
