"""What holds for all tests: none of them leaves a server behind because it asked for an address."""

import os

os.environ["RUNWATCH_STUDIO"] = "off"
