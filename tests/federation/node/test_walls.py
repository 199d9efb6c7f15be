"""A job tries every wall. What the node says of a wall and what the job finds must agree."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from federation.node.census import descendants
from federation.node.errors import JobFailed, JobStopped
from federation.node.spaces import SCRATCH_FILES, SCRATCH_MB
from federation.node.walls import WALLS
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
attempt("outlive the keeper", lambda: call(157 if x86 else 167, 1, 0))
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


def test_a_job_cannot_start_more_processes_than_it_may(cell: Cell) -> None:
    code = (
        "reader, writer = os.pipe()\n"
        "for count in range(1000):\n"
        "    try:\n"
        "        child = os.fork()\n"
        "    except OSError as error:\n"
        "        break\n"
        "    if child == 0:\n"
        "        os.close(writer)\n"
        "        os.read(reader, 1)\n"
        "        os._exit(0)\n"
        'told["count"] = count\n'
    )
    try:
        count = cell.tell("many", code, processes=20)["count"]
    except JobFailed:  # only looked at now and then: killed when it was seen
        count = None

    assert (count is not None and count <= 20) is cell.held["processes"]


def test_a_fork_bomb_ends_with_its_job_and_the_node_lives(cell: Cell) -> None:
    body = (
        "while True:\n"
        "    try:\n"
        "        if os.fork() == 0:\n"
        "            os.setsid()\n"
        "            if os.fork():\n"
        "                os._exit(0)\n"
        "    except OSError:\n"
        "        pass"
    )

    def look(seconds: float) -> None:
        if seconds > 0.4:
            raise JobStopped("paused", "Stop.")

    with pytest.raises((JobStopped, JobFailed)):
        cell.run("bomb", body, look=look, processes=40)

    assert descendants(cell.launcher.process.pid) == set()
    assert cell.tell("after the bomb", 'told["alive"] = True') == {"alive": True}


def test_a_process_that_always_moves_on_does_not_outlive_its_job(cell: Cell) -> None:
    """Each one forks the next and ends, in a session of its own: no list ever shows it twice."""
    body = (
        "import signal\n"
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # or the dead would count as processes\n"
        "if os.fork() == 0:\n"
        "    while True:\n"
        "        try:\n"
        "            os.setsid()\n"
        "            if os.fork():\n"
        "                os._exit(0)\n"
        "        except OSError:\n"
        "            pass\n"
        "time.sleep(0.2)\n"
        "return Message(RecordDict(), reply_to=message)"
    )

    assert cell.run("hopper", body) == b""
    assert descendants(cell.launcher.process.pid) == set()


def test_a_job_cannot_fill_the_disk(cell: Cell) -> None:
    """Not with large files, deleted ones, many small ones, or what it prints."""
    code = (
        "kept, block, written = [], bytes(1 << 22), 0\n"
        "try:\n"
        "    for number in range(1000):\n"
        '        file = open(f"f{number}", "wb", buffering=0)\n'
        "        kept.append(file)\n"
        '        os.unlink(f"f{number}")\n'
        "        for _ in range(15):\n"
        "            written += file.write(block)\n"
        "except OSError as error:\n"
        '    told["full"] = errno.errorcode[error.errno]\n'
        'told["mb"] = written >> 20\n'
        "for file in kept: file.close()\n"
        "try:\n"
        "    for count in range(100000):\n"
        '        os.mkdir(f"d{count}")\n'
        "except OSError:\n"
        '    told["files"] = count\n'
    )
    if not cell.held["disk"]:
        with pytest.raises(JobFailed):
            cell.tell("disk", code)
        return

    told = cell.tell("disk", code)

    assert told["full"] in ("ENOSPC", "EFBIG", "ENOMEM")
    assert told["mb"] <= SCRATCH_MB
    assert told["files"] <= SCRATCH_FILES
    assert list((cell.work / "disk" / "home").iterdir()) == []


def test_what_a_job_prints_has_an_end(cell: Cell) -> None:
    code = (
        "block, written = bytes(1 << 22), 0\n"
        "try:\n"
        "    for _ in range(1000):\n"
        "        written += os.write(2, block)\n"
        "except OSError as error:\n"
        '    told["end"] = errno.errorcode[error.errno]'
    )

    assert cell.tell("prints", code) == {"end": "EFBIG"}
    log = cell.work / "prints" / "job.log"
    assert log.stat().st_size <= 64 << 20
    log.unlink()


def test_processes_of_a_job_share_one_limit_of_memory(cell: Cell) -> None:
    body = (
        "for _ in range(4):\n"
        "    if os.fork() == 0:\n"
        "        kept = bytearray(b'x') * (200 << 20)\n"
        "        time.sleep(60)\n"
        "time.sleep(60)"
    )

    with pytest.raises(JobFailed, match="SIGKILL"):
        cell.run("memory", body, memory_mb=700)

    assert cell.held["memory"]
    assert descendants(cell.launcher.process.pid) == set()


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


def test_a_killed_keeper_takes_the_job_with_it(cell: Cell) -> None:
    seen: set[int] = set()
    launcher = cell.launcher.process.pid

    def look(seconds: float) -> None:
        seen.update(descendants(launcher))
        if len(seen) > 2:
            children = Path(f"/proc/{launcher}/task/{launcher}/children").read_text().split()
            for keeper in children:
                os.kill(int(keeper), signal.SIGKILL)

    with pytest.raises(JobFailed, match="SIGKILL"):
        cell.run("keeper", "os.fork()\ntime.sleep(60)", look=look)

    assert not any(Path(f"/proc/{pid}").exists() for pid in seen)
