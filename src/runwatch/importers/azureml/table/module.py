"""The modules that scripts of the original import, and the names that each has."""

from __future__ import annotations

from typing import Final

_EXPRESSIONS: Final = "choice randint uniform quniform loguniform qloguniform normal qnormal lognormal qlognormal"
_POLICIES: Final = (
    "EarlyTerminationPolicy BanditPolicy MedianStoppingPolicy TruncationSelectionPolicy NoTerminationPolicy"
)
_SAMPLINGS: Final = "HyperParameterSampling RandomParameterSampling GridParameterSampling BayesianParameterSampling"

_NAMES: Final = {
    "azureml.core": (
        "ComputeTarget ContainerRegistry Dataset Datastore diagnostic_log Environment Experiment Image "
        "Keyvault LinkedService Model PrivateEndPoint PrivateEndPointConfig Run RunConfiguration "
        "ScriptRun ScriptRunConfig SynapseWorkspaceLinkedServiceConfiguration Webservice Workspace "
        "get_run attach_legacy_compute_target remove_legacy_compute_target is_compute_target_prepared "
        "prepare_compute_target VERSION"
    ),
    "azureml.core.run": "Run get_run _OfflineRun _SubmittedRun",
    "azureml.core.workspace": "Workspace",
    "azureml.core.experiment": "Experiment",
    "azureml.core.compute": (
        "ComputeTarget AmlCompute AksCompute ComputeInstance RemoteCompute AdlaCompute BatchCompute "
        "DatabricksCompute DataFactoryCompute HDInsightCompute KubernetesCompute SynapseCompute"
    ),
    "azureml.core.compute_target": (
        "ComputeTargetException prepare_compute_target is_compute_target_prepared "
        "attach_legacy_compute_target remove_legacy_compute_target"
    ),
    "azureml.core.conda_dependencies": "CondaDependencies",
    "azureml.core.container_registry": "ContainerRegistry",
    "azureml.core.runconfig": (
        "RunConfiguration MpiConfiguration PyTorchConfiguration TensorflowConfiguration "
        "DockerConfiguration CondaDependencies ContainerRegistry DEFAULT_CPU_IMAGE DEFAULT_GPU_IMAGE"
    ),
    "azureml.core.environment": (
        "Environment CondaDependencies DockerSection PythonSection ContainerRegistry "
        "DEFAULT_CPU_IMAGE DEFAULT_GPU_IMAGE"
    ),
    "azureml.core.script_run_config": "ScriptRunConfig",
    "azureml.core.script_run": "ScriptRun",
    "azureml.core.model": "Model InferenceConfig",
    "azureml.core.authentication": (
        "AbstractAuthentication AzureCliAuthentication InteractiveLoginAuthentication MsiAuthentication "
        "ServicePrincipalAuthentication TokenAuthentication"
    ),
    "azureml.core.datastore": "Datastore",
    "azureml.core.dataset": "Dataset",
    "azureml.core.keyvault": "Keyvault",
    "azureml.core.resource_configuration": "ResourceConfiguration",
    "azureml.core.webservice": "Webservice AciWebservice AksWebservice LocalWebservice AksEndpoint",
    "azureml.core.image": "Image ContainerImage",
    "azureml.core.linked_service": "LinkedService SynapseWorkspaceLinkedServiceConfiguration",
    "azureml.core.private_endpoint": "PrivateEndPoint PrivateEndPointConfig",
    "azureml.core.diagnostics": "diagnostic_log",
    "azureml.widgets": "RunDetails",
    "azureml.exceptions": (
        "ActivityFailedException AuthenticationException AzureMLAggregatedException AzureMLException "
        "ComputeTargetException ExperimentExecutionException ModelNotFoundException "
        "ModelPathNotFoundException ProjectSystemException RunConfigurationException "
        "RunEnvironmentException ServiceException SnapshotException TrainingException UserErrorException "
        "WebserviceException WorkspaceException"
    ),
    "azureml.telemetry": "set_diagnostics_collection",
    "azureml.tensorboard": "Tensorboard",
    "azureml.tensorboard.export": "export_to_tensorboard",
    "azureml.train": "",
    "azureml.train.estimator": "Estimator Mpi Nccl Gloo ParameterServer",
    "azureml.train.dnn": "PyTorch TensorFlow Chainer Mpi Nccl Gloo ParameterServer",
    "azureml.train.sklearn": "SKLearn",
    "azureml.train.hyperdrive": (
        f"HyperDriveConfig HyperDriveRun PrimaryMetricGoal {_SAMPLINGS} {_POLICIES} {_EXPRESSIONS}"
    ),
    "azureml.train.hyperdrive.runconfig": "HyperDriveConfig PrimaryMetricGoal",
    "azureml.train.hyperdrive.sampling": _SAMPLINGS,
    "azureml.train.hyperdrive.policy": _POLICIES,
    "azureml.train.hyperdrive.parameter_expressions": _EXPRESSIONS,
    "azureml.train.hyperdrive.run": "HyperDriveRun PrimaryMetricGoal",
    "azureml.train.automl": "AutoMLConfig",
    "azureml.train.automl.run": "AutoMLRun",
    "azureml.train.automl.automlconfig": "AutoMLConfig",
    "azureml.data": "AbstractDataset DataType Dataset FileDataset TabularDataset OutputFileDatasetConfig",
    "azureml.data.data_reference": "DataReference",
    "azureml.data.datapath": "DataPath",
    "azureml.data.dataset_consumption_config": "DatasetConsumptionConfig",
    "azureml.data.dataset_factory": "DataType FileDatasetFactory TabularDatasetFactory",
    "azureml.data.file_dataset": "FileDataset",
    "azureml.data.tabular_dataset": "TabularDataset",
    "azureml.data.output_dataset_config": "OutputFileDatasetConfig",
    "azureml.pipeline": "",
    "azureml.pipeline.core": (
        "Pipeline PipelineData PipelineParameter PipelineRun StepRun StepSequence PipelineStep "
        "PublishedPipeline PipelineEndpoint PipelineDraft Schedule ScheduleRecurrence Module"
    ),
    "azureml.pipeline.core.run": "PipelineRun StepRun",
    "azureml.pipeline.core.graph": "PipelineParameter",
    "azureml.pipeline.core.schedule": "Schedule ScheduleRecurrence",
    "azureml.pipeline.steps": (
        "PythonScriptStep AutoMLStep CommandStep DatabricksStep DataTransferStep EstimatorStep "
        "HyperDriveStep MpiStep ParallelRunConfig ParallelRunStep RScriptStep"
    ),
}

MODULES: Final[dict[str, frozenset[str]]] = {
    "azureml": frozenset(), **{module: frozenset(names.split()) for module, names in _NAMES.items()},
}  # fmt: skip
"""By import path, the names that can be imported from it."""
