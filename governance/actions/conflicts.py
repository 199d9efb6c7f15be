"""Conflicts of interest that others see (R-22), and what the person says to it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.actions.audit import record
from governance.actions.permissions import require_member, require_seated
from governance.errors import NotAllowed, NotReady
from governance.models import Conflict, Membership, Statement, User
from governance.queries.conflicts import stewards_named
from governance.rules import StatementState, Verb


@transaction.atomic
def raise_conflict(statement_id: int, *, actor: User, about: Membership, reason: str) -> Conflict:
    """Say that another steward is too close to a matter to decide on it.

    It changes no count. The community sees it, and what she answers.

    Raises:
        NotAllowed: not a steward whom the charter in force names.
        NotReady: the text is settled, it is about oneself or nobody who decides on it, or it was
            raised before.
    """
    statement = _locked(statement_id)
    membership = require_seated(actor, Verb.DECIDE, statement.community)
    if about.pk not in {steward.pk for steward in stewards_named(statement)}:
        raise NotReady(_("This person does not decide on this text."))
    if about.user_id == actor.pk:
        raise NotReady(_("For yourself there is an answer: you can step aside."))
    if Conflict.objects.filter(statement=statement, about=about).exists():
        raise NotReady(_("This was raised before; the answer stands beside it."))
    if not reason.strip():
        raise NotReady(_("Please say what the conflict is."))
    conflict = Conflict.objects.create(
        statement=statement, about=about, raised_by=membership, reason=reason.strip()
    )
    _record("conflict.raise", conflict, actor)
    return conflict


@transaction.atomic
def declare_none(conflict_id: int, *, actor: User, answer: str) -> Conflict:
    """Say, as the person concerned, why there is no conflict. Stepping aside is done by signing.

    Raises:
        NotAllowed: it is about somebody else, or her role has ended.
        NotReady: the text is settled, it was answered before, or no reason is given.
    """
    statement_id = Conflict.objects.values_list("statement_id", flat=True).get(pk=conflict_id)
    statement = _locked(statement_id)
    membership = require_member(actor, Verb.DECIDE, statement.community)
    conflict = Conflict.objects.select_related("statement__community", "about").get(pk=conflict_id)
    if conflict.about_id != membership.pk:
        raise NotAllowed(_("Only the person concerned can answer this."))
    if conflict.answered_at is not None:
        raise NotReady(_("This was answered before."))
    if not answer.strip():
        raise NotReady(_("Please say why you see no conflict."))
    conflict.stepped_aside, conflict.answer = False, answer.strip()
    conflict.answered_at = timezone.now()
    conflict.save(update_fields=["stepped_aside", "answer", "answered_at"])
    _record("conflict.deny", conflict, actor)
    return conflict


def note_recusal(statement: Statement, membership: Membership) -> None:
    """Close what was raised about a steward who steps aside, in the transaction of her answer."""
    Conflict.objects.filter(statement=statement, about=membership).update(
        stepped_aside=True, answered_at=timezone.now()
    )


def _locked(statement_id: int) -> Statement:
    statement = (
        Statement.objects.select_for_update(of=("self",))
        .select_related("community")
        .get(pk=statement_id)
    )
    if statement.state != StatementState.OPEN:
        raise NotReady(_("This text is settled."))
    return statement


def _record(verb: str, conflict: Conflict, actor: User) -> None:
    record(
        verb,
        actor=actor,
        subject=f"statement:{conflict.statement.public_id}",
        community=conflict.statement.community,
        document_digest=conflict.statement.digest,
    )
