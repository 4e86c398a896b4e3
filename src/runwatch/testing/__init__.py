"""The contract of a store as tests: an author of a backend inherits them all.

A test class of a backend supplies the fixture ``store``, an empty store, and ``reopen`` if data outlive the process::

    from runwatch.testing import DurabilityContract, StoreContract

    class TestMyStore(StoreContract, DurabilityContract):
        @pytest.fixture
        def store(self, tmp_path):
            store = MyStore(tmp_path)
            yield store
            store.close()

        @pytest.fixture
        def reopen(self, tmp_path):
            def again(store):
                store.close()
                return MyStore(tmp_path)

            return again

There are no exceptions for any backend: what keeps the contract passes every test. Needs pytest, which nothing else of
Runwatch imports.
"""

import pytest

_MODULES = (
    "artifact_read artifact_write change experiment hostile_filter job lifetime metric_append metric_read overview"
    " registered run run_condition run_list run_order sample survey"
)
for _name in _MODULES.split():
    pytest.register_assert_rewrite(f"runwatch.testing.{_name}")

from runwatch.testing.artifact_read import ArtifactReadingContract  # noqa: E402
from runwatch.testing.artifact_reserved import ReservedArtifactContract  # noqa: E402
from runwatch.testing.artifact_write import ArtifactWritingContract  # noqa: E402
from runwatch.testing.change import ChangeContract  # noqa: E402
from runwatch.testing.contract import Contract, Reopen  # noqa: E402
from runwatch.testing.experiment import ExperimentContract  # noqa: E402
from runwatch.testing.hostile_filter import HostileFilterContract  # noqa: E402
from runwatch.testing.job import LeaseContract, QueueContract, TargetContract  # noqa: E402
from runwatch.testing.lifetime import DurabilityContract, LifetimeContract, ThreadContract  # noqa: E402
from runwatch.testing.metric_append import BitExactContract, ExactlyOnceContract  # noqa: E402
from runwatch.testing.metric_read import MetricListContract, RangeContract, SummaryContract  # noqa: E402
from runwatch.testing.overview import OverviewContract  # noqa: E402
from runwatch.testing.registered import RegisteredContract  # noqa: E402
from runwatch.testing.run import RunCreationContract, RunDeletionContract, RunUpdateContract  # noqa: E402
from runwatch.testing.run_condition import FilterContract  # noqa: E402
from runwatch.testing.run_list import RunFilterContract  # noqa: E402
from runwatch.testing.run_order import RunOrderContract  # noqa: E402
from runwatch.testing.survey import SurveyContract  # noqa: E402


class RunContract(
    ExperimentContract,
    RunCreationContract,
    RunUpdateContract,
    RunDeletionContract,
    RunFilterContract,
    FilterContract,
    HostileFilterContract,
    RunOrderContract,
    RegisteredContract,
):
    """The runs shelf."""


class MetricContract(
    ExactlyOnceContract, BitExactContract, RangeContract, SummaryContract, MetricListContract, OverviewContract
):
    """The metrics shelf."""


class ArtifactContract(ArtifactWritingContract, ArtifactReadingContract, ReservedArtifactContract):
    """The artifacts shelf."""


class JobContract(QueueContract, LeaseContract, TargetContract):
    """The jobs shelf."""


class StoreContract(
    RunContract,
    SurveyContract,
    MetricContract,
    ArtifactContract,
    JobContract,
    ChangeContract,
    LifetimeContract,
    ThreadContract,
):
    """The whole store."""


__all__ = [
    "ArtifactContract",
    "ChangeContract",
    "Contract",
    "DurabilityContract",
    "JobContract",
    "LifetimeContract",
    "MetricContract",
    "Reopen",
    "RunContract",
    "StoreContract",
    "SurveyContract",
    "ThreadContract",
]
