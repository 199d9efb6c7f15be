import pytest

from consent.actions import requests
from consent.document import read_back
from consent.errors import Incomplete, NotAllowed, TransitionRefused
from consent.models import RequestRevision, Review, TrainingRequest
from consent.queries import outcomes_of, requests_visible_to, revision_of
from governance.errors import NotAllowed as RoleRefused
from governance.models import AccessEvent, Statement
from governance.rules import PlatformRole
from tests.consent.factories import JOB, answer, fields, make_draft, make_request, review_of
from tests.factories import make_charter, make_dataset, make_protocol, make_user, threshold

pytestmark = pytest.mark.django_db


def submit(request, actor):
    return requests.submit(request.pk, actor=actor.user, job=JOB)


def open_coast(cast, slug="coast-diabetes"):
    """Coast, whose only steward is zed, with a dataset that can be asked for."""
    make_charter(cast.coast, [cast.zed.signer], rules=threshold(1), floor=1)
    make_protocol(cast.coast, [cast.zed.signer])
    return make_dataset(cast.coast, cast.zed.user, slug)


@pytest.mark.parametrize(
    "who", ["steward", "convenor", "custodian", "observer", "outsider", "auditor", "admin"]
)
def test_only_researchers_may_ask(cast, who):
    with pytest.raises(RoleRefused, match="does not let you send a request"):
        requests.draft(actor=cast.everybody[who].user, title="T", fields=fields())

    assert not TrainingRequest.objects.exists()


def test_a_draft_may_be_half_done_and_is_kept_as_it_is(cast):
    request = requests.draft(actor=cast.chi.user, title=" T ", fields={"summary": "Half"})

    assert (request.title, request.draft, request.state) == ("T", {"summary": "Half"}, "draft")


@pytest.mark.parametrize(
    ("title", "draft", "field"),
    [
        ("", {}, "title"),
        ("x" * 161, {}, "title"),
        ("T", {"summary": "x" * 131_072}, ""),
        ("T", {"summary": "a\x00b"}, ""),
        ("T", {"months": float("nan")}, ""),
    ],
    ids=["no title", "long title", "too long", "zero character", "not a number"],
)
def test_what_cannot_be_kept_is_refused_in_words(cast, title, draft, field):
    with pytest.raises(Incomplete) as refusal:
        requests.draft(actor=cast.chi.user, title=title, fields=draft)

    assert list(refusal.value.fields) == [field]


def test_saving_a_draft_replaces_it(cast):
    request = make_draft(cast.chi.user)

    requests.save_draft(request.pk, actor=cast.chi.user, title="New", fields={"months": 2})

    request.refresh_from_db()
    assert (request.title, request.draft) == ("New", {"months": 2})


def test_submitting_writes_one_revision_and_asks_the_community(cast, dataset):
    request = make_draft(cast.chi.user)

    submit(request, cast.chi)

    request.refresh_from_db()
    revision = RequestRevision.objects.get(request=request)
    review = Review.objects.get(revision=revision)
    assert request.state == "in review"
    assert request.submitted_at is not None
    assert read_back(revision.text)["title"] == "Weight and illness"
    assert (review.community, review.dataset, review.state) == (cast.river, dataset, "open")
    assert (review.statement.kind, review.statement.state) == ("grant", "open")
    assert revision_of(request) == revision


def test_submitting_twice_leaves_one_revision(cast, dataset):
    request = make_request(cast.chi.user)

    with pytest.raises(TransitionRefused, match="cannot submit a request that is in review"):
        submit(request, cast.chi)

    assert RequestRevision.objects.count() == Review.objects.count() == 1


def test_each_act_leaves_its_row_in_the_log(cast, dataset):
    before = AccessEvent.objects.count()

    request = make_request(cast.chi.user)
    requests.withdraw(request.pk, actor=cast.chi.user)

    rows = AccessEvent.objects.order_by("id")[before:]
    assert [(row.verb, row.actor) for row in rows] == [
        ("request.draft", cast.chi.user),
        ("request.submit", cast.chi.user),
        ("grant.propose", None),
        ("review.open", None),
        ("request.withdraw", cast.chi.user),
        ("grant.fall", cast.chi.user),
    ]


def test_an_unfinished_draft_is_refused_and_stays_a_draft(cast, dataset):
    request = make_draft(cast.chi.user, question="", harm_people="")

    with pytest.raises(Incomplete) as refusal:
        submit(request, cast.chi)

    request.refresh_from_db()
    assert sorted(refusal.value.fields) == ["harm_people", "question"]
    assert request.state == "draft"
    assert not RequestRevision.objects.exists()


def test_a_dataset_of_a_community_without_a_charter_cannot_be_asked_for(cast):
    make_dataset(cast.coast, cast.zed.user, "coast-diabetes")

    with pytest.raises(Incomplete, match="There is no dataset coast-diabetes to ask for"):
        make_request(cast.chi.user, datasets=["coast-diabetes"])


def test_a_dataset_of_a_community_without_a_protocol_cannot_be_asked_for(cast, charter):
    make_dataset(cast.river, cast.amina.user)

    with pytest.raises(Incomplete, match="There is no dataset river-diabetes to ask for"):
        make_request(cast.chi.user)


def test_a_hidden_dataset_is_as_unknown_as_one_that_never_was(cast, protocol):
    make_dataset(cast.river, cast.amina.user, listed=False)

    for slug in ("river-diabetes", "never-was"):
        with pytest.raises(Incomplete, match=f"There is no dataset {slug} to ask for"):
            make_request(cast.chi.user, datasets=[slug])


def test_two_datasets_of_one_community_cannot_be_asked_for_together(cast, dataset):
    make_dataset(cast.river, cast.amina.user, "river-hearts")

    with pytest.raises(Incomplete, match="one dataset of each community"):
        make_request(cast.chi.user, datasets=["river-diabetes", "river-hearts"])


def test_variables_that_a_dataset_lacks_cannot_be_asked_for(cast, dataset):
    dataset.variables = dataset.variables[:2]
    dataset.save()

    with pytest.raises(Incomplete, match="River Diabetes has no variable progression"):
        make_request(cast.chi.user)


def test_a_request_that_a_protocol_makes_useless_is_refused_before_anybody_reads_it(cast, dataset):
    with pytest.raises(Incomplete, match="at least 2 communities together; the request names 1"):
        make_request(cast.chi.user, min_nodes=2)

    assert not Review.objects.exists()


def test_every_community_gets_its_own_review_and_text(cast, dataset):
    open_coast(cast)

    request = make_request(cast.chi.user, datasets=["river-diabetes", "coast-diabetes"])

    reviews = Review.objects.filter(revision__request=request).order_by("community__slug")
    assert [review.community.slug for review in reviews] == ["coast", "river"]
    assert len({review.statement.digest for review in reviews}) == 2


@pytest.mark.parametrize("verb", ["save", "submit", "withdraw"])
def test_another_researchers_request_cannot_be_touched(cast, dataset, verb):
    request = make_draft(cast.chi.user)
    other = make_user("Other", PlatformRole.RESEARCHER)
    acts = {
        "save": lambda: requests.save_draft(request.pk, actor=other, title="X", fields={}),
        "submit": lambda: requests.submit(request.pk, actor=other, job=JOB),
        "withdraw": lambda: requests.withdraw(request.pk, actor=other),
    }

    with pytest.raises(NotAllowed, match="another person's request"):
        acts[verb]()

    request.refresh_from_db()
    assert (request.state, request.title) == ("draft", "Weight and illness")


def test_a_request_is_seen_by_its_applicant_only(cast):
    request = make_draft(cast.chi.user)
    other = make_user("Other", PlatformRole.RESEARCHER)

    assert list(requests_visible_to(cast.chi.user)) == [request]
    for user in [other, *(p.user for n, p in cast.everybody.items() if n != "researcher")]:
        assert not requests_visible_to(user).exists()


def test_withdrawing_closes_the_reviews_and_lets_the_texts_fall(cast, review):
    requests.withdraw(review.revision.request.pk, actor=cast.chi.user)

    review.refresh_from_db()
    assert (review.state, review.statement.state) == ("withdrawn", "fallen")
    assert review.decided_at is not None
    assert Statement.objects.filter(kind="grant", state="open").count() == 0


def test_a_draft_can_be_withdrawn_and_a_decided_request_cannot(cast, review):
    draft = make_draft(cast.chi.user, title="Other")
    answer(review, cast.amina)
    answer(review, cast.bo)

    requests.withdraw(draft.pk, actor=cast.chi.user)
    with pytest.raises(TransitionRefused, match="cannot withdraw a request that is decided"):
        requests.withdraw(review.revision.request.pk, actor=cast.chi.user)


def test_a_submitted_request_cannot_be_changed(cast, review):
    with pytest.raises(TransitionRefused):
        requests.save_draft(
            review.revision.request.pk, actor=cast.chi.user, title="Other", fields={}
        )


def test_the_applicant_learns_what_each_community_said_and_no_more(cast, dataset):
    open_coast(cast)
    request = make_request(cast.chi.user, datasets=["river-diabetes", "coast-diabetes"])
    answer(review_of(request, "river"), cast.amina)
    answer(review_of(request, "coast"), cast.zed)

    coast, river = outcomes_of(revision_of(request))

    assert (coast.community_name, coast.said.value, coast.grant_state.value) == (
        "Coast",
        "approved",
        "active",
    )
    assert (river.said.value, river.grant_id, river.conditions) == ("open", None, ())


def test_what_the_communities_said_costs_the_same_for_one_and_for_two(
    cast, dataset, django_assert_num_queries
):
    open_coast(cast)
    one = make_request(cast.chi.user)
    two = make_request(cast.chi.user, datasets=["river-diabetes", "coast-diabetes"])

    for request in (one, two):
        revision = revision_of(request)
        with django_assert_num_queries(2):
            outcomes_of(revision)
