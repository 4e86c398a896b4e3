"""Secrets: kept encrypted outside of the workspace, per workspace and user, and never where anybody looks."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backend
import keyring.errors
import pytest

from runwatch import Experiment, Keyvault, Run, Workspace
from runwatch.exceptions import CorruptDataError, InvalidValueError, UserErrorException
from runwatch.sdk import home, keyvault
from runwatch.store.memory.store import MemoryStore

SECRET = "s3cret-of-a-test"


class Ring(keyring.backend.KeyringBackend):
    """A keyring that keeps texts in memory."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.known: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.known.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.known[service, username] = password


class Locked(Ring):
    """One that nobody unlocks."""

    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked("locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise keyring.errors.KeyringLocked("locked")


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    made = Ring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: made)
    monkeypatch.setattr(keyring, "get_password", made.get_password)
    monkeypatch.setattr(keyring, "set_password", made.set_password)
    return made


@pytest.fixture
def no_ring(monkeypatch: pytest.MonkeyPatch) -> None:
    from keyring.backends import fail

    monkeypatch.setattr(keyring, "get_keyring", fail.Keyring)


@pytest.fixture
def vault(workspace: Workspace, clean_place: Path, monkeypatch: pytest.MonkeyPatch) -> Keyvault:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(clean_place / "config"))
    return workspace.get_default_keyvault()


def kept(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


@pytest.mark.usefixtures("no_ring")
def test_secrets_come_back_and_stand_nowhere_in_clear(vault: Keyvault, clean_place: Path, run: Run) -> None:
    vault.set_secret("db", SECRET)
    vault.set_secrets({"a": "1", "b": "ü"})
    assert vault.get_secret("db") == run.get_secret("db") == SECRET
    assert vault.get_secrets(["a", "b", "absent"]) == {"a": "1", "b": "ü", "absent": None}
    assert run.get_secrets(["a"]) == {"a": "1"}
    assert vault.list_secrets() == [{"name": "a"}, {"name": "b"}, {"name": "db"}]
    files = list(kept(clean_place))
    assert files
    assert all(SECRET.encode() not in path.read_bytes() for path in files)
    assert SECRET not in repr(vault)
    vault.delete_secret("db")
    vault.delete_secrets(["a", "absent"])
    assert vault.list_secrets() == [{"name": "b"}]
    assert vault.get_secret("db") is None


@pytest.mark.usefixtures("no_ring")
def test_files_are_of_the_user_alone(vault: Keyvault) -> None:
    vault.set_secret("db", SECRET)
    files = {path.name: path for path in keyvault.folder().iterdir() if path.suffix in {".json", ".key"}}
    assert len(files) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in files.values()} == {0o600}
    assert stat.S_IMODE(keyvault.folder().stat().st_mode) == 0o700


def test_the_key_is_in_the_keyring_where_one_works(vault: Keyvault, ring: Ring) -> None:
    vault.set_secret("db", SECRET)
    assert not (keyvault.folder() / keyvault.KEY_FILE).exists()
    assert vault.get_secret("db") == SECRET
    assert all(SECRET not in text for text in ring.known.values())
    ring.known.clear()
    with pytest.raises(UserErrorException, match="keyring"):
        vault.get_secret("db")


def test_a_locked_keyring_is_none(vault: Keyvault, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = Locked()
    monkeypatch.setattr(keyring, "get_keyring", lambda: locked)
    monkeypatch.setattr(keyring, "get_password", locked.get_password)
    monkeypatch.setattr(keyring, "set_password", locked.set_password)
    vault.set_secret("db", SECRET)
    assert vault.get_secret("db") == SECRET
    assert (keyvault.folder() / keyvault.KEY_FILE).exists()


@pytest.mark.usefixtures("no_ring")
def test_each_workspace_has_its_own(vault: Keyvault, clean_place: Path) -> None:
    vault.set_secret("db", SECRET)
    place = str(clean_place / "other")
    home.lend(place, MemoryStore())
    other = Workspace.open(place).get_default_keyvault()
    assert other.get_secret("db") is None
    other.set_secret("db", "another")
    assert vault.get_secret("db") == SECRET


@pytest.mark.usefixtures("no_ring")
def test_what_is_damaged_says_so(vault: Keyvault) -> None:
    vault.set_secret("db", SECRET)
    (file,) = keyvault.folder().glob("*.json")
    text = file.read_text()
    file.write_text(text.replace("gAAAA", "gAAAB"))
    with pytest.raises(CorruptDataError, match="db"):
        vault.get_secret("db")
    file.write_text("{")
    with pytest.raises(CorruptDataError):
        vault.list_secrets()
    file.write_text(text)
    (keyvault.folder() / keyvault.KEY_FILE).unlink()
    with pytest.raises(UserErrorException, match="key"):
        vault.get_secret("db")


@pytest.mark.usefixtures("no_ring")
@pytest.mark.parametrize("wrong", [{"": "x"}, {"n" * 128: "x"}, {"n": 1}, {"good": "1", "bad": None}])
def test_wrong_names_and_values_are_refused(vault: Keyvault, wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidValueError):
        vault.set_secrets(wrong)
    assert vault.list_secrets() == []


@pytest.mark.usefixtures("no_ring")
def test_no_run_knows_anything_of_it(vault: Keyvault, experiment: Experiment) -> None:
    run = experiment.start_logging(outputs=None)
    vault.set_secret("db", SECRET)
    run.complete()
    assert SECRET not in str(run.get_details_with_logs())
