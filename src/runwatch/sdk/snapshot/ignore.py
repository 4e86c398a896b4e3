"""What of a folder stays out of its snapshot: the rules of ignore files, read as git reads them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from pathspec import GitIgnoreSpec

AML_IGNORE: Final = ".amlignore"
GIT_IGNORE: Final = ".gitignore"

LEFT_OUT: Final = (
    ".git",  # as large as the project itself, and the commit stands in the run's properties
    "__pycache__", "*.pyc",  # made anew by any Python
    ".ipynb_checkpoints",
    ".runwatch", ".azureml",  # say which workspace this user works with; a job is told its own
    "/outputs/", "/logs/",  # what earlier runs left here would be taken for results of the next one
)  # fmt: skip
"""Left out unless an ignore file takes them back in, e.g. by a line ``!/outputs/``."""


class Rules:
    """The rules that hold in one folder: its own ignore file first, then those of the folders above, then ours.

    The last line of the nearest file that says something about a name decides; nothing below a folder that is left out
    can be taken back in.

    Args:
        path: The folder below the source folder, ``""`` for itself.
        lines: Of its ignore file.
        above: The rules of the folder above.
    """

    def __init__(self, path: str, lines: Iterable[str], above: Rules | None = None) -> None:
        self._start = f"{path}/" if path else ""
        self._spec = _spec(lines)
        self._above = above

    def leave_out(self, path: str, *, is_folder: bool) -> bool:
        """Whether something in this folder stays out of the snapshot.

        Args:
            path: Below the source folder.
            is_folder: It is one, and no link to one.
        """
        text = path.encode("utf-8", "replace").decode()  # a name that is no Unicode: nobody can write a rule for it
        rules: Rules | None = self
        while rules is not None:
            if rules._spec is not None:
                name = text[len(rules._start) :]
                found = rules._spec.check_file(f"{name}/" if is_folder else name).include
                if found is not None:
                    return found
            rules = rules._above
        return False


class IgnoreFiles:
    """The ignore files of a source folder; an ``.amlignore`` at its top replaces every ``.gitignore``.

    Args:
        root: The folder.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._name = AML_IGNORE if os.path.lexists(root / AML_IGNORE) else GIT_IGNORE

    def rules(self, path: str, names: Sequence[str], above: Rules | None) -> Rules:
        """The rules of a folder.

        Args:
            path: The folder below the root, ``""`` for the root itself.
            names: What is in it.
            above: The rules of the folder above; None for the root.

        Raises:
            OSError: Its ignore file cannot be read.
        """
        if above is None:
            above = Rules("", LEFT_OUT)
        if self._name not in names:
            return above
        file = self._root / path / self._name
        if file.is_symlink() or not file.is_file():  # git follows no link here either
            return above
        return Rules(path, file.read_text(encoding="utf-8-sig", errors="replace").splitlines(), above)


def _spec(lines: Iterable[str]) -> GitIgnoreSpec | None:
    try:
        spec = GitIgnoreSpec.from_lines(_plain(lines))
    except ValueError:  # some line is no pattern: like git, we let it count for nothing
        spec = GitIgnoreSpec.from_lines(line for line in _plain(lines) if _is_pattern(line))
    return spec if len(spec.patterns) else None


def _plain(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        text = line.rstrip()
        # ``dir/**`` means what is in the folder and not the folder itself, which a line ``!dir/keep`` relies on
        yield f"{text}/*" if text.endswith("/**") and not text.startswith("#") else line


def _is_pattern(line: str) -> bool:
    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True
