"""The endpoints of signing in, users, tokens and the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from runwatch.server.auth.part import audit, page, provider, run_token, session, token, user
from runwatch.server.endpoint import Part

PARTS: Final[Sequence[Part]] = (
    page.endpoints, session.endpoints, provider.endpoints, user.endpoints, token.endpoints, run_token.endpoints,
    audit.endpoints,
)  # fmt: skip
