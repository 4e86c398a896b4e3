"""``python -m runwatch.sdk.watcher FOLDER``, or this file by its path: the watcher process of a journal folder."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    if not __package__:
        # Run by path, so that nothing in the script's folder can stand in for a module of ours. Last in the list, so
        # that a package installed beside this one cannot stand in for one of the standard library.
        sys.path.append(str(Path(__file__).absolute().parents[3]))
    from runwatch.sdk.watcher.process import main

    sys.exit(main(sys.argv[1:]))
