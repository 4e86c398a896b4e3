"""Signatures of the original's sweeps, AutoML, estimators, pipelines and sign-ins; `surface` has the rest."""

from __future__ import annotations

from typing import Final

_SPACE: Final = "min_value, max_value"
_ESTIMATOR: Final = (
    "source_directory, *, compute_target=None, vm_size=None, vm_priority=None, entry_script=None, script_params=None,"
    " use_docker=True, custom_docker_image=None, user_managed=False, conda_packages=None, pip_packages=None,"
    " conda_dependencies_file=None, pip_requirements_file=None, environment_variables=None,"
    " environment_definition=None, inputs=None, shm_size=None, resume_from=None, max_run_duration_seconds=None"
)
_DISTRIBUTED: Final = (
    f"{_ESTIMATOR}, node_count=1, process_count_per_node=1, distributed_backend=None, distributed_training=None,"
    " use_gpu=False"
)

FUNCTIONS: Final[dict[str, str]] = {
    "choice": "*options",
    "randint": "upper",
    "uniform": _SPACE,
    "quniform": f"{_SPACE}, q",
    "loguniform": _SPACE,
    "qloguniform": f"{_SPACE}, q",
    "normal": "mu, sigma",
    "qnormal": "mu, sigma, q",
    "lognormal": "mu, sigma",
    "qlognormal": "mu, sigma, q",
    "get_run": "experiment, run_id, rehydrate=True, clean_up=True",
    "set_diagnostics_collection": "send_diagnostics=True, verbosity=20",
}
"""By function: its parameters."""

FURTHER: Final[dict[str, dict[str, str]]] = {
    "HyperDriveConfig": {
        "__init__": "hyperparameter_sampling, primary_metric_name, primary_metric_goal, max_total_runs,"
        " max_concurrent_runs=None, max_duration_minutes=10080, policy=None, estimator=None, run_config=None,"
        " resume_from=None, resume_child_runs=None, pipeline=None, debug_flag=None, custom_run_id=None",
    },
    "RandomParameterSampling": {"__init__": "parameter_space, properties=None"},
    "GridParameterSampling": {"__init__": "parameter_space"},
    "BayesianParameterSampling": {"__init__": "parameter_space"},
    "BanditPolicy": {"__init__": "evaluation_interval=1, slack_factor=None, slack_amount=None, delay_evaluation=0"},
    "MedianStoppingPolicy": {"__init__": "evaluation_interval=1, delay_evaluation=0"},
    "TruncationSelectionPolicy": {"__init__": "truncation_percentage, evaluation_interval=1, delay_evaluation=0"},
    "NoTerminationPolicy": {"__init__": ""},
    "HyperDriveRun": {
        "get_best_run_by_primary_metric": "include_failed=True, include_canceled=True, include_resume_from_runs=True",
        "get_children_sorted_by_primary_metric": "top=0, reverse=False, discard_no_metric=False",
        "get_hyperparameters": "",
    },
    "AutoMLConfig": {
        "__init__": "task, path=None, iterations=None, primary_metric=None, positive_label=None, compute_target=None,"
        " **kwargs",
    },
    "AutoMLRun": {
        "get_output": "iteration=None, metric=None, return_onnx_model=False",
        "get_best_child": "metric=None, onnx_compatible=False",
        "summary": "",
        "get_guardrails": "to_console=True",
    },
    "Estimator": {"__init__": _DISTRIBUTED},
    "PyTorch": {"__init__": f"{_DISTRIBUTED}, framework_version=None"},
    "TensorFlow": {
        "__init__": f"{_DISTRIBUTED}, worker_count=1, parameter_server_count=1, framework_version=None",
    },
    "Chainer": {"__init__": f"{_DISTRIBUTED}, framework_version=None"},
    "SKLearn": {"__init__": f"{_ESTIMATOR}, framework_version=None"},
    "Mpi": {"__init__": "process_count_per_node=1"},
    "ParameterServer": {"__init__": "worker_count=1, parameter_server_count=1"},
    "InteractiveLoginAuthentication": {"__init__": "force=False, tenant_id=None, cloud=None"},
    "AzureCliAuthentication": {"__init__": "cloud=None"},
    "MsiAuthentication": {"__init__": "identity_config=None, cloud=None"},
    "ServicePrincipalAuthentication": {
        "__init__": "tenant_id, service_principal_id, service_principal_password, cloud='AzureCloud',"
        " _enable_caching=True",
    },
    "TokenAuthentication": {"__init__": "get_token_for_audience, cloud='AzureCloud'"},
    "DataReference": {
        "__init__": "datastore, data_reference_name=None, path_on_datastore=None, mode='mount', path_on_compute=None,"
        " overwrite=False",
    },
    "Pipeline": {
        "__init__": "workspace, steps, description=None, default_datastore=None, default_source_directory=None,"
        " resolve_closure=True, **kwargs",
        "submit": "experiment_name, pipeline_parameters=None, continue_on_step_failure=False,"
        " regenerate_outputs=False, parent_run_id=None, **kwargs",
        "validate": "",
        "publish": "name=None, description=None, version=None, continue_on_step_failure=None",
    },
    "PipelineData": {
        "__init__": "name, datastore=None, output_name=None, output_mode='mount', output_path_on_compute=None,"
        " output_overwrite=None, data_type=None, is_directory=None, pipeline_output_name=None, training_output=None",
        "as_input": "input_name",
        "as_mount": "",
        "as_dataset": "",
    },
    "ResourceConfiguration": {"__init__": "cpu=None, memory_in_gb=None, gpu=None"},
    "OutputFileDatasetConfig": {
        "__init__": "name=None, destination=None, source=None, partition_format=None",
        "as_input": "name=None",
        "as_mount": "disable_metadata_cache=False",
        "as_upload": "overwrite=False, source_globs=None",
        "register_on_complete": "name, description=None, tags=None",
        "read_delimited_files": "include_path=False, separator=',', header=True, partition_format=None,"
        " path_glob=None, set_column_types=None",
        "read_parquet_files": "include_path=False, partition_format=None, path_glob=None, set_column_types=None",
    },
    "PipelineParameter": {"__init__": "name, default_value"},
    "StepSequence": {"__init__": "steps=None"},
    "PythonScriptStep": {
        "__init__": "script_name, name=None, arguments=None, compute_target=None, runconfig=None,"
        " runconfig_pipeline_params=None, inputs=None, outputs=None, params=None, source_directory=None,"
        " allow_reuse=True, version=None, hash_paths=None",
        "run_after": "step",
    },
    "PipelineRun": {"get_steps": "", "find_step_run": "name", "get_pipeline_output": "pipeline_output_name"},
    "StepRun": {"get_output_data": "name", "get_output": "name"},
    "RunDetails": {"show": "render_lib=None, widget_settings=None", "get_widget_data": "widget_settings=None"},
}
"""As `runwatch.importers.azureml.table.surface.SURFACE`."""
