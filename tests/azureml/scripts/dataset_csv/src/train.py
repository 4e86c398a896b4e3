"""Reads the dataset it was given, in both ways."""

import glob
import os
import sys

from azureml.core import Run

run = Run.get_context()
frame = run.input_datasets["flowers"].to_pandas_dataframe()
run.log("rows", len(frame))
run.log("files", len(glob.glob(os.path.join(sys.argv[1], "*.csv"))))
run.log("mean", float(frame["width"].mean()))
