"""The data among a script's arguments: what stands for them, and what the script is given when it is submitted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from runwatch.journal.location import is_folder
from runwatch.schema.error import ExperimentExecutionException
from runwatch.sdk.dataset.completion import to_output
from runwatch.sdk.dataset.consumption import DatasetConsumptionConfig, OutputFileDatasetConfig


class Data(Struct, frozen=True):
    """Inputs and output folders of a script.

    Attributes:
        inputs: By the text that stands for each.
        outputs: Likewise.
    """

    inputs: dict[str, DatasetConsumptionConfig]
    outputs: dict[str, OutputFileDatasetConfig]

    def texts(self, arguments: Iterable[str]) -> list[str]:
        """Arguments with the paths in the places of what stood for them; files from elsewhere are fetched now."""
        known = self.inputs | self.outputs
        return [known[text].to_text() if text in known else text for text in arguments]

    def variables(self) -> dict[str, str]:
        """Environment variables of the inputs, as the original names them."""
        found = {each.name: each.to_text() for each in self.inputs.values()}
        return found | {f"AZUREML_DATAREFERENCE_{name}": text for name, text in found.items()}

    def folders(self) -> tuple[str, ...]:
        """The output folders, below the script's working folder."""
        return tuple(each.path for each in self.outputs.values())

    def to_form(self) -> dict[str, Any]:
        """The inputs as they stand in the run's definition."""
        return {each.name: each.to_form(each.to_text()) for each in self.inputs.values()}

    def to_outputs(self) -> dict[str, Any]:
        """The output folders that are to be registered, as they stand in the run's definition."""
        wishes = {each.name: each.registration for each in self.outputs.values()}
        return {name: to_output(wish) for name, wish in wishes.items() if wish is not None}


def found_in(*given: object) -> Data:
    """The data in lists of arguments, and in dictionaries of inputs by name; whatever else is given is passed over."""
    inputs: dict[str, DatasetConsumptionConfig] = {}
    outputs: dict[str, OutputFileDatasetConfig] = {}
    for some in given:
        each_of = some.values() if isinstance(some, dict) else some if isinstance(some, list | tuple) else ()
        for each in each_of:
            if isinstance(each, DatasetConsumptionConfig):
                inputs[str(each)] = each
            elif isinstance(each, OutputFileDatasetConfig):
                outputs[str(each)] = each
    return Data(inputs, outputs)


def check_reach(location: str, data: Data) -> None:
    """Check that a job can read its inputs: they lie on this machine.

    Raises:
        ExperimentExecutionException: The job runs on the machine of a server elsewhere.
    """
    if not any(each.mode != "direct" for each in data.inputs.values()) or is_folder(location):
        return
    from runwatch.store.remote import address

    if not address.parse(location).is_loopback:
        raise ExperimentExecutionException(
            "The files of the dataset are on this machine, and the job runs on that of the server.",
            hint="Upload them with Datastore.get_default(ws).upload, and let the script read the dataset itself.",
        )
