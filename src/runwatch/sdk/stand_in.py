"""Does the watcher's work in the training process itself, where no watcher can be started."""

from __future__ import annotations

from pathlib import Path

from runwatch.journal.manifest import read_manifest
from runwatch.sdk import home, problem, spool
from runwatch.sdk.watcher import launch


class StandIn:
    """Ships when it is rung and when it is waited for, both of which happen only while somebody waits anyway.

    Args:
        folder: The journal folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folders = [folder]

    @property
    def is_ours(self) -> bool:
        """It holds nothing that a forked child could not use."""
        return True

    def ring(self) -> None:
        """Ship all folders now; what fails stays in the journal."""
        self._folders = [folder for folder in self._folders if not launch.finished(folder)]
        for folder in self._folders:
            _ship(folder)

    def watch(self, folder: Path) -> bool:
        """Take one more folder."""
        self._folders.append(folder)
        return True

    def wait(self, timeout_s: float, folder: Path | None = None) -> bool:
        """Ship what is there; there is nothing to wait for."""
        self.ring()
        return True


def _ship(folder: Path) -> None:
    # Loaded here, since hardly anybody needs it: the machinery of the watcher process.
    from runwatch.sdk.watcher.sync import ship_folder
    from runwatch.sdk.watcher.upload import put_handed

    manifest = read_manifest(folder)
    store = home.store(manifest.workspace)
    ship_folder(folder, store)
    with problem.kept_away(manifest.run_id, "A file"):
        for _ in put_handed(store, manifest.run_id, folder / spool.FOLDER, problem.say):
            pass
