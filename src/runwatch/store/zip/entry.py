"""Zip entries as we write them: the same bytes for the same content, whoever writes them and when."""

from __future__ import annotations

import zipfile
from typing import Final

_MOMENT: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip can tell: a time of ours would make two exports of the same runs differ."""

_UNIX: Final = 3
_FOLDER_BIT: Final = 0x10
"""How the systems that know no modes are told of a folder."""

PLAIN: Final = 0o100644
EXECUTABLE: Final = 0o100755
LINK: Final = 0o120777
FOLDER: Final = 0o040755
"""What an entry is, as Unix says it."""


def entry_info(name: str, size_bytes: int, *, packed: bool = False, mode: int = PLAIN) -> zipfile.ZipInfo:
    """What a zip says of a file.

    Args:
        name: A safe name.
        size_bytes: How large it will be, or more; from about 2 GiB on the entry takes the zip64 form.
        packed: Compress it. Archives do not: content may shrink so well that it could not be told from a bomb.
        mode: What it is, and who may execute it.
    """
    info = zipfile.ZipInfo(name, _MOMENT)
    info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    info.create_system, info.external_attr = _UNIX, mode << 16
    info.file_size = size_bytes
    return info


def folder_info(name: str) -> zipfile.ZipInfo:
    """What a zip says of a folder."""
    info = entry_info(f"{name}/", 0, mode=FOLDER)
    info.external_attr |= _FOLDER_BIT
    return info
