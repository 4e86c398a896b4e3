"""The job of a pipeline's run: gives each step its data and a place in a queue when its turn comes.

``python -m runwatch.sdk.pipeline.controller``, in the folder with the plan.
"""

from __future__ import annotations

import hashlib
import signal
import sys
import time
from pathlib import Path
from typing import Any, Final

import msgspec

from runwatch.schema.error import ExperimentExecutionException
from runwatch.schema.job import CreateJob
from runwatch.schema.run import GetRun, ListRuns, RunStatus, UpdateRun
from runwatch.sdk import agent, detail, transfer
from runwatch.sdk.pipeline import plan as plans
from runwatch.sdk.pipeline.fingerprint import of_artifacts
from runwatch.sdk.pipeline.plan import Plan, StepPlan
from runwatch.sdk.run import Run
from runwatch.store.cancellation import cancel_any

POLL_S: Final = 0.2

DIGEST: Final = "runwatch.step_digest"
"""The property with what decided the result of a step: an equal one has made the same."""

REUSED: Final = "azureml.reusedrunid"
"""The property with the run whose outputs were taken instead of running a step again; the original's."""


class Controller:
    """Carries out a plan, from where an earlier start of the same run has left it.

    Args:
        run: The run of the pipeline.
        plan: What to do.
        folder: Where the data of steps are put for those that read them.

    Raises:
        ExperimentExecutionException: The steps are those of another run.
    """

    def __init__(self, run: Run, plan: Plan, folder: Path) -> None:
        self._run, self._plan, self._folder = run, plan, folder
        self._store = run._store
        self._left: dict[str, StepPlan] = {}
        self._active: dict[str, StepPlan] = {}
        self._owner: dict[str, str] = {}
        """Of each step that is done, the run that has its outputs."""
        self.failed: list[str] = []
        for step in plan.steps:
            self._take_up(step)

    def carry_out(self) -> None:
        """Return when every step has ended."""
        if self.failed and not self._plan.continue_on_failure:
            self.stop()
        while self._left or self._active:
            self._begin_ready()
            self._look()
            if self._active:
                time.sleep(POLL_S)

    def stop(self) -> None:
        """Cancel whatever has not ended."""
        for step in (*self._active.values(), *self._left.values()):
            cancel_any(self._store, step.run_id, "its pipeline has ended")
        self._left.clear()
        agent.wake(self._run._location)

    def _take_up(self, step: StepPlan) -> None:
        record = self._store.runs.get(GetRun(run_id=step.run_id))
        if record.parent_run_id != self._run.id:
            raise ExperimentExecutionException(
                "A pipeline that was submitted cannot be copied: its steps belong to the first run.",
                hint="Submit the pipeline again; steps that are unchanged are reused.",
            )
        if record.status is RunStatus.COMPLETED:
            self._owner[step.run_id] = record.properties.get(REUSED, step.run_id)
        elif record.status.is_terminal:
            self.failed.append(step.name)
        elif record.status in {RunStatus.NOT_STARTED, RunStatus.QUEUED}:  # queueing it again changes nothing
            self._left[step.run_id] = step
        else:
            self._active[step.run_id] = step

    def _begin_ready(self) -> None:
        ready = [step for step in self._left.values() if all(before in self._owner for before in step.after)]
        for step in ready:
            del self._left[step.run_id]
            self._begin(step)
        if ready:
            agent.wake(self._run._location)
        elif not self._active:  # what is left needs something that failed
            self.stop()

    def _begin(self, step: StepPlan) -> None:
        digest = self._digest(step)
        found = self._earlier(step, digest)
        if found is not None:
            properties = {REUSED: found, "azureml.isreused": "true"}
            self._update(step, status=RunStatus.COMPLETED, reason="reused", add_properties=properties)
            self._owner[step.run_id] = found
            _say(step, f"unchanged; the outputs of {found} are taken")
            return
        launch = self._launch(step)
        self._update(step, status=RunStatus.QUEUED, add_properties={DIGEST: digest}, definition=self._definition(step))
        self._store.jobs.create(CreateJob(run_id=step.run_id, target=step.target, spec=msgspec.to_builtins(launch)))
        self._active[step.run_id] = step
        _say(step, f"queued as {step.run_id}")

    def _launch(self, step: StepPlan) -> Any:
        """What is started, with paths in the places of what stood for data."""
        texts, variables = dict(step.makes), dict(step.launch.variables)
        for text, (name, maker) in step.reads.items():
            path = str(self._fetched(maker, text))
            texts[text] = path
            variables |= {name: path, f"AZUREML_DATAREFERENCE_{name}": path}
        arguments = tuple(texts.get(each, each) for each in step.launch.arguments)
        return msgspec.structs.replace(step.launch, arguments=arguments, variables=variables)

    def _definition(self, step: StepPlan) -> dict[str, Any]:
        """The step's definition with the data of others among its inputs, so that its script finds them by name."""
        definition = self._store.runs.get(GetRun(run_id=step.run_id)).definition
        read = {
            name: {"mode": "mount", "text": str(self._fetched(maker, text))}
            for text, (name, maker) in step.reads.items()
        }
        return {**definition, "data": {**definition.get("data", {}), **read}}

    def _fetched(self, maker: str, text: str) -> Path:
        """The data of a step as files here: a file, or a folder, which may be empty."""
        path = self._path(maker, text)
        target = self._folder / "data" / maker / path
        if not target.exists():
            files = list(detail.list_artifacts(self._store, self._owner[maker], path))
            if not any(each.path == path for each in files):
                target.mkdir(parents=True)
            for each in files:
                if each.path == path or each.path.startswith(f"{path}/"):
                    transfer.download(self._store, self._owner[maker], each.path, target.parents[1] / each.path)
        return target.resolve()

    def _path(self, maker: str, text: str) -> str:
        return next(step.makes[text] for step in self._plan.steps if step.run_id == maker)

    def _digest(self, step: StepPlan) -> str:
        """What decides the result: the step and the content of what it reads."""
        data = [
            (text, of_artifacts(self._store, self._owner[maker], self._path(maker, text)))
            for text, (_, maker) in sorted(step.reads.items())
        ]
        return hashlib.sha256(repr([step.identity, data]).encode()).hexdigest()

    def _earlier(self, step: StepPlan, digest: str) -> str | None:
        """The newest run that has made the same, or None."""
        if self._plan.regenerate or not step.allow_reuse:
            return None
        wanted = ListRuns(properties={DIGEST: digest}, statuses=(RunStatus.COMPLETED,), limit=1)
        found = self._store.runs.list(wanted).runs
        return found[0].run_id if found else None

    def _look(self) -> None:
        for step in list(self._active.values()):
            status = self._store.runs.get(GetRun(run_id=step.run_id)).status
            if not status.is_terminal:
                continue
            del self._active[step.run_id]
            _say(step, status.value)
            if status is RunStatus.COMPLETED:
                self._owner[step.run_id] = step.run_id
                continue
            self.failed.append(step.name)
            if not self._plan.continue_on_failure:
                self.stop()

    def _update(self, step: StepPlan, **changes: Any) -> None:
        self._store.runs.update(UpdateRun(run_id=step.run_id, **changes))


def _say(step: StepPlan, text: str) -> None:
    print(f"{step.name}: {text}", flush=True)  # noqa: T201 (the log of the run)


def main() -> int:
    """Carry out the plan in the working folder.

    Returns:
        The exit code of the process.
    """
    here = Path.cwd()
    run = Run.get_context(allow_offline=False)
    controller = Controller(run, plans.read((here / plans.PLAN_NAME).read_bytes()), here)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        controller.carry_out()
    except BaseException:
        controller.stop()
        raise
    if controller.failed:
        run.fail(f"A step has failed: {', '.join(controller.failed)}.", error_code="StepFailed")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
