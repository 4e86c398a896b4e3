"""``python -I -S <this file> FOLDER``: the runner of a job folder; it works by path, without the package installed."""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    if not __package__:
        # Last in the list, so that a package installed beside this one cannot stand in for the standard library.
        sys.path.append(os.path.abspath(__file__).rsplit(os.sep, 4)[0])
    from runwatch.compute.runner.supervisor import main

    sys.exit(main(sys.argv[1:]))
