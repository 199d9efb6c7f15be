"""Files, letters and people of a request, by script."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from consent.actions import crew
from consent.models import Attachment, Collaborator, TrainingRequest
from consent.terms import TERMS_DIGEST
from governance.actions import tokens
from governance.models import AccessEvent, User
from governance.rules import PlatformRole
from tests.consent.factories import make_draft
from tests.consent.files import HTML, PDF, attach, upload
from tests.consent.named import BEN, CHI, link_of
from tests.factories import make_passkey, make_user
from tests.federation.calls import Script
from tests.federation.factories import ask
from tests.federation.story import Three

ALL = ("requests:read", "requests:write")


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def draft(three: Three) -> TrainingRequest:
    return make_draft(three.chi.user, people=[CHI, BEN])


class Sender(Script):
    """A script that sends forms with files, too."""

    def __init__(self, user: User, *scopes: str) -> None:
        super().__init__(user, *scopes)
        _row, secret = tokens.issue(user, "another script", list(scopes), 30)
        self._forms = Client(headers={"Authorization": f"Bearer {secret}"})

    def form(self, path: str, fields: dict[str, Any]) -> Any:
        return self._forms.post(f"/api/v1/{path}", fields)

    def delete(self, path: str) -> Any:
        return self._forms.delete(f"/api/v1/{path}")


@pytest.fixture
def chi(three: Three) -> Sender:
    return Sender(three.chi.user, *ALL)


def address(request: TrainingRequest) -> str:
    return f"requests/{request.public_id}/"


def letter(last: int = 100, **changes: Any) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "board": "University board",
        "number": "12",
        "valid_from": str(today),
        "valid_until": str(today + timedelta(days=last)),
    } | changes


def test_a_script_puts_a_file_reads_it_back_and_takes_it_off(
    chi: Sender, draft: TrainingRequest
) -> None:
    files = address(draft) + "attachments/"
    made = chi.form(files, {"kind": "plan", "title": "Our plan", "upload": upload()})
    assert made.status_code == 201, made.content
    [listed] = chi.get(files).json()
    assert listed == made.json()
    assert (listed["name"], listed["content_type"], listed["size"]) == (
        "plan.pdf",
        "application/pdf",
        len(PDF),
    )

    fetched = chi.get(f"{files}{listed['id']}/")
    assert (fetched.getvalue(), fetched["Content-Type"]) == (PDF, "application/pdf")
    assert fetched["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    assert fetched["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert AccessEvent.objects.filter(verb="attachment.download").count() == 1

    assert chi.delete(f"{files}{listed['id']}/").status_code == 204
    assert chi.get(files).json() == []
    assert chi.get(f"{files}{listed['id']}/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"upload": upload("letter.pdf", HTML)}, "upload"),
        ({"upload": "no file"}, "upload"),
        ({"kind": "report"}, "kind"),
        ({"title": "a\x00b"}, "title"),
        ({"size": "1"}, "size"),
    ],
)
def test_what_cannot_be_kept_is_told_at_its_field(
    chi: Sender, draft: TrainingRequest, changes: dict[str, Any], field: str
) -> None:
    fields = {"kind": "plan", "title": "Our plan", "upload": upload()} | changes

    answer = chi.form(address(draft) + "attachments/", fields)

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert not Attachment.objects.exists()


def test_a_script_enters_renews_and_takes_off_letters(chi: Sender, draft: TrainingRequest) -> None:
    letters = address(draft) + "approvals/"
    made = chi.post(letters, letter())
    assert made.status_code == 201, made.content
    assert made.json()["letter"] is None

    short = chi.form(f"{letters}{made.json()['id']}/renew/", letter(50))
    assert set(short.json()["errors"]) == {"valid_until", "upload"}
    newer = chi.form(f"{letters}{made.json()['id']}/renew/", letter(200, upload=upload()))
    assert newer.status_code == 201
    [listed] = chi.get(letters).json()
    assert listed["id"] == newer.json()["id"]
    assert chi.get(address(draft) + f"attachments/{listed['letter']}/").getvalue() == PDF

    assert chi.delete(f"{letters}{listed['id']}/").status_code == 204
    assert [each["id"] for each in chi.get(letters).json()] == [made.json()["id"]]


def test_a_script_asks_people_and_sees_who_took_the_terms_on(
    chi: Sender, draft: TrainingRequest
) -> None:
    people = address(draft) + "people/"
    assert [each["state"] for each in chi.get(people).json()] == ["not asked"]
    assert chi.post(people).json()[0]["state"] == "on its way"
    crew.send_links()
    [ben] = chi.get(people).json()
    assert (ben["name"], ben["state"], ben["accepted_at"]) == ("Ben", "asked", None)
    assert link_of() not in str(ben)
    assert chi.post(f"{people}{ben['id']}/anew/").status_code == 409

    Collaborator.objects.update(invited_at=timezone.now() - timedelta(hours=2))
    assert chi.post(f"{people}{ben['id']}/anew/").json()[0]["state"] == "on its way"
    crew.send_links()
    assert len(mail.outbox) == 2
    crew.accept(link_of(), terms_digest=TERMS_DIGEST, signed_in=None, name="Ben")
    assert chi.get(people).json()[0]["state"] == "accepted"


def test_who_took_the_terms_on_reads_by_script_and_changes_nothing(
    chi: Sender, three: Three, draft: TrainingRequest
) -> None:
    file = attach(draft, three.chi.user)
    chi.post(address(draft) + "people/")
    crew.send_links()
    user = crew.accept(link_of(), terms_digest=TERMS_DIGEST, signed_in=None, name="Ben")
    make_passkey(user)
    ben = Sender(user, *ALL)

    for part in ("attachments/", "approvals/", "people/", f"attachments/{file.public_id}/"):
        assert ben.get(address(draft) + part).status_code == 200, part
    told = ben.get(address(draft)).json()
    assert (told["title"], told["draft"]) == ("Weight and illness", {})
    fields = {"kind": "plan", "title": "Mine", "upload": upload()}
    assert ben.form(address(draft) + "attachments/", fields).status_code == 404
    assert ben.delete(address(draft) + f"attachments/{file.public_id}/").status_code == 404
    assert ben.post(address(draft) + "approvals/", letter()).status_code == 404
    assert ben.post(address(draft) + "people/").status_code == 404
    assert ben.post(address(draft) + "submit/").status_code == 404


WAYS = [
    ("get", "attachments/"),
    ("form", "attachments/"),
    ("get", "attachments/{file}/"),
    ("delete", "attachments/{file}/"),
    ("get", "approvals/"),
    ("form", "approvals/"),
    ("delete", "approvals/{letter}/"),
    ("form", "approvals/{letter}/renew/"),
    ("get", "people/"),
    ("post", "people/"),
    ("post", "people/{person}/anew/"),
]


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_another_researchers_files_letters_and_people_do_not_exist(
    way: tuple[str, str], chi: Sender, three: Three, draft: TrainingRequest
) -> None:
    file = attach(draft, three.chi.user)
    made = chi.post(address(draft) + "approvals/", letter()).json()
    chi.post(address(draft) + "people/")
    path = address(draft) + way[1].format(
        file=file.public_id, letter=made["id"], person=Collaborator.objects.get().pk
    )
    eve = make_user("Eve", PlatformRole.RESEARCHER)
    make_passkey(eve)

    def call(script: Sender) -> Any:
        return script.form(path, {}) if way[0] == "form" else getattr(script, way[0])(path)

    assert call(Sender(eve, *ALL)).status_code == 404
    wrong = "requests:write" if way[0] == "get" else "requests:read"
    assert call(Sender(three.chi.user, wrong)).status_code == 403


def test_files_of_a_request_that_the_communities_have_stay_as_they_are(
    chi: Sender, three: Three
) -> None:
    sent = ask(three.chi, three.all)
    fields = {"kind": "plan", "title": "Our plan", "upload": upload()}

    answer = chi.form(address(sent) + "attachments/", fields)

    assert (answer.status_code, answer.json()["code"]) == (409, "transition-refused")
