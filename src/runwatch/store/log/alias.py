"""Other names of logs: what runs of the original call their console is read under either name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

import msgspec

from runwatch.schema.artifact import Artifact, ArtifactPart, GetArtifact, ReadArtifact
from runwatch.schema.error import NotFoundError
from runwatch.store.protocol import ArtifactShelf

CONSOLE: Final = "azureml-logs/70_driver_log.txt"
"""What a job, or its first process, prints."""

OTHER_NAMES: Final = {"user_logs/std_log.txt": CONSOLE}
"""Another name -> the name that a log has."""

Request = TypeVar("Request", GetArtifact, ReadArtifact)
Answer = TypeVar("Answer")


def get(shelf: ArtifactShelf, request: GetArtifact) -> Artifact:
    """The artifact of this very name, else the one that it is another name of; its ``path`` says which.

    Raises:
        NotFoundError: If there is neither.
    """
    return _by_either_name(shelf.get, request)


def read(shelf: ArtifactShelf, request: ReadArtifact) -> ArtifactPart:
    """A range of the artifact that `get` gives; errors likewise."""
    return _by_either_name(shelf.read, request)


def _by_either_name(ask: Callable[[Request], Answer], request: Request) -> Answer:
    try:
        return ask(request)
    except NotFoundError:
        other = OTHER_NAMES.get(request.path)
        if other is None:
            raise
        try:
            return ask(msgspec.structs.replace(request, path=other))
        except NotFoundError:  # then the name that was asked for is the one to be told about
            pass
        raise
