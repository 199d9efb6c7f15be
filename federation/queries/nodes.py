from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet, Value, Window
from django.db.models.functions import Lag

from consent.grants.codec import unb64u
from federation.models import DataNode, Receipt
from governance.models import Community
from governance.queries import charter_chain, charters_of, holding_told, signed
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


def community_told_to(own: Community, slug: str) -> Community | None:
    """Return the community that a node of ``own`` may be told of under this short name.

    Its own (also for an empty name), or one that holds a dataset together with it
    (``governance.queries.holding_told``).
    """
    if slug in ("", own.slug):
        return own
    held = holding_told().filter(community__slug=slug, dataset__community=own)
    return Community.objects.filter(pk__in=held.values("community")).first()


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
    last: Receipt | None = None


def standing_of_nodes(community: Community, nodes: Iterable[DataNode]) -> list[NodeStanding]:
    """These nodes of a community, each with what its people should know of it."""
    shown = list(nodes)
    named = {node.pk for node in nodes_in_charter(community)}
    faults, last = chain_faults(shown), _last_receipts(shown)
    return [
        NodeStanding(node, node.pk in named, faults[node.pk], last.get(node.pk)) for node in shown
    ]


def _last_receipts(nodes: Sequence[DataNode]) -> dict[int, Receipt]:
    """The newest receipt of each node that has one, by the node's key."""
    newest = (
        Receipt.objects.filter(node__in=nodes).order_by("node_id", "-sequence").distinct("node_id")
    )
    return {receipt.node_id: receipt for receipt in newest}


def nodes_of_all() -> QuerySet[DataNode]:
    """Every node that is not retired, for those who look after the platform."""
    nodes = DataNode.objects.exclude(state=NodeState.RETIRED).select_related("community")
    return nodes.order_by("community__name", "name", "pk")


@dataclass(frozen=True)
class ChainFault:
    """A place where a node's receipts do not join: some are missing, or two do not fit."""

    after: int
    before: int
    missing: int


def chain_faults(nodes: Sequence[DataNode], *, most: int = 20) -> dict[int, list[ChainFault]]:
    """Return the first faults in the receipts of each of these nodes, by the node's key.

    Whoever holds the platform back from receiving, or drops what it received, shows up here.
    """
    node, in_turn = F("node"), F("sequence").asc()
    steps = Receipt.objects.filter(node__in=nodes).annotate(
        last=Window(Lag("sequence", default=0), partition_by=node, order_by=in_turn),
        last_digest=Window(Lag("digest", default=Value("")), partition_by=node, order_by=in_turn),
    )
    left_out = ~Q(sequence=F("last") + 1)
    broken = Q(sequence=F("last") + 1) & ~Q(previous=F("last_digest"))
    found = steps.filter(left_out | broken).order_by("node", "sequence")
    faults: dict[int, list[ChainFault]] = {node.pk: [] for node in nodes}
    for key, sequence, last in found.values_list("node", "sequence", "last").iterator():
        if len(faults[key]) < most:
            faults[key].append(ChainFault(last, sequence, missing=sequence - last - 1))
    return faults
