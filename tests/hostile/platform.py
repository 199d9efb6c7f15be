"""A real HTTP platform in the attacker's hands: it serves whatever a test tells it to."""

import hashlib
import json
import sys
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from consent.grants.codec import b64u, unb64u
from consent.grants.receipts import verify_receipt


@dataclass
class Served:
    """What one community's node is shown."""

    charters: list[str] = field(default_factory=list)
    grants: list[str] = field(default_factory=list)
    notices: tuple[bytes, bytes] = (b"{}", b"")


class HostilePlatform:
    """Serves section "Node API" on loopback, takes receipts and results, verifies receipts."""

    def __init__(self) -> None:
        self.served: dict[str, Served] = defaultdict(Served)
        self.keys: dict[str, bytes] = {}
        self.receipts: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.results: list[dict[str, Any]] = []
        self.requests: list[str] = []
        self.heard: list[bytes] = []
        """Every word of every call of a node: line, headers, body."""
        self.lock = threading.Lock()
        self.down = False
        self.silent = False
        """Takes calls and answers none until this is false again."""
        self.breaks_off = 0
        """Calls that are done and whose link breaks before the answer."""
        self.lies: dict[str, bytes] = {}
        """Bodies to answer with in the place of sound ones, by the last word of the path."""
        self.denies = False
        """Keeps receipts, and says of each that it holds another one in its place."""
        self.conflicts = 0
        """Receipts that came under a number that another receipt has already."""
        handler = type("Handler", (_Handler,), {"platform": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def receipts_of(self, flower_run: int) -> dict[str, dict[str, Any]]:
        """Give the newest receipt of each community for a Flower run."""
        with self.lock:
            return {
                community: receipt
                for community, receipts in self.receipts.items()
                for receipt in receipts
                if receipt["flower_run"] == str(flower_run)
            }

    def take_receipt(self, community: str, body: bytes) -> tuple[int, dict[str, Any]]:
        sent = json.loads(body)
        receipt = sent["receipt"].encode()
        document = verify_receipt(receipt, unb64u(sent["signature"]), self.keys[community])
        with self.lock:
            held = {r["sequence"]: r for r in self.receipts[community]}
            if document["sequence"] in held:
                same = held[document["sequence"]] == document
                self.conflicts += not same
                return (200 if same else 409), {"sequence": document["sequence"]}
            self.receipts[community].append(document)
        return 201, {"sequence": document["sequence"]}


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a node that hung up (it was killed); raise everything else."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    platform: HostilePlatform
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        community = self._who(b"")
        if community is None:
            return
        path, _, about = self.path.partition("?community=")
        shown = self.platform.served[about or community]
        if (lie := self.platform.lies.get(path.rpartition("/")[2])) is not None:
            self._answer_with(200, lie)
            return
        text, signature = shown.notices
        answers: dict[str, dict[str, Any]] = {
            "/api/v1/node/charters": {"charters": shown.charters},
            "/api/v1/node/grants": {"grants": shown.grants},
            "/api/v1/node/notices": {"list": text.decode(), "signature": b64u(signature)},
        }
        self._answer(200, answers[path])

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/api/v1/aggregator/results":
            if self.platform.down:
                self._answer(503, {})
                return
            self.platform.results.append(json.loads(body))
            self._answer(201, {})
            return
        community = self._who(body)
        if community is not None:
            status, answer = self.platform.take_receipt(community, body)
            self._answer(409 if self.platform.denies else status, answer)

    def _who(self, body: bytes) -> str | None:
        """Check the node's own signature, as the real platform does."""
        while self.platform.silent:
            time.sleep(0.1)
        community = self.headers["Kinhold-Node"].split("/")[0]
        parts = (self.command, self.path, self.headers["Kinhold-Time"])
        message = "\n".join(("kinhold-node/v1", *parts, hashlib.sha256(body).hexdigest()))
        key = Ed25519PublicKey.from_public_bytes(self.platform.keys[community])
        self.platform.requests.append(f"{community} {self.command} {self.path}")
        line = f"{self.command} {self.path}\n{self.headers}"
        self.platform.heard.append(line.encode() + body)
        if self.platform.down:
            self._answer(503, {})
            return None
        try:
            key.verify(unb64u(self.headers["Kinhold-Signature"]), message.encode())
        except InvalidSignature:
            self._answer(401, {"code": "bad-signature"})
            return None
        return community

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        if self.platform.breaks_off:
            self.platform.breaks_off -= 1
            self.close_connection = True
            return
        self._answer_with(status, json.dumps(body).encode())

    def _answer_with(self, status: int, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_arguments: object) -> None:
        return
