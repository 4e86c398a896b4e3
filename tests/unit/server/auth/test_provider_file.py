"""The file that tells the server of its provider: what it needs, and whom it may show its secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from runwatch.schema.error import InvalidValueError
from runwatch.server.auth.provider_file import SECRET_VARIABLE, read_provider

TEXT = """
issuer = "https://sign-in.example.org"
client_id = "runwatch"
public_url = "https://runs.example.org"
everybody = "viewer"
[roles]
admins = "owner"
"""


def put(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "provider.toml"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_the_secret_comes_from_the_file_or_the_environment(tmp_path: Path) -> None:
    found = read_provider(put(tmp_path, TEXT, 0o644), {SECRET_VARIABLE: "from outside"})
    assert (found.client_secret, found.roles, found.everybody) == ("from outside", {"admins": "owner"}, "viewer")
    found = read_provider(put(tmp_path, 'client_secret = "inside"\n' + TEXT), {SECRET_VARIABLE: "from outside"})
    assert found.client_secret == "inside"


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        ("not toml", 0o600, "TOML"),
        (TEXT, 0o600, "client_secret"),
        ('client_secret = "x"\n' + TEXT, 0o644, "chmod 600"),
        ('client_secret = "x"\ncolour = "red"\n' + TEXT, 0o600, "colour"),
        ('client_secret = "x"\n' + TEXT.replace("owner", "king"), 0o600, "king"),
        ("client_secret = 3\n" + TEXT, 0o600, "client_secret"),
    ],
)
def test_what_is_wrong_is_said_without_the_secret(tmp_path: Path, text: str, mode: int, said: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        read_provider(put(tmp_path, text, mode), {})
    assert said in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match=r"none\.toml"):
        read_provider(tmp_path / "none.toml")
