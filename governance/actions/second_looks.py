"""Proposed by one steward, confirmed by another: what neither of them can do alone.

The caller does what was proposed, in the same transaction as ``take``. Every act here holds the
community's row, so two who confirm at once see each other, and so do a confirmation and a charter.

Source: docs/adr/0011-terms-absence-and-delegation.md.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.actions.audit import record
from governance.actions.permissions import require_seated
from governance.errors import NotAllowed, NotReady
from governance.models import Community, DatasetHolder, Membership, SecondLook, User
from governance.queries import charter_in_force
from governance.queries.second_looks import fallen_looks, open_looks, seconds_in
from governance.rules import SecondLookKind, SecondLookOutcome, Verb

MAX_REASON = 400  # characters

_VERBS = {
    SecondLookKind.ROLE_END: Verb.MANAGE_PEOPLE,
    SecondLookKind.TERM: Verb.MANAGE_PEOPLE,
    SecondLookKind.LEAVE: Verb.PUBLISH_DATASET,
}
# For the log, which auditors read too: what is proposed, and never why.
_SAID = {
    SecondLookKind.ROLE_END: "To end the role of a steward.",
    SecondLookKind.TERM: "To shorten the term of a steward.",
    SecondLookKind.LEAVE: "To give up the say over a dataset.",
}


def propose(
    kind: SecondLookKind,
    *,
    proposed_by: Membership,
    reason: str,
    about: Membership | DatasetHolder,
    until: datetime | None = None,
) -> SecondLook:
    """Keep a proposal. Nothing else changes.

    The caller has locked the community's row and knows that the proposer is seated.

    Args:
        reason: for the community only; the log does not tell it.
        until: the proposed end, for a term.
    Raises:
        NotReady: no reason, one about the same is open, no charter, or nobody could confirm it.
    """
    community, reason = proposed_by.community, _said_why(reason)
    whom = about if isinstance(about, Membership) else None
    what = about if isinstance(about, DatasetHolder) else None
    charter = charter_in_force(community)
    if charter is None or not seconds_in(community, but=_cannot_confirm(proposed_by, whom)):
        raise NotReady(nobody_left(kind))
    same = SecondLook.objects.filter(membership=whom, holder=what, outcome="")
    _let_fall(fallen_looks().filter(pk__in=same.values("pk")))
    if same.exists():
        raise NotReady(_("This is proposed already. Confirm that proposal, or drop it first."))
    look = SecondLook.objects.create(
        community=community,
        kind=kind,
        charter=charter,
        membership=whom,
        holder=what,
        until=until,
        reason=reason,
        proposed_by=proposed_by,
    )
    _record("propose", look, proposed_by.user)
    return look


def _cannot_confirm(proposed_by: Membership, whom: Membership | None) -> set[int]:
    return {proposed_by.user_id} | ({whom.user_id} if whom else set())


def _said_why(reason: str) -> str:
    reason = reason.strip()
    if not 0 < len(reason) <= MAX_REASON or "\x00" in reason:
        raise NotReady(_("Write why, in at most {n} characters.").format(n=MAX_REASON))
    return reason


def nobody_left(kind: SecondLookKind) -> str:
    """Say what helps where no second steward could confirm."""
    if kind == SecondLookKind.LEAVE:
        return _(
            "There is no second steward who could confirm this. Adopt a charter that names who "
            "the stewards are now."
        )
    return _(
        "There is no second steward who could confirm this. A new charter that no longer names "
        "her is the way."
    )


def take(look_id: int, *, actor: User) -> SecondLook:
    """Confirm a proposal as its second steward; the caller now does what it says.

    Raises:
        NotAllowed: not a steward whom the charter in force names, the one who proposed it, or the
            one whom it is about.
        NotReady: it is settled, or it fell away.
    """
    look, second = _locked(look_id, actor)
    if second.user_id == look.proposed_by.user_id:
        raise NotAllowed(_("You proposed this, so another steward must confirm it."))
    if _is_about(look, second):
        raise NotAllowed(
            _("This is about your own role, so another steward must confirm it. You can end it.")
        )
    _settle(look, SecondLookOutcome.CONFIRMED, second)
    _record("confirm", look, actor)
    return look


@transaction.atomic
def drop(look_id: int, *, actor: User) -> SecondLook:
    """Drop a proposal: its proposer takes it back, or another steward refuses it.

    Raises:
        NotAllowed: not a steward whom the charter in force names, or the one whom it is about;
            else nobody's role could end against her will.
        NotReady: it is settled, or it fell away.
    """
    look, second = _locked(look_id, actor)
    if _is_about(look, second):
        raise NotAllowed(_("This is about your own role. Another steward can drop it."))
    _settle(look, SecondLookOutcome.DROPPED, second)
    _record("drop", look, actor)
    return look


def let_fall_here(community: Community) -> None:
    """Mark what fell away in a community. The caller has locked the community's row."""
    _let_fall(fallen_looks().filter(community=community))


def sweep() -> int:
    """Mark what fell away anywhere: by its age, by the end of a role. Returns how many."""
    swept = 0
    for community_id in sorted(set(fallen_looks().values_list("community_id", flat=True))):
        with transaction.atomic():
            _lock(community_id)
            swept += _let_fall(fallen_looks().filter(community_id=community_id))
    return swept


def _locked(look_id: int, actor: User) -> tuple[SecondLook, Membership]:
    """Return the open proposal, its community locked, and the seat of whoever acts."""
    found = SecondLook.objects.values_list("community_id", "kind").get(pk=look_id)
    community = _lock(found[0])
    membership = require_seated(actor, _VERBS[SecondLookKind(found[1])], community)
    look = open_looks().filter(pk=look_id).first()
    if look is None:
        raise NotReady(_("This proposal does not wait any more."))
    return look, membership


def _lock(community_id: int) -> Community:
    # The weaker lock: an act under way on a dataset writes into the log, which refers to its
    # community, and would wait for the stronger one while its dataset is waited for.
    return Community.objects.select_for_update(no_key=True).get(pk=community_id)


def _is_about(look: SecondLook, membership: Membership) -> bool:
    return look.membership is not None and look.membership.user_id == membership.user_id


def _let_fall(looks: Iterable[SecondLook]) -> int:
    fallen = list(looks)
    for look in fallen:
        _settle(look, SecondLookOutcome.FELL, None)
        _record("fall", look, None)
    return len(fallen)


def _settle(look: SecondLook, outcome: SecondLookOutcome, by: Membership | None) -> None:
    look.outcome, look.settled_by, look.settled_at = outcome.value, by, timezone.now()
    look.save(update_fields=["outcome", "settled_by", "settled_at"])


def _record(what: str, look: SecondLook, actor: User | None) -> None:
    if look.membership is not None:
        subject = f"member:{look.membership.public_id}"
    else:
        subject = f"dataset:{look.holder.dataset.slug}" if look.holder else ""
    record(
        f"second-look.{what}",
        actor=actor,
        subject=subject,
        community=look.community,
        reason=_SAID[SecondLookKind(look.kind)],
    )
