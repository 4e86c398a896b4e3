"""Compute targets."""

from runwatch.sdk.absent import (
    AdlaCompute,
    BatchCompute,
    DatabricksCompute,
    DataFactoryCompute,
    HDInsightCompute,
    KubernetesCompute,
    SynapseCompute,
)
from runwatch.sdk.compute.cluster import AmlCompute
from runwatch.sdk.compute.target import ComputeTarget
from runwatch.sdk.compute.unsupported import AksCompute, ComputeInstance, RemoteCompute

__all__ = [
    "AdlaCompute",
    "AksCompute",
    "AmlCompute",
    "BatchCompute",
    "ComputeInstance",
    "ComputeTarget",
    "DataFactoryCompute",
    "DatabricksCompute",
    "HDInsightCompute",
    "KubernetesCompute",
    "RemoteCompute",
    "SynapseCompute",
]
