"""Between communities nothing shows: not by a guessed address, an error, a search, or the API."""

import re
from typing import Any

import pytest
from django.urls import reverse

from governance.errors import NotReady
from tests import factories
from tests.permissions.addresses import Address, every_address
from tests.permissions.arguments import arguments, nowhere
from tests.permissions.asking import ask
from tests.permissions.table import NO_SUCH_PAGE, rows
from tests.permissions.words import PRIVATE, TOLD
from tests.permissions.world import World

pytestmark = pytest.mark.django_db

ROWS = {row.name: row for row in rows()}
OURS = ("governance", "consent", "federation", "governance-api", "federation-api")
RIVERS = ("applicant", "steward", "convenor", "custodian", "observer")
COASTS = ("researcher", "o. steward", "o. convenor", "o. custodian", "o. observer")


# Arguments that name no community's thing.
NOBODYS = {"clause", "code", "ending", "step", "year"}


def ours(least: int) -> list[str]:
    """Names of our own addresses about at least so many things, from the table."""
    holes = {address.name: set(address.holes) - NOBODYS for address in every_address()}
    return [
        name
        for name in ROWS
        if name.partition(":")[0] in OURS and len(holes.get(name, ())) >= least
    ]


def address_of(name: str) -> Address:
    return next(address for address in every_address() if address.name == name)


def path_to(name: str, filled: dict[str, Any]) -> str:
    return reverse(name, kwargs=filled)


def plain(answer: Any, path: str) -> bytes:
    """An answer's body without what differs in any two: tokens, and the address itself."""
    body = answer.getvalue().replace(path.encode(), b"(address)")
    return re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"(token)", body)


@pytest.mark.parametrize("name", ours(1))
def test_what_is_another_communitys_is_answered_as_what_is_nowhere(name: str, world: World) -> None:
    address = address_of(name)
    filled = arguments(address, world.river)
    there, missing = path_to(name, filled), path_to(name, nowhere(filled))

    for person in ("o. steward", "researcher", "member", "auditor"):
        for method in ROWS[name].methods:
            if ROWS[name].outcomes[person][ROWS[name].methods.index(method)] != NO_SUCH_PAGE:
                continue
            visitor = world.everybody.visitors[person]
            foreign = ask(visitor, method, there).answer
            nothing = ask(visitor, method, missing).answer
            assert foreign.status_code == nothing.status_code == 404, person
            assert plain(foreign, there) == plain(nothing, missing), person
            assert foreign.headers.keys() == nothing.headers.keys(), person


@pytest.mark.parametrize("name", ours(2))
def test_ones_own_short_name_does_not_open_another_communitys_things(
    name: str, world: World
) -> None:
    address = address_of(name)
    others = [hole for hole in address.holes if hole not in NOBODYS][1:]
    own, foreign = arguments(address, world.coast), arguments(address, world.river)

    for person in ("o. steward", "researcher"):
        for method in ROWS[name].methods:
            mixed = own | {hole: foreign[hole] for hole in others}
            turned = foreign | {hole: own[hole] for hole in others}
            for filled in (mixed, turned):
                asked = ask(world.everybody.visitors[person], method, path_to(name, filled))
                assert asked.outcome in (NO_SUCH_PAGE, "403"), (person, method, filled)
                assert not asked.written, (person, method, filled)


@pytest.mark.parametrize("name", ours(1))
def test_to_the_other_community_it_is_the_same_the_other_way_round(name: str, world: World) -> None:
    """The table is about River's things. Asked for Coast's, the two communities change places."""
    path = path_to(name, arguments(address_of(name), world.coast))
    row = ROWS[name]

    for river, coast in zip(RIVERS, COASTS, strict=True):
        for person, as_if in ((coast, river), (river, coast)):
            for method, expected in zip(row.methods, row.outcomes[as_if], strict=True):
                asked = ask(world.everybody.visitors[person], method, path)
                assert asked.outcome == expected, (person, method)


def lists_of(world: World, person: str) -> list[tuple[str, str]]:
    """Every list that this person may look at, with a search: its address by its name."""
    things = world.coast if person in COASTS else world.river
    found = []
    for address in every_address():
        if address.name not in ROWS or address.name.partition(":")[0] not in OURS:
            continue
        path = path_to(address.name, arguments(address, things))
        asked = ask(world.everybody.visitors[person], "GET", path)
        context = getattr(asked.answer, "context", None) or {}
        if asked.outcome == "200" and "listing" in context and context["listing"].search:
            found.append((address.name, path))
    return found


@pytest.mark.parametrize("person", [*COASTS, "member", "auditor", "admin", "holder"])
def test_a_search_for_what_is_anothers_finds_nothing_and_counts_nothing(
    person: str, world: World
) -> None:
    visitor = world.everybody.visitors[person]
    words = [PRIVATE["river"], *([] if person == "holder" else [TOLD["river"]])]
    lists = lists_of(world, person)
    assert lists or person in ("member", "auditor", "observer"), "no list was found at all"

    for name, path in lists:
        for word in words:
            page = ask(visitor, "GET", f"{path}?q={word}").answer
            listing = page.context["listing"]
            assert (listing.narrowed, listing.total) == (True, 0), (name, word)
            shown = page.getvalue().decode().replace(f'value="{word}"', "")
            assert word not in shown, (name, word)


def test_a_steward_finds_in_her_own_lists_what_others_do_not(world: World) -> None:
    """So that the test before cannot pass because nothing is ever found."""
    visitor = world.everybody.visitors["steward"]
    hits = {
        name
        for name, path in lists_of(world, "steward")
        for word in (PRIVATE["river"], TOLD["river"])
        if ask(visitor, "GET", f"{path}?q={word}").answer.context["listing"].total
    }

    assert {"consent:reviews", "consent:grants", "consent:notices", "federation:runs"} <= hits


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/requests/?state={state}",
        "/api/v1/runs/?state={state}",
        "/api/v1/runs/?request={request}",
        "/api/v1/requests/",
        "/api/v1/runs/",
    ],
)
def test_lists_of_the_api_show_and_count_ones_own_only(path: str, world: World) -> None:
    for state in ("decided", "running", "finished"):
        filled = path.format(state=state, request=world.river.decided.public_id)
        answer = ask(world.everybody.visitors["researcher"], "GET", filled).answer
        if answer.status_code == 400:
            continue  # this state is none of these things'
        body = answer.getvalue().decode()
        assert answer.status_code == 200
        assert TOLD["river"] not in body
        assert str(world.river.run.public_id) not in body
        if "{request}" in path:
            assert answer.json()["count"] == 0


def test_the_log_of_a_community_is_found_by_its_own_people_only(world: World) -> None:
    subject = f"run:{world.river.run.public_id}"
    path = f"/log/?text={subject}"

    own = ask(world.everybody.visitors["steward"], "GET", path).answer
    foreign = ask(world.everybody.visitors["o. steward"], "GET", path).answer

    assert own.context["events"]
    assert foreign.context["events"] == []
    assert "river" not in foreign.getvalue().decode().lower().replace(subject, "")


def test_a_name_that_is_taken_does_not_say_by_whom(world: World) -> None:
    steward = world.everybody.people["o. steward"].user
    with pytest.raises(NotReady) as refusal:
        factories.make_dataset(world.coast.community, steward, world.river.dataset.slug)

    assert "river" not in str(refusal.value).lower().replace(world.river.dataset.slug, "")


def test_inviting_somebody_of_another_community_tells_nothing_of_it(world: World) -> None:
    """The answer is the same as for an address that nobody has."""
    inside, outside = world.everybody.people["convenor"].user.email, "nobody@example.org"
    pages = []
    for email in (inside, outside):
        form = {"email": email, "name": "Somebody", "role": "observer", "days": "14"}
        client = world.everybody.people["o. steward"].client()
        answer = client.post(reverse("governance:invite", args=["coast"]), form)
        assert answer.status_code == 200, answer.content
        shown = answer.content.decode().replace(email, "(address)")
        pages.append(re.sub(r"/join/[\w-]+/", "(link)", plain_text(shown)))

    assert pages[0] == pages[1]


def plain_text(html: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "(token)", html)
