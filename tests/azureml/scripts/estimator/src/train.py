"""Counts what it is given."""

import sys

from azureml.core import Run

Run.get_context().log("arguments", len(sys.argv) - 1)
