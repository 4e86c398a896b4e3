"""Checks what is logged as an image or as a structured chart, and names the file it is kept in."""

from __future__ import annotations

import json
import re
from pathlib import PurePath
from typing import Any, Final

from runwatch.schema import limit
from runwatch.schema.error import InvalidValueError
from runwatch.schema.name import check_artifact_path

_SIGNATURES: Final = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"BM", "bmp"),
    (b"II*\x00", "tif"),
    (b"MM\x00*", "tif"),
)


def image_format(start: bytes) -> str | None:
    """The format of an image by its first bytes (1 KiB is plenty), or None if it is not one."""
    for signature, kind in _SIGNATURES:
        if start.startswith(signature):
            return kind
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "webp"
    if re.match(rb"\s*(<\?xml[^>]*\?>\s*)?(<!--.*?-->\s*)?(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]", start, re.DOTALL):
        return "svg"
    return None


def to_json(value: object, call: str) -> bytes:
    """A structured chart, given as a dictionary or as JSON, as the bytes to keep.

    Args:
        value: The original's schema: ``schema_type``, ``schema_version`` and ``data``. Arrays may be numpy's.
        call: The logging call, for the message.

    Raises:
        InvalidValueError: If it is not a JSON object.
    """
    try:
        content = json.loads(value) if isinstance(value, str | bytes) else value
        text = json.dumps(content, default=_plain)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidValueError(f"Invalid JSON was given to {call}: {error}.") from error
    if not isinstance(content, dict):
        raise InvalidValueError(
            f"Invalid JSON was given to {call}: an object is needed, not a {type(content).__name__}.",
            hint='Its form is {"schema_type": …, "schema_version": "1.0.0", "data": {…}}.',
        )
    return text.encode()


def artifact_name(text: str) -> str:
    """The text as the path of an artifact: the same, unless it could not be one."""
    try:
        return check_artifact_path(text)
    except InvalidValueError:
        pass
    parts = re.split(r"[/\\]+", "".join(char if char.isprintable() else "_" for char in text))
    return "/".join(part for part in parts if part not in {"", ".", ".."})[: limit.PATH_CHARS - 64] or "_"


def image_name(path: PurePath) -> str:
    """The artifact that an image file is kept as: the path as given, or its last part if it leads out of the folder."""
    outside = path.is_absolute() or ".." in path.parts
    return artifact_name(path.name if outside else path.as_posix())


def numbered(path: str, number: int) -> str:
    """The path with a number before its extension: ``plot.png`` becomes ``plot_2.png``."""
    pure = PurePath(path)
    return str(pure.with_name(f"{pure.stem}_{number}{pure.suffix}"))


def _plain(value: Any) -> Any:
    unpack = getattr(value, "tolist", None)
    if callable(unpack):
        return unpack()
    raise TypeError(f"a {type(value).__name__} cannot be written as JSON")
