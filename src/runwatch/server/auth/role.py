"""Roles of users, and what each may do."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from runwatch.schema.operation import Permission


class Role(StrEnum):
    """What a user is in a workspace; each may do all that the one before may."""

    VIEWER = "viewer"  # look at everything
    CONTRIBUTOR = "contributor"  # record, launch and change runs
    OWNER = "owner"  # targets, users, tokens of others, the audit log

    @property
    def permissions(self) -> frozenset[Permission]:
        """What it may do."""
        return _PERMISSIONS[self]

    def at_most(self, other: Role) -> Role:
        """The lesser of the two."""
        return min(self, other, key=_ORDER.index)


_ORDER: Final = [Role.VIEWER, Role.CONTRIBUTOR, Role.OWNER]
_VIEWER: Final = frozenset({Permission.PUBLIC, Permission.READ})
_CONTRIBUTOR: Final = _VIEWER | {Permission.RECORD, Permission.WRITE}
_PERMISSIONS: Final = {
    Role.VIEWER: _VIEWER,
    Role.CONTRIBUTOR: _CONTRIBUTOR,
    Role.OWNER: _CONTRIBUTOR | {Permission.MANAGE, Permission.ADMIN},
}

RUN_PERMISSIONS: Final = frozenset({Permission.PUBLIC, Permission.READ, Permission.RECORD})
"""Of a run's token; `runwatch.server.auth.run_scope` says on which runs."""
