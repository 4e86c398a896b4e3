"""Builds what is not Python: the native halves of journal and charts, studio and widget; all else: pyproject.toml.

The extensions are accelerators and therefore optional: where no C compiler is found, their twins in Python keep the
same promises; a point costs about ten times as much then, a zoom into many long series up to twice.

Studio and widget are built where Node is, and come ready with a source distribution: installing needs no Node.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

HERE = Path(__file__).parent


def build_studio() -> None:
    """Build it unless it is there."""
    if all((HERE / "src/runwatch" / built).exists() for built in ("studio/index.html", "widget/static/widget.js")):
        return
    if shutil.which("npm") is None:
        sys.stderr.write("No Node: the package is built without the studio and the widget.\n")
        return
    for words in (["ci"], ["run", "build"]):
        subprocess.run(["npm", *words], cwd=HERE / "studio", check=True)


class BuildPy(build_py):
    """Builds the studio before its files are collected; an editable installation is built by ``make setup``."""

    def run(self) -> None:
        """Build."""
        if not self.editable_mode:
            build_studio()
        super().run()


class Sdist(sdist):
    """Puts the built studio into a source distribution."""

    def run(self) -> None:
        """Build."""
        build_studio()
        super().run()


setup(
    ext_modules=[
        Extension("runwatch.journal._native", ["src/runwatch/journal/_native.c"], optional=True),
        Extension(
            "runwatch.series._native",
            ["src/runwatch/series/_native.c", "src/runwatch/series/_grid.c"],
            depends=["src/runwatch/series/_native.h"],
            optional=True,
        ),
    ],
    cmdclass={"build_py": BuildPy, "sdist": Sdist},
)
