"""Delegations: one steward may decide some requests alone, for a time (R-23).

They are put to the stewards and signed by the rule for grants. Any one steward stops one at once
by a signed pause, which the next app up writes; nodes read that pause, not this table.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.grants.codec import time_text
from consent.grants.delegation import parse_delegation
from consent.grants.errors import Malformed
from consent.grants.statements import Answer
from governance.actions import statements
from governance.actions.permissions import require_seated
from governance.actions.statements import Assertion, CastResult
from governance.errors import NotReady
from governance.models import Charter, Community, Dataset, Delegation, Membership, User
from governance.queries import charter_chain, charter_in_force, datasets_of, stewards_of
from governance.rules import StatementKind, Verb


@dataclass(frozen=True)
class Terms:
    """What is delegated: to whom, for which dataset and code, how often, until when, and why.

    Attributes:
        delegate: steward id, as charters spell it.
        code: SHA-256 of the job's code, in lower-case hex.
        max_grants: 1 to 50 grants in all; ``max_rounds`` bounds each by itself.
        not_after: aware end; at most 366 days from now.
        resolution: where the meeting's decision is written down.
    """

    delegate: str
    dataset: str
    code: str
    max_grants: int
    max_rounds: int
    not_after: datetime
    resolution: str


@transaction.atomic
def draft(*, community_id: int, actor: User, terms: Terms) -> Delegation:
    """Write a delegation and put it to the stewards.

    Raises:
        NotAllowed: not a steward whom the charter in force names.
        NotReady: no charter yet, the person or the dataset is not the community's, or a number,
            the end or the resolution does not fit.
    """
    community = Community.objects.select_for_update().get(pk=community_id)
    membership = require_seated(actor, Verb.DELEGATE, community)
    charter = charter_in_force(community)
    if charter is None:
        raise NotReady(_("Adopt a charter first: nobody could decide on this."))
    delegate = _steward(community, terms.delegate)
    dataset = datasets_of(community).filter(slug=terms.dataset).first()
    if dataset is None:
        raise NotReady(_("This is not a dataset of the community."))
    document = _document(charter, terms, dataset)
    statement = statements.propose(
        community=community,
        kind=StatementKind.DELEGATION,
        document=document,
        proposed_by=membership,
    )
    _must_be_readable(statement.text)
    return Delegation.objects.create(
        public_id=document["id"],
        community=community,
        statement=statement,
        delegate=delegate,
        not_after=terms.not_after,
        max_grants=terms.max_grants,
    )


def sign(
    delegation_id: int, *, actor: User, answer: Answer, assertion: Assertion, comment: str = ""
) -> CastResult:
    """Take a steward's answer; when that settles it, the delegation is in force at once.

    Raises: as ``statements.cast``.
    """
    delegation = Delegation.objects.select_related("statement__community").get(pk=delegation_id)
    with statements.ballot_refusals_recorded(delegation.statement, actor=actor):
        return _sign(delegation, actor, answer, assertion, comment)


@transaction.atomic
def _sign(
    delegation: Delegation, actor: User, answer: Answer, assertion: Assertion, comment: str
) -> CastResult:
    Community.objects.select_for_update().get(pk=delegation.community_id)
    result = statements.cast(
        delegation.statement_id, actor=actor, answer=answer, assertion=assertion, comment=comment
    )
    if result.adopted:
        Delegation.objects.filter(pk=delegation.pk).update(adopted_at=timezone.now())
    return result


@transaction.atomic
def take_back(delegation_id: int, *, actor: User, reason: str) -> Delegation:
    """Withdraw a delegation that is not decided yet. One in force is stopped instead.

    Raises:
        NotAllowed: not a steward here, or not one whom the charter in force names.
        StatementClosed: it is decided, or was taken back before.
    """
    delegation = Delegation.objects.select_related("community", "statement").get(pk=delegation_id)
    require_seated(actor, Verb.DELEGATE, delegation.community)
    statements.let_fall(delegation.statement, actor=actor, reason=reason)
    return delegation


def locked(delegation_id: int) -> Delegation:
    """Return the row, locked: two yeses at once must not use one grant too many."""
    return (
        Delegation.objects.select_for_update(of=("self",))
        .select_related("statement__community", "community")
        .get(pk=delegation_id)
    )


def note_stop(delegation: Delegation, *, stopped: bool) -> None:
    """Note that a signed pause stops it, or that a resume lets it go on. Same transaction."""
    delegation.stopped_at = timezone.now() if stopped else None
    delegation.save(update_fields=["stopped_at"])


def _steward(community: Community, steward_id: str) -> Membership:
    named = charter_chain(community)[-1].bodies
    for steward in stewards_of(community):
        if steward.steward_id == steward_id and steward_id in named:
            return steward
    raise NotReady(_("Delegate to a steward whom the charter in force names."))


def _document(charter: Charter, terms: Terms, dataset: Dataset) -> dict[str, Any]:
    now = timezone.now()
    return {
        "type": "delegation",
        "version": 1,
        "community": charter.community.slug,
        "id": str(uuid.uuid4()),
        "charter": {"number": charter.number, "digest": charter.statement.digest},
        "delegate": terms.delegate,
        "scope": {
            "keeper": dataset.community.slug,
            "dataset": dataset.slug,
            "code": terms.code,
        },
        "max_grants": terms.max_grants,
        "max_rounds": terms.max_rounds,
        "not_before": time_text(now),
        "not_after": time_text(terms.not_after),
        "resolution": " ".join(terms.resolution.split()),
        "created": time_text(now),
    }


def _must_be_readable(text: str) -> None:
    """Refuse to ask for signatures on a delegation that no node would read."""
    try:
        parse_delegation(text.encode())
    except Malformed as refusal:
        raise NotReady(str(refusal)) from refusal
