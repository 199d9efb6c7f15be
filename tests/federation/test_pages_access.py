"""Every page, in everybody's name: what is not theirs does not exist for them."""

import pytest
from django.test import Client
from django.urls import reverse

from federation.gateway.memory import MemoryGateway
from federation.models import Run
from tests.cast import ROLES
from tests.federation import factories
from tests.federation.story import Three

OPEN, CLOSED = 200, 404

ASK = {"researcher"}
OF_RIVER = {"steward", "convenor", "custodian", "observer"}
# The outsider is a steward of Coast, which takes part in the run; observers do not follow runs.
IN_THE_RUN = {"steward", "convenor", "custodian", "researcher", "outsider"}


def address(name: str, run: Run) -> str:
    request = run.revision.request
    args = {
        "nodes": ["river"],
        "charter_new": ["river"],
        "node_retire": ["river", run.sites.get(node__community__slug="river").node_id],
        "request": [request.public_id],
        "request_withdraw": [request.public_id],
        "request_start": [request.public_id],
        "run": [run.public_id],
        "run_progress": [run.public_id],
        "run_stop": [run.public_id],
    }
    return reverse(f"federation:{name}", args=args.get(name, []))


PAGES = {
    "catalogue": set(ROLES),
    "requests": ASK,
    "request_new": ASK,
    "request": ASK,
    "request_withdraw": ASK,
    "request_start": ASK,
    "runs": {"steward", "convenor", "custodian", "researcher", "outsider"},
    "run": IN_THE_RUN,
    "run_progress": IN_THE_RUN,
    "run_stop": IN_THE_RUN - {"convenor", "custodian"},
    "nodes": OF_RIVER,
    "node_retire": {"steward", "custodian"},
    "charter_new": {"steward"},
    "parts": {"admin"},
}


@pytest.mark.parametrize("page", PAGES)
def test_each_page_opens_for_those_it_is_for_and_does_not_exist_for_others(
    page: str, running: Run, three: Three
) -> None:
    url = address(page, running)

    answers = {
        who: person.client().get(url).status_code for who, person in three.cast.everybody.items()
    }

    assert answers == {who: OPEN if who in PAGES[page] else CLOSED for who in ROLES}


@pytest.mark.parametrize("page", PAGES)
def test_strangers_are_sent_to_sign_in(page: str, running: Run) -> None:
    answer = Client().get(address(page, running))

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_another_researcher_sees_nothing_of_it(running: Run, three: Three) -> None:
    from governance.rules import PlatformRole
    from tests import factories as people
    from tests.cast import Person

    user = people.make_user("Eve", PlatformRole.RESEARCHER)
    eve = Person(user, people.make_passkey(user)).client()

    for page in ("request", "request_withdraw", "request_start", "run", "run_progress", "run_stop"):
        assert eve.get(address(page, running)).status_code == CLOSED, page
    assert "Weight and illness" not in eve.get(reverse("federation:requests")).content.decode()
    assert "Weight and illness" not in eve.get(reverse("federation:runs")).content.decode()


def test_the_model_is_downloaded_by_who_asked_for_it_and_by_nobody_else(
    running: Run, three: Three, gateway: MemoryGateway
) -> None:
    url = reverse("federation:run_result", args=[running.public_id])
    before = three.chi.client().get(url).status_code
    factories.finish(running, three.all, gateway)

    answers = {
        who: person.client().get(url).status_code for who, person in three.cast.everybody.items()
    }

    assert before == CLOSED
    assert answers == {who: OPEN if who == "researcher" else CLOSED for who in ROLES}
