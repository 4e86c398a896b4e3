"""What the path of an artifact says: its normal form, its folder, its media type. It never becomes a path of a disk."""

from __future__ import annotations

import re
from mimetypes import MimeTypes
from posixpath import splitext
from typing import Final

from runwatch.schema import limit
from runwatch.schema.error import InvalidValueError
from runwatch.schema.name import RESERVED, check_artifact_path

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_TYPES: Final = MimeTypes().types_map[True] | {
    ".ipynb": "application/x-ipynb+json",
    ".jsonl": "application/x-ndjson",
    ".log": "text/plain",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".toml": "application/toml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}
"""By suffix; the table of the standard library alone, since what the machine adds would differ between machines."""


def normal(path: str) -> str:
    """A path in its normal form, one below `RESERVED` too: who may use that, those know who ask the store.

    Raises:
        InvalidValueError: See `runwatch.schema.name.check_artifact_path`; also for text that is not Unicode.
    """
    return _unicode(check_artifact_path(path, reserved=True))


def normal_folder(folder: str) -> str:
    """A folder in its normal form, with no ``/`` at its end; ``""`` is the top.

    Raises:
        InvalidValueError: If no artifact can lie in it.
    """
    folder = folder.replace("\\", "/").rstrip("/") if folder != "/" else ""
    return normal(folder) if folder else ""


def normal_prefix(prefix: str) -> str:
    """The start of a path in its normal form; it may end within a name.

    Raises:
        InvalidValueError: If no path can start with it.
    """
    prefix = prefix.replace("\\", "/")
    folders = prefix.split("/")[:-1]
    bad = any(part in {"", ".", ".."} for part in folders) or any(ord(char) < 32 or ord(char) == 127 for char in prefix)
    if bad or len(prefix) > limit.PATH_CHARS:
        raise InvalidValueError(
            f"No artifact's path can start with {prefix[:80]!r}.",
            hint="Use the start of a relative path, e.g. outputs/.",
        )
    return _unicode(prefix)


def is_reserved(path: str) -> bool:
    """Whether a file is one of Runwatch's own, which only those see who ask for them by name."""
    return path.startswith(RESERVED)


def asks_reserved(prefix: str, folder: str | None = None) -> bool:
    """Whether a prefix, or a folder in its normal form, asks for Runwatch's own files by name."""
    return prefix.startswith(RESERVED) or (folder is not None and f"{folder}/".startswith(RESERVED))


def check_sha256(sha256: str) -> str:
    """A digest in lower case, or ``""`` for none.

    Raises:
        InvalidValueError: If it is anything else than 64 hexadecimal digits.
    """
    digest = sha256.lower()
    if digest and not _SHA256.fullmatch(digest):
        raise InvalidValueError(f"{sha256[:80]!r} is no SHA-256.", hint="Give 64 hexadecimal digits.")
    return digest


def folder_of(path: str) -> str:
    """The folder a file lies in; ``""`` is the top."""
    return path.rpartition("/")[0]


def media_type(path: str) -> str:
    """What kind of file it seems to be by its suffix."""
    return _TYPES.get(splitext(path)[1].lower(), "application/octet-stream")


def after(prefix: str) -> str | None:
    """The lowest text above all that start with a prefix, in the order of code points; None if there is none."""
    while prefix:
        last = ord(prefix[-1])
        if last < 0x10FFFF:
            return prefix[:-1] + chr(0xE000 if last == 0xD7FF else last + 1)  # surrogates are no characters
        prefix = prefix[:-1]
    return None


def _unicode(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidValueError(
            f"{text[:80]!r} is not valid Unicode.", hint="Decode file names with errors='replace'."
        ) from error
    return text
