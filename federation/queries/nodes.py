from dataclasses import dataclass

from django.db.models import F, Q, QuerySet, Value, Window
from django.db.models.functions import Lag

from consent.grants.codec import unb64u
from federation.models import DataNode, Receipt
from governance.models import Community
from governance.queries import charter_chain, charters_of, signed
from governance.rules import NodeState


def nodes_of(community: Community) -> QuerySet[DataNode]:
    nodes = DataNode.objects.filter(community=community).select_related("community")
    return nodes.order_by("state", "name")


def nodes_enrolled(community: Community) -> QuerySet[DataNode]:
    """Nodes that a charter may name: all but the retired ones."""
    return nodes_of(community).exclude(state=NodeState.RETIRED)


def node_called(community_slug: str, name: str) -> DataNode | None:
    """Return the node that signs as ``community/name``, unless it is retired."""
    nodes = DataNode.objects.filter(community__slug=community_slug, name=name)
    return nodes.exclude(state=NodeState.RETIRED).select_related("community").first()


def signed_charters_of(community: Community) -> list[str]:
    """Every adopted charter with its ballots, as nodes receive it, oldest first."""
    adopted = charters_of(community).filter(adopted_at__isnull=False).order_by("number")
    return [signed(charter.statement).to_json() for charter in adopted]


def nodes_to_register() -> QuerySet[DataNode]:
    """Nodes that Flower has not been told of yet."""
    nodes = DataNode.objects.filter(flower_node__isnull=True).exclude(state=NodeState.RETIRED)
    return nodes.select_related("community").order_by("pk")


def nodes_in_charter(community: Community) -> list[DataNode]:
    """Enrolled nodes whose two keys stand in the charter in force, last seen first.

    A node that was enrolled and is in no charter yet gets no work: the community has not
    decided on it, and no other node could tell its receipts from forged ones.
    """
    chain = charter_chain(community)
    if not chain:
        return []
    named = {(n.name, n.receipt_key, n.supernode_key) for n in chain[-1].nodes}
    nodes = [n for n in nodes_enrolled(community) if _keys(n) in named]
    return sorted(nodes, key=_last_seen, reverse=True)


def _keys(node: DataNode) -> tuple[str, bytes, str]:
    return (node.name, unb64u(node.receipt_key), node.supernode_key)


def _last_seen(node: DataNode) -> float:
    return node.last_seen_at.timestamp() if node.last_seen_at else 0.0


@dataclass(frozen=True)
class NodeStanding:
    """One node as its community sees it."""

    node: DataNode
    in_charter: bool
    faults: list["ChainFault"]


def standing_of_nodes(community: Community) -> list[NodeStanding]:
    """Every node of a community, with what its people should know of it."""
    named = {node.pk for node in nodes_in_charter(community)}
    return [NodeStanding(n, n.pk in named, chain_faults(n)) for n in nodes_of(community)]


def nodes_of_all() -> QuerySet[DataNode]:
    """Every node that is not retired, for those who look after the platform."""
    nodes = DataNode.objects.exclude(state=NodeState.RETIRED).select_related("community")
    return nodes.order_by("community__name", "name")


@dataclass(frozen=True)
class ChainFault:
    """A place where a node's receipts do not join: some are missing, or two do not fit."""

    after: int
    before: int
    missing: int


def chain_faults(node: DataNode, *, most: int = 20) -> list[ChainFault]:
    """Return the first places where receipts are missing or do not follow each other.

    Whoever holds the platform back from receiving, or drops what it received, shows up here.
    """
    steps = Receipt.objects.filter(node=node).annotate(
        last=Window(Lag("sequence", default=0), order_by=F("sequence").asc()),
        last_digest=Window(Lag("digest", default=Value("")), order_by=F("sequence").asc()),
    )
    left_out = ~Q(sequence=F("last") + 1)
    broken = Q(sequence=F("last") + 1) & ~Q(previous=F("last_digest"))
    found = steps.filter(left_out | broken).order_by("sequence")
    return [
        ChainFault(after=last, before=sequence, missing=sequence - last - 1)
        for sequence, last in found.values_list("sequence", "last")[:most]
    ]
