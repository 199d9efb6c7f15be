"""A community's block list: whom it does not want to hear from, for its own eyes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from consent.blocking import names_blocked
from consent.errors import ConflictOfInterest, Incomplete, TransitionRefused
from consent.models import Block
from consent.reading import Reader
from consent.rules import BlockKind
from governance.actions.alerts import tell
from governance.actions.audit import record
from governance.actions.permissions import require_seated
from governance.models import Community, Membership, User
from governance.queries.communities import people_with
from governance.rules import Verb

MOST_BLOCKS = 500  # that are in force in one community
MAX_NAME, MAX_REASON = 200, 400


@dataclass(frozen=True)
class Named:
    """Whom to block. People are known by e-mail or ORCID, institutions by ROR or by their name."""

    kind: BlockKind
    name: str
    email: str = ""
    orcid: str = ""
    ror: str = ""


@transaction.atomic
def add(community_id: int, *, actor: User, named: Sequence[Named], reason: str) -> list[Block]:
    """Put people and institutions on the list. What is on it already stays as it is.

    It stops what comes and holds what runs; it decides nothing that is open, and takes no grant
    back. Neither name nor reason goes into the log, which others read too.

    Raises:
        NotAllowed: not a steward whom the charter in force names.
        Incomplete: with a sentence for each field that cannot be used; or the list is full.
    """
    community = Community.objects.select_for_update(no_key=True).get(pk=community_id)
    membership = require_seated(actor, Verb.BLOCK, community)
    reason = _reason(reason)
    wanted = [_checked(each) for each in named]
    if not wanted:
        raise Incomplete({"": "Choose at least one person or institution."})
    held = Block.objects.filter(community=community, lifted_at__isnull=True)
    if held.count() + len(wanted) > MOST_BLOCKS:
        raise Incomplete({"": f"The list holds {MOST_BLOCKS} entries. Lift some first."})
    known = {(row.kind, row.email, row.orcid, row.ror, row.name.casefold()) for row in held}
    return [
        _made(community, membership, each, reason)
        for each in wanted
        if (each.kind.value, each.email, each.orcid, each.ror, each.name.casefold()) not in known
    ]


@transaction.atomic
def lift(block_id: int, *, actor: User) -> Block:
    """Take one off the list: requests that name it come through again. The row stays.

    Raises:
        NotAllowed: not a steward whom the charter in force names.
        ConflictOfInterest: it is about her.
        TransitionRefused: it was lifted before.
    """
    block = (
        Block.objects.select_for_update(of=("self",)).select_related("community").get(pk=block_id)
    )
    membership = require_seated(actor, Verb.BLOCK, block.community)
    if names_blocked(block, {"people": [{"email": actor.email, "orcid": actor.orcid}]}):
        raise ConflictOfInterest("This is about you. Another steward takes it off the list.")
    if block.lifted_at is not None:
        raise TransitionRefused("This was lifted before.")
    block.lifted_at, block.lifted_by = timezone.now(), membership
    block.save(update_fields=["lifted_at", "lifted_by"])
    _told(block, "lift", membership)
    return block


def _made(community: Community, membership: Membership, named: Named, reason: str) -> Block:
    block = Block.objects.create(
        community=community,
        kind=named.kind.value,
        name=named.name,
        email=named.email,
        orcid=named.orcid,
        ror=named.ror,
        reason=reason,
        made_by=membership,
    )
    _told(block, "add", membership)
    return block


def _told(block: Block, verb: str, by: Membership) -> None:
    record(
        f"block.{verb}",
        actor=by.user,
        subject=f"block:{block.public_id}",
        community=block.community,
    )
    others = [user for user in people_with(block.community, Verb.BLOCK) if user.pk != by.user_id]
    tell(
        others,
        key=f"block:{block.public_id}:{verb}",
        path=reverse("consent:blocks", args=[block.community.slug]),
        community=block.community,
    )


def _reason(reason: str) -> str:
    problems: dict[str, str] = {}
    reason = Reader({"reason": reason}, problems).text("reason", MAX_REASON)
    if problems:
        raise Incomplete(problems)
    return reason


def _checked(named: Named) -> Named:
    problems: dict[str, str] = {}
    read = Reader(vars(named), problems)
    name = read.text("name", MAX_NAME, line=True)
    if named.kind is BlockKind.PERSON:
        email = read.email("email") if named.email.strip() else ""
        orcid = read.orcid("orcid")
        if not email and not orcid and not problems:
            problems["email"] = "Give the e-mail address, the ORCID, or both."
        found = Named(named.kind, name, email=email, orcid=orcid)
    else:
        found = Named(named.kind, " ".join(re.split(r"\s+", name)), ror=read.ror("ror"))
    if problems:
        raise Incomplete(problems)
    return found
