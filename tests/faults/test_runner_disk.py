"""The runner on a full disk, and in a job folder that somebody deletes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from runwatch.journal.job_file import read_exit
from tests.faults.mount import small
from tests.unit.compute.runner.scene import await_that, exit_of, make_job, running, start

FILLS = """
import os, sys
for size in (65536, 1):
    for name in ("ballast", "../ballast"):
        with open(name, "ab", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                pass
try:
    open("more", "wb", buffering=0).write(b"x")
except OSError:
    sys.exit(5)
"""


def test_a_job_that_fills_the_disk_has_an_end(tmp_path: Path) -> None:
    with small(tmp_path / "disk", 2) as disk:
        job = make_job(disk, FILLS)
        made = start(job)
        assert made.wait(60) == 0
        assert exit_of(job).code == 5, "the disk was full, and is"
        assert os.statvfs(disk).f_bavail == 0


def test_without_the_reserve_it_waits_for_room(tmp_path: Path) -> None:
    """A control: it is the reserved space that lets the runner end at once."""
    with small(tmp_path / "disk", 2) as disk:
        script = FILLS.replace("import os, sys", "import os, sys; os.unlink('../exit.reserve')")
        job = make_job(disk, script)
        made = start(job)
        await_that(lambda: (job / "exit.reserve").exists() and (job / "exit.reserve").stat().st_size == 0, "it tries")
        assert read_exit(job) is None
        assert made.poll() is None
        (job / "work" / "ballast").unlink()
        assert made.wait(60) == 0
        assert exit_of(job).code == 5


def test_a_deleted_job_folder_is_not_made_again(tmp_path: Path) -> None:
    job = make_job(tmp_path, "import os, time; print('ready')\nwhile os.path.exists('../job.json'): time.sleep(0.01)")
    with running(job) as made:
        shutil.rmtree(job)
        assert made.wait(60) == 1
    assert not job.exists()
