"""``python -m runwatch.compute.agent``: the agent of a workspace on this machine."""

from __future__ import annotations

import sys

from runwatch.compute.agent.process import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
