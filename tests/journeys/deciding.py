"""What the journeys about deciding share: communities that can be asked, and walks through them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from consent.grants.statements import Answer
from governance.models import Community
from tests import factories
from tests.cast import Person
from tests.journeys.browser import chromium
from tests.journeys.walking import Device, Walk

TITLE = "Weight and illness"
STILL = "Your community is still deciding."
YES = "With it your community has said yes."
NO = "With it your community has said no."


def open_for_requests(community: Community, stewards: list[Person], **charter: Any) -> None:
    """A charter, a protocol and a listed dataset."""
    signers = [person.signer for person in stewards]
    factories.make_charter(community, signers, **charter)
    factories.make_protocol(community, signers)
    factories.make_dataset(community, stewards[0].user, slug=f"{community.slug}-diabetes")


@contextmanager
def walks_of(people: Iterable[Person], base: str) -> Iterator[list[Walk]]:
    """A phone for each of the people, signed in."""
    with chromium() as browser:
        walks = []
        for person in people:
            walk = Walk.begin(browser, base)
            walk.sign_in(Device.of(person))
            walks.append(walk)
        yield walks


def answer(walk: Walk, given: Answer) -> None:
    """Find the request in the list, read it, and sign."""
    open_review(walk)
    walk.sign(given)


def open_review(walk: Walk) -> None:
    walk.go("/reviews/")
    walk.follow(TITLE)


def missing(walk: Walk) -> str:
    """What the page says is still missing for a decision, in lower case."""
    return walk.page.get_by_text("Still missing:").locator("..").inner_text().lower()
