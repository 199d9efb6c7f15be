"""Bodies in a community's own words, and how it describes itself."""

import pytest

from governance.actions import bodies, communities, people
from governance.errors import NotAllowed, NotReady
from governance.models import Body, Charter
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def add(cast: Cast, name: str = "Elders") -> Body:
    return bodies.add(community_id=cast.river.pk, actor=cast.eli.user, name=name)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Elders", "elders"),
        ("Women's  group", "womens-group"),
        ("Health_committee", "health-committee"),
        ("7 houses", "body-7-houses"),
        ("長老会", "body"),
        ("x" * 80, "x" * 40),
    ],
)
def test_the_short_name_is_spelled_as_charters_need_it(cast: Cast, name: str, slug: str) -> None:
    assert add(cast, name).slug == slug


def test_a_short_name_never_comes_twice_and_never_changes(cast: Cast) -> None:
    first = add(cast)
    bodies.describe(first.pk, actor=cast.eli.user, name="Old people", about="They remember.")
    second = add(cast)
    bodies.end(second.pk, actor=cast.eli.user)

    assert [Body.objects.get(pk=first.pk).slug, second.slug, add(cast).slug] == [
        "elders",
        "elders-2",
        "elders-3",
    ]


def test_a_name_is_used_once(cast: Cast) -> None:
    add(cast)
    board = add(cast, "Board")

    with pytest.raises(NotReady, match="of this name"):
        add(cast, "ELDERS")
    with pytest.raises(NotReady, match="of this name"):
        bodies.describe(board.pk, actor=cast.eli.user, name="elders", about="")


def test_a_body_with_people_in_it_does_not_end(cast: Cast, charter: Charter) -> None:
    elders = add(cast)
    assert cast.ola.membership
    people.set_bodies(cast.ola.membership.pk, actor=cast.amina.user, bodies=["elders"])

    with pytest.raises(NotReady, match="People sit in this body"):
        bodies.end(elders.pk, actor=cast.eli.user)


def test_a_body_that_the_charter_names_does_not_end(cast: Cast, charter: Charter) -> None:
    elders = add(cast)
    assert cast.bo.membership
    people.set_bodies(cast.bo.membership.pk, actor=cast.amina.user, bodies=["elders"])
    factories.make_charter(cast.river, cast.signers[:2])
    people.set_bodies(cast.bo.membership.pk, actor=cast.amina.user, bodies=[])

    with pytest.raises(NotReady, match="charter in force names this body"):
        bodies.end(elders.pk, actor=cast.eli.user)


def test_an_ended_body_is_over(cast: Cast) -> None:
    elders = add(cast)
    bodies.end(elders.pk, actor=cast.eli.user)

    with pytest.raises(NotReady, match="has ended"):
        bodies.describe(elders.pk, actor=cast.eli.user, name="Elders", about="")


@pytest.mark.parametrize("who", ["dov", "ola", "chi", "zed", "aud", "max"])
def test_only_stewards_and_the_convenor_find_words_for_the_community(cast: Cast, who: str) -> None:
    person = getattr(cast, who).user
    elders = add(cast)

    for act in (
        lambda: bodies.add(community_id=cast.river.pk, actor=person, name="Board"),
        lambda: bodies.describe(elders.pk, actor=person, name="Board", about=""),
        lambda: bodies.end(elders.pk, actor=person),
        lambda: communities.describe(
            cast.river.pk, actor=person, name="Mine", about="", contact=""
        ),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_community_describes_itself_and_keeps_its_short_name(cast: Cast) -> None:
    communities.describe(
        cast.river.pk, actor=cast.eli.user, name=" People of the river ", about="We.", contact="Hut"
    )

    cast.river.refresh_from_db()
    assert (cast.river.slug, cast.river.name, cast.river.about, cast.river.contact) == (
        "river",
        "People of the river",
        "We.",
        "Hut",
    )
