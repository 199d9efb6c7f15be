"""The record of where a dataset comes from: closed, and shown only as far as the community says."""

from typing import Any

import pytest

from consent.grants.errors import Malformed
from consent.grants.provenance import SHOWABLE, check_record, empty_record, shown_of

WHOLE: dict[str, Any] = {
    "peoples": [{"name": "People of the River", "language": "en"}],
    "territory": {"precision": "region", "text": "The lower valley"},
    "authority": {"body": "Council", "contact": "council@river.example"},
    "collection": {"when": "2019", "by": "Clinic", "purpose": "Care", "consent_document": "12"},
    "consent_status": "verified",
    "transformations": ["Names taken out"],
    "benefit_contact": "council@river.example",
    "disclosure": {"show": [], "wording": "Say: of River."},
}


@pytest.mark.parametrize("record", [empty_record(), WHOLE])
def test_a_whole_record_is_returned_as_it_is(record: dict[str, Any]) -> None:
    assert check_record(record) == record


@pytest.mark.parametrize(
    "changes",
    [
        {"more": 1},
        {"peoples": [{"name": ""}]},
        {"peoples": [{"name": "", "language": ""}]},
        {"peoples": [{"name": "N", "language": "English"}]},
        {"peoples": [{"name": f"N{n}", "language": ""} for n in range(21)]},
        {"territory": {"precision": "none", "text": "Here"}},
        {"territory": {"precision": "near", "text": ""}},
        {"authority": {"body": "B"}},
        {"authority": {"body": "B\n", "contact": ""}},
        {"collection": {"when": 2019, "by": "", "purpose": "", "consent_document": ""}},
        {"consent_status": "yes"},
        {"transformations": [""]},
        {"transformations": ["x" * 401]},
        {"disclosure": {"show": ["labels"], "wording": ""}},
        {"disclosure": {"show": ["peoples", "peoples"], "wording": ""}},
        {"disclosure": {"show": [], "wording": "\u202eturned"}},
    ],
)
def test_what_is_not_sound_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        check_record(WHOLE | changes)


@pytest.mark.parametrize("part", sorted(empty_record()))
def test_no_part_is_missing(part: str) -> None:
    with pytest.raises(Malformed):
        check_record({name: value for name, value in WHOLE.items() if name != part})


@pytest.mark.parametrize("part", SHOWABLE)
def test_each_part_is_shown_only_when_it_is_ticked(part: str) -> None:
    ticked = WHOLE | {"disclosure": {"show": [part], "wording": ""}}

    assert shown_of(ticked) == {part: WHOLE[part]}
    assert shown_of(WHOLE) == {"wording": "Say: of River."}
    assert shown_of({}) == {}


def test_a_place_that_is_not_to_be_named_is_not_shown_even_when_ticked() -> None:
    ticked = empty_record() | {"disclosure": {"show": ["territory"], "wording": ""}}

    assert shown_of(ticked) == {}
