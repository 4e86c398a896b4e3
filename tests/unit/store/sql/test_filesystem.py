"""Network file systems are told from the table of mounts and refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from runwatch.schema.error import WorkspaceException
from runwatch.store.sql import filesystem
from runwatch.store.sql.filesystem import filesystem_of, is_network, refuse_network

TABLE = """\
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 27 0:40 / /home rw,relatime shared:1 master:2 - nfs4 server:/home rw
31 30 0:41 / /data/me/my\\040disk rw - xfs /dev/vdb rw
32 27 0:42 / /scratch rw - lustre mgs:/scratch rw
33 27 0:43 / /mnt rw - ext4 /dev/vdc rw
34 27 0:44 / /mnt rw - fuse.sshfs me@there: rw
broken line
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/work", "ext4"),
        ("/", "ext4"),
        ("/home/me", "nfs4"),
        ("/data/me/my disk/ws", "xfs"),
        ("/homestead", "ext4"),
        ("/scratch/a", "lustre"),
        ("/mnt/x", "fuse.sshfs"),
    ],
)
def test_the_deepest_and_latest_mount_counts(path: str, kind: str) -> None:
    assert filesystem_of(Path(path), TABLE) == kind


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "9p", "lustre", "fuse.sshfs", "fuse", "ceph"])
def test_what_several_machines_may_see_is_refused(kind: str) -> None:
    assert is_network(kind)


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "tmpfs", "overlay", "fuseblk", "fuse.fuse-overlayfs", ""])
def test_local_disks_are_not(kind: str) -> None:
    assert not is_network(kind)


def test_the_refusal_names_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(f"1 0 0:1 / {tmp_path} rw - nfs4 server:/ rw\n")
    monkeypatch.setattr(filesystem, "MOUNTS", table)
    with pytest.raises(WorkspaceException) as caught:
        refuse_network(tmp_path / "workspace")
    assert "nfs4" in caught.value.message
    assert "RUNWATCH_WORKSPACE" in (caught.value.hint or "")


def test_a_system_without_the_table_refuses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filesystem, "MOUNTS", tmp_path / "absent")
    refuse_network(tmp_path)
    assert not filesystem.MOUNTS.exists()
