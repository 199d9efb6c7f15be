"""A result reaches the platform, or it stays on disk until it can."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from federation.aggregator.outbox import Outbox
from federation.aggregator.settings import SettingsError, read_settings

RESULT = {"coefficients": {"age": 1.5}}


class Taker:
    """A platform that answers each result with the next of some statuses."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.taken: list[tuple[str, dict[str, object]]] = []
        taker = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                taker.taken.append((self.headers["Authorization"], body))
                self.send_response(taker.statuses.pop(0))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                return

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()


@pytest.fixture
def taker() -> Iterator[Taker]:
    taker = Taker()
    yield taker
    taker.server.shutdown()
    taker.server.server_close()


@pytest.mark.parametrize("status", [200, 201])
def test_an_accepted_result_leaves_the_outbox(taker: Taker, tmp_path: Path, status: int) -> None:
    outbox = Outbox(tmp_path / "outbox", taker.url, "token")
    taker.statuses = [status]

    assert outbox.post(outbox.put("run-id", 77, RESULT))

    assert outbox.waiting() == []
    assert taker.taken == [
        ("Bearer token", {"run": "run-id", "flower_run": "77", "result": RESULT})
    ]


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_a_result_waits_while_the_platform_has_trouble(
    taker: Taker, tmp_path: Path, status: int
) -> None:
    outbox = Outbox(tmp_path / "outbox", taker.url, "token")
    taker.statuses = [status, 201]

    assert not outbox.post(outbox.put("run-id", 77, RESULT))

    again = Outbox(tmp_path / "outbox", taker.url, "token")
    (waiting,) = again.waiting()
    assert again.post(waiting)


@pytest.mark.parametrize("status", [400, 404, 409, 422])
def test_a_result_refused_for_good_is_kept_and_not_sent_again(
    taker: Taker, tmp_path: Path, status: int
) -> None:
    outbox = Outbox(tmp_path / "outbox", taker.url, "token")
    taker.statuses = [status]

    assert outbox.post(outbox.put("run-id", 77, RESULT))

    assert outbox.waiting() == []
    assert [path.name for path in (tmp_path / "outbox").iterdir()] == ["77.refused"]


def test_a_result_waits_while_nobody_answers(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox", "http://127.0.0.1:9", "token")
    path = outbox.put("run-id", 77, RESULT)

    assert not outbox.post(path)

    assert outbox.waiting() == [path]


def test_a_result_another_process_sent_is_gone(taker: Taker, tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox", taker.url, "token")

    assert outbox.post(tmp_path / "outbox" / "5.json")

    assert taker.taken == []


def _environment(folder: Path) -> dict[str, str]:
    for name in ("ca", "secret", "token"):
        (folder / name).write_bytes(f"{name}\n".encode())
    return {
        "KINHOLD_RUNTIME_ADDRESS": "127.0.0.1:9092",
        "KINHOLD_SUPERLINK_CA_FILE": str(folder / "ca"),
        "KINHOLD_SUPEREXEC_SECRET_FILE": str(folder / "secret"),
        "KINHOLD_PLATFORM_URL": "http://localhost:8000/",
        "KINHOLD_AGGREGATOR_TOKEN_FILE": str(folder / "token"),
        "KINHOLD_AGGREGATOR_HOME": str(folder / "home"),
    }


def test_settings_are_read_from_the_environment_and_its_files(tmp_path: Path) -> None:
    settings = read_settings(_environment(tmp_path))

    assert settings.platform == "http://localhost:8000"
    assert settings.token == "token"
    # Exactly the file's bytes: SuperLink does not strip them either.
    assert settings.superexec_secret == b"secret\n"


@pytest.mark.parametrize(
    "name",
    [
        "KINHOLD_RUNTIME_ADDRESS",
        "KINHOLD_SUPERLINK_CA_FILE",
        "KINHOLD_SUPEREXEC_SECRET_FILE",
        "KINHOLD_PLATFORM_URL",
        "KINHOLD_AGGREGATOR_TOKEN_FILE",
        "KINHOLD_AGGREGATOR_HOME",
    ],
)
def test_a_missing_setting_is_named(tmp_path: Path, name: str) -> None:
    environment = _environment(tmp_path)
    del environment[name]

    with pytest.raises(SettingsError, match=f"{name} is not set"):
        read_settings(environment)


@pytest.mark.parametrize("value", ["0", "61", "soon"])
def test_a_poll_interval_out_of_range_is_named(tmp_path: Path, value: str) -> None:
    with pytest.raises(SettingsError, match="KINHOLD_AGGREGATOR_POLL_S must be"):
        read_settings(_environment(tmp_path) | {"KINHOLD_AGGREGATOR_POLL_S": value})


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    environment = _environment(tmp_path) | {"KINHOLD_SUPERLINK_CA_FILE": "/none"}

    with pytest.raises(SettingsError, match="KINHOLD_SUPERLINK_CA_FILE: cannot read /none"):
        read_settings(environment)
