"""The whole platform under its supervisor: web, worker, beat, Celery Flower, SuperLink and all."""

import base64
import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from federation.gateway.flower import FlowerGateway
from tests.stack.conftest import Start, eventually, marks_in, run_stack
from tools.stack import Stack, StackError, probes, table
from tools.stack.parts import ROOT
from tools.stack.ports import free_port

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]

SERVING = set(table.NAMES) - {"migrate"}


def env_of(var: Path) -> dict[str, str]:
    lines = (var / "env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


def get(url: str, headers: dict[str, str] | None = None) -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("localhost", parts.port, timeout=5)
    connection.request("GET", parts.path or "/", headers=headers or {})
    return connection.getresponse().status


def set_up_node(var: Path, community: str, port: int) -> None:
    """Make a node and let SuperLink know its key; what an operator and a steward do."""
    home, table_file = var / "nodes" / community, var / "people.csv"
    with Stack(var, parts={"superlink"}) as stack:
        table_file.write_text("age\n" + "50\n" * 100)
        address = stack.env["KINHOLD_SUPERLINK_ADDRESS"]
        authority = stack.env["KINHOLD_SUPERLINK_CA_FILE"]
        made = subprocess.run(
            [
                *(sys.executable, "-m", "federation.node", "--home", home, "init"),
                *("--community", community, "--name", f"{community}-node"),
                *("--platform", f"http://localhost:{port}"),
                *("--superlink", address, "--superlink-ca", authority),
                *("--dataset", f"people={table_file}"),
            ],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        card = json.loads(made.stdout)
        gateway = FlowerGateway.from_file(address, Path(authority))
        gateway.register_node(card["supernode_key"], card["name"])


def test_every_part_is_really_ready_and_a_kill_leaves_no_orphan(var: Path, start: Start) -> None:
    port = free_port()
    set_up_node(var, "river", port)
    stack = start("up", "--var", var, "--web-port", str(port), "--nodes", "river")
    marks, environ = marks_in(var), env_of(var)

    assert set(marks) == {*SERVING, "node-river"}
    assert environ["KINHOLD_ORIGIN"] == f"http://localhost:{port}"
    assert get(f"http://localhost:{port}/healthz") == 200
    assert probes.worker_answers(environ["REDIS_URL"])
    with psycopg.connect(environ["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT count(*) FROM django_migrations").fetchone()
        assert row is not None
        assert row[0] > 20

    monitor = environ["KINHOLD_CELERY_FLOWER_URL"] + "/"
    word = base64.b64encode((var / "secrets/celery-flower").read_bytes()).decode()
    assert get(monitor) == 401
    assert get(monitor, {"Authorization": f"Basic {word}"}) == 200

    superlink = int(environ["KINHOLD_SUPERLINK_ADDRESS"].rpartition(":")[2])
    assert probes.answers_over_tls(superlink, Path(environ["KINHOLD_SUPERLINK_CA_FILE"]))
    with pytest.raises(ssl.SSLCertVerificationError):
        # Nobody but our own authority vouches for it.
        _shake_hands(superlink)

    assert len(at_work_in(var)) > len(marks)  # the supervisor, and helpers of the parts
    stack.kill()

    assert eventually(lambda: not at_work_in(var), within_s=15), at_work_in(var)
    assert run_stack("status", "--var", var).returncode == 1


def _shake_hands(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 5) as plain:
        ssl.create_default_context().wrap_socket(plain, server_hostname="localhost")


def at_work_in(var: Path) -> list[str]:
    """Return the command lines of all processes that have the folder in them or around them."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            around = (process / "environ").read_bytes()
        except OSError:
            continue  # it ended meanwhile, or belongs to somebody else
        if os.fsencode(var) in command + around and command:
            found.append(command.replace(b"\0", b" ").decode())
    return found


def test_ctrl_c_stops_all_parts_in_time_with_their_helpers(var: Path, start: Start) -> None:
    stack = start("up", "--var", var, "--web-port", str(free_port()))
    begun = time.monotonic()

    stack.send_signal(signal.SIGINT)
    out, _ = stack.communicate(timeout=20)

    assert stack.returncode == 0
    assert time.monotonic() - begun < 10
    assert at_work_in(var) == []
    stopped = [line.split()[0] for line in out.splitlines() if line.endswith("stopped")]
    assert set(stopped) == SERVING
    assert stopped.index("web") < stopped.index("postgres")
    assert stopped.index("worker") < stopped.index("valkey")


def test_a_node_that_nobody_set_up_is_a_sentence(var: Path) -> None:
    sentence = r"The node of river is not set up: .*node\.toml"
    with (
        Stack(var, parts={"valkey"}, durable=False) as stack,
        pytest.raises(StackError, match=sentence),
    ):
        stack.start_node("river")


def test_servers_that_are_named_take_the_place_of_the_embedded_ones(
    var: Path, start: Start
) -> None:
    start("db", "--var", var)
    environ = env_of(var)
    servers = {name: environ[name] for name in ("DATABASE_URL", "REDIS_URL")}

    with Stack(
        var.with_name("other"),
        parts={"postgres", "valkey", "migrate"},
        database_url=servers["DATABASE_URL"],
        redis_url=servers["REDIS_URL"],
    ) as other:
        assert {name: other.env[name] for name in servers} == servers
        assert set(other.watched.runs) == {"migrate"}
