"""Builds the native journal writer; everything else about the package stands in pyproject.toml.

The extension is an accelerator and therefore optional: where no C compiler is found, the Python writer
beside it keeps the same promises at about ten times the cost a point.
"""

from setuptools import Extension, setup

setup(ext_modules=[Extension("runwatch.journal._native", ["src/runwatch/journal/_native.c"], optional=True)])
