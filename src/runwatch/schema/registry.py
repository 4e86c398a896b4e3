"""What is registered in a workspace: each version is a run that is never executed, in an experiment reserved for it."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from runwatch.schema.error import InvalidValueError


class Kind(StrEnum):
    """What can be registered."""

    MODEL = "model"
    DATASET = "dataset"
    ENVIRONMENT = "environment"
    DATASTORE = "datastore"

    @property
    def experiment(self) -> str:
        """The experiment in which its versions lie; no user's experiment can have such a name."""
        return f".{self.value}s"

    @property
    def type(self) -> str:
        """The type of the runs that are its versions."""
        return f"runwatch.{self.value}"


EXPERIMENTS: Final = {kind.experiment: kind for kind in Kind}
"""The reserved experiments: what lists runs and experiments leaves them out unless it is asked for them."""

TYPES: Final = {kind.type: kind for kind in Kind}

NAME: Final = "runwatch.name"
VERSION: Final = "runwatch.version"
SOURCE_RUN: Final = "runwatch.source_run"
"""Properties of a version: what it is called, its number, and the run that it was registered from, if any."""

NAME_CHARS: Final = 200
"""So long a name may be: kind and version stand beside it in the id of the run."""

_NAME = re.compile(r"[a-zA-Z0-9][\w\-. ]*", re.ASCII)


def check_name(kind: Kind, name: str) -> str:
    """The name, if something can be registered under it.

    Raises:
        InvalidValueError: It is empty, too long, or has other characters than letters, digits, ``-``, ``_``, ``.`` and
            spaces, a letter or a digit first.
    """
    if isinstance(name, str) and len(name) <= NAME_CHARS and _NAME.fullmatch(name) and not name.endswith(" "):
        return name
    raise InvalidValueError(
        f"{name!r:.80} cannot name a {kind}.",
        hint=f"Use 1 to {NAME_CHARS} letters, digits, hyphens, dots, underscores and spaces, a letter or digit first.",
    )


def record_id(kind: Kind, name: str, version: int) -> str:
    """The id of the run that is a version: two that ask for the same version ask for the same id, and one is refused.

    Args:
        kind: What is registered.
        name: A checked name; a space in it becomes ``+``, which no name has.
        version: From 1.
    """
    return f"{kind}:{name.replace(' ', '+')}:{version}"
