"""Shuts a job in, as far as this kernel can: files, network, signals, resources.

Vetted code does not need this; it is the second wall, for the day when vetting failed. Linux
only. ``what_holds`` says which walls stand on this machine, and ``kinhold-node status`` tells
the operator.
"""

import ctypes
import os
import resource
import signal
import struct
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 1, 36, 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_VERSION_QUERY, _PATH_BENEATH = 1, 1

# Landlock rights, from linux/landlock.h. "All" grows with the kernel's version.
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_FILE_ONLY = _EXECUTE | _WRITE_FILE | _READ_FILE
_RIGHTS_BY_VERSION = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_NEWEST_RIGHTS = 16
_SCOPES = 0b11  # no signals, no abstract sockets to the outside; from version 6 on
_SYSTEM = (
    *("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime"),
    *("/proc/self", "/dev/null", "/dev/urandom", "/sys/devices/system/cpu"),
)


def die_with_parent(number: int = signal.SIGKILL) -> None:
    """Ask the kernel to send this process a signal when its parent ends, however it ends."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(number))


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parents end, in the place of process 1."""
    _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def limit_resources(*, memory_mb: int, seconds: int, file_mb: int = 64) -> None:
    """Set hard limits on address space, processor time, file size, files and core dumps."""
    memory = memory_mb * 1_048_576
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, file_mb * 1_048_576),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def cut_network() -> bool:
    """Move into a network of one's own, which has no way out; say whether that worked."""
    both = _CLONE_NEWUSER | _CLONE_NEWNET
    return bool(_LIBC.unshare(both) == 0 or _LIBC.unshare(_CLONE_NEWNET) == 0)


def restrict_files(*, readable: Sequence[Path], writable: Sequence[Path]) -> bool:
    """Let this process and its children touch these paths only; say whether that worked.

    The interpreter's and the system's own folders stay readable. Anything already open stays
    open: close what must not be had first.
    """
    version = _LIBC.syscall(_LANDLOCK_CREATE, None, 0, _VERSION_QUERY)
    if version < 1:
        return False
    every = (1 << _RIGHTS_BY_VERSION.get(version, _NEWEST_RIGHTS)) - 1
    scopes = _SCOPES if version >= 6 else 0
    rules = struct.pack("=QQQ", every, 0, scopes)
    length = 24 if version >= 6 else (16 if version >= 4 else 8)
    ruleset = _LIBC.syscall(_LANDLOCK_CREATE, rules[:length], length, 0)
    if ruleset < 0:
        return False
    for path in (*_python_folders(), *map(Path, _SYSTEM), *readable):
        _allow(ruleset, path, _READ)
    for path in writable:
        _allow(ruleset, path, every)
    _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    done = _LIBC.syscall(_LANDLOCK_RESTRICT, ruleset, 0) == 0
    os.close(ruleset)
    return bool(done)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no rule
    if not path.is_dir():
        rights &= _FILE_ONLY
    rule = struct.pack("=Qi", rights, descriptor)
    _LIBC.syscall(_LANDLOCK_ADD, ruleset, _PATH_BENEATH, rule, 0)
    os.close(descriptor)


def _python_folders() -> list[Path]:
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    folders = {Path(sysconfig.get_path(name)) for name in names}
    folders |= {Path(sys.base_prefix) / "lib", Path(sys.prefix) / "lib"}
    return sorted(folders)


def what_holds() -> dict[str, bool]:
    """Try both walls in a child of this process; tell which of them stand here."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        network = cut_network()
        files = restrict_files(readable=[], writable=[])
        os.write(writer, bytes([files, network]))
        os._exit(0)
    os.close(writer)
    answer = os.read(reader, 2)
    os.close(reader)
    os.waitpid(child, 0)
    told = [bool(value) for value in answer] or [False, False]
    return {"files": told[0], "network": told[-1]}
