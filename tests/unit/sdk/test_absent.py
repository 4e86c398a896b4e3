"""What only a cloud has says so, and what signs in asks for nothing."""

from __future__ import annotations

from typing import Any

import pytest

from runwatch.schema.error import NotSupportedError
from runwatch.sdk import absent, telemetry
from runwatch.sdk.authentication import (
    AbstractAuthentication,
    InteractiveLoginAuthentication,
    ServicePrincipalAuthentication,
)
from runwatch.sdk.workspace import Workspace

KINDS = [kind for kind in vars(absent).values() if isinstance(kind, type) and issubclass(kind, absent.Absent)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_says_what_there_is_instead(kind: Any) -> None:
    with pytest.raises(NotSupportedError) as caught:
        kind("a", b=1)
    assert caught.value.hint == kind.NEAREST
    for member in ("deploy", "create", "anything"):
        with pytest.raises(NotSupportedError):
            getattr(kind, member)
    assert isinstance(3, kind) is False
    assert not hasattr(kind, "__wrapped__")


def test_functions_say_so_too() -> None:
    with pytest.raises(NotSupportedError, match="prepared"):
        absent.prepare_compute_target(None)


def test_nobody_signs_in_and_no_password_is_kept(workspace: Workspace) -> None:
    given = ServicePrincipalAuthentication("tenant", "id", "secret words")
    assert "secret words" not in repr(vars(given)) + repr(given)
    for way in (given, InteractiveLoginAuthentication(tenant_id="t")):
        assert isinstance(way, AbstractAuthentication)
        with pytest.raises(NotSupportedError, match="RUNWATCH_TOKEN"):
            way.get_authentication_header()
    assert Workspace("s", "r", "w", auth=given).name == "w"


def test_nothing_is_sent_home() -> None:
    telemetry.set_diagnostics_collection(send_diagnostics=True)
    with telemetry.diagnostic_log("a.log"):
        pass
