"""Requirements of packages: their names, and the files in which they are listed for pip."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from runwatch.schema.error import UserErrorException

_NAME_END: Final = re.compile(r"[\s\[<>=!~;@(]")
_INCLUDED: Final = re.compile(r"(?:-r|--requirement)[\s=]*(.+)")
_BOUND_TO_PLACE: Final = re.compile(r"(-e|--editable|-c|--constraint)\b")


def name_of(requirement: str) -> str:
    """The name of the package in its normal form: ``scikit-learn`` of ``Scikit_Learn[all]>=1.5``.

    Args:
        requirement: In pip's or conda's spelling; a channel before ``::`` is no part of the name.
    """
    plain = requirement.strip().rpartition("::")[2]
    return re.sub(r"[-_.]+", "-", _NAME_END.split(plain, maxsplit=1)[0]).lower()


def is_option(line: str) -> bool:
    """Whether a line of a requirements file is an option, such as ``--pre``."""
    return line.startswith("-")


def read(path: Path) -> list[str]:
    """The requirements and options of a file in pip's format; files that it includes with ``-r`` are read too.

    Raises:
        UserErrorException: If it cannot be read, or has ``-e`` or ``-c``, which mean nothing elsewhere.
    """
    return list(_lines(path.expanduser().absolute(), ()))


def _lines(path: Path, above: tuple[Path, ...]) -> Iterator[str]:
    if path in above:
        raise UserErrorException(f"The requirements file {path} includes itself.", hint="Remove the -r line.")
    for line in text_of(path).replace("\\\n", " ").splitlines():
        plain = re.sub(r"(^|\s)#.*", "", line).strip()
        if plain:
            yield from expanded(plain, path, above)


def expanded(line: str, path: Path, above: tuple[Path, ...] = ()) -> Iterator[str]:
    """A line of a file; if it includes another file, the lines of that.

    Args:
        line: Without comments.
        path: The file that it stands in.
        above: The files that have included that one.
    """
    if _BOUND_TO_PLACE.match(line):
        raise UserErrorException(
            f"{path} has the line {line!r}, which means nothing where the environment is built.",
            hint="Name packages and versions; code of the project belongs into the source directory.",
        )
    included = _INCLUDED.fullmatch(line)
    if included:
        yield from _lines(path.parent / included[1].strip(), (*above, path))
    else:
        yield line


def text_of(path: Path) -> str:
    """The text of a file that the user named.

    Raises:
        UserErrorException: If it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserErrorException(
            f"The file {path} cannot be read ({error.strerror}).", hint="Check the path."
        ) from error
    except UnicodeDecodeError as error:
        raise UserErrorException(f"The file {path} is no text in UTF-8.", hint="Check the path.") from error
