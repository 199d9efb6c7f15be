"""A stand-in for the Local Contexts Hub on this machine, over real connections."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

PROJECT = UUID("11111111-2222-4333-8444-555555555555")
LABEL = UUID("66666666-7777-4888-8999-000000000000")


def answer(**changed: Any) -> dict[str, Any]:
    """What the Hub's API, version 2, answers about a project; the texts are made for tests."""
    label = {
        "unique_id": str(LABEL),
        "name": "Our name for it",
        "label_type": "non_commercial",
        "language_tag": "en",
        "language": "English",
        "label_text": "Not for sale.",
        "img_url": "https://elsewhere.example/a.png",
        "svg_url": "https://elsewhere.example/a.svg",
        "audiofile": None,
        "community": "Invented Community",
        "translations": [
            {
                "translated_name": "Notre nom",
                "language_tag": "fr",
                "language": "French",
                "translated_text": "Pas à vendre.",
            }
        ],
        "created": "2024-01-01",
        "updated": "2024-01-01",
    }
    notice = {"notice_type": "biocultural", "name": "N", "default_text": "official", "img_url": "x"}
    told: dict[str, Any] = {
        "unique_id": str(PROJECT),
        "title": "A project",
        "bc_labels": [label],
        "tk_labels": [],
        "notice": [notice],
        "project_boundary_geojson": {"a": [[[[1.5, 2.5]]]]},
    }
    return told | changed


@dataclass
class Hub:
    """A stand-in for the Hub on this machine: it answers what a test tells it to."""

    url: str
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    reply: Callable[[BaseHTTPRequestHandler], None] = lambda request: None

    def says(
        self, body: bytes, status: int = 200, kind: str = "application/json", **headers: str
    ) -> None:
        def reply(request: BaseHTTPRequestHandler) -> None:
            request.send_response(status)
            request.send_header("Content-Type", kind)
            request.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                request.send_header(name, value)
            request.end_headers()
            request.wfile.write(body)

        self.reply = reply


@contextmanager
def serving() -> Iterator[Hub]:
    hub_here = Hub("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hub_here.asked.append((self.path, self.headers.get("X-Api-Key")))
            hub_here.reply(self)

        def log_message(self, *args: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hub_here.url = f"http://127.0.0.1:{server.server_address[1]}/api/v2/"
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    try:
        yield hub_here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
