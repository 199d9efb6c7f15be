"""The console's page over real HTTP: who is let in, what is shown, and what changes nothing."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest

from federation.node import keys
from federation.node.books.state import State
from federation.node.console.page import server as server_module
from federation.node.console.page.server import Console
from federation.node.data import optouts
from federation.node.errors import NodeError
from federation.node.home import Home
from federation.node.settings import read_config
from federation.node.walls.names import WALLS
from tests.federation.node.browsing import Browser, serving
from tests.federation.node.conftest import Made
from tests.federation.node.filled import (
    RUNS,
    Bare,
    beat,
    grant,
    hold,
    later,
    make_bare,
    receipt,
    with_ids,
)


@pytest.fixture(scope="module")
def one_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("console"))
    for folder in (home.log, home.run):
        folder.mkdir(mode=0o700)
    keys.make_keys(home)
    return home


@pytest.fixture
def node(one_home: Home) -> Iterator[Bare]:
    """The same node for each test, with its settings and its switch as they were made."""
    one_home.paused.unlink(missing_ok=True)
    node = make_bare(one_home, State(one_home.state))
    yield node
    node.state.close()


@pytest.fixture
def stranger(node: Bare) -> Iterator[Browser]:
    yield from serving(node.home)


@pytest.fixture
def browser(stranger: Browser) -> Browser:
    stranger.enter()
    return stranger


def test_the_link_lets_one_browser_in_once(stranger: Browser) -> None:
    assert stranger.ask("GET", "/").status == 403

    link = stranger.console.keyring.link
    answer = stranger.enter()

    assert answer.status == 200
    assert "HttpOnly; SameSite=Strict" in answer.headers["Set-Cookie"]
    assert stranger.ask("GET", "/").status == 200
    other = Browser(stranger.console)
    for path in (link.removeprefix(f"http://{stranger.host}"), "/enter?token=", "/enter"):
        assert other.ask("GET", path).status == 403


@pytest.mark.parametrize("path", ["/", "/pause", "/resume", "/enter", "/enter?token=", "/state"])
def test_without_the_cookie_nothing_is_shown(stranger: Browser, path: str) -> None:
    answer = stranger.ask("GET", path, Cookie=f"kinhold-console-{stranger.console.server_port}=x")

    assert answer.status == 403
    assert "river" not in answer.text


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1"])
def test_another_name_for_this_machine_is_not_answered(browser: Browser, host: str) -> None:
    for path in ("/", "/style.css"):
        assert browser.ask("GET", path, Host=host).status == 403
    assert browser.ask("POST", "/pause", "", Host=host, Origin=f"http://{host}").status == 403


@pytest.mark.parametrize(
    "path",
    ["/../node.toml", "/..%2fkeys/receipt.pem", "//etc/passwd", "/style.css/../../keys", "/%00"],
)
def test_no_path_leads_to_a_file(browser: Browser, path: str) -> None:
    assert browser.ask("GET", path).status == 404


def test_pause_and_resume_from_the_page(browser: Browser, node: Bare) -> None:
    answer = browser.post("/pause", reason="storm+%3Cb%3Ecoming%3C%2Fb%3E")

    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert node.home.paused.exists()
    page = browser.ask("GET", "/").text
    assert "Paused here" in page
    assert "Reason: storm &lt;b&gt;coming&lt;/b&gt;" in page
    assert "<b>" not in page

    assert browser.post("/resume").status == 303
    assert not node.home.paused.exists()
    told = [text for _, text in node.state.events()]
    assert told[-2].startswith("The operator, on the console's page, paused the node at ")
    assert told[-2].endswith("Reason: storm <b>coming</b>")
    assert told[-1].startswith("The operator, on the console's page, resumed the node at ")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {},
        {"Origin": "own", "Cookie": "kinhold-console=1"},
        {"Origin": "own", "body": "form=wrong"},
        {"Origin": "own", "body": "reason=no+secret"},
    ],
    ids=["another's page", "hidden", "no origin", "no cookie", "wrong secret", "no secret"],
)
def test_a_form_that_is_not_the_pages_own_changes_nothing(
    browser: Browser, node: Bare, headers: dict[str, str]
) -> None:
    given = dict(headers)
    body = given.pop("body", f"form={browser.console.keyring.form}")
    if given.get("Origin") == "own":
        given["Origin"] = f"http://{browser.host}"

    answer = browser.ask("POST", "/pause", body, **given)

    assert answer.status == 403
    assert not node.home.paused.exists()


def test_get_changes_nothing_and_other_methods_are_not_known(browser: Browser, node: Bare) -> None:
    assert browser.ask("GET", "/pause?reason=x").status == 200
    assert browser.ask("DELETE", "/pause").status == 501
    assert browser.ask("POST", "/state", "", Origin=f"http://{browser.host}").status == 404

    assert not node.home.paused.exists()


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/" + "x" * 70_000, {}, 414),
        ("/", {"X-Long": "x" * 70_000}, 431),
        ("/pause", {"Content_Length": "999999999999"}, 413),
        ("/pause", {"Content_Length": "2001"}, 413),
        ("/pause", {"Content_Length": "-1"}, 411),
        ("/pause", {"Transfer_Encoding": "chunked", "Content_Length": "5"}, 411),
    ],
    ids=["path", "header", "huge form", "long form", "negative", "chunked"],
)
def test_a_huge_request_is_refused(
    browser: Browser, path: str, headers: dict[str, str], status: int
) -> None:
    method = "POST" if path == "/pause" else "GET"
    told = {"Origin": f"http://{browser.host}"} | headers

    assert browser.ask(method, path, **told).status == status


def test_a_slow_request_is_cut_and_holds_up_nobody(
    stranger: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "_REQUEST_S", 0.5)
    slow = socket.create_connection(("127.0.0.1", stranger.console.server_port), timeout=20)
    slow.sendall(b"GET / HTTP/1.1\r\n")

    assert stranger.enter().status == 200
    begun = time.monotonic()
    while _open(slow):
        assert time.monotonic() - begun < 15
        slow.sendall(b"X: y\r\n")
        time.sleep(0.05)


def _open(connection: socket.socket) -> bool:
    try:
        return connection.recv(1, socket.MSG_DONTWAIT) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def test_many_open_connections_do_not_pile_up(stranger: Browser) -> None:
    held = [
        socket.create_connection(("127.0.0.1", stranger.console.server_port), timeout=20)
        for _ in range(20)
    ]

    assert [one.recv(1) for one in held[16:]] == [b""] * 4
    for one in held:
        one.close()


def test_every_answer_forbids_scripts_frames_and_keeping(browser: Browser) -> None:
    for path in ("/", "/pause", "/none", "/style.css"):
        headers = browser.ask("GET", path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"
        assert "Python" not in headers["Server"]


def test_the_page_tells_how_the_node_stands_and_nobody_in_its_data(made: Made) -> None:
    with_ids(made)
    hold(made, grant(made), grant(made, cooling_off_s=3 * 86_400, not_after=later(days=30)))
    for run in RUNS:
        receipt(made, run)
    dataset = read_config(made.home).datasets["river-diabetes"]
    optouts.add(made.home, dataset, [f"person-{n}" for n in range(7)])
    beat(made, os.getpid(), confined=dict.fromkeys(WALLS, True))

    for browser in serving(made.home):
        browser.enter()
        answer = browser.ask("GET", "/")

        assert "The node runs" in answer.text
        assert "It may be used in 3 days, from" in answer.text
        assert "It may be used now" in answer.text
        assert answer.text.count("100-199 people") == 10
        assert "1-20 people opted out" in answer.text
        assert "7 people" not in answer.text
        assert "person-" not in answer.text
        assert "These walls stand" in answer.text
        assert "<script" not in answer.text
        assert "style=" not in answer.text
        style = browser.ask("GET", "/style.css").text
        assert len(answer.text) + len(style) < 20_000


def test_a_node_whose_settings_broke_is_told_and_can_be_paused(
    browser: Browser, node: Bare
) -> None:
    node.home.config.write_text("community = ")

    assert "not valid TOML" in browser.ask("GET", "/").text
    assert browser.post("/pause").status == 303

    assert node.home.paused.exists()


def test_a_port_that_is_taken_is_told(stranger: Browser, node: Bare) -> None:
    with pytest.raises(NodeError, match="cannot be used"):
        Console(node.home, stranger.console.server_port)
    with pytest.raises(NodeError, match="cannot be used"):
        Console(node.home, 99_999)


def test_it_listens_on_loopback_only(stranger: Browser) -> None:
    assert stranger.console.server_address[0] == "127.0.0.1"


def test_the_command_prints_the_link_and_ends_with_ctrl_c(node: Bare) -> None:
    words = [sys.executable, "-m", "federation.node", "--home", str(node.home.folder), "console"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        link = process.stdout.readline().strip()
        with urllib.request.urlopen(link, timeout=20) as answer:  # noqa: S310  # our own link
            assert answer.status == 200
            assert b"Welcome" in answer.read()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130
