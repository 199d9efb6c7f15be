"""Taking in what nodes say of their datasets: verified, then kept by governance."""

from datetime import timedelta

from django.utils import timezone

from consent.grants.codec import MAX_STATEMENT_BYTES, b64u, unb64u
from consent.grants.descriptions import Description, verify_description
from consent.grants.errors import GrantRefused
from federation.errors import DescriptionRefused
from federation.models import DataNode
from governance.actions.node_descriptions import Described, take_description

MAX_DESCRIPTION_BYTES = MAX_STATEMENT_BYTES
AHEAD_S = 300
"""How far a node's clock may be ahead, in seconds, as for its calls. A description from the future
would keep every later one out."""


def take(node: DataNode, *, text: bytes, signature: bytes) -> Described:
    """Keep a node's description of one of its datasets. The same again changes nothing.

    Raises:
        DescriptionRefused: too long, not signed by this node, not a description, another node's,
            or dated in the future.
        governance.errors.NotReady: the short name is taken, or a later description is here.
    """
    told = _verified(node, text, signature)
    return take_description(told, text=text.decode(), signature=b64u(signature))


def _verified(node: DataNode, text: bytes, signature: bytes) -> Description:
    if len(text) > MAX_DESCRIPTION_BYTES:
        raise DescriptionRefused(f"A description has at most {MAX_DESCRIPTION_BYTES} bytes.")
    try:
        told = verify_description(text, signature, unb64u(node.receipt_key))
    except GrantRefused as refusal:
        raise DescriptionRefused(str(refusal)) from refusal
    if (told.community, told.node) != (node.community.slug, node.name):
        raise DescriptionRefused("The description is in another node's name.")
    if told.at > timezone.now() + timedelta(seconds=AHEAD_S):
        raise DescriptionRefused("The description is dated in the future. Check the node's clock.")
    return told
