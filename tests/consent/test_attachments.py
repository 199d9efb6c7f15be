"""Files of a request: taken in, counted, taken off; and who may fetch which (R-30)."""

import stat
import sys
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from consent.actions import attachments, ethics, requests
from consent.document import read_back
from consent.errors import Incomplete, NotAllowed, TransitionRefused
from consent.models import Attachment, Obligation, TrainingRequest
from consent.rules import AttachmentKind, RequestState
from governance.errors import NotAllowed as RoleNotAllowed
from governance.models import AccessEvent
from governance.rules import PlatformRole
from tests.consent.factories import JOB, fields, make_draft, review_of, say_yes
from tests.consent.files import HTML, PDF, TAKEN, attach, upload
from tests.factories import make_passkey, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def draft(cast, dataset):
    return make_draft(cast.chi.user)


@pytest.fixture
def sent(cast, draft):
    """A file of a request that River reads."""
    file = attach(draft, cast.chi.user)
    requests.submit(draft.pk, actor=cast.chi.user, job=JOB)
    return file


def fetch(person, file):
    client = person.client() if person else Client()
    return client.get(f"/attachments/{file.public_id}/")


@pytest.mark.parametrize(("name", "content", "shown", "served"), TAKEN)
def test_a_file_is_kept_under_a_random_name_and_told_by_its_fingerprint(
    cast, draft, media, name, content, shown, served
):
    file = attach(draft, cast.chi.user, upload=upload(name, content, content_type="text/html"))

    assert (file.file_name, file.content_type, file.size) == (shown, served, len(content))
    assert file.digest == sha256(content).hexdigest()
    kept = media / file.stored
    assert kept.read_bytes() == content
    assert Path(name).stem not in file.stored
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert AccessEvent.objects.get(verb="attachment.add").document_digest == file.digest


def test_a_path_in_the_name_leads_nowhere(cast, draft, media):
    file = attach(draft, cast.chi.user, upload=upload("../../../evil.pdf"))

    assert file.file_name == "evil.pdf"
    assert (media / file.stored).resolve().is_relative_to(media.resolve())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"upload": upload("letter.pdf", HTML)}, "upload"),
        ({"upload": upload("letter.pdf.exe")}, "upload"),
        ({"upload": upload("big.pdf", b"%PDF-1.7" + bytes(5 * 1024 * 1024))}, "upload"),
        ({"title": " "}, "title"),
        ({"title": "a\nb"}, "title"),
        ({"title": "x" * 161}, "title"),
        ({"kind": AttachmentKind.REPORT}, "kind"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field_and_leaves_no_file(
    cast, draft, media, changes, field
):
    with pytest.raises(Incomplete) as refusal:
        attach(draft, cast.chi.user, **changes)

    assert list(refusal.value.fields) == [field]
    assert not Attachment.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_twenty_files_and_twenty_five_megabytes_are_all(cast, draft):
    for _ in range(attachments.MOST_FILES):
        last = attach(draft, cast.chi.user)
    with pytest.raises(Incomplete, match="20 files already"):
        attach(draft, cast.chi.user)

    attachments.remove(last.pk, actor=cast.chi.user)
    Attachment.objects.filter(removed_at=None).update(size=attachments.MOST_BYTES // 19)
    with pytest.raises(Incomplete, match="25 MB together"):
        attach(draft, cast.chi.user)


def test_only_the_applicant_puts_files_to_a_request_and_only_while_she_writes_it(cast, draft):
    eve = make_user("Eve", PlatformRole.RESEARCHER)
    with pytest.raises(NotAllowed):
        attach(draft, eve)
    for role, person in cast.everybody.items():
        if role != "researcher":
            with pytest.raises(RoleNotAllowed):
                attach(draft, person.user)
    file = attach(draft, cast.chi.user)
    requests.submit(draft.pk, actor=cast.chi.user, job=JOB)
    for act in (
        lambda: attach(draft, cast.chi.user),
        lambda: attachments.remove(file.pk, actor=cast.chi.user),
    ):
        with pytest.raises(TransitionRefused, match="communities have this text"):
            act()

    TrainingRequest.objects.update(state=RequestState.CHANGING.value)
    assert attach(draft, cast.chi.user).pk
    assert Attachment.objects.count() == 2


def test_the_text_that_communities_read_names_each_file(cast, draft):
    file = attach(draft, cast.chi.user)
    gone = attach(draft, cast.chi.user, title="Not this")
    attachments.remove(gone.pk, actor=cast.chi.user)
    requests.submit(draft.pk, actor=cast.chi.user, job=JOB)

    [named] = read_back(draft.revisions.get().text)["attachments"]
    assert (named["id"], named["digest"]) == (str(file.public_id), file.digest)


def test_what_nobody_was_shown_is_deleted_when_it_is_taken_off(
    cast, draft, django_capture_on_commit_callbacks
):
    file = attach(draft, cast.chi.user)
    name = file.stored

    with django_capture_on_commit_callbacks(execute=True):
        attachments.remove(file.pk, actor=cast.chi.user)

    assert not default_storage.exists(name)
    assert fetch(cast.chi, file).status_code == 404


def test_what_a_community_was_shown_stays_for_it(cast, sent, django_capture_on_commit_callbacks):
    TrainingRequest.objects.update(state=RequestState.CHANGING.value)

    with django_capture_on_commit_callbacks(execute=True):
        attachments.remove(sent.pk, actor=cast.chi.user)

    assert fetch(cast.amina, sent).getvalue() == PDF


def test_the_letter_of_an_approval_is_not_taken_off_before_the_approval(cast, draft):
    today = timezone.localdate()
    wanted = ethics.Wanted("Board", "12", today, today + timedelta(days=99), upload())
    approval = ethics.add(draft.pk, actor=cast.chi.user, wanted=wanted)

    with pytest.raises(TransitionRefused, match="letter of an approval"):
        attachments.remove(approval.letter_id, actor=cast.chi.user)


@pytest.mark.parametrize("role", ["steward", "convenor", "custodian", "observer", "researcher"])
def test_who_was_asked_and_who_asks_fetch_it_to_be_saved_and_never_shown(cast, sent, role):
    answer = fetch(cast.everybody[role], sent)

    assert answer.status_code == 200
    assert answer.getvalue() == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    event = AccessEvent.objects.get(verb="attachment.download")
    assert (event.actor, event.document_digest) == (cast.everybody[role].user, sent.digest)
    assert event.community == (None if role == "researcher" else cast.river)


@pytest.mark.parametrize("role", ["outsider", "auditor", "admin"])
def test_to_all_others_it_does_not_exist(cast, sent, role):
    assert fetch(cast.everybody[role], sent).status_code == 404
    assert not AccessEvent.objects.filter(verb="attachment.download").exists()


def test_to_a_stranger_and_to_another_researcher_it_does_not_exist(cast, sent):
    eve = make_user("Eve", PlatformRole.RESEARCHER)
    make_passkey(eve)
    browser = Client()
    browser.force_login(eve, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert fetch(None, sent)["Location"].startswith("/accounts/login/")
    assert browser.get(f"/attachments/{sent.public_id}/").status_code == 404


def test_before_it_is_sent_no_community_can_fetch_it(cast, draft):
    file = attach(draft, cast.chi.user)

    for role, person in cast.everybody.items():
        expected = 200 if role == "researcher" else 404
        assert fetch(person, file).status_code == expected, role


def test_a_file_that_came_after_the_text_is_not_shown_with_it(cast, sent):
    TrainingRequest.objects.update(state=RequestState.CHANGING.value)
    newer = attach(sent.request, cast.chi.user, upload=upload("new.txt", b"Something new."))

    assert fetch(cast.amina, newer).status_code == 404
    assert fetch(cast.chi, newer).status_code == 200


def test_evidence_is_for_the_community_of_its_promise_alone(cast, sent):
    grant = say_yes(review_of(sent.request), [cast.amina, cast.bo])
    file = attachments.store(
        sent.request,
        actor=cast.chi.user,
        kind=AttachmentKind.REPORT,
        title="Our report",
        upload=upload("report.txt", b"What we found."),
    )
    assert fetch(cast.amina, file).status_code == 404
    Obligation.objects.create(
        grant=grant,
        community=cast.river,
        kind="results",
        text="A report.",
        due_on=timezone.localdate(),
        source="request",
        evidence=file,
    )

    assert fetch(cast.amina, file).status_code == 200
    assert fetch(cast.zed, file).status_code == 404


def test_a_file_that_was_lost_with_a_disk_is_not_there(cast, sent):
    default_storage.delete(sent.stored)

    assert fetch(cast.amina, sent).status_code == 404
    assert not AccessEvent.objects.filter(verb="attachment.download").exists()


def scanner(tmp_path, code):
    program = tmp_path / "scanner.py"
    program.write_text(code)
    return f"{sys.executable} {program}"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import sys; sys.exit(0 if open(sys.argv[-1],'rb').read(5) == b'%PDF-' else 2)", ""),
        ("import sys; print('Eicar found'); sys.exit(1)", "something harmful"),
        ("import sys; sys.exit(2)", "could not be checked"),
        ("import time; time.sleep(20)", "could not be checked"),
    ],
    ids=["clean", "infected", "broken", "slow"],
)
def test_a_scanner_of_the_operators_own_is_asked_if_there_is_one(
    cast, draft, settings, tmp_path, monkeypatch, code, said
):
    monkeypatch.setattr("governance.scanning.TIME_LIMIT_S", 2)
    settings.KINHOLD_SCAN_COMMAND = scanner(tmp_path, code)

    if not said:
        assert attach(draft, cast.chi.user).pk
        return
    with pytest.raises(Incomplete, match=said):
        attach(draft, cast.chi.user)
    assert not Attachment.objects.exists()


def test_without_the_program_that_was_set_nothing_is_taken(cast, draft, settings):
    settings.KINHOLD_SCAN_COMMAND = "/no/such/program --quiet"

    with pytest.raises(Incomplete, match="could not be checked"):
        attach(draft, cast.chi.user)


def test_a_draft_of_another_name_is_no_way_in(cast, draft):
    """Fingerprints are looked for as the document has them, not in what somebody typed."""
    file = attach(draft, cast.chi.user, upload=upload("secret.txt", b"Not for River yet."))
    told = make_draft(cast.chi.user, **{**fields(), "summary": f"It is {file.digest}."})
    requests.submit(told.pk, actor=cast.chi.user, job=JOB)

    assert fetch(cast.amina, file).status_code == 404
