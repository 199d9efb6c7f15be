"""What every list does with the address it is asked for: search, filter, order, page."""

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from governance.listing import (
    PAGE_SIZE,
    SHORT,
    Filter,
    Listing,
    Sort,
    choices_in,
    exactly,
    listing,
)
from governance.models import Community

pytestmark = pytest.mark.django_db

NAMES = ("Alder", "Birch 100%", "Cedar_one", 'O\'Dowd "east"', "Elm", "elm again", "Fir")


@pytest.fixture(autouse=True)
def woods() -> None:
    for number, name in enumerate(NAMES):
        Community.objects.create(
            slug=f"wood-{number}", name=name, about="odd" if number % 2 else ""
        )


def asked(page_size: int = PAGE_SIZE, **query: str) -> Listing:
    """The list of woods as this address asks for it."""
    return listing(
        RequestFactory().get("/woods/", query),
        Community.objects.order_by("slug"),
        search=("name__icontains", "slug__icontains"),
        filters=[Filter("kind", "Kind", [("odd", "odd"), ("even", "even")], _of_kind)],
        sorts=[
            Sort("slug", "as they come", ()),
            Sort("name", "by name", ("name", "pk")),
            Sort("about", "by text", ("about", "pk")),
        ],
        page_size=page_size,
    )


def _of_kind(rows: object, kind: str) -> object:
    return exactly("about")(rows, "odd" if kind == "odd" else "")  # type: ignore[arg-type]


def names(found: Listing) -> list[str]:
    return [row.name for row in found.page]


def test_without_a_wish_all_rows_come_in_the_first_order() -> None:
    found = asked()

    assert names(found) == list(NAMES)
    assert (found.total, found.narrowed, found.sorted, found.in_use) == (7, False, False, False)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("elm", ["Elm", "elm again"]),
        ("100%", ["Birch 100%"]),
        ("%", ["Birch 100%"]),
        ("_", ["Cedar_one"]),
        ("o'dowd", ['O\'Dowd "east"']),
        ('"east"', ['O\'Dowd "east"']),
        ("wood-6", ["Fir"]),
        ("'; DROP TABLE governance_community; --", []),
        ("  elm  ", ["Elm", "elm again"]),
    ],
)
def test_a_search_takes_every_sign_as_it_is_written(text: str, fits: list[str]) -> None:
    found = asked(q=text)

    assert names(found) == fits
    assert found.narrowed


@pytest.mark.parametrize("text", ["x" * 121, "nil\x00"], ids=["too long", "not a text"])
def test_a_search_that_cannot_be_is_named_and_the_rest_of_the_address_counts(text: str) -> None:
    found = asked(q=text, kind="odd", sort="name")

    assert found.form.errors["q"]
    assert names(found) == ["Birch 100%", 'O\'Dowd "east"', "elm again"]


@pytest.mark.parametrize(
    "query",
    [{"kind": "none of them"}, {"sort": "-password"}, {"sort": "about__community"}, {"more": "1"}],
)
def test_unknown_values_in_the_address_are_left_out(query: dict[str, str]) -> None:
    found = asked(**query)

    assert names(found) == list(NAMES)
    assert not found.in_use


def test_filter_and_search_go_together() -> None:
    assert names(asked(q="elm", kind="odd")) == ["elm again"]
    assert names(asked(q="elm", kind="even")) == ["Elm"]


@pytest.mark.parametrize(
    ("page", "number"),
    [("", 1), ("1", 1), ("2", 2), ("99", 4), ("0", 4), ("-1", 4), ("two", 1), ("1e9", 1)],
)
def test_a_page_that_does_not_exist_shows_the_nearest_that_does(page: str, number: int) -> None:
    assert asked(page_size=2, page=page).page.number == number


def test_no_row_is_lost_or_shown_twice_between_pages_of_equal_rows() -> None:
    seen = [row.pk for page in "1234" for row in asked(2, sort="about", page=page).page]

    assert sorted(seen) == sorted(Community.objects.values_list("pk", flat=True))
    assert seen == list(Community.objects.order_by("about", "pk").values_list("pk", flat=True))


def test_the_tools_of_a_short_list_are_folded_until_they_are_used() -> None:
    assert not asked().short
    assert len(NAMES) > SHORT

    Community.objects.filter(slug__in=["wood-0", "wood-1", "wood-2"]).delete()

    assert asked().short
    assert not asked(q="elm").short
    assert not asked(sort="name").short
    assert asked(sort="slug").short, "the order that it has anyway"


def test_a_list_costs_two_queries_whatever_is_asked() -> None:
    for query in ({}, {"q": "elm", "kind": "odd", "sort": "name", "page": "1"}):
        with CaptureQueriesContext(connection) as caught:
            names(asked(**query))
        assert len(caught) == 2


def test_the_choices_of_a_filter_are_what_occurs_each_once() -> None:
    assert choices_in(Community.objects.filter(about="odd"), "about", "about") == [("odd", "odd")]
