"""Takes system calls away from a job that no computing needs: a seccomp filter, made by hand.

Whatever else the kernel offers stays; what is listed answers EPERM, to the job and to all it
starts, for good. Numbers are those of two machines; on any other the filter is not there, and
``confine.what_holds`` says so. Source: linux/audit.h, asm/unistd.h, docs/adr/0028.
"""

import ctypes
import errno
import os
import struct
from dataclasses import dataclass

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _MODE_FILTER = 22, 38, 2

# Instructions of the filter, from linux/bpf_common.h, and what it answers, linux/seccomp.h.
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _KEEP, _ANSWER = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_NUMBER, _MACHINE, _FIRST_ARGUMENT, _SECOND_ARGUMENT = 0, 4, 16, 24
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_X32 = 0x40000000

_NEW_SPACES = 0x7E020000  # CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID, NET
_UNIX = 1
_STREAM, _PACKETS, _KIND_OF_SOCKET = 1, 5, 0xF
_DEATH_SIGNAL, _SUBREAPER = 1, 36

# name: (x86_64, aarch64); -1 where the machine has no such call.
_REFUSED: dict[str, tuple[int, int]] = {
    # The network, and sockets of other programs on this machine, which no namespace cuts off.
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    # Whom files belong to and who may read them, and their length by name: Landlock does not look
    # at these, or not in every version, and a job may run as the user who owns the node's keys.
    "chmod": (90, -1),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, -1),
    "fchown": (93, 55),
    "lchown": (94, -1),
    "fchownat": (260, 54),
    "truncate": (76, 45),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "setxattrat": (463, 463),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
    # Other processes' memory and files.
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    # Mounts and namespaces.
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_tree_attr": (467, 467),
    "unshare": (272, 97),
    "setns": (308, 268),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    # Large parts of the kernel that a computation never asks for.
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "userfaultfd": (323, 282),
    "fanotify_init": (300, 262),
    "lookup_dcookie": (212, 18),
    "personality": (135, 92),
    "modify_ldt": (154, -1),
    "uselib": (134, -1),
    # The machine as a whole.
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "create_module": (174, -1),
    "init_module": (175, 105),
    "delete_module": (176, 106),
    "finit_module": (313, 273),
    "nfsservctl": (180, 42),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "iopl": (172, -1),
    "ioperm": (173, -1),
    "acct": (163, 89),
    "settimeofday": (164, 170),
    "adjtimex": (159, 171),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "syslog": (103, 116),
    "vhangup": (153, 58),
    # Memory that no limit counts, or that outlives the job.
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
}


@dataclass(frozen=True)
class _Machine:
    """Where one kind of machine differs: AUDIT_ARCH and calls that are looked at closer."""

    place: int
    audit: int
    clone: int
    clone3: int
    socketpair: int
    prctl: int
    prlimit64: int


_MACHINES = {
    "x86_64": _Machine(0, 0xC000003E, 56, 435, 53, 157, 302),
    "aarch64": _Machine(1, 0xC00000B7, 220, 435, 199, 167, 261),
}


def refuse_calls() -> bool:
    """Put the filter on this process and all it will start; say whether that worked.

    There is no way back. On a machine whose numbers are not known it does nothing.
    """
    machine = _MACHINES.get(os.uname().machine)
    if machine is None or struct.calcsize("P") != 8:
        return False
    return install(_program(machine))


def install(lines: list[bytes]) -> bool:
    """Put a filter on this process, beside those it has; say whether that worked."""
    program = b"".join(lines)
    kept = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(kept))
    _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return bool(_LIBC.prctl(_PR_SET_SECCOMP, _MODE_FILTER, head, 0, 0) == 0)


def _program(machine: _Machine) -> list[bytes]:
    refused = _answer(_ERRNO | errno.EPERM)
    absent = _answer(_ERRNO | errno.ENOSYS)
    lines = [
        # Calls made in the manner of another machine (32 bits) have other numbers.
        *(_step(_LOAD, _MACHINE), _step(_EQUAL, machine.audit, skip=1), refused),
        *(_step(_LOAD, _NUMBER), _step(_AT_LEAST, _X32, skip_else=1), absent),
    ]
    for numbers in _REFUSED.values():
        if numbers[machine.place] >= 0:
            lines += [_step(_EQUAL, numbers[machine.place], skip_else=1), refused]
    # Its flags lie in memory, where no filter can look. The C library then takes ``clone``.
    lines += [_step(_EQUAL, machine.clone3, skip_else=1), absent]
    first, allowed = _step(_LOAD, _FIRST_ARGUMENT), _answer(_ALLOW)
    for number, tests in (
        (machine.clone, [_step(_ANY_BIT, _NEW_SPACES, skip_else=1), refused, allowed]),
        (machine.socketpair, _pairs_only(refused, allowed)),
        # Another process's limits could be set too low for it to live.
        (machine.prlimit64, [_step(_EQUAL, 0, skip=1), refused, allowed]),
        (machine.prctl, [*_refuse_each((_DEATH_SIGNAL, _SUBREAPER), refused), allowed]),
    ):
        lines += [_step(_EQUAL, number, skip_else=1 + len(tests)), first, *tests]
    return [*lines, allowed]


def _pairs_only(refused: bytes, allowed: bytes) -> list[bytes]:
    """Allow pairs that lead to each other only; each single packet of others names its way."""
    return [
        *(_step(_EQUAL, _UNIX, skip=1), refused),
        *(_step(_LOAD, _SECOND_ARGUMENT), _step(_KEEP, _KIND_OF_SOCKET)),
        *(_step(_EQUAL, _STREAM, skip=2), _step(_EQUAL, _PACKETS, skip=1), refused, allowed),
    ]


def _refuse_each(values: tuple[int, ...], refused: bytes) -> list[bytes]:
    return [line for value in values for line in (_step(_EQUAL, value, skip_else=1), refused)]


def _step(code: int, operand: int, *, skip: int = 0, skip_else: int = 0) -> bytes:
    return struct.pack("=HBBI", code, skip, skip_else, operand)


def _answer(value: int) -> bytes:
    return _step(_ANSWER, value)
