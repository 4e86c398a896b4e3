"""One run in the watcher's care: shipped while it lives, finished when it has ended, as soon as the store allows."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from runwatch.journal.manifest import Manifest, read_manifest
from runwatch.schema.error import CorruptDataError, FencedError, GoneError, StoreUnavailableError
from runwatch.schema.run import UpdateRun
from runwatch.sdk.watcher import backlog
from runwatch.sdk.watcher.claim import Claim
from runwatch.sdk.watcher.closing import close_run, is_made_here, settle
from runwatch.sdk.watcher.ending import Ending, judge
from runwatch.sdk.watcher.follow import Follower
from runwatch.sdk.watcher.job import announce, judge_job
from runwatch.sdk.watcher.life import Life
from runwatch.sdk.watcher.notice import Notices
from runwatch.sdk.watcher.recorder import SystemRecorder
from runwatch.sdk.watcher.retry import Backoff
from runwatch.sdk.watcher.shipping import Shipped, Shipper
from runwatch.sdk.watcher.upload import put_handed
from runwatch.sdk.watcher.witness import Witness
from runwatch.store.protocol import Store

LOG = logging.getLogger(__name__)

BUSY_S: Final = 0.25
"""Between two rounds while records come: twice the rate that is promised."""

IDLE_S: Final = 0.45
"""Between two rounds while none come."""

DYING_S: Final = 0.02
"""Between two rounds while the exit status of an ended process, or the last words of its children, are on the way."""

SYNC_S: Final = 1.0
"""A power cut loses at most this much of the journal (the durability rule)."""

CONTACT_S: Final = 10.0
"""How often the store learns that somebody looks after the run."""

FOLLOW_BYTES: Final = 8 << 20
"""Bytes of logs in one round, after the metrics, so that a flood of text delays no point."""

SLICE_S: Final = 0.2
"""Time for uploads in one round, after metrics and logs."""

PROBE_S: Final = 1.0
"""While the store cannot be reached, a ring of the doorbell may ask it again at most so often."""


FORSAKEN_ATTEMPTS: Final = 10
"""A run whose journal was deleted is given up after so many failures: there is nothing left to save."""


class Ward:
    """One run in the watcher's care.

    Attributes:
        folder: The journal folder.
        done: Nothing is left to do: finished, parked, or taken over by another.
        fate: Why, once done.
        error: The last failure, None after a success.

    Args:
        claim: The right to ship the folder; released when done.
        open_store: Opens the store of a workspace, or gives the one that is open.
        follow: Follows the process that a manifest names; the same one for all runs of a process.
    """

    def __init__(self, claim: Claim, open_store: Callable[[str], Store], follow: Callable[[Manifest], Life]) -> None:
        self.folder = claim.folder
        self.done = False
        self.fate = ""
        self.error: Exception | None = None
        self.records = 0
        self.notices = Notices()
        self.manifest = read_manifest(claim.folder)
        self._claim = claim
        self._open_store = open_store
        self._follow = follow
        self._witness = Witness(self.manifest, follow(self.manifest))
        self._backoff = Backoff()
        self._care: _Care | None = None
        self._closing: Iterator[None] | None = None
        self._end: dict[str, Any] | None = None
        self._leave: dict[str, Any] | None = None
        self._fail: dict[str, Any] | None = None
        self._probed_at = 0.0

    def step(self, *, rung: bool = False) -> float:
        """One round, without an exception whatever happens; the answer is how long the next may wait, in s."""
        wait_s = self._backoff.wait_s()
        if wait_s > 0 and not (rung and time.monotonic() - self._probed_at >= PROBE_S):
            return wait_s
        self._probed_at = time.monotonic()
        try:
            wait_s = self._round()
        except Exception as error:  # whatever it is, the journal is on disk and the next attempt comes
            return self._failed(error)
        self.error = None
        self._backoff.succeed()
        return wait_s

    def finish_if_over(self, *, leaving: bool = False) -> bool:
        """Ship all there is now, and if the run is over finish it, without trying again; whether it was over.

        Args:
            leaving: The training process is about to end and has said so in its journal: that is over enough.

        Raises:
            RunwatchError: What the store answered. The folder stays for the next attempt.
        """
        self.ship()
        while self._witness.ended() and not self._is_over():
            time.sleep(DYING_S)
            self.ship()
        if not (self._is_over() or (leaving and self._leave is not None)):
            return False
        for _ in self._close():
            pass
        return True

    def ship(self) -> None:
        """Ship all there is without ending the run; raises what the store answers."""
        while self._ship().more:
            pass
        self._tell()

    def leave(self) -> None:
        """Give the folder back, for another watcher to go on with."""
        if self._care is not None:
            self._care.system.close()
        self._claim.release()

    @property
    def process_ended(self) -> bool:
        """Whether the training process has ended."""
        return self._witness.ended()

    def watched_descriptor(self) -> int | None:
        """What becomes readable when the training process ends; None if it has ended, or cannot be waited for."""
        return None if self._witness.ended() else self._witness.life.descriptor

    def _round(self) -> float:
        if self._closing is None:
            shipped = self._ship()
            care = self._begin()
            if not care.is_announced:
                care.is_announced = announce(care.store, self.manifest)
            if shipped.more:
                return 0.0
            if not self._is_over():
                has_more = self._look_after()
                if self._witness.ended():
                    return DYING_S
                return 0.0 if has_more else BUSY_S if shipped.records else IDLE_S
            if self.manifest.was_left:
                self._conclude("left before it began; what comes next begins it anew")
                return 0.0
            self._closing = self._close()
        if _advance(self._closing):
            return 0.0
        self._conclude("finished")
        return 0.0

    def _ship(self) -> Shipped:
        shipped = self._begin().shipper.ship()
        self._take(shipped)
        return shipped

    def _begin(self) -> _Care:
        if self._care is None:
            self._care = _Care(self, self._open_store, self._claim.epoch)
        return self._care

    def _take(self, shipped: Shipped) -> None:
        self.records += shipped.records
        if shipped.records:
            self._witness.heard()
        for sentence in shipped.notices:
            self.notices(sentence)
        for event in shipped.events:
            if event.kind == "end" and self._end is None:
                self._end = event.data
            elif event.kind == "exit" and (self._leave is None or not self._leave.get("exception")):
                self._leave = event.data
            elif event.kind == "fail" and self._fail is None:
                self._fail = event.data

    def _is_over(self) -> bool:
        if self._end is not None:
            return True
        if not self._witness.ended():
            return False
        return not self._passed_on() and self._witness.is_settled(self.folder)

    def _passed_on(self) -> bool:
        """Whether another process has taken the run over, as a new attempt of it does."""
        manifest = read_manifest(self.folder)
        if (manifest.pid, manifest.process_started) == (self.manifest.pid, self.manifest.process_started):
            return False
        self.manifest = manifest
        self._witness = Witness(manifest, self._follow(manifest))
        self._leave = None
        if self._care is not None:
            self._care.system.close()
            self._care = None
        return True

    def _look_after(self) -> bool:
        """Everything but metrics, in the order of its weight; whether there is more to carry right now."""
        care, now = self._begin(), time.monotonic()
        if not self.folder.is_dir():
            self.notices("The journal folder was deleted while the run went on; some of what follows may be lost.")
        if self.manifest.main and not self._witness.ended():
            care.system.step()
        if now >= care.sync_at:
            care.sync_at = now + SYNC_S
            self._sync(care)
        flooded = care.follower.step(FOLLOW_BYTES) >= FOLLOW_BYTES // 2
        if care.handed is None and any((self.folder / "upload").glob("*.json")):
            care.handed = put_handed(care.store, self.manifest.run_id, self.folder / "upload", self.notices)
        if care.handed is not None and not _advance(care.handed):
            care.handed = None
        if now >= care.contact_at:
            care.contact_at = now + CONTACT_S
            self._tell()
            care.store.runs.update(UpdateRun(run_id=self.manifest.run_id, contact=True))
        return flooded or care.handed is not None

    def _sync(self, care: _Care) -> None:
        try:
            care.shipper.reader.sync()
        except (CorruptDataError, OSError) as error:
            self.notices(f"Durability degraded: {error}")

    def _tell(self) -> None:
        self.notices.flush(self._begin().store, self.manifest.run_id)

    def _close(self) -> Iterator[None]:
        care = self._begin()
        care.system.close()
        return close_run(
            care.shipper, care.follower, self.notices,
            take=self._take, judge=self._judge, final=self._witness.ended(),
        )  # fmt: skip

    def _judge(self) -> Ending | None:
        if self._end is None and not is_made_here(self._begin().store, self.manifest):
            return None
        death = self._witness.death(self.folder)
        if self.manifest.job is not None:
            return judge_job(self.manifest, self._fail, self._leave, death)
        return judge(self._end, self._leave, death)

    def _failed(self, error: Exception) -> float:
        self._closing = None  # a generator that raised is spent; the next attempt begins anew
        if self._care is not None:
            self._care.handed = None
        self.error = error
        if isinstance(error, FencedError):
            self._conclude("another watcher has taken over")
            return 0.0
        if isinstance(error, GoneError):
            backlog.park(self.folder, f"The run was deleted from the workspace: {error.message}")
            self._conclude("parked: the run was deleted")
            return 0.0
        if not self.folder.is_dir():
            return self._forsaken()
        failures = self._backoff.failures
        asked = error.detail.get("retry_after_s", 0.0) if isinstance(error, StoreUnavailableError) else 0.0
        wait_s = self._backoff.fail(at_least_s=float(asked))
        if (
            failures & (failures + 1) == 0
        ):  # the 1st, 2nd, 4th, 8th … in a row: a store that is down for days fills no disk
            expected = isinstance(error, StoreUnavailableError)
            LOG.warning(
                "%s: %s; again in %.1f s", self.folder.name, error, wait_s, exc_info=None if expected else error
            )
        return wait_s

    def _forsaken(self) -> float:
        """The journal was deleted under us: tell the reader of the run, and at least how its process ended."""
        if not (self._witness.ended() and self._witness.is_settled(self.folder)):
            return IDLE_S
        try:
            if self._care is not None:
                self._tell()
                if (ending := self._judge()) is not None:
                    settle(self._care.store, self.manifest.run_id, ending)
        except Exception as error:
            if self._backoff.failures < FORSAKEN_ATTEMPTS:
                return self._backoff.fail()
            LOG.warning("%s was deleted, and its run could not be told: %s", self.folder, error)
        self._conclude("the journal folder was deleted")
        return 0.0

    def _conclude(self, fate: str) -> None:
        LOG.info("%s: %s", self.folder.name, fate)
        self.done, self.fate = True, fate
        self.leave()


class _Care:
    """What is open for one run once its store is."""

    def __init__(self, ward: Ward, open_store: Callable[[str], Store], epoch: int) -> None:
        manifest = ward.manifest
        self.store = open_store(manifest.workspace)
        self.shipper = Shipper(ward.folder, self.store, epoch=epoch)
        logs = Path(manifest.logs) if manifest.logs else None
        self.follower = Follower(self.store, manifest.run_id, manifest.follow, logs, ward.notices)
        self.system = SystemRecorder(ward.folder, manifest.run_id, manifest.pid)
        self.handed: Iterator[None] | None = None
        self.is_announced = manifest.job is None
        self.sync_at = 0.0
        self.contact_at = 0.0


def _advance(work: Iterator[None]) -> bool:
    """Work for a slice of time; whether there is more to do."""
    until = time.monotonic() + SLICE_S
    return any(time.monotonic() >= until for _ in work)
