"""Namespaces: a network, processes and mounts that only one job sees.

Root may make them; another user may where the kernel lets users have namespaces of their own.
"""

import ctypes
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from federation.node.walls.job_user import JobUser

_LIBC = ctypes.CDLL(None, use_errno=True)

_NEW_MOUNTS, _NEW_IPC, _NEW_USER = 0x00020000, 0x08000000, 0x10000000
_NEW_PROCESSES, _NEW_NETWORK = 0x20000000, 0x40000000
_ALL = _NEW_NETWORK | _NEW_PROCESSES | _NEW_IPC | _NEW_MOUNTS

# From linux/mount.h.
_READ_ONLY, _NO_SUID, _NO_DEVICES, _NO_EXECUTE = 1, 2, 4, 8
_REMOUNT, _BIND, _WITH_ALL_BELOW, _PRIVATE = 32, 4096, 16384, 1 << 18

SCRATCH_MB, SCRATCH_FILES = 256, 4096
"""What a job may have in its private folder, all files together."""


@dataclass(frozen=True)
class Spaces:
    """What a process has of its own.

    Attributes:
        users: numbers of users, too, so that its processes are counted apart.
        warden: pidfd of the process that made them; -1 before it is known.
    """

    network: bool = False
    processes: bool = False
    disk: bool = False
    users: bool = False
    warden: int = -1


def part(scratch: Path, user: JobUser | None) -> Spaces:
    """Move into spaces of one's own, as many as can be had.

    Args:
        scratch: the job's private folder. Where mounts can be had it becomes memory with an
            end, so that no file in it, deleted or not, can fill the node's disk.
        user: who will own that memory; None is this process's own user.
    """
    root, uid, gid = os.geteuid() == 0, os.geteuid(), os.getegid()
    if root:
        had = _each() if _LIBC.unshare(_ALL) else _ALL
        numbered = True
    else:
        had = 0 if _LIBC.unshare(_NEW_USER | _ALL) else _ALL
        numbered = bool(had) and _keep_numbers(uid, gid)
    owner = user or JobUser(uid, gid)
    disk = numbered and bool(had & _NEW_MOUNTS) and _private_mounts() and _scratch(scratch, owner)
    return Spaces(
        network=bool(had & _NEW_NETWORK),
        processes=bool(had & _NEW_PROCESSES),
        disk=disk,
        users=bool(had) and not root,
    )


def _each() -> int:
    """Take the spaces one by one, where a container allows some of them only."""
    kinds = (_NEW_NETWORK, _NEW_PROCESSES, _NEW_IPC, _NEW_MOUNTS)
    return sum(kind for kind in kinds if _LIBC.unshare(kind) == 0)


def _keep_numbers(uid: int, gid: int) -> bool:
    """Be the same user and group inside; without that no file can be made there."""
    try:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    except OSError:
        return False
    return True


def _private_mounts() -> bool:
    return _mount("none", "/", "", _PRIVATE | _WITH_ALL_BELOW)


def _scratch(folder: Path, owner: JobUser) -> bool:
    options = f"size={SCRATCH_MB}m,nr_inodes={SCRATCH_FILES},mode=0700"
    options += f",uid={owner.uid},gid={owner.gid}"
    flags = _NO_SUID | _NO_DEVICES | _NO_EXECUTE
    return _mount("kinhold-job", str(folder), "tmpfs", flags, options)


def _mount(what: str, where: str, kind: str, flags: int, options: str = "") -> bool:
    words = (os.fsencode(word) for word in (what, where, kind))
    return bool(_LIBC.mount(*words, ctypes.c_ulong(flags), os.fsencode(options)) == 0)


def open_way(folders: Sequence[Path], user: JobUser) -> None:
    """Give a user a way to folders that lie below one it may not go through.

    As with Python below ``/root``. In mounts of this process's own the closed folder becomes
    an empty one in which nothing but these folders stands. Where that cannot be done, all
    stays as it is; whether the user reaches them is asked afterwards.
    """
    closed: dict[Path, list[Path]] = {}
    for folder in sorted({p for f in folders for p in (f.absolute(), f.resolve()) if p.exists()}):
        for above in reversed(folder.parents):
            if not user.passes(above):
                closed.setdefault(above, []).append(folder)
                break
    if not closed or _LIBC.unshare(_NEW_MOUNTS) or not _private_mounts():
        return
    for above, below in closed.items():
        _leave_only(above, below)


def _leave_only(above: Path, below: list[Path]) -> None:
    held = {folder: os.open(folder, os.O_PATH | os.O_CLOEXEC) for folder in below}
    kinds = {folder: folder.is_dir() for folder in below}
    flags = _NO_SUID | _NO_DEVICES
    if not _mount("kinhold-way", str(above), "tmpfs", flags, "size=1m,mode=0755"):
        return
    before = os.umask(0o022)
    for folder, descriptor in held.items():  # outer ones come first and may hold inner ones
        if not folder.exists():
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir() if kinds[folder] else folder.touch()
            _mount(f"/proc/self/fd/{descriptor}", str(folder), "", _BIND | _WITH_ALL_BELOW)
        os.close(descriptor)
    os.umask(before)
    _mount("none", str(above), "", flags | _REMOUNT | _BIND | _READ_ONLY)
