"""Who is asking? A node signs each request with its receipt key; there is no shared secret.

The signature covers method, path, query, time and body, so nothing of a request can be used for
another one. A request that somebody recorded can be played again for ``WINDOW_S`` seconds and does
nothing then: reads change nothing, and a receipt that is here already is left as it is.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from consent.grants.calls import call_bytes
from consent.grants.codec import unb64u
from consent.grants.cose import load_ed25519
from consent.grants.errors import GrantRefused
from federation.actions.nodes import note_seen
from federation.models import DataNode
from federation.queries import node_called

WINDOW_S = 300
_LABEL = re.compile(r"[a-z0-9-]{1,63}/[a-z0-9-]{1,63}")
_REFUSAL = "The signature of this request was not accepted."
# Stands in for the key of a node that is not known, so that both kinds of refusal take as long.
_NOBODY = Ed25519PublicKey.from_public_bytes(
    bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
)


@dataclass(frozen=True)
class NodeCaller:
    """A node in the place where a view finds its user."""

    node: DataNode
    is_authenticated: bool = True
    is_active: bool = True

    @property
    def pk(self) -> str:
        return f"node-{self.node.pk}"


class NodeSignature(BaseAuthentication):
    """Let in the node that signed the request.

    One refusal for every fault: a stranger learns neither which nodes there are nor what is wrong
    with a signature.
    """

    def authenticate(self, request: Request) -> tuple[NodeCaller, None]:
        headers = request.headers
        node = _node_named(headers.get("Kinhold-Node", ""))
        signed_at = _time_of(headers.get("Kinhold-Time", ""))
        signature = _bytes_of(headers.get("Kinhold-Signature", ""))
        message = call_bytes(
            request.method or "",
            request.get_full_path(),
            headers.get("Kinhold-Time", ""),
            request._request.body,
        )
        fits = _verifies(node, signature, message)
        if node is None or signed_at is None or not fits:
            raise AuthenticationFailed(_REFUSAL)
        if abs((timezone.now() - signed_at).total_seconds()) > WINDOW_S:
            raise AuthenticationFailed(_REFUSAL)
        note_seen(node, signed_at=signed_at)
        return NodeCaller(node), None

    def authenticate_header(self, request: Request) -> str:
        return "Kinhold-Node"


class IsNode(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, NodeCaller)


class NodeScheme(OpenApiAuthenticationExtension):
    target_class = "federation.node_auth.NodeSignature"
    name = "node"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Kinhold-Signature",
            "description": "Ed25519 over method, path, time and body, with the node's receipt key.",
        }


def _node_named(label: str) -> DataNode | None:
    if not _LABEL.fullmatch(label):
        return None
    community, _, name = label.partition("/")
    return node_called(community, name)


def _time_of(text: str) -> datetime | None:
    if not (text.isascii() and text.isdigit()) or len(text) > 11:
        return None
    return datetime.fromtimestamp(int(text), UTC)


def _bytes_of(text: str) -> bytes:
    try:
        return unb64u(text)
    except GrantRefused:
        return b""


def _verifies(node: DataNode | None, signature: bytes, message: bytes) -> bool:
    key = _NOBODY if node is None else load_ed25519(unb64u(node.receipt_key))
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True
