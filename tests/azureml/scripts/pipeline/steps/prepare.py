"""Writes rows."""

import argparse
import os

parser = argparse.ArgumentParser()
parser.add_argument("--rows", type=int)
parser.add_argument("--output", type=str)
args = parser.parse_args()
os.makedirs(args.output, exist_ok=True)
with open(os.path.join(args.output, "rows.txt"), "w") as f:
    f.writelines(f"{row}\n" for row in range(args.rows))
