"""Questions whose answer tells that a part is ready. None takes much longer than 2 seconds."""

import http.client
import json
import ssl
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from celery import Celery
from celery.exceptions import OperationalError

from tools.stack.parts import ROOT

PATIENCE_S = 2.0
NODE_PATIENCE_S = 10.0
NODE_PAUSE_S = 0.5  # each question is a process, which takes time from the nodes themselves


def _status(connection: http.client.HTTPConnection, path: str) -> int | None:
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def says(port: int, path: str, status: int) -> bool:
    """Say whether a GET on loopback is answered with this status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    return _status(connection, path) == status


def says_200(port: int, path: str) -> bool:
    return says(port, path, 200)


def answers_over_tls(port: int, ca_file: Path) -> bool:
    """Say whether a server answers HTTP with a certificate that ``ca_file`` vouches for."""
    context = ssl.create_default_context(cafile=str(ca_file))
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=PATIENCE_S, context=context)
    return _status(connection, "/") is not None


def worker_answers(redis_url: str) -> bool:
    """Say whether a Celery worker answers a ping on this broker."""
    with Celery(broker=redis_url, set_as_current=False) as app:
        try:
            return bool(app.control.ping(timeout=0.5, limit=1))
        except (OperationalError, OSError):
            return False


def exists(path: Path) -> bool:
    return path.exists()


def holds_something(folder: Path) -> bool:
    return any(folder.iterdir())


def node_is_connected(home: Path, command: Sequence[str], env: Mapping[str, str]) -> bool:
    """Ask the node's own command line whether it is connected to SuperLink."""
    if not (home / "run" / "heartbeat.json").exists():
        return False  # it has not come far enough to be worth a question
    try:
        answer = subprocess.run(
            [*command, "status", "--json"],
            cwd=ROOT,
            env=dict(env),
            capture_output=True,
            text=True,
            check=False,
            timeout=NODE_PATIENCE_S,
        )
        connected = bool(json.loads(answer.stdout)["connected"])
    except (subprocess.TimeoutExpired, ValueError, KeyError, TypeError):
        connected = False
    if not connected:
        time.sleep(NODE_PAUSE_S)
    return connected
