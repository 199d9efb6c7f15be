"""The user that a job runs as, where the node itself runs as root.

A user of its own cannot read the node's keys, state and data even where no other wall stands,
cannot end the node's processes, and has a number of processes of its own to use up.
"""

import hashlib
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from federation.node.errors import NodeError
from federation.node.home import Home, NodeConfig

# Above the numbers that container programs hand out, below 2**31, which some programs need.
_FIRST, _MANY = 1_900_000_000, 1 << 24
_FEW_LEFT = 65_000  # in a container that has no such high numbers


@dataclass(frozen=True)
class JobUser:
    """Numbers of user and group; in no other group, and with no right of root's."""

    uid: int
    gid: int

    def owns(self, path: Path) -> None:
        """Make it the owner of a folder, for itself alone."""
        os.chown(path, self.uid, self.gid)
        path.chmod(0o700)

    def may_read(self, folder: Path) -> None:
        """Let it read a folder and all below, but own and change nothing."""
        for place, _, files in os.walk(folder):
            for path in (Path(place), *(Path(place) / name for name in files)):
                os.chown(path, 0, self.gid, follow_symlinks=False)
                if not path.is_symlink():
                    path.chmod(0o750 if path.is_dir() else 0o640)

    def may_pass(self, folder: Path) -> None:
        """Let it go through a folder whose contents it cannot list."""
        os.chown(folder, 0, self.gid)
        folder.chmod(0o710)

    def passes(self, folder: Path) -> bool:
        """Say whether it may go through a folder, as its mode has it."""
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def job_user(home: Home, config: NodeConfig) -> JobUser | None:
    """Say whom jobs run as; None is the node's own user.

    Raises:
        NodeError: ``job_user`` of ``node.toml`` cannot be used.
    """
    if os.geteuid() != 0:
        if config.job_user:
            raise NodeError(
                "node.toml sets job_user, but only a node that runs as root can change users. "
                "Take the line out, or start the node as root."
            )
        return None
    if not config.job_user:
        return nobodys(home.folder)
    try:
        entry = pwd.getpwnam(config.job_user)
    except KeyError:
        raise NodeError(f"This machine has no user {config.job_user!r} (job_user).") from None
    if entry.pw_uid == 0:
        raise NodeError("job_user is root. Name a user that has no rights.")
    return JobUser(entry.pw_uid, entry.pw_gid)


def nobodys(folder: Path) -> JobUser:
    """Give a number that no user of this machine has: always the same one for a folder."""
    first, many = _range(Path("/proc/self/uid_map").read_text())
    place = int.from_bytes(hashlib.sha256(bytes(folder.resolve())).digest()[:8], "big")
    for step in range(many):
        number = first + (place + step) % many
        if not _known(number):
            return JobUser(number, number)
    raise NodeError("No user number is free for jobs. Set job_user in node.toml.")


def _range(uid_map: str) -> tuple[int, int]:
    """Say from where, and out of how many, to take a number."""
    ends = [int(first) + int(many) for first, _, many in map(str.split, uid_map.splitlines())]
    if max(ends) >= _FIRST + _MANY:
        return _FIRST, _MANY
    first = min(max(ends), _FEW_LEFT) - 2000
    if first < 1000:
        raise NodeError("This container has no user numbers for jobs. Run the node not as root.")
    return first, 1000


def _known(number: int) -> bool:
    try:
        pwd.getpwuid(number)
    except KeyError:
        return False
    return True
