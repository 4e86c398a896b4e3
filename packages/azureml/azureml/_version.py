"""The version that scripts print: that of the original that is stood in for, and that of Runwatch."""

from runwatch import __version__

VERSION = f"1.62.0+runwatch.{__version__}"
