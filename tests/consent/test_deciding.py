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
from consent.queries import review_page
from governance.actions import bodies, communities, conflicts, protocols
from governance.errors import NotAllowed
from governance.models import AccessEvent, Ballot, Conflict, Membership
from governance.withdrawal import ALWAYS, LEVELS
from tests import factories
from tests.consent.factories import (
    JOB,
    answer,
    fields,
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


# --- nobody is pushed ----------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["convenor", "custodian", "observer"])
def test_who_does_not_decide_sees_no_answers_conditions_or_others(cast, review, who):
    answer(review, cast.amina, Answer.YES_WITH_CONDITIONS, conditions="Tell us first.")

    told = page(cast.everybody[who], review)

    for hidden in ("Tell us first.", "Yes, with conditions", "What others decided"):
        assert hidden not in told, hidden


def test_conditions_are_seen_after_ones_own_answer(cast, review):
    answer(review, cast.amina, Answer.YES_WITH_CONDITIONS, conditions="Tell us first.")

    assert "Tell us first." not in page(cast.bo, review)
    answer(review, cast.bo, Answer.NOT_YET)
    assert "Tell us first." in page(cast.bo, review)


def test_conditions_wished_are_not_told_by_the_form_that_puts_them_either(cast, review):
    """The form fills in what stewards wish, which is their answer: not before one's own."""
    answer(review, cast.amina, Answer.YES_WITH_CONDITIONS, conditions="Tell us first.")
    form = url(review, "review_conditions")

    before = cast.bo.client().get(form).content.decode()
    answer(review, cast.bo, Answer.NOT_YET)
    after = cast.bo.client().get(form).content.decode()

    assert "Tell us first." not in before
    assert "Tell us first." in after


def test_a_steward_named_in_the_request_never_learns_how_her_community_answers(cast, dataset):
    people = [*fields()["people"], {"name": "A", "email": cast.bo.user.email, "orcid": ""}]
    review = review_of(make_request(cast.chi.user, people=people))
    answer(review, cast.amina, Answer.YES_WITH_CONDITIONS, conditions="Tell us first.")
    answer(review, cast.bo, Answer.RECUSE)

    told = page(cast.bo, review)

    for hidden in ("Tell us first.", "Amina:", "signed so far"):
        assert hidden not in told, hidden
    assert "you do not see what your community answers" in told


# --- other communities ---------------------------------------------------------------------------


@pytest.fixture
def two(cast, dataset):
    """One request to River and Coast; Coast has one steward, who decides alone."""
    make_charter(cast.coast, [cast.zed.signer], rules=factories.threshold(1), floor=1)
    make_protocol(cast.coast, [cast.zed.signer])
    make_dataset(cast.coast, cast.zed.user, "coast-diabetes")
    request = make_request(cast.chi.user, datasets=["river-diabetes", "coast-diabetes"])
    return review_of(request), review_of(request, "coast")


def tells(cast, on=True):
    communities.tell_decisions(cast.coast.pk, actor=cast.zed.user, tells=on)


def test_another_community_is_told_nothing_unless_the_first_chose_so(cast, two):
    river, coast = two
    answer(coast, cast.zed, Answer.NO)
    answer(river, cast.amina)

    assert "Coast: said no" not in page(cast.amina, river)
    tells(cast)
    assert "Coast: said no" in page(cast.amina, river)
    tells(cast, on=False)
    assert "Coast: said no" not in page(cast.amina, river)


def test_it_is_told_after_ones_own_answer_only_and_to_stewards_only(cast, two):
    river, coast = two
    tells(cast)
    answer(coast, cast.zed, Answer.YES)

    for person in (cast.amina, cast.eli, cast.dov, cast.ola):
        assert "Coast: said" not in page(person, river)
    answer(river, cast.amina, Answer.NOT_YET)
    assert "Coast: said yes" in page(cast.amina, river)
    assert "Zed" not in page(cast.amina, river)


def test_what_is_not_decided_yet_is_not_told(cast, two):
    river, coast = two
    tells(cast)
    answer(coast, cast.zed, Answer.NOT_YET)
    answer(river, cast.amina)

    assert "Coast: said" not in page(cast.amina, river)
    assert review_page(river, cast.amina.user, at=river.opened_at).decided == ()


def test_only_a_seated_steward_chooses_what_others_are_told(cast, charter):
    for role, person in cast.everybody.items():
        if role == "steward":
            continue
        with pytest.raises(NotAllowed):
            communities.tell_decisions(cast.river.pk, actor=person.user, tells=True)
    here = reverse("governance:community-settings", args=["river"])
    there = reverse("governance:community-tells", args=["river"])

    assert "Tell them what we decide" not in cast.eli.client().get(here).content.decode()
    assert cast.eli.client().post(there, {"tells": "yes"}).status_code == 404
    assert cast.amina.client().get(there).status_code == 405
    done = cast.amina.client().post(there, {"tells": "yes"}, follow=True).content.decode()

    cast.river.refresh_from_db()
    assert cast.river.tells_decisions
    assert "Tell them no more" in done
    assert AccessEvent.objects.filter(verb="community.tell-decisions").count() == 1


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
