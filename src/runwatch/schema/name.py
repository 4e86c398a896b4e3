"""Checks of the names that users choose: one clear sentence each, and no name ever becomes a path of a disk."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from runwatch.schema import limit
from runwatch.schema.error import InvalidValueError
from runwatch.schema.registry import EXPERIMENTS

RESERVED: Final = ".runwatch/"
"""Files of a run below this are Runwatch's own: lists leave them out, and users cannot choose such a path."""

TIMES: Final = f"{RESERVED}times/"
"""When the lines of a log were seen: see `times_path`."""

_EXPERIMENT = re.compile(r"[a-zA-Z0-9][\w\-]{0,254}", re.ASCII)
_RUN_ID = re.compile(r"[\w\-.~:@+]{1,256}")


def check_experiment_name(name: str, *, reserved: bool = False) -> str:
    """The name, if an experiment may have it: 1 to 255 letters, digits, ``_`` and ``-``, a letter or digit first.

    Args:
        name: The name.
        reserved: It may also be one of `runwatch.schema.registry.EXPERIMENTS`, which users cannot choose.

    Raises:
        InvalidValueError: Otherwise.
    """
    if isinstance(name, str) and (_EXPERIMENT.fullmatch(name) or (reserved and name in EXPERIMENTS)):
        return name
    raise InvalidValueError(
        f"{_show(name)} cannot name an experiment.",
        hint="Use 1 to 255 letters, digits, hyphens and underscores, starting with a letter or a digit.",
    )


def check_run_id(run_id: str) -> str:
    """The id, if a run may have it: 1 to 256 letters, digits and ``-_.~:@+``.

    Raises:
        InvalidValueError: Otherwise.
    """
    if isinstance(run_id, str) and _RUN_ID.fullmatch(run_id) and run_id not in {".", ".."}:
        return run_id
    raise InvalidValueError(
        f"{_show(run_id)} cannot be a run id.", hint="Use 1 to 256 letters, digits and any of - _ . ~ : @ +"
    )


def metric_name(name: str) -> str:
    """A metric or column name as it is recorded: verbatim up to 1,024 characters, longer ones cut, with a hash.

    Never fails for a text, so that training code cannot be ended by a generated name.

    Raises:
        InvalidValueError: If it is not a text, or an empty one.
    """
    if not isinstance(name, str) or not name:
        raise InvalidValueError(f"{_show(name)} cannot name a metric.", hint="Give a text of at least one character.")
    if len(name) > limit.NAME_CHARS:
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        name = f"{name[: limit.NAME_CHARS - 17]}~{digest}"
    return name if name.isascii() else name.encode("utf-8", "replace").decode("utf-8")


def check_artifact_path(path: str, *, reserved: bool = False) -> str:
    r"""The path in its normal form (``/`` between folders, no leading ``./``).

    Args:
        path: The path.
        reserved: It may also lie below `RESERVED`, where users cannot put files.

    Raises:
        InvalidValueError: If it is empty, too long, absolute, or has an empty part, ``..`` or a control character.
    """
    if not isinstance(path, str):
        raise InvalidValueError(f"{_show(path)} cannot be the path of an artifact.", hint="Give a text.")
    normal = path.replace("\\", "/")
    while normal.startswith("./"):
        normal = normal[2:]
    parts = normal.split("/")
    if (
        not normal
        or len(normal) > limit.PATH_CHARS
        or any(part in {"", ".", ".."} for part in parts)
        or any(ord(char) < 32 or ord(char) == 127 for char in normal)
    ):
        raise InvalidValueError(
            f"{_show(path)} cannot be the path of an artifact.",
            hint="Use a relative path such as outputs/model.pkl, without '..' and empty parts.",
        )
    if not reserved and f"{normal}/".startswith(RESERVED):
        raise InvalidValueError(
            f"{_show(path)} cannot be the path of an artifact: Runwatch keeps {RESERVED} for itself.",
            hint="Use another folder, such as outputs/.",
        )
    return normal


def times_path(path: str) -> str:
    """The artifact that says when the lines of a log were seen, by the path of the log in its normal form.

    It belongs to the log: a store drops it when the log is deleted or begun anew. Format: ``docs/formats/times.md``.
    """
    return f"{TIMES}{path}"


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"
