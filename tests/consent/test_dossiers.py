"""One PDF with all that became of a request: a community's own, and a smaller one for who asked."""

from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from consent.actions import notices, reviews
from consent.models import Grant
from consent.queries.dossier import dossier_for_community
from consent.views import paper
from governance.models import AccessEvent
from governance.rules import PlatformRole
from tests.consent.accepting import accept
from tests.consent.factories import make_draft, say_yes, sign_notice
from tests.consent.meetings import DISSENT, write_down
from tests.factories import make_passkey, make_user

pytestmark = pytest.mark.django_db

IN_RIVER = {"steward", "custodian", "observer", "convenor"}


@pytest.fixture
def decided(cast, review) -> Grant:
    """A meeting, a yes with a condition that Chi signed, and a pause."""
    reviews.put_conditions(review.pk, actor=cast.amina.user, conditions=["Tell us first."])
    review.refresh_from_db()
    write_down(review, cast.amina, cast.amina, cast.bo, confirmed_by=cast.bo)
    grant = accept(say_yes(review, [cast.amina, cast.bo]), cast.chi)
    pause = notices.pause(community_id=cast.river.pk, actor=cast.cleo.user, reason="", grant=grant)
    sign_notice(pause, [cast.cleo])
    return grant


def theirs(grant: Grant) -> str:
    return reverse("consent:review_dossier", args=[grant.review.public_id])


def hers(grant: Grant) -> str:
    return reverse("consent:request_dossier", args=[grant.review.revision.request.public_id])


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_each_gets_the_own_copy_and_nobody_else_any(cast, decided):
    for role, person in cast.everybody.items():
        client = person.client()
        wanted = 200 if role in IN_RIVER else 404
        assert client.get(theirs(decided)).status_code == wanted, role
        wanted = 200 if role == "researcher" else 404
        assert client.get(hers(decided)).status_code == wanted, role
    assert {Client().get(place(decided)).status_code for place in (theirs, hers)} == {302}


def test_another_researcher_gets_none(cast, decided):
    other = make_user("Uma", PlatformRole.RESEARCHER)
    make_passkey(other)
    client = Client()
    client.force_login(other, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert [client.get(place(decided)).status_code for place in (theirs, hers)] == [404, 404]


def test_a_community_holds_everything_that_is_its_own(cast, decided):
    answer = cast.amina.client().get(theirs(decided))

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; ")
    text = text_of(answer.content)
    for words in (
        "Copy for River.",
        "Does body mass go with progression?",
        "Revision 1",
        "said yes",
        "2 of 3 stewards must sign yes.",
        "2 signed yes.",
        "Meeting of",
        "Everybody spoke, nobody objected.",
        "A second person confirmed this.",
        "Tell us first.",
        "Paused since",
        "accepted the conditions on",
        "At least 100 people must be in the data.",
        "What was promised",
    ):
        assert words in text, words
    assert DISSENT not in text
    assert decided.statement.digest in text.replace(" ", "")


def test_who_asked_holds_nothing_internal(cast, decided):
    text = text_of(cast.chi.client().get(hers(decided)).content)

    for words in ("Copy for those who asked.", "said yes", "Tell us first.", "In force since"):
        assert words in text, words
    for words in ("signed yes", "stewards must", "Meeting of", "Paused", "Amina", "Cleo", "Bo "):
        assert words not in text, words


def test_an_observer_is_told_neither_counts_nor_meetings(cast, decided):
    text = text_of(cast.ola.client().get(theirs(decided)).content)

    assert "stewards must sign yes." in text
    assert "signed yes." not in text
    assert "Meeting of" not in text


def test_it_is_tagged_for_screen_readers_and_has_a_title_and_language(cast, decided):
    pdf = PdfReader(BytesIO(cast.chi.client().get(hers(decided)).content))
    root = pdf.trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert pdf.metadata is not None and pdf.metadata.title == "Weight and illness"


def test_each_download_is_told_in_the_log(cast, decided):
    cast.ola.client().get(theirs(decided))
    cast.chi.client().get(hers(decided))

    told = AccessEvent.objects.filter(verb="dossier.export").order_by("pk")
    assert [(event.actor, event.community) for event in told] == [
        (cast.ola.user, cast.river),
        (cast.chi.user, None),
    ]


def test_a_draft_has_none(cast, dataset):
    draft = make_draft(cast.chi.user)

    place = reverse("consent:request_dossier", args=[draft.public_id])
    assert cast.chi.client().get(place).status_code == 404


def test_an_undecided_request_says_so(cast, review):
    place = reverse("consent:review_dossier", args=[review.public_id])

    text = text_of(cast.amina.client().get(place).content)

    assert "still deciding" in text
    assert "signed yes." not in text  # she has not answered herself


def test_somebody_of_another_community_holds_nothing_of_this_one(cast, decided):
    found = dossier_for_community(cast.zed.user, decided.review.public_id, at=timezone.now())

    assert found is None


def test_the_page_of_files_leads_to_the_own_copy(cast, decided):
    place = reverse("consent:request_export", args=[decided.review.revision.request.public_id])

    assert theirs(decided) in cast.ola.client().get(place).content.decode()
    assert hers(decided) in cast.chi.client().get(place).content.decode()


def test_nobody_keeps_the_machine_busy_with_paper(cast, decided, monkeypatch):
    monkeypatch.setattr(paper, "MOST_AN_HOUR", 2)
    chi, amina = cast.chi.client(), cast.amina.client()

    assert [chi.get(hers(decided)).status_code for _ in range(3)] == [200, 200, 302]
    assert "Please wait" in chi.get(hers(decided), follow=True).content.decode()
    packet = reverse("consent:review_packet", args=[decided.review.public_id])
    report = reverse("consent:year_report_file", args=["river", timezone.localdate().year, "pdf"])
    assert [amina.get(url).status_code for url in (theirs(decided), packet, report)] == [
        200,
        200,
        302,
    ]
    assert AccessEvent.objects.filter(verb="dossier.export").count() == 3
