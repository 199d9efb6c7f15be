"""The communities' own machines: enrolled, told to Flower, seen, retired."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from federation.errors import CardRefused, TransitionRefused
from federation.gateway.base import Gateway, GatewayRefused
from federation.models import DataNode, RunSite
from federation.node_cards import Card, read_card
from federation.queries import OPEN_STATES, nodes_to_register
from governance.actions.audit import record
from governance.actions.permissions import require
from governance.models import Community, User
from governance.rules import NodeState, Verb
from governance.wake import wake

SEEN_AT_MOST_EVERY_S = 10


@transaction.atomic
def enrol(*, community_id: int, actor: User, card: Mapping[str, object]) -> DataNode:
    """Take up a node by its card. It gets work once a charter names it.

    Raises:
        governance.errors.NotAllowed: the person may not enrol nodes here.
        CardRefused: the card is not sound, for another community, or known already.
    """
    community = Community.objects.select_for_update().get(pk=community_id)
    require(actor, Verb.ENROL_NODE, community=community)
    told = read_card(card, community=community.slug)
    _refuse_known(community, told)
    node = DataNode.objects.create(
        community=community,
        name=told.name,
        receipt_key=told.receipt_key,
        supernode_key=told.supernode_key,
    )
    record("node.enrol", actor=actor, subject=f"node:{node}", community=community)
    wake("federation.register_nodes")
    return node


def _refuse_known(community: Community, card: Card) -> None:
    if DataNode.objects.filter(community=community, name=card.name).exists():
        raise CardRefused(f"{community} has, or had, a node named {card.name}. Choose another.")
    same = Q(receipt_key=card.receipt_key) | Q(supernode_key=card.supernode_key)
    if DataNode.objects.filter(same).exists():
        raise CardRefused("A node with one of these keys is enrolled already. Make new keys.")


@transaction.atomic
def retire(node_id: int, *, actor: User) -> DataNode:
    """Stop working with a node for good. Its receipts are kept.

    Raises:
        governance.errors.NotAllowed: the person may not do this here.
        TransitionRefused: it is retired already, or takes part in a run that is not over.
    """
    node = (
        DataNode.objects.select_for_update(of=("self",)).select_related("community").get(pk=node_id)
    )
    require(actor, Verb.ENROL_NODE, community=node.community)
    if node.state == NodeState.RETIRED:
        raise TransitionRefused(f"{node} is retired already.")
    if RunSite.objects.filter(node=node, run__state__in=OPEN_STATES).exists():
        raise TransitionRefused(f"{node} takes part in a run. Stop the run first.")
    node.state = NodeState.RETIRED.value
    node.retired_at = timezone.now()
    node.save(update_fields=["state", "retired_at"])
    record("node.retire", actor=actor, subject=f"node:{node}", community=node.community)
    return node


def register(*, gateway: Gateway) -> None:
    """Tell Flower of every node that it does not know yet. Safe to repeat.

    Raises:
        GatewayUnreachable: nothing more can be done now; what was done is kept.
    """
    for node in nodes_to_register():
        try:
            flower_node = gateway.register_node(node.supernode_key, str(node))
        except GatewayRefused as refusal:
            note_trouble(node.pk, str(refusal))
        else:
            note_registered(node.pk, flower_node)


@transaction.atomic
def note_registered(node_id: int, flower_node: int) -> None:
    """Keep the number that Flower gave a node. Safe to repeat."""
    node = (
        DataNode.objects.select_for_update(of=("self",)).select_related("community").get(pk=node_id)
    )
    if node.flower_node is not None:
        return
    node.flower_node = flower_node
    node.trouble = ""
    node.save(update_fields=["flower_node", "trouble"])
    record("node.register", actor=None, subject=f"node:{node}", community=node.community)


def note_trouble(node_id: int, reason: str) -> None:
    """Keep why Flower did not take a node; it is shown on the community's page of nodes."""
    length = DataNode._meta.get_field("trouble").max_length
    DataNode.objects.filter(pk=node_id).update(trouble=reason[:length])


def note_seen(node: DataNode, *, signed_at: datetime) -> None:
    """Keep when a node was last heard of, at most once in ``SEEN_AT_MOST_EVERY_S`` seconds.

    The time is the one the node signed, and never goes back: a request that somebody recorded
    and plays again does not make a dead node look alive.
    """
    seen_at = min(signed_at, timezone.now())
    due_before = seen_at - timedelta(seconds=SEEN_AT_MOST_EVERY_S)
    if node.last_seen_at is None or node.last_seen_at < due_before:
        DataNode.objects.filter(pk=node.pk).update(
            last_seen_at=Greatest(F("last_seen_at"), Value(seen_at))
        )
    if node.state == NodeState.ENROLLED:
        _note_connected(node)


@transaction.atomic
def _note_connected(node: DataNode) -> None:
    first = DataNode.objects.filter(pk=node.pk, state=NodeState.ENROLLED)
    if first.update(state=NodeState.CONNECTED.value):
        record(
            "node.connect",
            actor=None,
            actor_label=str(node),
            subject=f"node:{node}",
            community=node.community,
        )
