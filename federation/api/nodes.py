"""What nodes fetch and hand in.

Each node is told of its own community, and of those that hold a dataset kept there too. Of
communities that the same request asks it may read the charters, and nothing else.
"""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from consent.grants.codec import unb64u
from consent.grants.errors import GrantRefused
from consent.queries import notices_list_of, signed_grants_of
from federation.actions import datasets, receipts
from federation.api.described import described
from federation.api.refusals import BadReceipt, as_problems
from federation.models import DataNode
from federation.node_auth import IsNode, NodeSignature
from federation.queries import charters_told_to, community_told_to, signed_charters_of
from federation.serializers.machines import (
    Charters,
    DescribedOut,
    DescriptionIn,
    Grants,
    Notices,
    ReceiptIn,
    ReceiptOut,
)
from governance.models import Community


class NodeView(APIView):
    """A view that only a node may call, in its own name."""

    authentication_classes = (NodeSignature,)
    permission_classes = (IsNode,)
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "node"


def _caller(request: Request) -> DataNode:
    caller: Any = request.user  # a NodeCaller: IsNode lets nobody else in
    node: DataNode = caller.node
    return node


Told = Callable[[Community, str], Community | None]


def _asked_about(request: Request, told: Told = community_told_to) -> Community:
    """The community that a node asks about, its own if it names none, if it is ``told`` of it."""
    own = _caller(request).community
    community = told(own, request.query_params.get("community", ""))
    if community is None:
        raise NotFound
    return community


PEER = OpenApiParameter(
    "community",
    description="Another community that holds a dataset of the node's community too, or that "
    "the same request asks.",
)
ABOUT = OpenApiParameter(
    "community",
    description="Another community that holds a dataset of the node's community too.",
)


class NodeCharters(NodeView):
    @described(operation_id="node_charters", tags=["node"], responses=Charters, parameters=[PEER])
    def get(self, request: Request) -> Response:
        """Charters of the node's community, with the ballots that adopted them."""
        return Response({"charters": signed_charters_of(_asked_about(request, charters_told_to))})


class NodeNotices(NodeView):
    @described(operation_id="node_notices", tags=["node"], responses=Notices, parameters=[ABOUT])
    def get(self, request: Request) -> Response:
        """The newest list of revocations, pauses and resumes, signed by the platform."""
        held = notices_list_of(_asked_about(request))
        return Response({"list": held.text, "signature": held.signature})


class NodeGrants(NodeView):
    @described(operation_id="node_grants", tags=["node"], responses=Grants, parameters=[ABOUT])
    def get(self, request: Request) -> Response:
        """Grants of the node's community, with the ballots that made them."""
        return Response({"grants": _grants(request)})


def _grants(request: Request) -> list[str]:
    own = _caller(request).community
    return signed_grants_of(_asked_about(request), for_node_of=own)


class NodeReceipts(NodeView):
    @described(
        operation_id="node_receipts",
        tags=["node"],
        request=ReceiptIn,
        responses={200: ReceiptOut, 201: ReceiptOut},
    )
    def post(self, request: Request) -> Response:
        """Take a receipt in. Sent again, it changes nothing and the answer is 200."""
        sent = ReceiptIn(data=request.data)
        sent.is_valid(raise_exception=True)
        with as_problems():
            taken = receipts.take(_caller(request), **_bytes_of(sent.validated_data))
        return Response(
            {"sequence": taken.receipt.sequence},
            status=status.HTTP_201_CREATED if taken.created else status.HTTP_200_OK,
        )


class NodeDatasets(NodeView):
    @described(
        operation_id="node_datasets",
        tags=["node"],
        request=DescriptionIn,
        responses={200: DescribedOut, 201: DescribedOut},
    )
    def post(self, request: Request) -> Response:
        """Take in what a node says of a dataset: words and a size band, signed with its key.

        Sent again, it changes nothing and the answer is 200. Nobody outside the community sees a
        new one before a steward publishes it.
        """
        sent = DescriptionIn(data=request.data)
        sent.is_valid(raise_exception=True)
        with as_problems():
            taken = datasets.take(_caller(request), **_bytes_of(sent.validated_data))
        code = status.HTTP_201_CREATED if taken.new else status.HTTP_200_OK
        return Response(DescribedOut(taken).data, status=code)


def _bytes_of(sent: dict[str, Any]) -> dict[str, bytes]:
    """Read the one text that was sent, under whatever name, and its signature."""
    [text] = [value for name, value in sent.items() if name != "signature"]
    try:
        return {"text": text.encode(), "signature": unb64u(sent["signature"])}
    except (GrantRefused, UnicodeEncodeError) as refusal:
        raise BadReceipt("What was sent, or its signature, cannot be read.") from refusal
