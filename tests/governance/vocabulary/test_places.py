import pytest

from governance.vocabulary import mondo, places


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("NZ", "NZ"),
        ("nz", "NZ"),
        ("New Zealand", "NZ"),
        (" new  zealand ", "NZ"),
        ("New Zealand (NZ)", "NZ"),
        ("United Kingdom", "GB"),
        ("Britain (UK)", "GB"),
        ("our own land", None),
        ("XX", None),
        ("", None),
    ],
)
def test_a_place_is_found_by_its_code_or_name(written, code):
    assert places.find(written) == code


def test_a_list_of_places_is_read_and_other_words_are_kept_apart():
    assert places.read("NZ, Canada; our own land\nnz") == (["NZ", "CA"], ["our own land"])
    assert places.read(" , ") == ([], [])


def test_every_place_has_two_letters_and_is_found_by_its_name():
    assert len(places.places()) > 240
    for code, name in places.places().items():
        assert len(code) == 2 and places.find(name) == code


def test_a_list_of_diseases_is_read_and_free_text_is_kept_apart():
    terms, free = mondo.read("type 2 diabetes, lung cancer; low spirits\nMONDO:0008903")

    assert [term.id for term in terms] == ["MONDO:0005148", "MONDO:0008903"]
    assert free == ["low spirits"]
    assert mondo.read("") == ([], [])
