"""The page on which names of illnesses are looked up."""

import pytest
from django.test import Client
from django.urls import reverse

from governance.vocabulary import mondo

ADDRESS = "/diseases/"


@pytest.fixture(autouse=True)
def shipped(settings):
    before = settings.KINHOLD_MONDO_FILE
    mondo.use(mondo.SUBSET)
    yield
    mondo.use(before)


def test_everybody_who_is_signed_in_may_look_names_up(cast):
    for person in cast.everybody.values():
        assert person.client().get(ADDRESS).status_code == 200
    assert Client().get(ADDRESS).status_code == 302


def test_a_name_is_found_with_what_it_is_a_kind_of(cast):
    assert reverse("governance:diseases") == ADDRESS
    page = cast.chi.client().get(ADDRESS, {"q": "lung cancer"})

    assert [(term.id, above) for term, above in page.context["found"]] == [
        ("MONDO:0008903", ["cancer", "lung disorder"])
    ]
    assert "MONDO:0008903" in page.content.decode()


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("sugar sickness", "No such name here."),
        ("d", "The first 30 are shown."),
        ("", "128 names of the Mondo Disease Ontology"),
        ("<script>alert(1)</script>" * 20, "No such name here."),
    ],
)
def test_what_is_not_found_or_too_much_is_said(cast, asked, sentence):
    page = cast.amina.client().get(ADDRESS, {"q": asked}).content.decode()

    assert sentence in page
    assert "<script>alert" not in page
