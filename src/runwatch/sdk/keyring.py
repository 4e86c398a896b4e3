"""The keyring of the operating system, where one works: no prompt, no key in plain files."""

from __future__ import annotations

from typing import Any

USER = "keyvault"
"""The entry's user name."""


def find(service: str) -> str:
    """The text kept for a service, or an empty one."""
    keyring = _working()
    if keyring is None:
        return ""
    try:
        return keyring.get_password(service, USER) or ""
    except keyring.errors.KeyringError:
        return ""


def keep(service: str, text: str) -> bool:
    """Keep a text for a service; whether it can be read again."""
    keyring = _working()
    if keyring is None:
        return False
    try:
        keyring.set_password(service, USER, text)
        return bool(keyring.get_password(service, USER) == text)
    except keyring.errors.KeyringError:
        return False


def _working() -> Any:
    """The package, if it has a back end that keeps anything safely."""
    try:
        import keyring
        import keyring.errors
    except ImportError:
        return None
    chosen = keyring.get_keyring()
    return keyring if chosen.priority >= 1 else None
