"""Pages about promises, papers and years, in everybody's name, and what they show."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consent.actions import obligations
from consent.models import Grant, Obligation, Publication
from consent.rules import GrantState, ObligationKind
from governance.rules import PlatformRole
from tests import factories as people
from tests.cast import Person
from tests.consent import promising

pytestmark = pytest.mark.django_db

MEMBERS = {"steward", "convenor", "custodian", "observer"}
STEWARDS = {"steward"}
OWNER = {"researcher"}


@pytest.fixture
def promise(grant):
    return promising.promise_of(grant)


@pytest.fixture
def paper(cast, grant):
    return promising.make_publication(grant, cast.chi)


@pytest.fixture
def everybody(cast):
    other = people.make_user("Other", PlatformRole.RESEARCHER)
    return cast.everybody | {"other researcher": Person(other, people.make_passkey(other))}


def pages(promise, paper):
    """Name, arguments, method and who gets it."""
    request = promise.grant.review.revision.request.public_id
    year = promise.made_at.year
    here = ["river", promise.public_id]
    own = [request, paper.public_id]
    return [
        ("promises", ["river"], "get", MEMBERS),
        ("promise", here, "get", MEMBERS),
        *((name, here, method, STEWARDS) for name in SETTLING for method in ("get", "post")),
        ("publications", ["river"], "get", MEMBERS),
        ("publication", ["river", paper.public_id], "get", MEMBERS),
        ("publication", ["river", paper.public_id], "post", STEWARDS),
        ("year_reports", ["river"], "get", MEMBERS),
        ("year_report", ["river", year], "get", MEMBERS),
        ("year_report_file", ["river", year, "csv"], "get", MEMBERS),
        ("own_promises", [request], "get", OWNER),
        ("own_promise", [request, promise.public_id], "get", OWNER),
        ("own_promise", [request, promise.public_id], "post", OWNER),
        ("own_publications", [request], "get", OWNER),
        ("publication_new", [request], "get", OWNER),
        ("publication_new", [request], "post", OWNER),
        ("own_publication", own, "get", OWNER),
        ("publication_out", own, "get", OWNER),
        ("publication_out", own, "post", OWNER),
    ]


SETTLING = ("promise_done", "promise_send_back", "promise_let_off")


def test_whoever_does_not_belong_learns_that_there_is_no_such_page(promise, paper, everybody):
    for name, args, method, allowed in pages(promise, paper):
        for role in set(everybody) - allowed:
            client = everybody[role].client()
            answer = getattr(client, method)(reverse(f"consent:{name}", args=args))
            assert answer.status_code == 404, (name, method, role)
    assert not Obligation.objects.filter(done_at__isnull=False).exists()
    assert not Publication.objects.exclude(answer="").exists()


def test_whoever_belongs_gets_the_page(promise, paper, everybody):
    for name, args, method, allowed in pages(promise, paper):
        for role in allowed if method == "get" else ():
            answer = everybody[role].client().get(reverse(f"consent:{name}", args=args))
            assert answer.status_code == 200, (name, role)


def test_strangers_are_sent_to_sign_in(promise, paper):
    for name, args, method, _allowed in pages(promise, paper):
        answer = getattr(Client(), method)(reverse(f"consent:{name}", args=args))
        assert answer.status_code == 302, name
        assert answer["Location"].startswith("/accounts/login/"), name


def test_acts_need_the_csrf_token(cast, promise, paper):
    client = Client(enforce_csrf_checks=True)
    client.force_login(
        cast.amina.user, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    for name, args, method, allowed in pages(promise, paper):
        if method == "post" and allowed == STEWARDS:
            assert client.post(reverse(f"consent:{name}", args=args)).status_code == 403, name


def test_another_communitys_promise_is_not_there_under_ones_own_address(cast, promise, paper):
    client = cast.zed.client()
    for name, thing in (("promise", promise), ("promise_done", promise), ("publication", paper)):
        url = reverse(f"consent:{name}", args=["coast", thing.public_id])
        assert client.get(url).status_code == 404, name
    assert (
        promise.text not in client.get(reverse("consent:promises", args=["coast"])).content.decode()
    )


def test_looking_changes_nothing(cast, promise):
    for name in SETTLING:
        cast.amina.client().get(reverse(f"consent:{name}", args=["river", promise.public_id]))

    promise.refresh_from_db()
    assert promise.done_at is None and promise.let_off_at is None


def test_a_promise_goes_from_report_to_confirmed_on_the_pages(cast, promise):
    request = promise.grant.review.revision.request
    own = reverse("consent:own_promise", args=[request.public_id, promise.public_id])
    assert cast.chi.client().post(own, {"text": ""}).status_code == 400
    sent = cast.chi.client().post(own, {"text": "We held the workshop."})
    assert sent.status_code == 302
    page = reverse("consent:promise", args=["river", promise.public_id])
    shown = cast.amina.client().get(page).content.decode()
    assert "We held the workshop." in shown and "No, send it back" in shown

    done = reverse("consent:promise_done", args=["river", promise.public_id])
    assert cast.amina.client().post(done).status_code == 302

    shown = cast.amina.client().get(page).content.decode()
    assert "Was it kept?" not in shown and "by a steward" in shown


def test_what_was_typed_stays_when_a_reason_is_missing(cast, promise):
    url = reverse("consent:promise_let_off", args=["river", promise.public_id])

    answer = cast.amina.client().post(url, {"reason": "x" * 401})

    assert answer.status_code == 400
    assert "x" * 401 in answer.content.decode()


def test_a_file_goes_with_a_report_and_the_community_can_open_it(cast, promise, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    request = promise.grant.review.revision.request
    own = reverse("consent:own_promise", args=[request.public_id, promise.public_id])
    file = SimpleUploadedFile("photo.txt", b"We were there.\n")

    assert cast.chi.client().post(own, {"text": "Done.", "evidence": file}).status_code == 302

    promise.refresh_from_db()
    assert promise.evidence.kind == "report"
    url = reverse("consent:attachment", args=[promise.evidence.public_id])
    shown = cast.ola.client().get(reverse("consent:promise", args=["river", promise.public_id]))
    assert url in shown.content.decode()
    assert cast.ola.client().get(url).status_code == 200
    assert cast.zed.client().get(url).status_code == 404


def test_a_file_that_is_not_taken_leaves_no_report(cast, promise, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    request = promise.grant.review.revision.request
    own = reverse("consent:own_promise", args=[request.public_id, promise.public_id])
    file = SimpleUploadedFile("photo.exe", b"MZ....")

    answer = cast.chi.client().post(own, {"text": "We were there.", "evidence": file})

    assert answer.status_code == 400
    assert "We were there." in answer.content.decode()
    promise.refresh_from_db()
    assert promise.reported_at is None


def test_the_list_is_narrowed_by_how_a_promise_stands(cast, grant):
    late = promising.overdue(promising.promise_of(grant))
    kept = promising.promise_of(grant, ObligationKind.DESTRUCTION)
    obligations.confirm(kept.pk, actor=cast.amina.user)
    url, client = reverse("consent:promises", args=["river"]), cast.ola.client()

    def shown(**query):
        return {row.pk for row in client.get(url, query).context["listing"].page}

    assert shown(state="late") == {late.pk}
    assert shown(state="done") == {kept.pk}
    assert kept.pk not in shown(state="open")
    assert shown(kind="destruction") == {kept.pk}
    request = grant.review.revision.request.public_id
    assert len(shown(request=str(request))) == Obligation.objects.count()


def test_empty_lists_say_what_comes_here(cast):
    for name, words in (
        ("promises", "Nobody owes us anything yet."),
        ("publications", "Nothing was put to us yet."),
    ):
        page = cast.ola.client().get(reverse(f"consent:{name}", args=["river"]))
        assert words in page.content.decode()


def counted(client, url, django_assert_num_queries, n):
    with django_assert_num_queries(n):
        assert client.get(url).status_code == 200


def test_lists_ask_the_database_as_often_for_three_rows_as_for_one(
    cast, grant, django_assert_num_queries
):
    client = cast.ola.client()
    url = reverse("consent:promises", args=["river"])
    keep = promising.promise_of(grant)
    others = list(Obligation.objects.exclude(pk=keep.pk))
    Obligation.objects.exclude(pk=keep.pk).update(community=cast.coast)
    client.get(url)
    counted(client, url, django_assert_num_queries, 8)
    Obligation.objects.filter(pk__in=[row.pk for row in others[:2]]).update(community=cast.river)
    counted(client, url, django_assert_num_queries, 8)


def test_what_waits_stands_on_the_desk(cast, promise, paper):
    promising.overdue(promise)
    home = reverse("governance:home")
    assert "You promised River" in cast.chi.client().get(home).content.decode()
    assert "read before it goes out" in cast.bo.client().get(home).content.decode()
    promising.reported(promise, cast.chi)

    assert "was this promise kept?" in cast.amina.client().get(home).content.decode()
    assert "was this promise kept?" not in cast.ola.client().get(home).content.decode()


def test_the_agreements_page_shows_what_is_owed(cast, promise):
    promising.overdue(promise)

    page = cast.ola.client().get(reverse("consent:grant", args=[promise.grant.public_id]))

    assert "What they owe us" in page.content.decode()
    assert "It was due on" in page.content.decode()


def test_a_request_that_is_over_in_full_says_so(cast, grant):
    for row in Obligation.objects.filter(grant=grant):
        obligations.confirm(row.pk, actor=cast.amina.user)
    url = reverse("consent:own_promises", args=[grant.review.revision.request.public_id])
    assert "Closed out" not in cast.chi.client().get(url).content.decode()

    Grant.objects.filter(pk=grant.pk).update(
        state=GrantState.REVOKED.value, revoked_at=timezone.now()
    )
    assert "Closed out" in cast.chi.client().get(url).content.decode()
    where = reverse("federation:request", args=[grant.review.revision.request.public_id])
    assert "closed out" in cast.chi.client().get(where).content.decode()
    theirs = reverse("consent:grant", args=[grant.public_id])
    assert "All that was promised to us here" in cast.ola.client().get(theirs).content.decode()
