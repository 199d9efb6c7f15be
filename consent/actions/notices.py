"""Stops and goes: a pause at once, a revocation for good, a resume; and the list of them."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from consent.actions.announce import announce
from consent.actions.publishing import publish, publish_on_commit
from consent.errors import ConflictOfInterest, NoticeRefused
from consent.grants.codec import time_text
from consent.grants.decision import require_decided
from consent.grants.statements import Answer
from consent.models import Grant, Notice
from consent.queries.notices import lifts_own, pauses_in_force
from consent.rules import GrantState, GrantVerb, NoticeKind, next_grant_state
from governance.actions import delegations, statements
from governance.actions.audit import record
from governance.actions.permissions import require_member, require_seated
from governance.actions.statements import Assertion, CastResult
from governance.errors import NotAllowed
from governance.models import Community, Delegation, Membership, User
from governance.queries import charter_in_force, charter_that_governs, signed
from governance.rules import StatementKind, StatementState, Verb

__all__ = ["let_fall", "pause", "propose_resume", "propose_revocation", "publish", "sign"]

MAX_REASON = 400
NO_REASON = "No reason was given, and none is needed."


@transaction.atomic
def pause(
    *,
    community_id: int,
    actor: User,
    reason: str,
    grant: Grant | None = None,
    delegation: Delegation | None = None,
) -> Notice:
    """Write a pause. It stops as soon as the charter's rule for pauses is met, often by one.

    Args:
        reason: in the steward's words; may be empty.
        grant: stops only what runs under it; None stops all work on the community's data.
        delegation: stops it, and what was granted under it; not together with ``grant``.
    Raises:
        NotAllowed: not a steward of this community.
        NoticeRefused: the grant or delegation is another community's, or it is revoked already
            or not in force.
    """
    community = Community.objects.get(pk=community_id)
    membership = require_member(actor, Verb.PAUSE, community)
    if delegation is not None:
        _must_be_ours(delegation, community)
    if grant is not None and grant.community_id != community.pk:
        raise NoticeRefused("This grant is another community's.")
    if grant is not None and grant.state == GrantState.REVOKED:
        raise NoticeRefused("This grant was taken back already, so there is nothing to pause.")
    body = {
        "scope": str(stopped.public_id) if (stopped := grant or delegation) else "all",
        "reason": _reason(reason),
    }
    return _propose(
        NoticeKind.PAUSE,
        community,
        membership,
        body,
        grant=grant,
        delegation=delegation,
        reason=reason,
    )


@transaction.atomic
def propose_revocation(grant_id: int, *, actor: User, reason: str) -> Notice:
    """Put it to the stewards to take a grant back for good.

    Raises:
        NotAllowed: not a steward of this community.
        TransitionRefused: it is revoked already.
        NoticeRefused: it was put to them before and is still open.
    """
    grant = (
        Grant.objects.select_for_update(of=("self",)).select_related("community").get(pk=grant_id)
    )
    membership = require_member(actor, Verb.REVOKE, grant.community)
    next_grant_state(GrantState(grant.state), GrantVerb.REVOKE)
    _refuse_second(grant.community, NoticeKind.REVOCATION, actor=actor, grant=grant)
    body = {"grant": str(grant.public_id), "reason": _reason(reason)}
    return _propose(
        NoticeKind.REVOCATION, grant.community, membership, body, grant=grant, reason=reason
    )


@transaction.atomic
def propose_resume(
    *, community_id: int, actor: User, pauses: Sequence[Notice] | None = None
) -> Notice:
    """Put it to the stewards to lift pauses; only the charter's rule for it can.

    Args:
        pauses: which ones; None lifts all that are in force now.
    Raises:
        NotAllowed: not a steward of this community.
        NoticeRefused: nothing is paused, a pause named is not in force, or one is open already.
    """
    # Two resumes at once would lift the same pauses twice; the community's row is the lock.
    community = Community.objects.select_for_update().get(pk=community_id)
    membership = require_member(actor, Verb.DECIDE, community)
    in_force = pauses_in_force(community)
    lifted = in_force if pauses is None else list(pauses)
    if not lifted:
        raise NoticeRefused("Nothing is paused, so there is nothing to resume.")
    if {pause.pk for pause in lifted} - {pause.pk for pause in in_force}:
        raise NoticeRefused("One of these pauses is not in force.")
    _refuse_second(community, NoticeKind.RESUME, actor=actor)
    body = {"lifts": sorted(str(pause.public_id) for pause in lifted)}
    notice = _propose(NoticeKind.RESUME, community, membership, body)
    notice.lifts.set(lifted)
    return notice


def sign(
    notice_id: int, *, actor: User, answer: Answer, assertion: Assertion, comment: str = ""
) -> CastResult:
    """Take one steward's signed answer; when the rule is met the notice is in force at once.

    Raises:
        NotAllowed: not a steward of this community, or not one whom its charter names.
        ConflictOfInterest: a yes to a resume of work in which she has a part.
        StatementClosed: it is settled already, or the charter changed.
        SignatureRefused: the signature is not hers over this text and answer.
    """
    notice = Notice.objects.select_related("statement__community").get(pk=notice_id)
    with statements.ballot_refusals_recorded(notice.statement, actor=actor):
        return _sign(notice_id, actor, answer, assertion, comment)


@transaction.atomic
def let_fall(notice_id: int, *, actor: User) -> Notice:
    """Take back a stop or go that is not decided yet. A stop only by her who proposed it.

    Raises:
        NotAllowed: not a steward of this community, not one whom its charter names, or the stop
            is another steward's.
        StatementClosed: it is settled already.
    """
    notice = _locked(notice_id)
    membership = require_seated(actor, Verb.DECIDE, notice.community)
    stops = notice.kind in (NoticeKind.PAUSE, NoticeKind.REVOCATION)
    if stops and notice.statement.proposed_by_id != membership.pk:
        raise NotAllowed("Only the steward who proposed this stop can take it back unsigned.")
    statements.let_fall(notice.statement, actor=actor, reason="A steward took it back.")
    return notice


@transaction.atomic
def _sign(
    notice_id: int, actor: User, answer: Answer, assertion: Assertion, comment: str
) -> CastResult:
    notice = _locked(notice_id)
    require_member(actor, Verb.DECIDE, notice.community)
    if answer is Answer.YES and lifts_own(notice, actor):
        raise ConflictOfInterest("You are named in a request on which this lets work go on.")
    result = statements.cast(
        notice.statement_id, actor=actor, answer=answer, assertion=assertion, comment=comment
    )
    if result.adopted:
        _bring_into_force(notice, actor=actor)
    return result


def _bring_into_force(notice: Notice, *, actor: User) -> None:
    """Keep the notice as nodes receive it, checked as they will check it."""
    envelope = signed(notice.statement)
    require_decided(
        envelope, charter=charter_that_governs(notice.statement), statement_type=notice.kind
    )
    notice.signed_text = envelope.to_json()
    notice.in_force_at = timezone.now()
    notice.save(update_fields=["signed_text", "in_force_at"])
    if notice.kind == NoticeKind.REVOCATION and notice.grant is not None:
        _revoke(notice.grant)
    _note_delegations(notice)
    record(
        f"{notice.kind}.in-force",
        actor=actor,
        subject=f"grant:{notice.grant.public_id}" if notice.grant else f"notice:{notice.public_id}",
        community=notice.community,
        document_digest=notice.statement.digest,
    )
    publish_on_commit(notice.community_id)
    announce(notice.community_id)


def _must_be_ours(delegation: Delegation, community: Community) -> None:
    if delegation.community_id != community.pk:
        raise NoticeRefused("This delegation is another community's.")
    if delegation.adopted_at is None:
        raise NoticeRefused("This delegation is not in force, so there is nothing to stop.")


def _note_delegations(notice: Notice) -> None:
    """Note on each delegation that this stop or go is about whether it is stopped now."""
    if notice.kind == NoticeKind.PAUSE:
        about = {notice.delegation_id}
    else:
        about = set(notice.lifts.values_list("delegation_id", flat=True))
    still = {pause.delegation_id for pause in pauses_in_force(notice.community)}
    for delegation_id in sorted(found for found in about if found is not None):
        delegations.note_stop(delegations.locked(delegation_id), stopped=delegation_id in still)


def _revoke(grant: Grant) -> None:
    grant.state = next_grant_state(GrantState(grant.state), GrantVerb.REVOKE).value
    grant.revoked_at = timezone.now()
    grant.save(update_fields=["state", "revoked_at"])


def _locked(notice_id: int) -> Notice:
    """Return the notice with its grant's row and its own locked, always in that order."""
    grant_id = Notice.objects.values_list("grant_id", flat=True).get(pk=notice_id)
    grant = Grant.objects.select_for_update().get(pk=grant_id) if grant_id else None
    notice = (
        Notice.objects.select_for_update(of=("self",))
        .select_related("community", "statement")
        .get(pk=notice_id)
    )
    notice.grant = grant
    return notice


def _propose(
    kind: NoticeKind,
    community: Community,
    membership: Membership,
    body: dict[str, Any],
    *,
    grant: Grant | None = None,
    delegation: Delegation | None = None,
    reason: str = "",
) -> Notice:
    notice_id = uuid.uuid4()
    document = {
        "type": kind.value,
        "version": 1,
        "community": community.slug,
        "id": str(notice_id),
        "created": time_text(timezone.now()),
        **body,
    }
    statement = statements.propose(
        community=community,
        kind=StatementKind(kind.value),
        document=document,
        proposed_by=membership,
    )
    return Notice.objects.create(
        public_id=notice_id,
        community=community,
        kind=kind.value,
        statement=statement,
        grant=grant,
        delegation=delegation,
        reason=" ".join(reason.split()),
    )


def _refuse_second(
    community: Community, kind: NoticeKind, *, actor: User, grant: Grant | None = None
) -> None:
    """Allow one open notice of a kind; one that an older charter would decide falls instead."""
    charter = charter_in_force(community)
    open_ones = Notice.objects.select_related("statement").filter(
        community=community,
        kind=kind.value,
        grant=grant,
        statement__state=StatementState.OPEN.value,
    )
    for notice in open_ones:
        if charter is not None and notice.statement.charter_number == charter.number:
            raise NoticeRefused("This was put to the stewards already and is still open.")
        statements.let_fall(
            notice.statement, actor=actor, reason="The community adopted another charter."
        )


def _reason(reason: str) -> str:
    """Return one line for the signed text, which may not be without a reason.

    Raises:
        NoticeRefused: longer than 400 characters.
    """
    reason = " ".join(reason.split())
    if len(reason) > MAX_REASON:
        raise NoticeRefused(f"At most {MAX_REASON} characters for the reason, please.")
    return reason or NO_REASON
