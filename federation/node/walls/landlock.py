"""Lets a process touch some paths only, with Landlock; what is open already stays open."""

import ctypes
import os
import struct
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_NO_NEW_PRIVS = 38
_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION_QUERY, _PATH_BENEATH = 1, 1

# Rights, from linux/landlock.h. "All" grows with the kernel's version.
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_FILE_ONLY = _EXECUTE | _WRITE_FILE | _READ_FILE
_RIGHTS_BY_VERSION = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_NEWEST_RIGHTS = 16
_TCP = 0b11  # neither bind nor connect; from version 4 on
_SCOPES = 0b11  # no signals, no abstract sockets to the outside; from version 6 on
_SYSTEM = (
    *("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime"),
    *("/proc/self", "/dev/null", "/dev/urandom", "/sys/devices/system/cpu"),
)


def restrict_files(*, readable: Sequence[Path], writable: Sequence[Path]) -> bool:
    """Let this process and its children touch these paths only; say whether that worked.

    The interpreter's and the system's own folders stay readable. Anything already open stays
    open: close what must not be had first.
    """
    version = _LIBC.syscall(_CREATE, None, 0, _VERSION_QUERY)
    if version < 1:
        return False
    every = (1 << _RIGHTS_BY_VERSION.get(version, _NEWEST_RIGHTS)) - 1
    network, scopes = (_TCP if version >= 4 else 0), (_SCOPES if version >= 6 else 0)
    rules = struct.pack("=QQQ", every, network, scopes)
    length = 24 if version >= 6 else (16 if version >= 4 else 8)
    ruleset = _LIBC.syscall(_CREATE, rules[:length], length, 0)
    if ruleset < 0:
        return False
    for path in (*python_folders(), *map(Path, _SYSTEM), *readable):
        _allow(ruleset, path, _READ)
    for path in writable:
        _allow(ruleset, path, every)
    _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    done = _LIBC.syscall(_RESTRICT, ruleset, 0) == 0
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
    _LIBC.syscall(_ADD, ruleset, _PATH_BENEATH, rule, 0)
    os.close(descriptor)


def python_folders() -> list[Path]:
    """List where the interpreter and the installed packages lie."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    folders = {Path(sysconfig.get_path(name)) for name in names}
    folders |= {Path(sys.base_prefix) / "lib", Path(sys.prefix) / "lib"}
    return sorted(folders)
