"""Counts rows, and logs to the pipeline too."""

import argparse
import os

from azureml.core import Run

parser = argparse.ArgumentParser()
parser.add_argument("--input", type=str)
args = parser.parse_args()
with open(os.path.join(args.input, "rows.txt")) as f:
    rows = len(f.readlines())
run = Run.get_context()
run.log("rows", rows)
run.parent.log("rows", rows)
