"""Files of runs as a watcher brings them: whole, or growing while somebody looks."""

from __future__ import annotations

from runwatch import Run
from runwatch.schema.artifact import AppendArtifact, CreateArtifact, SealArtifact
from runwatch.schema.limit import PART_BYTES

LOG = "azureml-logs/70_driver_log.txt"


class Growing:
    """A file of a run that grows.

    Args:
        run: The run.
        path: The file's path.
    """

    def __init__(self, run: Run, path: str = LOG) -> None:
        self._artifacts = run.experiment.workspace.store.artifacts
        self._run_id, self._path, self._size = run.id, path, 0
        self._artifacts.create(CreateArtifact(run_id=run.id, path=path))

    def write(self, text: str | bytes) -> None:
        """Add to it."""
        data = text.encode() if isinstance(text, str) else text
        for at in range(0, len(data), PART_BYTES):
            part = data[at : at + PART_BYTES]
            request = AppendArtifact(run_id=self._run_id, path=self._path, offset=self._size, data=part)
            self._artifacts.append(request)
            self._size += len(part)

    def end(self) -> None:
        """Nothing will follow."""
        self._artifacts.seal(SealArtifact(run_id=self._run_id, path=self._path))


def keep(run: Run, path: str, text: str | bytes) -> None:
    """Give a run a whole file."""
    file = Growing(run, path)
    file.write(text)
    file.end()
