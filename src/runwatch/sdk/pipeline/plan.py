"""The plan of a pipeline: what its controller needs to know of each step; it travels as ``pipeline.json``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from runwatch.schema.launch import Launch
from runwatch.schema.settled import settled

PLAN_NAME: Final = "pipeline.json"


class StepPlan(Struct, frozen=True, kw_only=True):
    """A step.

    Attributes:
        name: For display.
        run_id: Its run, which is there already.
        launch: What is started; texts stand for the data among its arguments.
        target: The compute target.
        after: The run ids of the steps that come before.
        reads: By the text that stands for it: the input's name, and the run id of the step that makes it.
        makes: By the text that stands for it: the path below the step's working folder.
        allow_reuse: What it made earlier may be taken.
        identity: What beside the data decides what it makes.
    """

    name: str
    run_id: str
    launch: Launch
    target: str
    after: tuple[str, ...] = ()
    reads: dict[str, tuple[str, str]] = {}
    makes: dict[str, str] = {}
    allow_reuse: bool = True
    identity: str = ""


class Plan(Struct, frozen=True, kw_only=True):
    """A pipeline.

    Attributes:
        steps: In an order in which each comes after what it needs.
        continue_on_failure: Go on with what does not need the step that failed.
        regenerate: Run all steps, also those that are unchanged.
        outputs: The pipeline's own outputs: by name, the run id of the step and the path in it.
    """

    steps: tuple[StepPlan, ...]
    continue_on_failure: bool = False
    regenerate: bool = False
    outputs: dict[str, tuple[str, str]] = {}

    def write(self, folder: Path) -> None:
        """Write it into a folder."""
        (folder / PLAN_NAME).write_bytes(msgspec.json.format(msgspec.json.encode(self)))


def read(content: bytes) -> Plan:
    """The plan of a file."""
    return msgspec.json.decode(content, type=settled(Plan))


def summary(plan: Plan) -> dict[str, Any]:
    """What the run's definition shows of it."""
    return {"steps": [{"name": step.name, "runId": step.run_id, "after": list(step.after)} for step in plan.steps]}
