"""The order of a pipeline's steps: by the data that they make and need, and by what was said."""

from __future__ import annotations

from runwatch.schema.error import InvalidValueError
from runwatch.sdk.pipeline.step import PipelineStep, PythonScriptStep

Order = dict[PythonScriptStep, list[PythonScriptStep]]
"""The steps, each with those that come directly before it; what comes before stands before."""


def ordered(steps: list[PipelineStep]) -> Order:
    """The steps and all that they need.

    Raises:
        InvalidValueError: Data are made twice or by nobody, or steps wait for one another.
    """
    known = _closed(steps)
    makers = _makers(known)
    before = {step: _before(step, makers) for step in known}
    found: Order = {}
    while len(found) < len(before):
        ready = [step for step in before if step not in found and all(each in found for each in before[step])]
        if not ready:
            waiting = ", ".join(step.name for step in before if step not in found)
            raise InvalidValueError(f"The steps {waiting} wait for one another.", hint="Take one dependency out.")
        found |= {step: before[step] for step in ready}
    return found


def _closed(steps: list[PipelineStep]) -> list[PythonScriptStep]:
    """Those that were given, those that they run after, and those that make what they read."""
    found: dict[PythonScriptStep, None] = {}
    left = list(steps)
    while left:
        step = left.pop(0)
        if not isinstance(step, PythonScriptStep):
            raise InvalidValueError(f"A {type(step).__name__} cannot be run.", hint="Use a PythonScriptStep.")
        if step not in found:
            found[step] = None
            left += step.before
            left += [each.producer for each in step.read.values() if each.producer is not None]
    return list(found)


def _makers(steps: list[PythonScriptStep]) -> dict[str, PythonScriptStep]:
    found: dict[str, PythonScriptStep] = {}
    for step in steps:
        for made in step.made:
            if made.name in found:
                raise InvalidValueError(
                    f"The data {made.name} are made by two steps, {found[made.name].name} and {step.name}.",
                    hint="Give them names of their own.",
                )
            found[made.name] = step
    return found


def _before(step: PythonScriptStep, makers: dict[str, PythonScriptStep]) -> list[PythonScriptStep]:
    found: dict[PythonScriptStep, None] = {}
    for name in step.read:
        if name not in makers:
            raise InvalidValueError(
                f"The step {step.name} needs the data {name}, which no step makes.",
                hint="Name them among the outputs of the step that writes them.",
            )
        found[makers[name]] = None
    found |= {each: None for each in step.before if isinstance(each, PythonScriptStep)}
    return list(found)
