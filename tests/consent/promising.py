"""Promises for tests: with days that have passed, and settled as the pages settle them."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from consent.actions import obligations, publications
from consent.grants.statements import Answer
from consent.models import Grant, Obligation, Publication
from consent.reports import FORMS
from consent.rules import ObligationKind, PublicationAnswer, PublicationKind
from governance.actions import protocols
from governance.models import Protocol
from governance.protocol_content import blank
from tests import factories
from tests.cast import Cast, Person


def promise_of(grant: Grant, kind: ObligationKind = ObligationKind.BENEFIT) -> Obligation:
    """The first promise of a kind that was made with the grant."""
    return Obligation.objects.filter(grant=grant, kind=kind.value).order_by("due_on", "pk")[0]


def overdue(row: Obligation, days: int = 10) -> Obligation:
    """Move a promise's day into the past, as only time can."""
    day = timezone.localdate() - timedelta(days=days)
    Obligation.objects.filter(pk=row.pk).update(due_on=day)
    row.refresh_from_db()
    return row


def answers_to(kind: str) -> dict[str, str]:
    """Every question of a kind answered, each answer to be told from the others."""
    return {question.name: f"Our {question.name}." for question in FORMS[ObligationKind(kind)]}


def reported(row: Obligation, person: Person) -> Obligation:
    return obligations.report(row.pk, actor=person.user, answers=answers_to(row.kind))


def results_confirmed(grant: Grant, researcher: Person, steward: Person) -> None:
    """Results came back, and the community says so."""
    for row in Obligation.objects.filter(grant=grant, kind=ObligationKind.RESULTS.value):
        reported(row, researcher)
        obligations.confirm(row.pk, actor=steward.user)


def wanted(**changes: Any) -> publications.Wanted:
    fields: dict[str, Any] = {
        "kind": PublicationKind.PAPER,
        "title": "Weight and illness by the river",
        "where": "A journal",
        "plain_summary": "Weight goes with the illness.",
    }
    return publications.Wanted(**(fields | changes))


def make_publication(grant: Grant, person: Person, **changes: Any) -> Publication:
    return publications.submit(grant.pk, actor=person.user, wanted=wanted(**changes))


def answered(
    row: Publication, steward: Person, answer: PublicationAnswer = PublicationAnswer.OK
) -> Publication:
    return publications.answer(row.pk, actor=steward.user, answer=answer, text="Our words.")


def adopt_protocol(cast: Cast, clauses: dict[str, dict[str, str]]) -> Protocol:
    """A further version of River's protocol in force, with these clauses besides the usual ones."""
    usual = blank()["clauses"]
    protocol = factories.propose_protocol(cast.river, cast.amina.user, {**usual, **clauses})
    for person in cast.stewards[:2]:
        made = factories.assertion(person.passkey, protocol.statement, Answer.YES)
        protocols.sign(protocol.pk, actor=person.user, answer=Answer.YES, assertion=made)
    protocol.refresh_from_db()
    assert protocol.adopted_at is not None
    return protocol


def today() -> date:
    return timezone.localdate()
