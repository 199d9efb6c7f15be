"""A thief signs, or a link is used, at the very moment something else happens to it."""

import pytest
from django.core import mail
from django.test import Client

from governance import queries
from governance.actions import charters, recovery, stolen
from governance.errors import WayBackRefused
from governance.models import Charter, WayBack
from tests import factories
from tests.cast import Cast
from tests.consent.test_at_once import at_once
from tests.governance.pages import answer_text
from tests.governance.way_back import code_in_mail, held, issue, page_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("turn", range(3))
def test_an_answer_given_while_the_theft_is_reported_never_counts(
    cast: Cast, charter: Charter, turn: int
) -> None:
    draft = charters.draft(
        community_id=cast.river.pk,
        actor=cast.amina.user,
        nodes=[],
        rules=factories.threshold(3),
        floor=2,
    )

    at_once(
        lambda: answer_text(draft.statement, cast.bo),
        lambda: stolen.report(
            held(cast.bo).pk, cast.bo.passkey.credential_id, actor=cast.cleo.user, reason="Gone."
        ),
    )

    assert queries.is_stopped(cast.bo.passkey.credential_id)
    assert queries.answers_of(draft.statement) == {}


def test_a_code_that_is_typed_twice_at_once_opens_one_way(cast: Cast, charter: Charter) -> None:
    token = issue(cast)
    Client().post(page_of(token), {"send": "yes"})
    assert len(mail.outbox) == 1
    code = code_in_mail()

    results = at_once(*[lambda: recovery.prove(token, code)] * 3)

    assert [type(result) for result in results].count(WayBack) == 1
    assert [type(result) for result in results].count(WayBackRefused) == 2
