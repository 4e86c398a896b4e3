"""Steps of pipelines: scripts with what they read and write."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from runwatch.schema.error import InvalidValueError
from runwatch.sdk.config.run import RunConfiguration
from runwatch.sdk.config.script import ScriptRunConfig
from runwatch.sdk.dataset.consumption import DatasetConsumptionConfig, OutputFileDatasetConfig
from runwatch.sdk.pipeline.data import PipelineData, PipelineParameter


class PipelineStep:
    """What all steps have: a name, data, and steps that come before.

    Args:
        name: For display.
        inputs: `PipelineData` of other steps, and datasets as inputs.
        outputs: `PipelineData` that it makes.
    """

    def __init__(self, name: str, inputs: Iterable[Any] | None = None, outputs: Iterable[Any] | None = None) -> None:
        self.name = name
        self.inputs, self.outputs = list(inputs or ()), list(outputs or ())
        self.before: list[PipelineStep] = []
        for made in self.outputs:
            if not isinstance(made, PipelineData):
                raise InvalidValueError(
                    f"The step {name} cannot have a {type(made).__name__} among its outputs.",
                    hint="Give PipelineData; an OutputFileDatasetConfig belongs among the arguments.",
                )
            made.made_by(self)

    @property
    def made(self) -> list[PipelineData]:
        """What it makes for other steps."""
        return list(self.outputs)

    def run_after(self, step: PipelineStep) -> None:
        """Have it wait for another step whose data it does not need."""
        self.before.append(step)


class PythonScriptStep(PipelineStep):
    """A Python script as a step.

    Args:
        script_name: Path of the script in the folder.
        name: For display; the script's if None.
        arguments: Texts, numbers, paths, `PipelineData`, `PipelineParameter` and datasets as inputs.
        compute_target: A name or a `ComputeTarget`; ``local`` if None.
        runconfig: All further settings, such as the environment.
        runconfig_pipeline_params: Not here.
        inputs: What it reads.
        outputs: What it makes.
        params: Environment variables by name, given as ``AML_PARAMETER_<name>``.
        source_directory: The folder with the code; the working folder if None.
        allow_reuse: If nothing has changed since it ran last, what it made then is taken.
        version: A text; another one says that something has changed.
        hash_paths: Accepted and ignored: the whole folder counts.
    """

    def __init__(
        self,
        script_name: str,
        name: str | None = None,
        arguments: Sequence[Any] | None = None,
        compute_target: object = None,
        runconfig: RunConfiguration | None = None,
        runconfig_pipeline_params: object = None,
        inputs: Iterable[Any] | None = None,
        outputs: Iterable[Any] | None = None,
        params: dict[str, Any] | None = None,
        source_directory: str | os.PathLike[str] | None = None,
        allow_reuse: bool = True,
        version: str | None = None,
        hash_paths: object = None,
    ) -> None:
        super().__init__(name or Path(script_name).name, inputs, outputs)
        if runconfig_pipeline_params:
            raise InvalidValueError(
                "Settings of a run configuration cannot be parameters.", hint="Set them before the pipeline is made."
            )
        self.script_name, self.arguments = script_name, list(arguments or ())
        self.compute_target, self.runconfig = compute_target, runconfig
        self.params = dict(params or {})
        self.source_directory = os.fspath(source_directory) if source_directory is not None else None
        self.allow_reuse, self.version = allow_reuse, version
        for each in self.arguments:
            if isinstance(each, OutputFileDatasetConfig):
                each.made_by(self)

    @property
    def made(self) -> list[PipelineData]:
        """What it makes for other steps: its outputs, and folders among its arguments that others read."""
        folders = (each.handed_on for each in self.arguments if isinstance(each, OutputFileDatasetConfig))
        return [*self.outputs, *dict.fromkeys(each for each in folders if each is not None)]

    @property
    def read(self) -> dict[str, PipelineData]:
        """The data of other steps that it is given, by name."""
        made = {each.name for each in self.made}
        given = (each for each in [*self.inputs, *self.arguments] if isinstance(each, PipelineData))
        return {each.name: each for each in given if each.name not in made}

    def to_config(self, parameters: dict[str, Any], folder: str) -> ScriptRunConfig:
        """The step as a script to be submitted; texts stand for the data of steps.

        Args:
            parameters: Values of the pipeline's parameters by name.
            folder: The source folder, if the step names none.
        """
        chosen = copy.copy(self.runconfig or RunConfiguration())
        if self.compute_target is not None:
            chosen.target = self.compute_target
        datasets = (each for each in self.inputs if isinstance(each, DatasetConsumptionConfig))
        chosen.data = {**chosen.data, **{each.name: each for each in datasets}}
        variables = {f"AML_PARAMETER_{name}": str(_value(each, parameters)) for name, each in self.params.items()}
        chosen.environment_variables = {**chosen.environment_variables, **variables}
        arguments = [_value(each, parameters) for each in self.arguments]
        return ScriptRunConfig(self.source_directory or folder, self.script_name, arguments, run_config=chosen)

    def __repr__(self) -> str:
        return f"PythonScriptStep(name={self.name!r}, script_name={self.script_name!r})"


class StepSequence:
    """Steps that run in the order given.

    Args:
        steps: Steps, or lists of steps that may run at once.
    """

    def __init__(self, steps: Iterable[Any] | None = None) -> None:
        self.steps = list(steps or ())

    def chained(self) -> list[PipelineStep]:
        """The steps, each told what it comes after."""
        earlier: list[PipelineStep] = []
        found: list[PipelineStep] = []
        for entry in self.steps:
            these = flat([entry])
            for step in these:
                for before in earlier:
                    step.run_after(before)
            earlier, found = these, found + these
        return found


def flat(given: Iterable[Any]) -> list[PipelineStep]:
    """All steps of lists within lists and sequences.

    Raises:
        InvalidValueError: Something is no step.
    """
    found: list[PipelineStep] = []
    for each in given:
        if isinstance(each, StepSequence):
            found += each.chained()
        elif isinstance(each, list | tuple):
            found += flat(each)
        elif isinstance(each, PipelineStep):
            found.append(each)
        else:
            raise InvalidValueError(
                f"A {type(each).__name__} is no step of a pipeline.", hint="Give PythonScriptStep objects."
            )
    return found


def _value(given: Any, parameters: dict[str, Any]) -> Any:
    return parameters[given.name] if isinstance(given, PipelineParameter) else given
