"""What only teams need is not loaded by others, and its lack is said clearly."""

from __future__ import annotations

import subprocess
import sys

import pytest

from runwatch.server.auth import password
from runwatch.server.auth.extra import ExtraMissingError


def test_a_local_server_loads_nothing_of_teams() -> None:
    code = (
        "import sys\nfrom runwatch.server.app import make_app\nimport runwatch.server.opening\n"
        "print([name for name in sys.modules if name.split('.')[0] in {'argon2', 'authlib', 'httpx', 'joserfc'}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_missing_package_is_named_with_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "argon2", None)
    with pytest.raises(ExtraMissingError, match="argon2") as caught:
        password.hash_password("whatever")
    assert caught.value.hint is not None
    assert "runwatch[team]" in caught.value.hint
