"""Times away. Each person sets her own; nobody can set another's. No rule ever counts them."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.actions.audit import record
from governance.actions.permissions import require_member
from governance.errors import NotAllowed, NotReady
from governance.models import Absence, Community, Membership, User
from governance.queries.people import absences_of
from governance.rules import Verb


@transaction.atomic
def set_away(
    *, community_id: int, actor: User, starts: date, ends: date, note: str = ""
) -> Absence:
    """Say from when to when one is away; the last day is a day away too.

    Raises:
        NotAllowed: no role in this community.
        NotReady: the days are over or the wrong way round, or meet another time away.
    """
    # The row of her own membership keeps two times set at once from overlapping.
    membership = _own(Community.objects.get(pk=community_id), actor)
    _fit(membership, starts, ends)
    absence = Absence.objects.create(
        membership=membership, starts=starts, ends=ends, note=note.strip()
    )
    _record("absence.set", absence, actor)
    return absence


@transaction.atomic
def change(absence_id: int, *, actor: User, starts: date, ends: date, note: str) -> Absence:
    """Change the days or the note of one's own time away.

    Raises:
        NotAllowed: it is somebody else's.
        NotReady: it has ended, or the new days do not fit.
    """
    absence = _locked(absence_id, actor)
    _fit(absence.membership, starts, ends, besides=absence)
    absence.starts, absence.ends, absence.note = starts, ends, note.strip()
    absence.save(update_fields=["starts", "ends", "note"])
    _record("absence.change", absence, actor)
    return absence


@transaction.atomic
def end(absence_id: int, *, actor: User) -> Absence:
    """Be back early, or call off a time away that has not begun.

    Raises:
        NotAllowed: it is somebody else's.
        NotReady: it has ended.
    """
    absence = _locked(absence_id, actor)
    absence.ended_at = timezone.now()
    absence.save(update_fields=["ended_at"])
    _record("absence.end", absence, actor)
    return absence


def _own(community: Community, actor: User) -> Membership:
    held = require_member(actor, Verb.READ_COMMUNITY, community)
    return Membership.objects.select_for_update(of=("self",)).get(pk=held.pk)


def _locked(absence_id: int, actor: User) -> Absence:
    absence = Absence.objects.select_related("membership__community").get(pk=absence_id)
    _own(absence.membership.community, actor)
    mine = absences_of(actor, absence.membership.community).filter(pk=absence_id)
    found = mine.select_for_update(of=("self",)).first()
    if found is None:
        raise NotAllowed(_("Only the person herself sets when she is away."))
    if found.ended_at is not None or found.ends < timezone.localdate():
        raise NotReady(_("This time away is over."))
    return found


def _fit(membership: Membership, starts: date, ends: date, besides: Absence | None = None) -> None:
    if ends < starts:
        raise NotReady(_("The last day comes after the first."))
    if ends < timezone.localdate():
        raise NotReady(_("These days are over."))
    others = absences_of(membership.user, membership.community).filter(
        ended_at__isnull=True, starts__lte=ends, ends__gte=starts
    )
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    if other := others.first():
        raise NotReady(
            _("You have said already that you are away from {start} to {end}.").format(
                start=other.starts.isoformat(), end=other.ends.isoformat()
            )
        )


def _record(verb: str, absence: Absence, actor: User) -> None:
    record(
        verb,
        actor=actor,
        subject=f"member:{absence.membership.public_id}",
        community=absence.membership.community,
    )
