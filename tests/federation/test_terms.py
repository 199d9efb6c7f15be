"""The fields for illnesses and places on the form of a request."""

import pytest
from django.core.exceptions import ValidationError

from federation.forms.terms import DiseasesField, PlacesField

TYPE_2 = {"id": "MONDO:0005148", "text": "type 2 diabetes mellitus"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("T2D", [TYPE_2]),
        ("low spirits\nT2D", [TYPE_2, {"id": "", "text": "low spirits"}]),
        ("", []),
        (None, []),
    ],
)
def test_illnesses_are_typed_as_a_list(typed, kept):
    assert DiseasesField().clean(typed) == kept


def test_what_is_kept_is_shown_so_that_it_is_kept_again():
    field = DiseasesField()
    kept = [TYPE_2, {"id": "", "text": "low spirits"}]

    shown = field.prepare_value(kept)

    assert shown == "type 2 diabetes mellitus (MONDO:0005148)\nlow spirits"
    assert field.clean(shown) == kept
    assert field.prepare_value("typed wrong") == "typed wrong"


def test_places_are_typed_as_a_list_and_shown_by_name():
    field = PlacesField()

    assert field.clean("ch, New Zealand") == ["CH", "NZ"]
    assert field.prepare_value(["CH", "NZ"]) == "Switzerland, New Zealand"
    assert field.clean(field.prepare_value(["CH", "NZ"])) == ["CH", "NZ"]
    assert field.clean("") == []


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        (PlacesField(), "CH, Atlantis", "“Atlantis” is no country"),
        (DiseasesField(), "\n".join(f"word {n}" for n in range(21)), "At most 20"),
        (DiseasesField(), "x" * 201, "at most 200 characters"),
    ],
)
def test_what_cannot_be_kept_is_told(field, typed, sentence):
    with pytest.raises(ValidationError, match=sentence):
        field.clean(typed)
