"""A delegation to Amina, for the tests: of the job and the dataset that Chi asks for."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from consent.grants.statements import Answer
from governance.actions import delegations
from governance.actions.delegations import Terms
from governance.models import Delegation
from tests.cast import Cast, Person
from tests.consent.factories import JOB
from tests.factories import assertion

CODE = JOB.code


def make_delegation(cast: Cast, *, sign: bool = True, **changed: Any) -> Delegation:
    """A delegation put to River's stewards by Bo, signed by two of them unless told not to."""
    assert cast.amina.membership
    terms: dict[str, Any] = {
        "delegate": cast.amina.membership.steward_id,
        "dataset": "river-diabetes",
        "code": CODE,
        "max_grants": 2,
        "max_rounds": 20,
        "not_after": timezone.now().replace(microsecond=0) + timedelta(days=30),
        "resolution": "minute 12 of 2026",
    }
    made = delegations.draft(
        community_id=cast.river.pk, actor=cast.bo.user, terms=Terms(**terms | changed)
    )
    if sign:
        for person in (cast.bo, cast.cleo):
            sign_delegation(made, person)
    made.refresh_from_db()
    return made


def sign_delegation(made: Delegation, person: Person, answer: Answer = Answer.YES) -> Any:
    return delegations.sign(
        made.pk,
        actor=person.user,
        answer=answer,
        assertion=assertion(person.passkey, made.statement, answer),
    )
