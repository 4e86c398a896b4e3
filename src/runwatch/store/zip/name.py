"""Names of files that are harmless on every system, made from paths that may be anything."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from typing import Final

PART_BYTES: Final = 150
"""One folder or file name: file systems take 255 bytes, and encrypted ones some hundred less."""

PATH_BYTES: Final = 600
"""A whole name: below what systems take as a path, with room for the folder it is unpacked into."""

_STEERING: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_FORBIDDEN: Final = frozenset('<>:"|?*\\/')
_DEVICE: Final = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(?:\..*)?", re.I | re.S)
_SUFFIX_CHARS: Final = 20


def safe_path(path: str) -> str:
    """A relative path that resembles this one and means the same file on every system, wherever it is unpacked.

    No part is empty, ``.``, ``..``, a drive, a stream or a device; none ends with a dot or a space; nothing steers a
    terminal. Leading dots stay, since ``.gitignore`` is a name like any other.
    """
    parts = [_safe_part(part) for part in path.replace("\\", "/").split("/") if part not in {"", "."}]
    found = "/".join(parts) or "_"
    return found if len(found.encode()) <= PATH_BYTES else _shortened(parts[-1], path)


def is_safe_path(name: str) -> bool:
    """Whether a name is one that an export gives: each part safe, the whole little longer than `safe_path` makes it."""
    return len(name.encode("utf-8", "replace")) <= 2 * PATH_BYTES and all(
        part not in {"", "."} and _safe_part(part) == part for part in name.split("/")
    )


def folded(name: str) -> str:
    """What two names have in common that some file system takes for one: neither letter case nor Unicode form count."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKD", name).casefold())


class SafeNames:
    """Gives each path a safe name that no other one has, on systems that do not tell letter case apart either."""

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()
        self._tries: Counter[str] = Counter()

    def give(self, path: str) -> str:
        """A name for the next file: of equal or colliding ones, later ones lie in a folder ``_2``, ``_3`` and so on."""
        wanted = safe_path(path)
        name, key = wanted, folded(wanted)
        while not self._is_free(folded(name)):
            self._tries[key] += 1
            name = f"_{self._tries[key] + 1}/{wanted}"
        self._take(folded(name))
        return name

    def _is_free(self, key: str) -> bool:
        return key not in self._files and key not in self._folders and self._files.isdisjoint(_parents(key))

    def _take(self, key: str) -> None:
        self._files.add(key)
        self._folders.update(_parents(key))


def _parents(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def _safe_part(part: str) -> str:
    text = unicodedata.normalize("NFC", part)
    text = "".join("_" if char in _FORBIDDEN or unicodedata.category(char) in _STEERING else char for char in text)
    if text.endswith((".", " ")):
        text = f"{text[:-1]}_"
    if _DEVICE.fullmatch(text) or not text or text[0].isspace():
        text = f"_{text}"
    return text if len(text.encode()) <= PART_BYTES else _shortened(text, part)


def _shortened(name: str, whole: str) -> str:
    """The name cut, with a hash of what it stood for, and its suffix, which says what a file is."""
    stem, dot, suffix = name.rpartition(".")
    if not stem or len(suffix.encode()) > _SUFFIX_CHARS:
        stem, dot, suffix = name, "", ""
    digest = hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    room = PART_BYTES - len(f"~{digest}{dot}{suffix}".encode())
    return f"{stem.encode()[:room].decode('utf-8', 'ignore')}~{digest}{dot}{suffix}"
