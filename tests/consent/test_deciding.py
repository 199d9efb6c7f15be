"""The page on which a steward decides: what it tells, when and whom (R-16, R-20, R-22, R-46)."""

import gzip
import re

import pytest
from django.urls import reverse
from django.utils.html import escape

from consent.actions import requests, reviews
from consent.grants.outcome import Lack
from consent.grants.statements import Answer
from consent.missing import still_missing
from governance.actions import bodies, conflicts, protocols
from governance.models import Ballot, Conflict, Membership
from governance.withdrawal import ALWAYS, LEVELS
from tests import factories
from tests.consent.factories import (
    JOB,
    answer,
    make_draft,
    make_request,
    review_of,
    say_yes,
)
from tests.factories import make_charter, make_dataset, make_protocol

pytestmark = pytest.mark.django_db

MOST_BYTES = 100_000  # the page with its style sheets and scripts


def url(review, name="review"):
    return reverse(f"consent:{name}", args=[review.public_id])


def page(person, review):
    return person.client().get(url(review)).content.decode()


# --- what cannot be undone -----------------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(LEVELS))
def test_what_stopping_undoes_is_told_before_the_yes_and_after_it(cast, charter, code):
    content = factories.protocol_content()
    content["clauses"]["WITHDRAW"] = {"choice": code}
    _adopt(cast, content)
    make_dataset(cast.river, cast.amina.user)
    review = review_of(make_request(cast.chi.user))

    before = page(cast.amina, review)
    grant = say_yes(review, [cast.amina, cast.bo])
    after = cast.amina.client().get(reverse("consent:grant", args=[grant.public_id]))

    level = LEVELS[code]
    for told in (before, after.content.decode()):
        for sentence in (level.title, level.undone, level.stays, level.kept_by, *ALWAYS):
            assert escape(str(sentence)) in told, sentence
        for other in LEVELS.values():
            assert other is level or escape(str(other.kept_by)) not in told
    assert before.index("what cannot") < before.index('name="signature"')


def _adopt(cast, content):
    protocol = protocols.propose(
        community_id=cast.river.pk,
        actor=cast.amina.user,
        content=content,
        line="main",
        title="Our protocol",
        known=True,
    )
    for person in (cast.amina, cast.bo):
        protocols.sign(
            protocol.pk,
            actor=person.user,
            answer=Answer.YES,
            assertion=factories.assertion(person.passkey, protocol.statement, Answer.YES),
        )


# --- four equal answers --------------------------------------------------------------------------


def test_all_answers_are_drawn_alike_and_none_is_chosen(cast, review):
    text = page(cast.amina, review)

    drawn = re.findall(r"<label for=\"answer-([\w-]+)\"><input ([^>]*)>", text)
    assert [value for value, _ in drawn] == [
        "yes",
        "yes-with-conditions",
        "no",
        "not-yet",
        "recuse",
    ]
    shapes = {
        rest.replace(f"answer-{value}", "").replace(f'"{value}"', "") for value, rest in drawn
    }
    assert len(shapes) == 1
    assert "checked" not in shapes.pop()


def test_a_no_is_saved_without_a_reason(cast, review):
    data = factories.form_fields(cast.amina.passkey, review.statement, Answer.NO) | {"comment": ""}

    cast.amina.client().post(url(review, "review_sign"), data)

    ballot = Ballot.objects.get(statement=review.statement)
    assert (ballot.answer, ballot.comment) == ("no", "")


def test_the_page_weighs_less_than_a_hundred_kilobytes(cast, review, settings):
    """As browsers fetch it: packed, with every style sheet and script it names."""
    text = cast.amina.client().get(url(review)).content
    named = re.findall(r'(?:href|src)="([^"]+\.(?:css|js|svg))"', text.decode())
    files = [settings.STATICFILES_DIRS[0] / name.removeprefix("/static/") for name in set(named)]

    assert all(name.startswith("/static/") for name in named)
    assert len(files) >= 5
    assert len(text) < 60_000
    assert sum(len(gzip.compress(each)) for each in [text, *(f.read_bytes() for f in files)]) < (
        MOST_BYTES
    )


# --- what is still missing -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"rule": "threshold", "m": 3}, "3 more signatures."),
        ({"rule": "consensus"}, "3 more signatures."),
        ({"rule": "majority"}, "2 more signatures."),
        ({"rule": "two-thirds"}, "2 more signatures."),
        (
            {"rule": "quorum-majority", "quorum": 100},
            "2 more signatures. 2 more answers.",
        ),
        (
            {"rule": "named-decider", "steward": ""},
            "One more signature, from the steward whom the charter names for this.",
        ),
        (
            {"rule": "sequence", "steps": [{"body": "our-elders", "rule": "threshold", "m": 1}]},
            "One more signature, from: Our elders.",
        ),
        (
            {
                "rule": "majority",
                "vetoes": [{"body": "our-elders", "rule": "threshold", "m": 1}],
            },
            "2 more signatures. One more signature, from: Our elders.",
        ),
    ],
    ids=[
        "threshold",
        "consensus",
        "majority",
        "two-thirds",
        "quorum",
        "decider",
        "sequence",
        "veto",
    ],
)
def test_each_rule_says_in_plain_words_what_is_missing(cast, rule, expected):
    bodies.add(community_id=cast.river.pk, actor=cast.amina.user, name="Our elders")
    Membership.objects.filter(pk=cast.bo.membership.pk).update(bodies=["our-elders"])
    if "steward" in rule:
        rule = rule | {"steward": cast.bo.membership.steward_id}
    make_charter(cast.river, cast.signers, rules=factories.threshold(2) | {"grant": rule})
    make_protocol(cast.river, cast.signers)
    make_dataset(cast.river, cast.amina.user)
    review = review_of(make_request(cast.chi.user))

    answer(review, cast.amina, Answer.NOT_YET)

    told = page(cast.amina, review)
    missing = re.search(r"Still missing:</strong> ([^<]*)<", told)
    assert missing is not None
    assert missing[1].startswith(escape(expected)), missing[1]
    assert "our-elders" not in missing[1]
    for person in (cast.bo, cast.cleo):
        assert person.user.name not in missing[1]


def test_what_lacks_is_counted():
    lacks = [Lack(1), Lack(2, body="elders"), Lack(3, "answer")]

    assert still_missing(lacks, {"elders": "The elders"}) == (
        "One more signature. 2 more signatures, from: The elders. 3 more answers."
    )
    assert still_missing([], {}) == ""


# --- recusal and conflicts -----------------------------------------------------------------------


def test_after_a_recusal_fewer_may_be_enough_and_the_page_says_what_is_missing(cast, dataset):
    make_charter(
        cast.river,
        cast.signers[:2],
        rules=factories.threshold(2) | {"grant": {"rule": "consensus"}},
    )
    review = review_of(make_request(cast.chi.user))
    answer(review, cast.cleo, Answer.RECUSE)
    answer(review, cast.amina)

    assert "One more signature." in page(cast.amina, review)
    assert (
        cast.cleo.client()
        .post(
            url(review, "review_sign"),
            factories.form_fields(cast.cleo.passkey, review.statement, Answer.YES),
        )
        .status_code
        == 403
    )
    assert answer(review, cast.bo).adopted


def test_below_the_floor_it_goes_to_the_full_meeting_and_all_see_it_at_once(cast, review):
    answer(review, cast.amina, Answer.RECUSE)
    answer(review, cast.bo, Answer.RECUSE)

    told = page(cast.cleo, review)

    assert "This goes to the full meeting" in told
    review.refresh_from_db()
    assert review.state == "open"


def test_a_conflict_that_others_raise_stands_on_the_page_with_its_answer(cast, review):
    conflicts.raise_conflict(
        review.statement_id, actor=cast.amina.user, about=cast.bo.membership, reason="Her sister."
    )
    before = page(cast.cleo, review)
    answer(review, cast.bo, Answer.RECUSE)

    assert "Her sister." in before
    assert "Not answered yet." in before
    assert "Bo stepped aside." in page(cast.cleo, review)
    assert Conflict.objects.get().stepped_aside


# --- conditions ----------------------------------------------------------------------------------


def test_the_page_explains_the_way_of_a_condition(cast, review):
    told = page(cast.amina, review)

    for step in ("wishes for it", "puts it into the text", "signs the new text", "accepts it"):
        assert step in told, step


def test_a_changed_text_tells_why_and_asks_everybody_anew(cast, review):
    answer(review, cast.amina)
    reviews.put_conditions(review.pk, actor=cast.bo.user, conditions=["Tell us first."])

    told = page(cast.amina, review)

    assert "so it must be signed anew" in told
    assert "Condition: Tell us first." in told
    assert "Your answer:</strong>" not in told


def test_a_draft_of_the_same_people_is_no_matter_of_this_page(cast, review):
    make_draft(cast.chi.user, "Something else")

    assert "Something else" not in page(cast.amina, review)
    requests.submit(make_draft(cast.chi.user, "A second one").pk, actor=cast.chi.user, job=JOB)
    assert "A second one" not in page(cast.amina, review)
