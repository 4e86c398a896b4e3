"""What of the original is not supported, with the nearest thing that is, and what works differently, with the reason.

A key is a name (``Webservice``), a member (``Model.deploy``) or an argument (``ScriptRunConfig(resume_from)``).
What stands in neither table works.
"""

from __future__ import annotations

from typing import Final

_SERVING: Final = "load the file that model.download() gives in a service of your own"
_IMAGE: Final = "copy the folder that model.download() gives into an image of your own"
_STEP: Final = "use PythonScriptStep"
_CLUSTER: Final = "use AmlCompute, a cluster on this machine"
_SWEEP: Final = "it is checked, but cannot be submitted: submit one ScriptRunConfig for each combination"
_AUTOML: Final = "it is checked, but cannot be submitted: let a script try the models, and log each to a child run"
_PUBLISHED: Final = "keep the script that builds the pipeline, and submit it again"
_SCHEDULE: Final = "let cron run the script that submits"
_STORAGE: Final = "Datastore.get_default(ws) keeps files in the workspace; Dataset.File.from_files reads URLs"
_TENSORBOARD: Final = "the studio draws every metric; run.download_files('logs') gives the logs to tensorboard"
_TEAM: Final = "a team shares a workspace with 'runwatch up'"
_KEYS: Final = "ws.get_default_keyvault() keeps secrets, 'runwatch token' makes access tokens"
_LEGACY: Final = "leave it out: the environment of a run is built when it is submitted"
_TABLE: Final = "hand the folder on with as_input(), and let the step read the files in it"
_LINKED: Final = "read files and URLs with Dataset.File.from_files"

ABSENT: Final[dict[str, str]] = {
    **dict.fromkeys(
        ("Webservice", "AciWebservice", "AksWebservice", "LocalWebservice", "AksEndpoint", "InferenceConfig"), _SERVING
    ),
    **dict.fromkeys(("Image", "ContainerImage"), _IMAGE),
    **dict.fromkeys(("LinkedService", "SynapseWorkspaceLinkedServiceConfiguration"), _LINKED),
    **dict.fromkeys(("PrivateEndPoint", "PrivateEndPointConfig"), _TEAM),
    **dict.fromkeys(
        (
            "AksCompute",
            "ComputeInstance",
            "RemoteCompute",
            "AdlaCompute",
            "BatchCompute",
            "DatabricksCompute",
            "DataFactoryCompute",
            "HDInsightCompute",
            "KubernetesCompute",
            "SynapseCompute",
        ),
        _CLUSTER,
    ),
    **dict.fromkeys(
        (
            "AutoMLStep",
            "CommandStep",
            "DatabricksStep",
            "DataTransferStep",
            "EstimatorStep",
            "HyperDriveStep",
            "MpiStep",
            "ParallelRunConfig",
            "ParallelRunStep",
            "RScriptStep",
        ),
        _STEP,
    ),
    **dict.fromkeys(("HyperDriveConfig", "HyperDriveRun"), _SWEEP),
    **dict.fromkeys(
        (
            "HyperDriveRun.get_best_run_by_primary_metric",
            "HyperDriveRun.get_children_sorted_by_primary_metric",
            "HyperDriveRun.get_hyperparameters",
            "HyperDriveRun.hyperdrive_config",
        ),
        _SWEEP,
    ),
    **dict.fromkeys(("AutoMLConfig", "AutoMLRun"), _AUTOML),
    **dict.fromkeys(
        ("AutoMLRun.get_output", "AutoMLRun.get_best_child", "AutoMLRun.summary", "AutoMLRun.get_guardrails"), _AUTOML
    ),
    **dict.fromkeys(("PublishedPipeline", "PipelineEndpoint", "PipelineDraft", "Module"), _PUBLISHED),
    **dict.fromkeys(("Schedule", "ScheduleRecurrence"), _SCHEDULE),
    **dict.fromkeys(("Tensorboard", "export_to_tensorboard"), _TENSORBOARD),
    **dict.fromkeys(
        (
            "prepare_compute_target",
            "is_compute_target_prepared",
            "attach_legacy_compute_target",
            "remove_legacy_compute_target",
        ),
        _LEGACY,
    ),
    **dict.fromkeys(("Model.deploy", "Model.package", "Model.profile"), _SERVING),
    **dict.fromkeys(
        (
            "Datastore.register_azure_blob_container",
            "Datastore.register_azure_file_share",
            "Datastore.register_azure_data_lake",
            "Datastore.register_azure_data_lake_gen2",
            "Datastore.register_azure_sql_database",
            "Datastore.register_azure_my_sql",
            "Datastore.register_azure_postgre_sql",
            "Datastore.register_dbfs",
            "Datastore.register_hdfs",
        ),
        _STORAGE,
    ),
    **dict.fromkeys(("Workspace.list_keys", "Workspace.sync_keys"), _KEYS),
    **dict.fromkeys(("Workspace.get_connection", "Workspace.set_connection", "Workspace.delete_connection"), _KEYS),
    **dict.fromkeys(("Workspace.add_private_endpoint", "Workspace.delete_private_endpoint_connection"), _TEAM),
    "Workspace.diagnose_workspace": "'runwatch doctor' looks the workspace over",
    "Workspace.update_dependencies": _STORAGE,
    "Workspace.service_context": "ws.store is what the workspace's data are read from",
    "Workspace.setup": "use Workspace.from_config() or Workspace.open(folder)",
    "Workspace.get_mlflow_tracking_uri": "log with run.log",
    "Experiment.from_directory": "use Experiment(Workspace.from_config(path), name)",
    "ComputeTarget.attach": "use ComputeTarget.create: a cluster on this machine",
    "Environment.get_image_details": "the log of a run's build says what was built",
    "FileDataset.as_hdfs": "use as_mount() or as_download()",
    "TabularDataset.get_profile": "use to_pandas_dataframe().describe()",
    "TabularDataset.to_spark_dataframe": "use to_pandas_dataframe()",
    **dict.fromkeys(
        ("OutputFileDatasetConfig.read_delimited_files", "OutputFileDatasetConfig.read_parquet_files"), _TABLE
    ),
    "Pipeline.publish": _PUBLISHED,
    "PipelineRun.get_graph": "use get_steps()",
    "ScriptRunConfig(resume_from)": "submit again, and let the script load what the other run has saved",
    "PythonScriptStep(runconfig_pipeline_params)": "set the run configuration before the pipeline is made",
}
"""Not supported: the nearest thing."""

ABSENT_MODULES: Final[dict[str, str]] = {
    "azureml.accel": _SERVING,
    "azureml.automl": _AUTOML,
    "azureml.contrib": "leave it out: what runs, jobs, data and models need is in azureml.core",
    "azureml.datadrift": "compare the data in a script, and log what it finds",
    "azureml.dataprep": "read the files with pandas, or with Dataset.Tabular",
    "azureml.explain": "explain the model with a library in the script, and run.upload_file what it gives",
    "azureml.interpret": "explain the model with a library in the script, and run.upload_file what it gives",
    "azureml.mlflow": "log with run.log",
    "azureml.monitoring": "write what a service predicts where you keep its logs",
    "azureml.opendatasets": "read the data's address with Dataset.File.from_files or Dataset.Tabular",
    "azureml.train.automl.runtime": _AUTOML,
}
"""Modules that are not there, with all below them: the nearest thing."""

DIFFERS: Final[dict[str, str]] = {
    "Workspace": "it is a folder on this machine, or a server of Runwatch; Azure is never asked",
    "Workspace.from_config": "a file written for Azure stands for a local folder of its own",
    "Workspace.create": "it makes a folder; Azure's resources are accepted and ignored",
    "Workspace.delete": "it deletes what Runwatch made, and leaves every other file",
    "Workspace.images": "it is always empty",
    "Workspace.webservices": "it is always empty",
    "Workspace.linked_services": "it is always empty",
    "Workspace.private_endpoints": "it is always empty",
    "Workspace.list_connections": "it is always empty",
    "Experiment.start_logging": "no snapshot is taken unless snapshot_directory names a folder",
    "Run.get_context": "outside of a job it begins a complete run, which is kept in the workspace",
    "Run.clean": "there is nothing to clean",
    "Run.get_portal_url": "it is the address of your own studio",
    "Experiment.get_portal_url": "it is the address of your own studio",
    "AmlCompute.provisioning_configuration": "the nodes are slots on this machine; sizes and networks change nothing",
    "ComputeTarget.create": "the target is ready at once",
    "AmlCompute.supported_vmsizes": "there is one size, that of this machine",
    "Estimator": "without packages it runs in the Python that submits",
    **dict.fromkeys(
        ("PyTorch", "TensorFlow", "Chainer", "SKLearn"), "without packages it runs in the Python that submits"
    ),
    **dict.fromkeys(
        (
            "InteractiveLoginAuthentication",
            "AzureCliAuthentication",
            "MsiAuthentication",
            "ServicePrincipalAuthentication",
            "TokenAuthentication",
        ),
        "nobody signs in: it is accepted and not asked",
    ),
    "set_diagnostics_collection": "it does nothing: there are no diagnostics",
    "diagnostic_log": "it does nothing: there are no diagnostics",
    "CondaDependencies.create": "without python_version it takes the one that runs; azureml packages are replaced",
    "Environment.get": "names of ready-made environments mean the Python that submits",
    "FileDataset.as_mount": "it gives the local path of the files; nothing is mounted",
    "OutputFileDatasetConfig": "its files become files of the run; destination is ignored",
    "PipelineData": "it is kept with the run of the step that makes it",
    "Model.id": "it is name:version",
    "ResourceConfiguration": "it is kept with the model, and nobody hands out what it asks for",
    "RunDetails": "it stops when the run has ended, and charts rows and tables too",
    "VERSION": "it names the last version of the original and that of Runwatch",
}
"""Works differently: why."""
