"""Reads what the server is told of a provider from a TOML file; the secret may stand in the environment instead."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from runwatch.schema.error import InvalidValueError
from runwatch.schema.settled import settled
from runwatch.server.auth.provider import Provider
from runwatch.server.auth.role import Role

SECRET_VARIABLE: Final = "RUNWATCH_OIDC_SECRET"  # noqa: S105 (the name of a variable)


def read_provider(path: Path, environment: Mapping[str, str] = os.environ) -> Provider:
    """The provider that a file describes; its keys are the attributes of `Provider`.

    Args:
        path: The file. If it holds the secret, nobody else may be able to read it.
        environment: Where the secret is looked for if the file has none.

    Raises:
        InvalidValueError: If it cannot be read, says something else, or shows its secret to others.
    """
    try:
        with path.open("rb") as file:
            found = tomllib.load(file)
            mode = os.fstat(file.fileno()).st_mode
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidValueError(f"{path} cannot be read as TOML: {error}.") from error
    if "client_secret" in found and os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise InvalidValueError(
            f"{path} holds a secret, and others can read it.", hint=f"Run: chmod 600 {path}, or set {SECRET_VARIABLE}."
        )
    if SECRET_VARIABLE in environment:
        found.setdefault("client_secret", environment[SECRET_VARIABLE])
    unknown = set(found) - set(Provider.__struct_fields__)
    if unknown:
        raise InvalidValueError(f"{path} says {', '.join(sorted(unknown))}, which means nothing here.")
    try:
        provider = msgspec.convert(found, settled(Provider))
    except msgspec.ValidationError as error:
        raise InvalidValueError(f"{path} does not describe a provider: {error}.") from error
    for role in (*provider.roles.values(), *([provider.everybody] if provider.everybody else [])):
        if role not in {each.value for each in Role}:
            raise InvalidValueError(f"{path} names the role {role!r}.", hint="Roles are viewer, contributor and owner.")
    return provider
