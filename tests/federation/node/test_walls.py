"""A job tries every wall. What the node says of a wall and what the job finds must agree."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from federation.node.walls.names import WALLS
from tests.federation.node.cells import Cell, open_cell


@pytest.fixture(scope="module")
def cell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cell]:
    cell = open_cell(tmp_path_factory.mktemp("cell"))
    yield cell
    cell.launcher.close()


def test_every_wall_is_reported_by_name(cell: Cell) -> None:
    assert list(cell.held) == list(WALLS)
    if os.geteuid() != 0:
        assert not cell.held["own user"]


def test_a_job_has_no_rights_and_a_user_of_its_own_where_that_is_said(cell: Cell) -> None:
    told = cell.tell(
        "rights",
        'status = dict(l.split(":\\t", 1) for l in open("/proc/self/status").read().splitlines())\n'
        'told["caps"] = [status[f"Cap{k}"] for k in ("Inh", "Prm", "Eff", "Bnd", "Amb")][:3]\n'
        'told["uids"], told["gids"] = os.getresuid(), os.getresgid()\n'
        'told["groups"] = os.getgroups()\n'
        'told["no new"] = status["NoNewPrivs"]\n'
        'told["filters"] = status["Seccomp"]\n'
        'attempt("root", lambda: os.setuid(0) if os.getuid() else os.chown("/usr", 1, 1))',
    )

    assert told["caps"] == ["0" * 16] * 3
    assert told["no new"] == "1"
    assert told["root"] in ("EPERM", "EINVAL")  # EINVAL: there is no root to become
    assert (told["filters"] == "2") is cell.held["system calls"]
    user = cell.launcher.user
    assert (user is not None) is cell.held["own user"]
    if user is not None:
        assert (told["uids"], told["gids"]) == ([user.uid] * 3, [user.gid] * 3)
        assert told["groups"] == []
        assert user.uid not in (0, os.getuid())
    else:
        assert told["uids"] == list(os.getresuid())


def test_no_socket_leads_anywhere(cell: Cell) -> None:
    told = cell.tell(
        "network",
        "import socket\n"
        'for name in ("AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK", "AF_PACKET", "AF_VSOCK"):\n'
        "    attempt(name, lambda: socket.socket(getattr(socket, name), socket.SOCK_DGRAM))\n"
        'attempt("pair", lambda: [s.close() for s in socket.socketpair()])\n'
        'told["links"] = open("/proc/self/net/dev").read().count(":")',
    )

    assert told.pop("pair").startswith("did")
    assert cell.held["network"]
    own_network = told.pop("links") <= 1  # the loopback alone
    assert own_network or cell.held["system calls"]
    if cell.held["system calls"]:
        assert set(told.values()) == {"EPERM"}


def test_no_packet_leaves_by_a_pair_of_sockets(cell: Cell, tmp_path: Path) -> None:
    """The system's log takes such packets, and no namespace of networks cuts it off."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as outside:
        place = Path(tempfile.mkdtemp(dir="/tmp")) / "log"  # sockets need short names
        outside.bind(str(place))
        for folder in (place.parent, place):
            folder.chmod(0o777)
        told = cell.tell(
            "packets",
            "import socket\n"
            "for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_DGRAM | 0o2000000):\n"
            f"    attempt(str(int(kind)), lambda: socket.socketpair(socket.AF_UNIX, kind)[0]"
            f'.sendto(b"x", {str(place)!r}))\n'
            'attempt("packets", lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)'
            f'[0].sendto(b"x", {str(place)!r}))\n',
        )
        outside.setblocking(False)
        if cell.held["system calls"]:
            with pytest.raises(BlockingIOError):
                outside.recv(10)
            assert told.pop("packets") == "EPIPE"  # to its other end, which is closed
            assert set(told.values()) == {"EPERM"}
    shutil.rmtree(place.parent)


def test_a_job_changes_neither_rights_nor_owners_nor_length_of_a_file(cell: Cell) -> None:
    """Landlock lets it, and it may run as the user to whom the node's keys belong."""
    told = cell.tell(
        "rights of files",
        'file = open("mine", "wb", buffering=0)\n'
        'attempt("chmod", lambda: os.chmod("mine", 0o666))\n'
        'attempt("fchmod", lambda: os.fchmod(file.fileno(), 0o666))\n'
        'attempt("chown", lambda: os.chown("mine", os.getuid(), -1))\n'
        'attempt("fchown", lambda: os.fchown(file.fileno(), os.getuid(), -1))\n'
        'attempt("lchown", lambda: os.lchown("mine", os.getuid(), -1))\n'
        'attempt("truncate", lambda: os.truncate("mine", 0))\n'
        'attempt("attributes", lambda: os.setxattr("mine", "user.a", b"b"))\n'
        'attempt("length of an open one", lambda: os.ftruncate(file.fileno(), 10))',
    )

    assert told.pop("length of an open one").startswith("did")
    if cell.held["system calls"]:
        assert set(told.values()) == {"EPERM"}


_CALLS = """
import ctypes, errno as numbers, platform
libc = ctypes.CDLL(None, use_errno=True)
x86 = platform.machine() == "x86_64"
calls = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "mount": (165, 40),
    "unshare": (272, 97), "setns": (308, 268), "bpf": (321, 280), "keyctl": (250, 219),
    "perf_event_open": (298, 241), "io_uring_setup": (425, 425), "userfaultfd": (323, 282),
    "kexec_load": (246, 104), "finit_module": (313, 273), "memfd_create": (319, 279),
    "shmget": (29, 194), "clone3": (435, 435),
}
if x86:
    calls["getpid of x32"] = (0x40000000 + 39, 0)
for name, pair in calls.items():
    ctypes.set_errno(0)
    answer = libc.syscall(pair[0 if x86 else 1], 0, 0, 0, 0, 0, 0)
    told[name] = numbers.errorcode.get(ctypes.get_errno()) if answer == -1 else f"did {answer}"
def call(*words):
    if libc.syscall(*words) == -1:
        raise OSError(ctypes.get_errno(), "")
attempt("clone with a user namespace", lambda: call(56 if x86 else 220, 0x10000011, 0, 0, 0, 0))
attempt("outlive the warden", lambda: call(157 if x86 else 167, 1, 0))
attempt("limit another", lambda: call(302 if x86 else 261, 2, 0, 0, 0))
attempt("a process", lambda: os.waitpid(os.fork() or os._exit(0), 0)[1])
import threading
thread = threading.Thread(target=lambda: told.update(thread="ran"))
thread.start()
thread.join()
"""


def test_system_calls_that_no_job_needs_are_gone_and_others_are_not(cell: Cell) -> None:
    told = cell.tell("calls", _CALLS)

    assert (told.pop("a process"), told.pop("thread")) == ("did: 0", "ran")
    assert cell.held["system calls"] == (told["ptrace"] == "EPERM")
    if cell.held["system calls"]:
        assert {told.pop("clone3"), told.pop("getpid of x32", "ENOSYS")} == {"ENOSYS"}
        assert set(told.values()) == {"EPERM"}


def test_files_of_others_and_places_outside_its_folder_are_closed(
    cell: Cell, tmp_path: Path
) -> None:
    secret = tmp_path / "keys"
    secret.write_text("a key")
    told = cell.tell(
        "files",
        f"parent = {cell.launcher.process.pid}\n"
        f'attempt("a key", lambda: open({str(secret)!r}).read())\n'
        'attempt("users", lambda: open("/etc/passwd").read())\n'
        'attempt("list", lambda: os.listdir("/"))\n'
        'attempt("processes", lambda: os.listdir("/proc"))\n'
        'attempt("memory", lambda: open(f"/proc/{parent}/mem", "rb").read(1))\n'
        'attempt("environment", lambda: open(f"/proc/{parent}/environ").read())\n'
        'attempt("its log", lambda: open("../job.log").read())\n'
        'attempt("its code", lambda: open("../bundle/granted.py", "a"))\n'
        'attempt("link", lambda: (os.symlink("/etc/passwd", "out"), open("out").read()))\n'
        'for place in ("/tmp", "/var/tmp", "/dev/shm", "/usr", "/run"):\n'
        '    attempt(f"write {place}", lambda: open(f"{place}/kinhold-escaped", "w"))\n'
        'attempt("setuid", lambda: (open("s", "w"), os.chmod("s", 0o6755), os.chown("s", 0, 0)))\n'
        'attempt("device", lambda: os.mknod("d", 0o60600, os.makedev(8, 0)))\n'
        'attempt("own", lambda: open("own", "w").write("x"))\n'
        'attempt("signal", lambda: os.kill(parent, 0))',
    )

    assert told.pop("own") == "did: 1"
    assert cell.held["files"]
    assert {name: answer for name, answer in told.items() if answer.startswith("did")} == (
        {} if os.geteuid() == 0 else {n: a for n, a in told.items() if n == "setuid" and "did" in a}
    )
    assert not any(Path(p, "kinhold-escaped").exists() for p in ("/tmp", "/var/tmp", "/dev/shm"))


def test_a_job_leaves_no_dump_of_its_memory(cell: Cell) -> None:
    told = cell.tell(
        "dumps",
        "import resource\n"
        'told["limit"] = resource.getrlimit(resource.RLIMIT_CORE)\n'
        "child = os.fork()\n"
        "if child == 0: os.abort()\n"
        'told["dumped"] = os.WCOREDUMP(os.waitpid(child, 0)[1])\n'
        'told["left"] = os.listdir(".")',
    )

    # 1 stands for "not even through a pipe"; a file of one byte cannot hold any either.
    assert told == {"limit": [1, 1], "dumped": False, "left": []}


def test_the_environment_is_a_list_of_what_is_let_through(
    cell: Cell,
) -> None:
    told = cell.tell("environment", 'told["names"] = sorted(os.environ)')

    assert set(told["names"]) <= {
        *("FLWR_HOME", "FLWR_TELEMETRY_ENABLED", "HOME", "KINHOLD_DATA", "LANG", "LC_ALL"),
        *("PATH", "PYTHONDONTWRITEBYTECODE", "TMPDIR", "TZ"),
    }
