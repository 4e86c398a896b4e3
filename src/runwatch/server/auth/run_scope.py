"""What the token of a job reaches: its own run and the runs below it, by name, and nothing else."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import Any, Final

from runwatch.schema.error import NotFoundError, PermissionDeniedError
from runwatch.schema.operation import Permission
from runwatch.schema.run import CreateRun, GetRun, Run, UpdateRun
from runwatch.server.auth.principal import Principal
from runwatch.server.endpoint import Endpoint
from runwatch.store.protocol import Store

CREATE: Final = "runs.create"
"""The one operation beyond READ and RECORD that a job may ask for: child runs of its own."""

FREE: Final = frozenset({"info"})
"""Operations that name no run and say nothing of any."""

NAMES: Final = frozenset({"run_id", "run_ids", "parent_run_id", "root_run_id", "subjects"})
"""Fields that name runs. A request of a job must have one of them, and all it names must be within its reach."""

GRACE_S: Final = 3_600.0
"""A run that has ended may still be written to for so long: its watcher ships what a bad line held up."""

DEPTH: Final = 100
"""Runs between a run and the top of its tree; deeper trees are out of reach."""

REMEMBERED: Final = 10_000
"""Runs known to be within reach. A run never changes its parent, so that what is known stays true."""


class RunScope:
    """Checks requests of jobs against the tree of runs; safe in any thread.

    Args:
        store: Where the runs are.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._within: OrderedDict[tuple[str, str], None] = OrderedDict()

    def check(self, principal: Principal, endpoint: Endpoint, requests: Iterable[Any]) -> None:
        """Let a request of a job pass.

        Args:
            principal: The job.
            endpoint: What it calls.
            requests: Structs and dicts that may name runs: body, query parameters, parts of the path.

        Raises:
            PermissionDeniedError: It reaches for something else, or the run has been started again or is long over.
            GoneError: The run was deleted.
        """
        if endpoint.permission is Permission.PUBLIC:
            return
        own = self.own(principal)
        if endpoint.name in FREE:
            return
        given = [request for request in requests if request is not None]
        if endpoint.name == CREATE:
            self._check_child(own, given[0])
            return
        named = {run_id for request in given for run_id in _named(request)}
        if not named or not all(self._is_within(own.run_id, run_id) for run_id in named):
            raise _refusal(own.run_id)
        if any(isinstance(request, UpdateRun) and request.reopen for request in given):
            raise PermissionDeniedError("A job does not start its own run again.", hint="Who launched it may do so.")

    def own(self, principal: Principal) -> Run:
        """The run of a job's token.

        Raises:
            PermissionDeniedError: It has been started again since, or is long over.
            GoneError: It was deleted.
        """
        assert principal.run_id is not None
        own = self._store.runs.get(GetRun(run_id=principal.run_id))
        if own.attempt != principal.attempt:
            raise PermissionDeniedError(
                f"This token is for attempt {principal.attempt} of the run, which is at attempt {own.attempt}.",
                hint="The newer attempt has a token of its own.",
            )
        if own.status.is_terminal and time.time() > (own.ended_at or 0.0) + GRACE_S:
            raise PermissionDeniedError(
                "The run of this token has ended.",
                hint="Bring in what is left with 'runwatch sync' and a token of yours.",
            )
        return own

    def _check_child(self, own: Run, request: Any) -> None:
        parent = request.parent_run_id if isinstance(request, CreateRun) else None
        if parent is None or not self._is_within(own.run_id, parent):
            raise _refusal(own.run_id)
        if request.experiment != own.experiment or own.status.is_terminal:
            raise PermissionDeniedError(
                "A job makes child runs in its own experiment and while it runs.", hint="Use a token of your own."
            )

    def _is_within(self, top: str, run_id: str) -> bool:
        if run_id == top or (top, run_id) in self._within:
            return True
        above: str | None = run_id
        for _ in range(DEPTH):
            try:
                above = self._store.runs.get(GetRun(run_id=above)).parent_run_id if above is not None else None
            except NotFoundError:
                return False
            if above is None:
                return False
            if above == top:
                self._within[top, run_id] = None
                if len(self._within) > REMEMBERED:
                    self._within.popitem(last=False)
                return True
        return False


def _named(request: Any) -> Iterator[str]:
    for name in NAMES:
        value = request.get(name) if isinstance(request, dict) else getattr(request, name, None)
        if isinstance(value, str):
            yield value
        elif value is not None:
            yield from value


def _refusal(run_id: str) -> PermissionDeniedError:
    return PermissionDeniedError(
        f"This token is for the run {run_id} and its children alone.", hint="Use a token of your own for other runs."
    )
