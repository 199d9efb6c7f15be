"""What-if: a draft or a version held against every request that was ever put to the community."""

import pytest
from django.test import Client
from django.urls import reverse

from consent.models import Grant, Review
from consent.precheck import Verdict
from consent.what_if import Change, Move, compare, moves_in
from governance.actions import protocol_drafts
from governance.models import AccessEvent
from governance.protocol_content import content_of
from tests import factories as made
from tests.consent import factories
from tests.consent.precheck.asking import clause, document, protocol
from tests.factories import document_of

PREPARES = {"steward", "convenor"}


def test_only_what_would_be_said_otherwise_is_told():
    found = compare(
        document(months=6, max_rounds=3),
        before=protocol(clause("NO_COMM"), clause("SEASON")),
        after=protocol(clause("NO_COMM"), clause("OPEN_CODE"), max_months=3),
        communities=3,
    )

    assert (found.before, found.after) == (Verdict.UNKNOWN, Verdict.BREAKS)
    assert [(c.code, c.before, c.after) for c in found.changes] == [
        ("TIME", Verdict.FITS, Verdict.BREAKS),
        ("OPEN_CODE", None, Verdict.FITS),
        ("SEASON", Verdict.UNKNOWN, None),
    ]
    assert found.changed


def test_the_same_text_says_the_same():
    rules = protocol(clause("NO_COMM"))

    found = compare(document(), before=rules, after=rules, communities=3)

    assert not found.changed
    assert found.before is found.after is Verdict.PROMISE


def test_without_an_earlier_text_everything_is_new():
    found = compare(document(), before=None, after=protocol(clause("NO_COMM")), communities=3)

    assert found.before is None
    assert {change.before for change in found.changes} == {None}
    assert "NO_COMM" in {change.code for change in found.changes}


def test_changes_are_counted_rule_by_rule_the_most_frequent_first():
    old, new = protocol(), protocol(max_months=3)
    differences = [
        compare(document(months=months), before=old, after=new, communities=3)
        for months in (2, 6, 9, 13)
    ]

    assert moves_in(differences) == [Move("TIME", Verdict.FITS, Verdict.BREAKS, 2)]
    assert differences[1].changes == (
        Change(
            code="TIME",
            rule="A yes lasts at most 3 months.",
            before=Verdict.FITS,
            after=Verdict.BREAKS,
            sentence="They ask for 6 months. The agreement allows only our 3.",
        ),
    )


@pytest.fixture
def draft(cast, protocol):
    """A stricter next version: at most three months."""
    content = content_of(document_of(protocol.statement))
    content["settings"]["max_months"] = 3
    return protocol_drafts.start(
        community_id=cast.river.pk,
        actor=cast.eli.user,
        title="Stricter",
        content=content,
        line="main",
    )


def address(draft):
    return reverse("consent:draft_what_if", args=["river", draft.public_id])


def page(person, place, **query):
    return person.client().get(place, query)


def test_only_those_who_prepare_protocols_see_it(cast, dataset, protocol, draft):
    version = reverse("consent:protocol_what_if", args=["river", protocol.pk])
    for place in (address(draft), version):
        for role, person in cast.everybody.items():
            status = person.client().get(place).status_code
            assert status == (200 if role in PREPARES else 404), role
        assert Client().get(place).status_code == 302


def test_a_draft_of_another_community_is_not_there(cast, dataset, draft):
    theirs = reverse("consent:draft_what_if", args=["coast", draft.public_id])

    assert cast.zed.client().get(theirs).status_code == 404


def test_the_page_tells_which_verdicts_would_change(cast, dataset, draft):
    long = factories.make_request(cast.chi.user, months=6)
    short = factories.make_request(cast.chi.user, months=2)

    shown = page(cast.eli, address(draft))

    rows = {row.revision.request: row for row in shown.context["rows"]}
    assert [(step.title, str(step.before), str(step.after)) for step in rows[long].steps] == [
        ("An end date", "fits", "breaks our rule")
    ]
    assert rows[short].steps == []
    assert (shown.context["changed"], shown.context["compared"]) == (1, 2)
    assert [(move.times, move.states) for move in shown.context["moves"]] == [
        (1, ("fits", "breaks"))
    ]


def test_changed_ones_only_can_be_asked_for(cast, dataset, draft):
    long = factories.make_request(cast.chi.user, months=6)
    short = factories.make_request(cast.chi.user, months=2)

    for which, expected in (("changed", [long]), ("same", [short]), ("", [short, long])):
        rows = page(cast.eli, address(draft), which=which).context["rows"]
        assert [row.revision.request for row in rows] == expected


def test_it_decides_nothing_and_writes_nothing(cast, dataset, grant, draft):
    before = (AccessEvent.objects.count(), Review.objects.get().state, Grant.objects.get().state)

    page(cast.amina, address(draft))

    after = (AccessEvent.objects.count(), Review.objects.get().state, Grant.objects.get().state)
    assert after == before


def test_before_the_first_request_the_page_says_so(cast, dataset, draft):
    shown = page(cast.eli, address(draft)).content.decode()

    assert "Nobody has asked you for anything yet." in shown


def test_a_version_in_force_is_compared_with_the_one_before(cast, dataset, protocol, review):
    second = made.make_protocol(cast.river, cast.signers, max_months=3)

    first_page = page(cast.eli, reverse("consent:protocol_what_if", args=["river", protocol.pk]))
    second_page = page(cast.eli, reverse("consent:protocol_what_if", args=["river", second.pk]))

    assert first_page.context["before"] == second
    assert second_page.context["before"] == protocol
    assert [move.states for move in second_page.context["moves"]] == [("fits", "breaks")]
    assert [move.states for move in first_page.context["moves"]] == [("breaks", "fits")]


def test_a_further_protocol_has_nothing_before_it(cast, dataset, protocol, review):
    draft = protocol_drafts.start(
        community_id=cast.river.pk,
        actor=cast.eli.user,
        title="A second one",
        content=content_of(document_of(protocol.statement)),
    )

    shown = page(cast.eli, address(draft))

    assert shown.context["before"] is None
    assert shown.context["moves"] == []
    assert "There is no earlier version to compare it with." in shown.content.decode()


def test_a_half_written_draft_can_be_looked_at_too(cast, dataset, protocol, review):
    content = content_of(document_of(protocol.statement))
    for code, hole in (("PLACE", "places"), ("INST_ONLY", "institutions"), ("SUBGROUP", "body")):
        content["clauses"][code] = {hole: ""}
    content |= {"law": {"governing": "", "disputes": ""}, "ancestry": ""}
    draft = protocol_drafts.start(
        community_id=cast.river.pk,
        actor=cast.eli.user,
        title="Half",
        content=content,
        line="main",
    )

    shown = page(cast.eli, address(draft))

    assert shown.status_code == 200
    states = {move.states for move in shown.context["moves"]}
    assert ("none", "breaks") not in states


@pytest.mark.parametrize("requests", [1, 3])
def test_the_page_asks_the_database_the_same_however_many_requests(
    cast, dataset, draft, requests, django_assert_num_queries
):
    for _number in range(requests):
        factories.make_request(cast.chi.user)
    client = cast.eli.client()
    client.get(address(draft))

    with django_assert_num_queries(QUERIES):
        client.get(address(draft))


QUERIES = 11
