"""A conda environment of this machine, as a list of its packages."""

from __future__ import annotations

import shutil
import subprocess
from typing import Final

from runwatch.schema.error import UserErrorException
from runwatch.sdk.environment.dependency import CondaDependencies

ANSWER_S: Final = 120.0


def export(name: str) -> CondaDependencies:
    """Ask conda what is in an environment.

    Args:
        name: The environment's name.

    Raises:
        UserErrorException: If there is no conda, or no environment of this name.
    """
    import yaml

    program = shutil.which("conda")
    if program is None:
        raise UserErrorException(
            "There is no conda on the PATH.",
            hint="Set environment.python.interpreter_path to the environment's folder, and user_managed_dependencies.",
        )
    try:
        done = subprocess.run(
            [program, "env", "export", "--no-builds", f"--name={name}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=ANSWER_S,
            check=True,
        )
        return CondaDependencies(_underlying_structure=yaml.safe_load(done.stdout))
    except subprocess.CalledProcessError as error:
        words = error.stderr.strip() or f"conda ended with code {error.returncode}"
        raise UserErrorException(
            f"conda does not export the environment {name}: {words}", hint="See `conda env list`."
        ) from error
    except (OSError, subprocess.TimeoutExpired, yaml.YAMLError) as error:
        raise UserErrorException(f"conda does not answer ({error}).", hint="Try `conda env list`.") from error
