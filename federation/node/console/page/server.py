"""Answers the browser on 127.0.0.1 and nobody else.

Against pages of others, open in the same browser: only its own host names are answered (a name
of theirs may lead here), nothing is shown without the cookie, and nothing is done without the
form's own secret from its own origin. No path leads to a file.
"""

import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from federation.node.books.state import State
from federation.node.console.facts import node_facts
from federation.node.console.page import html
from federation.node.console.page.keyring import Keyring
from federation.node.console.page.style import CSS
from federation.node.console.switch import switch_off, switch_on
from federation.node.deadline import cut_off
from federation.node.errors import NodeError
from federation.node.home import Home
from federation.node.settings import read_config

_LONGEST_FORM = 2000
_REQUEST_S = 10.0
_MOST_AT_ONCE = 16
_BY = "The operator, on the console's page,"

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def serve(home: Home, port: int) -> int:
    """Serve the page until Ctrl-C.

    Raises:
        NodeError: there is no node here, or the port is taken.
    """
    read_config(home)
    console = Console(home, port)
    sys.stdout.write(
        f"Open this on this machine; it works once, for one browser:\n{console.keyring.link}\n"
        "To end the page: Ctrl-C\n"
    )
    sys.stdout.flush()
    try:
        console.serve_forever(poll_interval=0.2)
    finally:
        console.server_close()
    return 0


class Console(ThreadingHTTPServer):
    """Listens on loopback only. ``port`` 0 takes any that is free."""

    daemon_threads = True
    request_queue_size = 32

    def __init__(self, home: Home, port: int) -> None:
        try:
            super().__init__(("127.0.0.1", port), _Handler)
        except (OSError, OverflowError) as error:
            raise NodeError(f"Port {port} of 127.0.0.1 cannot be used: {error}.") from None
        self.home = home
        self.keyring = Keyring(self.server_port)
        self.hosts = {f"{name}:{self.server_port}" for name in ("127.0.0.1", "localhost")}
        self.turn = threading.Lock()
        self._places = threading.BoundedSemaphore(_MOST_AT_ONCE)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Take a request if there is a place; whoever opens many connections waits outside."""
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            with cut_off(request, time.monotonic() + _REQUEST_S):
                super().process_request_thread(request, client_address)
        except TimeoutError:
            pass  # the connection is cut already; there is nobody to tell
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away is nothing to tell the operator."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: Console
    server_version, sys_version = "kinhold-node", ""
    timeout = _REQUEST_S

    def do_GET(self) -> None:
        """Show something; nothing is changed by it, but that the link is used up."""
        url = urlsplit(self.path)
        if self.headers.get("Host") not in self.server.hosts:
            self._refuse(403, "This page answers on 127.0.0.1 only.")
        elif url.path == "/style.css":
            self._send(200, CSS, kind="text/css")
        elif url.path == "/enter":
            self._enter(parse_qs(url.query).get("token", [""])[0])
        elif not self._known():
            self._refuse(403, "Open the link that kinhold-node console printed.")
        elif (page := self._pages().get(url.path)) is not None:
            self._show(page)
        else:
            self._refuse(404, "There is no such page.")

    def do_POST(self) -> None:
        """Pause or resume, if the form is this console's own."""
        acts = {"/pause": self._pause, "/resume": self._resume}
        host = self.headers.get("Host")
        if host not in self.server.hosts or self.headers.get("Origin") != f"http://{host}":
            self._refuse(403, "This form is not from this page.")
        elif not self._known():
            self._refuse(403, "Open the link that kinhold-node console printed.")
        elif (act := acts.get(self.path)) is None:
            self._refuse(404, "There is no such page.")
        elif (form := self._form()) is not None:
            if not self.server.keyring.own_form(form.get("form", "")):
                self._refuse(403, "This form is not from this page; load the page again.")
            else:
                self._act(act, form)

    def _pages(self) -> dict[str, Callable[[], str]]:
        form = self.server.keyring.form
        return {
            "/": self._overview,
            "/pause": lambda: html.confirm_pause(form),
            "/resume": lambda: html.confirm_resume(form),
        }

    def _overview(self) -> str:
        home = self.server.home
        config = read_config(home)
        # One at a time: counting a privacy budget takes the machine a second.
        with self.server.turn, closing(State(home.state)) as state:
            return html.overview(node_facts(home, config, state))

    def _show(self, page: Callable[[], str]) -> None:
        try:
            text = page()
        except NodeError as error:
            self._refuse(500, str(error))
        except sqlite3.Error as error:
            self._refuse(500, f"The state file cannot be read: {error}.")
        else:
            self._send(200, text)

    def _act(self, act: Callable[[dict[str, str]], None], form: dict[str, str]) -> None:
        try:
            act(form)
        except NodeError as error:
            self._refuse(500, str(error))
        else:
            self._send(303, "", {"Location": "/"})

    def _pause(self, form: dict[str, str]) -> None:
        switch_off(self.server.home, form.get("reason", ""), by=_BY)

    def _resume(self, _form: dict[str, str]) -> None:
        switch_on(self.server.home, by=_BY)

    def _enter(self, token: str) -> None:
        cookie = self.server.keyring.enter(token)
        if cookie is not None:
            self._send(200, html.entered(), {"Set-Cookie": cookie})
        elif self._known():
            self._send(200, html.entered())
        else:
            self._refuse(403, "This link was used or is not of this start of the console.")

    def _known(self) -> bool:
        return self.server.keyring.knows(self.headers.get("Cookie", ""))

    def _form(self) -> dict[str, str] | None:
        """Read a short form; None when it was refused."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdecimal()) or "Transfer-Encoding" in self.headers:
            self._refuse(411, "The length of the form is missing.")
            return None
        if len(length) > len(str(_LONGEST_FORM)) or int(length) > _LONGEST_FORM:
            self._refuse(413, "The form is too long.")
            return None
        body = self.rfile.read(int(length)).decode("utf-8", "replace")
        return {name: values[0] for name, values in parse_qs(body).items()}

    def _refuse(self, status: int, sentence: str) -> None:
        self._send(status, html.refused(sentence))

    def _send(
        self, status: int, text: str, headers: dict[str, str] | None = None, kind: str = "text/html"
    ) -> None:
        body = text.encode("utf-8", "replace")
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (_HEADERS | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *_arguments: Any) -> None:  # noqa: A002  # the base's name
        """Say nothing: what is asked here is nobody's business, and pauses are events."""
