"""Where this app's own kinds of text are read and signed, and the pages about people."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from governance.models import Statement
from governance.navigation import Item, register_page, register_places
from governance.rules import StatementKind, Verb


def register_all() -> None:
    read, invite = frozenset({Verb.READ_COMMUNITY}), frozenset({Verb.INVITE})
    name, mend = frozenset({Verb.NAME_BODIES}), frozenset({Verb.MEND_PASSKEYS})
    letters = frozenset({Verb.HAND_LETTERS})
    register_places(
        Item(_("All people"), "governance:people", read, order=10),
        Item(_("Invitations"), "governance:invitations", invite),
        Item(_("Bodies"), "governance:bodies", read),
        Item(_("When I am away"), "governance:absences", read),
        Item(_("Quiet times"), "governance:quiet", read),
        Item(_("Letters to hand over"), "governance:letters", letters),
        Item(_("Delegations"), "governance:delegations", read, part="charter"),
        Item(_("Passkeys: lost, stolen, replaced"), "governance:passkeys", mend),
        Item(_("Labels on our data"), "governance:labels", read, part="datasets"),
        Item(_("Our words for the clauses"), "governance:voices", read, part="protocol"),
        Item(_("Name and contact of the community"), "governance:community-settings", name),
    )
    register_page(StatementKind.CHARTER, _charter)
    register_page(StatementKind.PROTOCOL, _protocol)
    register_page(StatementKind.DELEGATION, _delegation)


def _charter(statement: Statement) -> str:
    return reverse("governance:charter", args=[statement.community.slug, statement.charter.pk])


def _protocol(statement: Statement) -> str:
    return reverse("governance:protocol", args=[statement.community.slug, statement.protocol.pk])


def _delegation(statement: Statement) -> str:
    args = [statement.community.slug, statement.delegation.public_id]
    return reverse("governance:delegation", args=args)
