"""R-29, field by field: what a community keeps to itself stands in nothing that a researcher gets.

The world holds a telling word in each of these: comments beside answers, the note on the check,
the private talk, an adviser's question, ties and words, reasons of conflicts and stops; and every
person of the community has a name that stands nowhere else. All pages, all answers of the API and
all files are asked for, about each of the researcher's requests in each of its states.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from consent.actions import attending
from consent.models import Advice, Message, Review
from governance.models import Ballot, Membership, User
from tests.permissions.addresses import Address, every_address
from tests.permissions.arguments import AT, arguments
from tests.permissions.asking import ask
from tests.permissions.table import rows
from tests.permissions.test_matrix import LINKS
from tests.permissions.words import PRIVATE
from tests.permissions.world import Things, World

pytestmark = pytest.mark.django_db

ROWS = {row.name: row for row in rows()}
# What an answer of the API must not even have a field for.
NO_FIELDS = {
    "advice",
    "adviser",
    "assigned_to",
    "author",
    "ballots",
    "comment",
    "comments",
    "completeness",
    "completeness_note",
    "deliberation",
    "membership",
    "sealed",
    "shown_name",
    "signed_by",
    "signers",
    "stewards",
    "votes",
    "wishes",
}


@pytest.fixture
def things(world: World) -> Things:
    """River's things. Its people have names that stand nowhere else; one looks after a review."""
    things = world.river
    for number, held in enumerate(Membership.objects.filter(community=things.community)):
        name = f"Ptarmigan-{number}"
        Membership.objects.filter(pk=held.pk).update(shown_name=name)
        User.objects.filter(pk=held.user_id).update(name=name, email=f"{name}@nest.example")
    steward, colleague = things.place.stewards[0], things.place.stewards[1]
    steward.user.refresh_from_db()
    assert colleague.membership is not None
    attending.assign(things.review.pk, actor=steward.user, membership_id=colleague.membership.pk)
    attending.acknowledge(things.review.pk, actor=steward.user)
    return things


def secrets(things: Things) -> list[str]:
    return [PRIVATE[things.community.slug], "Ptarmigan", "ptarmigan", "Adviser 1", "clinic.example"]


def ways(address: Address, things: Things) -> Iterator[dict[str, Any]]:
    """Every way to fill the holes of an address with what is the researcher's own."""
    filled = arguments(address, things)
    yield filled
    if "grant_id" in filled:
        for grant in (things.grant, things.waiting):
            wanted = grant.review.revision.request.public_id
            own = {"request_id": wanted} if "request_id" in filled else {}
            yield filled | own | {"grant_id": grant.public_id}
    elif "request_id" in filled and "request_id" not in AT.get(address.name, {}):
        for wanted in (things.draft, things.asked, things.again, things.conditional):
            yield filled | {"request_id": wanted.public_id}
    if "run_id" in filled:
        yield filled | {"run_id": things.running.public_id}
    if "ending" in filled:
        yield filled | {"ending": "jsonld"}


def answers_to(world: World, things: Things, person: str) -> Iterator[tuple[str, Any]]:
    """Everything that somebody gets who looks at all addresses.

    But for links that open by themselves: whoever was sent one reads by it what she was sent.
    """
    for address in every_address():
        row = ROWS.get(address.name)
        if row is None or "GET" not in row.methods or address.name in LINKS:
            continue
        for filled in ways(address, things):
            path = reverse(address.name, kwargs=filled)
            answer = ask(world.everybody.visitors[person], "GET", path).answer
            if answer.status_code == 200:
                yield path, answer


def test_there_is_something_that_could_be_told(world: World, things: Things) -> None:
    word = PRIVATE["river"]
    review = Review.objects.get(pk=things.review.pk)

    assert word in review.completeness_note
    assert Ballot.objects.filter(comment__contains=word).exists()
    assert Advice.objects.filter(given_at__isnull=False, interests__contains=word).exists()
    assert Message.objects.filter(sealed__isnull=False).exists()
    shown = {
        secret
        for _path, answer in answers_to(world, things, "steward")
        for secret in secrets(things)
        if secret in answer.getvalue().decode(errors="replace")
    }
    assert shown >= {word, "Ptarmigan", "Adviser 1"}


@pytest.mark.parametrize("person", ["applicant", "researcher"])
def test_no_page_no_file_and_no_answer_of_the_api_tells_it(
    world: World, things: Things, person: str
) -> None:
    seen, told = set(), []
    for path, answer in answers_to(world, things, person):
        seen.add(path)
        body = answer.getvalue().decode(errors="replace")
        told += [(path, secret) for secret in secrets(things) if secret in body]

    assert told == []
    if person == "applicant":
        for part in ("/messages/", "/api/v1/requests/", "/export/request.json", "/runs/"):
            assert any(part in path for path in seen), part


def fields_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from fields_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from fields_in(inner)


def test_no_answer_of_the_api_has_a_field_for_it(world: World, things: Things) -> None:
    asked, found = 0, []
    for path, answer in answers_to(world, things, "applicant"):
        if path.startswith("/api/v1/") and answer["Content-Type"] == "application/json":
            asked += 1
            found += [(path, name) for name in NO_FIELDS & set(fields_in(answer.json()))]

    assert asked > 10
    assert found == []
