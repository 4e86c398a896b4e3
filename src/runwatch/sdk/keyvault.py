"""Secrets of a workspace, encrypted in this user's configuration folder; never in the workspace and never in a log."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
from msgspec import Struct, field

from runwatch.schema.error import CorruptDataError, InvalidValueError, UserErrorException
from runwatch.schema.settled import settled
from runwatch.store.remote import credential
from runwatch.store.sql.lock import file_lock

if TYPE_CHECKING:
    from runwatch.sdk.workspace import Workspace

SERVICE: Final = "runwatch"
"""What the key is called in the keyring of the operating system."""

KEY_FILE: Final = "keyvault.key"
WAIT_S: Final = 10.0
DOING: Final = "changing secrets in"
NAME_CHARS: Final = 127

_HINT: Final = "pip install 'runwatch[keyvault]'"


class _Vault(Struct, frozen=True, kw_only=True):
    """What is in the file of a vault.

    Attributes:
        key: Where the key is: in the keyring or in `KEY_FILE`.
        secrets: By name, each encrypted.
    """

    key: Literal["keyring", "file"]
    secrets: dict[str, str] = field(default_factory=dict)


class Keyvault:
    """The secrets that this user keeps for a workspace.

    Each is encrypted (Fernet: AES-128 in CBC mode with HMAC-SHA-256). The key is in the keyring of the operating system
    where one works, else in a file that nobody else can read. Names are not encrypted.

    Args:
        workspace: The workspace.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def set_secret(self, name: str, value: str) -> None:
        """Keep a secret; one of the same name is replaced.

        Args:
            name: 1 to 127 characters.
            value: A text.

        Raises:
            InvalidValueError: If either is not accepted.
            UserErrorException: If the package that encrypts is not installed, or the key cannot be had.
        """
        self.set_secrets({name: value})

    def set_secrets(self, secrets_batch: Mapping[str, str]) -> None:
        """Keep several secrets, all of them or none; see `set_secret`."""
        for name, value in secrets_batch.items():
            if not isinstance(name, str) or not 0 < len(name) <= NAME_CHARS:
                raise InvalidValueError(f"{name!r:.80} cannot name a secret.", hint="Give a text that is not empty.")
            if not isinstance(value, str):
                raise InvalidValueError(f"The secret {name} must be a text.", hint="Use json.dumps for anything else.")
        with self._held() as path:
            vault = _read(path) or _Vault(key=_new_key())
            cipher = _cipher(vault.key)
            more = {name: cipher.encrypt(value.encode()).decode() for name, value in secrets_batch.items()}
            _write(path, msgspec.structs.replace(vault, secrets=vault.secrets | more))

    def get_secret(self, name: str) -> str | None:
        """A secret; None if there is none of this name.

        Raises:
            CorruptDataError: If it cannot be decrypted.
        """
        return self.get_secrets([name])[name]

    def get_secrets(self, secrets: Iterable[str]) -> dict[str, str | None]:
        """Several secrets by name; see `get_secret`."""
        vault = _read(self._path())
        found: dict[str, str | None] = dict.fromkeys(secrets)
        known = [name for name in found if vault is not None and name in vault.secrets]
        if vault is None or not known:
            return found
        cipher = _cipher(vault.key)
        return found | {name: _decrypted(cipher, name, vault.secrets[name]) for name in known}

    def list_secrets(self) -> list[dict[str, str]]:
        """The names of the secrets, each in a dictionary under ``name``."""
        vault = _read(self._path())
        return [{"name": name} for name in sorted(vault.secrets if vault else ())]

    def delete_secret(self, name: str) -> None:
        """Delete a secret; an absent one is no error."""
        self.delete_secrets([name])

    def delete_secrets(self, secrets: Iterable[str]) -> None:
        """Delete several secrets; absent ones are no error."""
        gone = set(secrets)
        with self._held() as path:
            if (vault := _read(path)) is not None:
                left = {name: value for name, value in vault.secrets.items() if name not in gone}
                _write(path, msgspec.structs.replace(vault, secrets=left))

    def _path(self) -> Path:
        """The file: named by the workspace's id, so that it is the same one through a server."""
        known = self._workspace.store.info().workspace_id
        return folder() / f"{hashlib.sha256(known.encode()).hexdigest()[:32]}.json"

    def _held(self) -> _Held:
        return _Held(self._path())

    def __repr__(self) -> str:
        return f"Keyvault(workspace={self._workspace.name!r})"


class _Held:
    """The file of a vault, while no other process changes it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = file_lock(path.with_suffix(".lock"), WAIT_S, DOING)

    def __enter__(self) -> Path:
        self._lock.__enter__()
        return self._path

    def __exit__(self, *error: Any) -> None:
        self._lock.__exit__(*error)


def folder() -> Path:
    """Where this user's vaults, and the key if there is no keyring, lie."""
    from platformdirs import user_config_path

    return user_config_path("runwatch", appauthor=False) / "keyvault"


def _read(path: Path) -> _Vault | None:
    data = credential.read(path)
    try:
        return msgspec.json.decode(data, type=settled(_Vault)) if data else None
    except msgspec.DecodeError as error:
        raise CorruptDataError(
            f"{path} is no key vault.", file=str(path), hint="Delete it; secrets are lost."
        ) from error


def _write(path: Path, vault: _Vault) -> None:
    credential.write(path, msgspec.json.encode(vault))


def _cipher(where: str) -> Any:
    fernet = _fernet()
    key = _keyring_key() if where == "keyring" else credential.read(folder() / KEY_FILE).decode()
    if not key:
        place = "the keyring of the operating system" if where == "keyring" else str(folder() / KEY_FILE)
        raise UserErrorException(
            f"The key of the secrets is not in {place}.", hint="Set the secrets anew, after deleting the key vault."
        )
    return fernet(key)


def _decrypted(cipher: Any, name: str, text: str) -> str:
    from cryptography.fernet import InvalidToken

    try:
        return str(cipher.decrypt(text.encode()).decode())
    except InvalidToken as error:
        raise CorruptDataError(f"The secret {name} cannot be decrypted.", hint="Set it anew.") from error


def _new_key() -> Literal["keyring", "file"]:
    """Make sure that there is a key, and say where: in the keyring if that works."""
    from runwatch.sdk import keyring

    made = _fernet().generate_key().decode()
    path = folder() / KEY_FILE
    with file_lock(path.with_suffix(".lock"), WAIT_S, DOING):  # all vaults of the user share the key
        if _keyring_key() or keyring.keep(SERVICE, made):
            return "keyring"
        if not credential.read(path):
            credential.write(path, made.encode())
    return "file"


def _keyring_key() -> str:
    from runwatch.sdk import keyring

    return keyring.find(SERVICE)


def _fernet() -> Any:
    try:
        from cryptography.fernet import Fernet
    except ImportError as error:
        raise UserErrorException("Keeping secrets needs the package cryptography.", hint=_HINT) from error
    return Fernet
