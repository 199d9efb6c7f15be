"""Requests as nodes and scripts make them."""

import hashlib
import json
import time
from dataclasses import dataclass
from typing import Any

from django.test import Client

from consent.grants.codec import b64u
from governance.actions import tokens
from governance.models import User
from tests.federation.factories import Machine

NODE = "/api/v1/node/"


@dataclass
class Call:
    """A node's signed request, which a test may change before it is sent."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""

    def send(self) -> Any:
        return Client().generic(
            self.method,
            self.path,
            self.body,
            content_type="application/json",
            headers=self.headers,
        )


def signed(
    machine: Machine, method: str, path: str, body: bytes = b"", *, at: float | None = None
) -> Call:
    moment = str(int(time.time() if at is None else at))
    parts = (method, path, moment, hashlib.sha256(body).hexdigest())
    message = b"kinhold-node/v1\n" + "\n".join(parts).encode()
    headers = {
        "Kinhold-Node": machine.label,
        "Kinhold-Time": moment,
        "Kinhold-Signature": b64u(machine.key.sign(message)),
    }
    return Call(method, path, headers, body)


def receipt_call(machine: Machine, **changes: Any) -> Call:
    """A call that hands in the machine's next receipt."""
    text, signature = machine.receipt(**changes)
    body = json.dumps({"receipt": text.decode(), "signature": b64u(signature)}).encode()
    return signed(machine, "POST", NODE + "receipts", body)


class Script:
    """A researcher's program with a token."""

    def __init__(self, user: User, *scopes: str) -> None:
        _row, secret = tokens.issue(user, "a script", list(scopes), 30)
        self._client = Client(headers={"Authorization": f"Bearer {secret}"})

    def get(self, path: str) -> Any:
        return self._client.get(f"/api/v1/{path}")

    def post(self, path: str, body: Any = None) -> Any:
        return self._client.post(f"/api/v1/{path}", body, content_type="application/json")

    def post_form(self, path: str, fields: dict[str, Any]) -> Any:
        """As multipart/form-data, which carries files."""
        return self._client.post(f"/api/v1/{path}", fields)

    def patch(self, path: str, body: Any) -> Any:
        return self._client.patch(f"/api/v1/{path}", body, content_type="application/json")
