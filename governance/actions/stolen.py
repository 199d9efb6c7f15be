"""A stolen passkey: it signs no ballot and opens no session from the moment it is reported.

One steward is enough to report it, as for a pause, because it only stops. So that nobody can shut
the others out in this way, a steward who neither reported nor owns it can undo the report.
Source: docs/adr/0010-lost-passkeys.md.
"""

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from consent.grants.charter import parse_charter
from governance.actions.audit import record, refusals_recorded
from governance.actions.permissions import require_seated
from governance.errors import NotAllowed, NotReady
from governance.models import (
    Ballot,
    Charter,
    Community,
    Membership,
    Statement,
    StoppedPasskey,
    User,
)
from governance.queries import (
    charter_in_force,
    credential_id_of,
    membership_for,
    naming_charters,
)
from governance.rules import StatementState, Verb


def report(
    membership_id: int,
    credential_id: bytes,
    *,
    actor: User,
    reason: str,
    keep_session: str | None = None,
) -> StoppedPasskey:
    """Stop one passkey of a steward until the stewards decide on a new charter.

    It is taken off her account, her sessions end, and the answers that were given with it on
    texts that are still open count no more.

    Args:
        keep_session: key of the session that is left alone, if she reports her own.
    Raises:
        NotAllowed: not a steward whom the charter in force names.
        NotReady: the charter does not name this passkey as hers, it is stopped already, the same
            person's report of it was undone before, or her report of somebody else's stands.
    """
    membership = Membership.objects.select_related("community", "user").get(pk=membership_id)
    with refusals_recorded(
        "passkey.stop",
        actor=actor,
        subject=f"user:{membership.user.public_id}",
        community=membership.community,
    ):
        return _report(membership, credential_id, actor, reason, keep_session)


@transaction.atomic
def _report(
    membership: Membership,
    credential_id: bytes,
    actor: User,
    reason: str,
    keep_session: str | None,
) -> StoppedPasskey:
    _lock_communities_of(membership.user)
    community = membership.community
    require_seated(actor, Verb.MEND_PASSKEYS, community)
    _must_be_hers(charter_in_force(community), membership, credential_id)
    earlier = StoppedPasskey.objects.filter(credential_id=credential_id)
    if earlier.filter(lifted_at__isnull=True).exists():
        raise NotReady("This passkey is stopped already.")
    if earlier.filter(reported_by=actor).exists():
        raise NotReady("Your report of this passkey was undone. Another steward may report it.")
    _must_leave_the_others(membership.user, actor)
    stopped = StoppedPasskey.objects.create(
        user=membership.user,
        community=community,
        credential_id=credential_id,
        kept_aside=_take_off(membership.user, credential_id),
        reason=reason,
        reported_by=actor,
    )
    _set_answers_aside(membership.user, credential_id)
    is_own = actor.pk == membership.user_id
    _end_sessions(membership.user, but=keep_session if is_own else None)
    _record(stopped, "passkey.stop", actor, reason)
    return stopped


@transaction.atomic
def undo(stop_id: int, *, actor: User, reason: str) -> StoppedPasskey:
    """Take a report back: the passkey is on the account again, and may sign.

    Raises:
        NotAllowed: not a steward whom the charter in force names, or the one who reported it, or
            the one whose passkey it is.
        NotReady: it was undone before.
    """
    stopped = StoppedPasskey.objects.select_related("community", "user").get(pk=stop_id)
    with refusals_recorded(
        "passkey.undo-stop",
        actor=actor,
        subject=f"user:{stopped.user.public_id}",
        community=stopped.community,
    ):
        return _undo(stopped.pk, actor, reason)


@transaction.atomic
def _undo(stop_id: int, actor: User, reason: str) -> StoppedPasskey:
    rows = StoppedPasskey.objects.select_for_update(of=("self",))
    stopped = rows.select_related("community", "user").get(pk=stop_id)
    require_seated(actor, Verb.MEND_PASSKEYS, stopped.community)
    # A thief may sit at her screen; and who reported it should not be both judge and party.
    if actor.pk in (stopped.user_id, stopped.reported_by_id):
        raise NotAllowed("A steward who neither reported it nor owns it can undo this.")
    if stopped.lifted_at is not None:
        raise NotReady("This report was undone before.")
    stopped.lifted_by, stopped.lifted_at = actor, timezone.now()
    stopped.save(update_fields=["lifted_by", "lifted_at"])
    if stopped.kept_aside:
        Authenticator.objects.create(
            user=stopped.user, type=Authenticator.Type.WEBAUTHN, data=stopped.kept_aside
        )
    _record(stopped, "passkey.undo-stop", actor, reason)
    return stopped


def _lock_communities_of(user: User) -> None:
    """Wait for charters that are being decided, in each of her communities.

    The weaker lock: an answer under way writes into the log, which refers to its community, and
    would wait for the stronger one while its text is waited for here.
    """
    held = Membership.objects.filter(user=user).values("community")
    rows = Community.objects.select_for_update(no_key=True).filter(pk__in=held)
    list(rows.order_by("pk").values_list("pk", flat=True))


def _must_be_hers(row: Charter | None, membership: Membership, credential_id: bytes) -> None:
    charter = parse_charter(row.statement.text.encode()) if row else None
    owner = charter.steward_of(credential_id) if charter else None
    if owner is None or owner.id != membership.steward_id:
        raise NotReady(
            f"The charter in force does not name this passkey as one of {membership.shown_name}'s."
        )


def _must_leave_the_others(whose: User, actor: User) -> None:
    """Let one person stop one other's passkeys at a time, until a charter names new ones.

    Else one dishonest steward, or the thief of her passkey, could shut out everybody who could undo
    it. With one person left to sign in, her own passkey can be reported in turn.
    """
    if whose.pk == actor.pk:
        return
    rows = StoppedPasskey.objects.filter(reported_by=actor, lifted_at__isnull=True)
    for row in rows.exclude(user__in=(whose, actor)).select_related("user"):
        if naming_charters(row.user, bytes(row.credential_id)):
            raise NotReady(
                f"Your report of a passkey of {row.user.name} stands. "
                "Another steward must report this one; you can pause all work meanwhile."
            )


def _take_off(user: User, credential_id: bytes) -> dict[str, object]:
    """Remove the passkey from the account, and return what the account knew of it."""
    for row in Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN):
        if credential_id_of(row) == credential_id:
            kept = dict(row.data)
            row.delete()
            return kept
    return {}


def _set_answers_aside(user: User, credential_id: bytes) -> None:
    """Let what it signed on open texts count no more, an answer that comes at this moment too."""
    # An answer is taken under its text's lock. With all of them locked here, one that was under way
    # is there to be set aside, and a later one finds the passkey stopped.
    communities = Membership.objects.filter(user=user).values("community")
    texts = Statement.objects.select_for_update().order_by("pk")
    held = list(texts.filter(community__in=communities, state=StatementState.OPEN))
    answers = Ballot.objects.filter(credential_id=credential_id, replaced_at__isnull=True)
    answers.filter(statement__in=held).update(replaced_at=timezone.now())


def _end_sessions(user: User, *, but: str | None) -> None:
    """Sign her out everywhere: a thief with her device may be signed in on it."""
    for key in _sessions_of(user):
        if key != but:
            Session.objects.filter(session_key=key).delete()


def _sessions_of(user: User) -> Iterable[str]:
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            yield session.session_key


def _record(stopped: StoppedPasskey, verb: str, actor: User, reason: str) -> None:
    """Tell every community of the person, because it is one passkey for all of them.

    Who said it, and why, is told where it was said only: other communities are not to learn from it
    to whom else she belongs.
    """
    held = Membership.objects.filter(user=stopped.user).values("community")
    for community in Community.objects.filter(pk__in=held):
        here = community.pk == stopped.community_id
        if here or membership_for(stopped.user, community):
            record(
                verb,
                actor=actor if here else None,
                actor_label="" if here else "another community",
                subject=f"user:{stopped.user.public_id}",
                community=community,
                reason=reason if here else "",
            )
