"""Arguments of a script or command as the texts its process is given."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from runwatch.schema.error import RunConfigurationException


def texts(given: object, what: str = "arguments") -> list[str]:
    """One text for each argument.

    Args:
        given: A list or tuple of texts, numbers, paths and the like; None means none.
        what: What they are, for the error.

    Raises:
        RunConfigurationException: It is no list, or one of them is none that a text can stand for.
    """
    if given is None:
        return []
    if not isinstance(given, list | tuple):
        raise RunConfigurationException(
            f"{what} cannot be a {given.__class__.__name__}.", hint="Give a list, e.g. ['--lr', 0.1]."
        )
    return [_text(each, f"{what}[{index}]") for index, each in enumerate(given)]


def _text(value: object, what: str) -> str:
    if isinstance(value, str | os.PathLike):
        text = os.fspath(value)
        return text if isinstance(text, str) else os.fsdecode(text)
    if isinstance(value, Mapping | bytes) or (isinstance(value, Iterable) and getattr(value, "shape", None) != ()):
        raise RunConfigurationException(
            f"{what} is a {type(value).__name__}, and an argument is one text.",
            hint="Give its parts as arguments of their own, or as one text, e.g. json.dumps(…).",
        )
    if type(value).__str__ is object.__str__ and type(value).__repr__ is object.__repr__:
        raise RunConfigurationException(
            f"{what} is a {type(value).__name__}, which no text stands for.", hint="Give a text, a number or a path."
        )
    return str(value)
