"""Zip entries as we write them: the same bytes for the same content, whoever writes them and when."""

from __future__ import annotations

import zipfile
from typing import Final

_MOMENT: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip can tell: a time of ours would make two exports of the same runs differ."""

_UNIX: Final = 3
_PLAIN_FILE: Final = 0o100644 << 16


def entry_info(name: str, size_bytes: int, *, packed: bool = False) -> zipfile.ZipInfo:
    """What a zip says of a file.

    Args:
        name: A safe name.
        size_bytes: How large it will be, or more; from about 2 GiB on the entry takes the zip64 form.
        packed: Compress it. Archives do not: content may shrink so well that it could not be told from a bomb.
    """
    info = zipfile.ZipInfo(name, _MOMENT)
    info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    info.create_system, info.external_attr = _UNIX, _PLAIN_FILE
    info.file_size = size_bytes
    return info
