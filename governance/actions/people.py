"""People's roles: the bodies they sit in, how long a role lasts, and its end.

The role of another steward whom the charter in force names ends, or gets shorter, by two stewards
only: one proposes it, one confirms it. Every act locks the community's row first, so that two
stewards who end each other's roles at the same moment see each other: the community keeps enough
stewards for its own rule.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.actions import second_looks
from governance.actions.audit import record
from governance.actions.permissions import require_seated
from governance.actions.staffing import require_enough
from governance.errors import NotAllowed, NotReady
from governance.models import Community, Membership, SecondLook, User
from governance.queries.people import bodies_of
from governance.queries.second_looks import takes_two
from governance.rules import CommunityRole, SecondLookKind, Verb


@transaction.atomic
def set_bodies(membership_id: int, *, actor: User, bodies: Sequence[str]) -> Membership:
    """Say in which bodies a person sits. For a steward's signature the next charter counts.

    Raises:
        NotAllowed: not a steward whom the charter in force names.
        NotReady: the role has ended, or there is no such body.
    """
    membership = _locked(membership_id, actor)
    known = set(bodies_of(membership.community).values_list("slug", flat=True))
    if unknown := sorted(set(bodies) - known):
        raise NotReady(_("There is no body {slug}.").format(slug=unknown[0]))
    membership.bodies = sorted(set(bodies))
    membership.save(update_fields=["bodies"])
    _record("person.bodies", membership, actor)
    return membership


@transaction.atomic
def set_term(membership_id: int, *, actor: User, until: datetime | None) -> Membership:
    """Set when a role ends by itself: later, earlier, or never.

    Args:
        until: aware and in the future; None for a role without an end.
    Raises:
        NotAllowed: not a steward whom the charter in force names; or a shorter term that takes two.
        NotReady: the role has ended, or the end lies in the past.
        TooFewStewards: from some moment on too few stewards would be left.
    """
    membership = _locked(membership_id, actor)
    if _earlier(until, membership.until):
        _must_be_ones_own_to_do(actor, membership)
    _set_term(membership, until, actor)
    return membership


@transaction.atomic
def propose_term(membership_id: int, *, actor: User, until: datetime, reason: str) -> SecondLook:
    """Propose a shorter term of another steward. Nothing changes until another one confirms it.

    Raises:
        NotAllowed: not a steward whom the charter in force names.
        NotReady: it needs no second steward, there is none, no reason, or the end does not fit.
        TooFewStewards: from some moment on too few stewards would be left.
    """
    membership = _locked(membership_id, actor)
    _must_lie_ahead(until)
    _must_be_shorter(until, membership)
    return _propose(SecondLookKind.TERM, membership, actor, reason, until)


@transaction.atomic
def set_seat(
    membership_id: int,
    *,
    actor: User,
    bodies: Sequence[str],
    until: datetime | None,
    reason: str = "",
) -> SecondLook | None:
    """Set bodies and term together: both, or neither. Raises: as the acts by themselves.

    What is as it was before is left alone and leaves no trace in the log.

    Args:
        reason: needed for a shorter term that takes a second steward.
    Returns:
        The proposal of a shorter term, when another steward has to confirm it; else None.
    """
    membership = _locked(membership_id, actor)
    if sorted(set(bodies)) != sorted(membership.bodies):
        set_bodies(membership_id, actor=actor, bodies=bodies)
    if until and _earlier(until, membership.until) and takes_two(actor, membership):
        return propose_term(membership_id, actor=actor, until=until, reason=reason)
    if until != membership.until:
        set_term(membership_id, actor=actor, until=until)
    return None


@transaction.atomic
def end_role(membership_id: int, *, actor: User, reason: str) -> Membership:
    """End a role now. A steward signs nothing from this moment on.

    Nodes go on counting her key until the stewards adopt a charter without it.

    Args:
        reason: for the community only; the log does not tell it.
    Raises:
        NotAllowed: not a steward whom the charter in force names; or it takes two.
        NotReady: the role has ended already.
        TooFewStewards: from some moment on too few stewards would be left.
    """
    membership = _locked(membership_id, actor)
    _must_be_ones_own_to_do(actor, membership)
    _end(membership, reason, actor)
    return membership


@transaction.atomic
def propose_end(membership_id: int, *, actor: User, reason: str) -> SecondLook:
    """Propose to end another steward's role. Nothing changes until another one confirms it.

    Args:
        reason: for the community only; the log does not tell it.
    Raises:
        NotAllowed: not a steward whom the charter in force names.
        NotReady: it needs no second steward, or there is none; no reason; the role has ended.
        TooFewStewards: from some moment on too few stewards would be left.
    """
    membership = _locked(membership_id, actor)
    return _propose(SecondLookKind.ROLE_END, membership, actor, reason, None)


@transaction.atomic
def confirm(look_id: int, *, actor: User) -> Membership:
    """Do what another steward proposed: end a role, or shorten a term. All is checked again.

    Raises:
        NotAllowed: not a steward whom the charter in force names, the proposer, or the one
            concerned.
        NotReady: the proposal is settled or fell away, or the term ends before that already.
        TooFewStewards: from some moment on too few stewards would be left.
    """
    asked = SecondLook.objects.get(pk=look_id)
    if asked.membership_id is None:
        raise NotReady(_("This proposal is not about a role."))
    membership = _locked(asked.membership_id, actor)
    look = second_looks.take(look_id, actor=actor)
    if look.until is None:
        _end(membership, look.reason, actor)
    else:
        _must_be_shorter(look.until, membership)
        _set_term(membership, look.until, actor)
    return membership


def _locked(membership_id: int, actor: User) -> Membership:
    community_id = Membership.objects.values_list("community_id", flat=True).get(pk=membership_id)
    community = Community.objects.select_for_update().get(pk=community_id)
    require_seated(actor, Verb.MANAGE_PEOPLE, community)
    membership = Membership.objects.select_related("community").get(pk=membership_id)
    if membership.until is not None and membership.until <= timezone.now():
        raise NotReady(_("This role has ended."))
    return membership


def _propose(
    kind: SecondLookKind,
    membership: Membership,
    actor: User,
    reason: str,
    until: datetime | None,
) -> SecondLook:
    proposer = require_seated(actor, Verb.MANAGE_PEOPLE, membership.community)
    if not takes_two(actor, membership):
        raise NotReady(_("This needs no second steward."))
    _keep_enough(membership, until or timezone.now())
    return second_looks.propose(
        kind, proposed_by=proposer, reason=reason, about=membership, until=until
    )


def _must_be_ones_own_to_do(actor: User, membership: Membership) -> None:
    if takes_two(actor, membership):
        raise NotAllowed(
            _(
                "The charter names {name} as a steward. One steward proposes this, and another one "
                "confirms it."
            ).format(name=membership.shown_name)
        )


def _must_be_shorter(until: datetime, membership: Membership) -> None:
    if not _earlier(until, membership.until):
        raise NotReady(_("The term ends on that day, or before it, already."))


def _must_lie_ahead(until: datetime) -> None:
    if until <= timezone.now():
        raise NotReady(_("The end of a term lies in the future. To end a role now, end it."))


def _end(membership: Membership, reason: str, actor: User) -> None:
    now = timezone.now()
    _keep_enough(membership, now)
    membership.until, membership.end_reason = now, reason.strip()
    membership.save(update_fields=["until", "end_reason"])
    _record("person.end", membership, actor)
    # What was proposed about this role, or by it, is over with it.
    second_looks.let_fall_here(membership.community)


def _set_term(membership: Membership, until: datetime | None, actor: User) -> None:
    if until is not None:
        _must_lie_ahead(until)
        if _earlier(until, membership.until):
            _keep_enough(membership, until)
    membership.until = until
    membership.save(update_fields=["until"])
    _record("person.term", membership, actor)


def _keep_enough(membership: Membership, until: datetime) -> None:
    if membership.role == CommunityRole.STEWARD:
        require_enough(membership.community, changed=membership, until=until)


def _earlier(until: datetime | None, before: datetime | None) -> bool:
    return until is not None and (before is None or until < before)


def _record(verb: str, membership: Membership, actor: User) -> None:
    record(
        verb,
        actor=actor,
        subject=f"member:{membership.public_id}",
        community=membership.community,
        reason=f"as {membership.role}",
    )
