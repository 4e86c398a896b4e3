"""Builds the environment of a job, or takes the one that an equal job has built before."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import msgspec

from runwatch.compute.environment import conda, lock, recipe, shelf, tool, version
from runwatch.compute.environment.log import BuildLog
from runwatch.compute.environment.provision import Provision
from runwatch.compute.environment.python import Python, probe
from runwatch.compute.environment.recipe import Recipe
from runwatch.compute.environment.shelf import Ready
from runwatch.compute.environment.step import StepFailedError, Steps
from runwatch.schema.error import ExperimentExecutionException
from runwatch.schema.launch import EnvironmentSpec


def build(
    spec: EnvironmentSpec, place: Path, log: Path, cancel: Event | None = None, provision: Provision | None = None
) -> Python:
    """The Python of a managed environment. Equal ones are built once; two jobs that ask at once wait for one build.

    A build that is killed leaves a folder that does not count and is cleared by the next one.

    Args:
        spec: ``managed`` is not looked at.
        place: Where environments are kept; made if it is not there.
        log: What happens is appended here line by line, with the output of the programs that build.
        cancel: Set by another thread, it ends the build and everything that it started.
        provision: The Runwatch to be put into it; the running one unless said otherwise.

    Raises:
        BuildCanceledError: If it was canceled.
        ExperimentExecutionException: If it cannot be built; the message holds what the builder said.
    """
    try:
        place.mkdir(parents=True, exist_ok=True)
        with BuildLog(log) as opened:
            return _Builder(spec, place.absolute(), opened, cancel or Event(), provision or Provision.running()).run()
    except OSError as error:
        raise ExperimentExecutionException(
            f"The environment could not be built in {place} ({error.strerror}).",
            hint="See whether the disk is full and the folder can be written to.",
        ) from error


class _Builder:
    def __init__(self, spec: EnvironmentSpec, place: Path, log: BuildLog, cancel: Event, provision: Provision) -> None:
        self._spec = spec
        self._place = place
        self._log = log
        self._cancel = cancel
        self._provision = provision
        self._steps = Steps(log, cancel, tool.variables())
        self._conda = tool.conda() if _needs_conda(spec.conda_packages) else None

    def run(self) -> Python:
        try:
            return self._found_or_made()
        except ExperimentExecutionException as error:
            self._log.say(str(error))
            raise

    def _found_or_made(self) -> Python:
        self._log.say(f"Environment {self._spec.name or 'without a name'} {self._spec.version}".rstrip())
        plan = self._plan()
        folder = self._place / plan.digest
        with lock.held(self._place / f"{plan.digest}.lock", self._cancel, self._say_that_it_waits) as held:
            found = shelf.standing(folder) or self._make(plan, folder, held)
            return self._provided(folder, *found)

    def _say_that_it_waits(self) -> None:
        self._log.say("Another job builds this environment: waiting for it.")

    def _plan(self) -> Recipe:
        asked = recipe.asked_version(self._spec)
        if self._conda is not None:  # it brings the Python
            number = version.running_minor() if version.is_range(asked) or not asked else asked
            python = f"python{asked}" if version.is_range(asked) else f"python={number}"
        else:
            found = probe(version.choose(asked, self._steps, self._place))
            python, number = found.executable, found.version
        own = self._provision.requirements if self._provision.fits(number) else ()
        return recipe.draw_up(self._spec, python, own, self._conda is not None, self._log.say)

    def _make(self, plan: Recipe, folder: Path, held: int) -> tuple[Python, Ready]:
        shelf.clear(folder)
        folder.mkdir(mode=0o700)  # a requirement's address may hold a password
        self._log.say(f"Building it in {folder}.")
        began = time.monotonic()
        try:
            with _cleared_on_failure(folder):
                self._fill(plan, folder, held)
        except StepFailedError as error:
            raise self._told(error) from error
        python = probe(folder / "python" / "bin" / "python")
        self._log.say(f"Built in {time.monotonic() - began:.1f} s: Python {python.version}.")
        ready = Ready(python=python.executable, requirements=plan.requirements, conda=plan.conda, built_at=time.time())
        return python, ready

    def _fill(self, plan: Recipe, folder: Path, held: int) -> None:
        prefix = folder / "python"
        if self._conda is not None:
            channels = [f"--channel={channel}" for channel in plan.channels]
            packages = [plan.python, *plan.conda]
            self._steps.run([self._conda, "create", "-y", "-p", str(prefix), *channels, *packages], folder, [held])
        else:
            self._steps.run([tool.uv(), "venv", "--no-project", "--python", plan.python, str(prefix)], folder, [held])
        if not plan.requirements:
            return
        wanted = folder / "requirements.txt"
        wanted.write_text("".join(f"{each}\n" for each in plan.requirements), encoding="utf-8")
        install = [tool.uv(), "pip", "install", "--python", str(prefix / "bin" / "python"), "--compile-bytecode"]
        self._steps.run([*install, *plan.options, "--requirements", str(wanted)], folder, [held])

    def _told(self, error: StepFailedError) -> ExperimentExecutionException:
        name = f" {self._spec.name}" if self._spec.name else ""
        own = ", ".join(self._provision.requirements)
        needs = f" Runwatch itself, which every environment has, needs {own}." if own else ""
        return ExperimentExecutionException(
            f"The environment{name} could not be built: {error.message}",
            hint=f"The log of the build says more.{needs}",
        )

    def _provided(self, folder: Path, python: Python, ready: Ready) -> Python:
        """Runwatch is put into it, and that it is used now is noted."""
        if self._provision.fits(python.version):
            ready = msgspec.structs.replace(ready, runwatch=self._provision.put_into(python, self._place))
        else:
            self._log.say(f"Runwatch needs a newer Python than {python.version}: this environment cannot import it.")
        shelf.note(folder, ready)
        self._log.say(f"The environment is ready: {python.executable}")
        return python


@contextmanager
def _cleared_on_failure(folder: Path) -> Iterator[None]:
    """What was built half is removed: it may be large, and nobody may ask for it again."""
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _needs_conda(packages: Iterable[str]) -> bool:
    return any(conda.name_of(each) not in {"python", "pip"} for each in packages)
