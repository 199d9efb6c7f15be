"""Communities: founded from the platform's own shell, then described in their own words."""

import re

from django.db import transaction

from governance.actions.audit import record
from governance.actions.permissions import require_member, require_seated
from governance.errors import NotReady
from governance.models import Community, User
from governance.rules import Verb

_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


@transaction.atomic
def found(*, slug: str, name: str, about: str = "") -> Community:
    """Make a place for a community. It has no power until its stewards signed a charter.

    Raises:
        NotReady: the short name is taken, or not spelled as nodes need it.
    """
    if not _SLUG.fullmatch(slug) or len(slug) > 40:
        raise NotReady("A community's short name has only a-z, 0-9 and single dashes; at most 40.")
    if Community.objects.filter(slug=slug).exists():
        raise NotReady(f"There is a community {slug} already.")
    community = Community.objects.create(slug=slug, name=name, about=about)
    record("community.found", actor=None, subject=f"community:{slug}", community=community)
    return community


@transaction.atomic
def describe(community_id: int, *, actor: User, name: str, about: str, contact: str) -> Community:
    """Set how the community shows itself. Its short name, which is signed, never changes.

    Raises:
        NotAllowed: neither a steward nor a convenor here.
        NotReady: the name is empty.
    """
    community = Community.objects.select_for_update().get(pk=community_id)
    require_member(actor, Verb.NAME_BODIES, community)
    if not name.strip():
        raise NotReady("A community has a name.")
    community.name, community.about, community.contact = name.strip(), about, contact
    community.save(update_fields=["name", "about", "contact"])
    record(
        "community.describe",
        actor=actor,
        subject=f"community:{community.slug}",
        community=community,
    )
    return community


@transaction.atomic
def tell_decisions(community_id: int, *, actor: User, tells: bool) -> Community:
    """Say whether other communities asked about the same request learn what this one decided.

    Who answered what is never told. Off, it takes back what was not read yet.

    Raises:
        NotAllowed: not a steward whom the charter in force names.
    """
    community = Community.objects.select_for_update().get(pk=community_id)
    require_seated(actor, Verb.DECIDE, community)
    community.tells_decisions = tells
    community.save(update_fields=["tells_decisions"])
    record(
        "community.tell-decisions" if tells else "community.keep-decisions",
        actor=actor,
        subject=f"community:{community.slug}",
        community=community,
    )
    return community
