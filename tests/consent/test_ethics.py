"""Letters of ethics boards: their dates, their renewal, and what they hold back (R-27)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from consent.actions import attachments, requests, revisions
from consent.actions import ethics as acts
from consent.actions.ethics import Wanted
from consent.clock import ACTIONS, tick
from consent.document import read_back
from consent.errors import Incomplete, NotAllowed, TransitionRefused
from consent.ethics import approvals_expiring, approvals_not_begun, approvals_run_out, standing
from consent.models import EthicsApproval, TrainingRequest
from consent.queries.files import attachments_readable_by
from consent.queries.holdups import what_holds
from consent.rules import RequestState
from governance.models import AccessEvent, Alert
from governance.rules import PlatformRole
from tests.consent.factories import JOB, make_draft, review_of, say_yes
from tests.consent.files import HTML, pdf, upload
from tests.factories import make_user

TODAY = date(2026, 3, 29)  # clocks in Europe go forward on this day


@dataclass
class Letter:
    pk: int
    valid_until: date
    valid_from: date = date(2025, 1, 1)
    renews_id: int | None = None
    board: str = "Board"
    number: str = "12"


def letter(days: int, pk: int = 1, **more: object) -> Letter:
    return Letter(pk, TODAY + timedelta(days=days), **more)


@pytest.mark.parametrize(
    ("days", "soon", "over"),
    [(31, False, False), (30, True, False), (1, True, False), (0, True, False), (-1, False, True)],
)
def test_notice_is_given_from_thirty_days_before_to_the_last_day(days, soon, over):
    letters = [letter(days)]

    assert (approvals_expiring(letters, today=TODAY) == letters) is soon
    assert (approvals_run_out(letters, today=TODAY) == letters) is over


def test_a_letter_that_was_renewed_does_not_count_any_more():
    old, new = letter(-1), letter(300, pk=2, renews_id=1)

    assert standing([old, new]) == [new]
    assert approvals_run_out([old, new], today=TODAY) == []
    assert approvals_expiring([letter(5), new], today=TODAY) == []


def test_a_renewal_that_begins_later_leaves_no_gap_while_the_older_letter_lasts():
    new = letter(300, pk=2, renews_id=1, valid_from=TODAY + timedelta(days=3))

    assert approvals_not_begun([letter(2), new], today=TODAY) == []
    assert approvals_not_begun([letter(-1), new], today=TODAY) == [new]
    assert approvals_not_begun([letter(9, valid_from=TODAY + timedelta(days=1))], today=TODAY)


pytest_db = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def draft(cast, dataset):
    return make_draft(cast.chi.user)


def wanted(first: int = -10, last: int = 100, **changes) -> Wanted:
    """A letter that counts from and to so many days from now."""
    today = timezone.localdate()
    return Wanted(
        **{
            "board": "University board",
            "number": "12",
            "valid_from": today + timedelta(days=first),
            "valid_until": today + timedelta(days=last),
            "upload": upload("letter.pdf"),
        }
        | changes
    )


def in_days(days: int) -> datetime:
    return datetime.combine(timezone.localdate() + timedelta(days=days), datetime.min.time(), UTC)


def submitted(cast, draft, letter: Wanted) -> EthicsApproval:
    approval = acts.add(draft.pk, actor=cast.chi.user, wanted=letter)
    requests.submit(draft.pk, actor=cast.chi.user, job=JOB)
    draft.refresh_from_db()
    return approval


@pytest_db
def test_an_approval_stands_in_the_text_with_its_dates_and_its_letter(cast, draft):
    approval = submitted(cast, draft, wanted())

    [named] = read_back(draft.revisions.get().text)["approvals"]
    assert named == {
        "board": "University board",
        "number": "12",
        "from": approval.valid_from.isoformat(),
        "until": approval.valid_until.isoformat(),
        "attachment": approval.letter.digest,
    }
    assert AccessEvent.objects.get(verb="approval.add").document_digest == approval.letter.digest


@pytest_db
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"board": " "}, "board"),
        ({"number": "1\n2"}, "number"),
        ({"first": 5, "last": 4}, "valid_until"),
        ({"last": -1}, "valid_until"),
        ({"upload": upload("letter.pdf", HTML)}, "upload"),
    ],
)
def test_what_cannot_be_a_letter_is_refused_at_its_field(cast, draft, changes, field):
    with pytest.raises(Incomplete) as refusal:
        acts.add(draft.pk, actor=cast.chi.user, wanted=wanted(**changes))

    assert list(refusal.value.fields) == [field]
    assert not EthicsApproval.objects.exists()


@pytest_db
def test_another_researcher_enters_renews_and_removes_nothing(cast, draft):
    eve = make_user("Eve", PlatformRole.RESEARCHER)
    approval = acts.add(draft.pk, actor=cast.chi.user, wanted=wanted())

    for act in (
        lambda: acts.add(draft.pk, actor=eve, wanted=wanted()),
        lambda: acts.renew(approval.pk, actor=eve, wanted=wanted(last=200)),
        lambda: acts.remove(approval.pk, actor=eve),
    ):
        with pytest.raises(NotAllowed):
            act()


@pytest_db
def test_a_letter_that_ran_out_holds_every_run_until_there_is_a_new_one(cast, draft):
    approval = submitted(cast, draft, wanted(last=10))
    say_yes(review_of(draft), [cast.amina, cast.bo])

    assert what_holds(draft, at=in_days(10) + timedelta(hours=23, minutes=59)) == []
    [why] = what_holds(draft, at=in_days(11))
    assert why.startswith("The approval of University board (12) ran out on ")

    acts.renew(approval.pk, actor=cast.chi.user, wanted=wanted(first=5, last=300))
    assert what_holds(draft, at=in_days(11)) == []
    assert what_holds(draft, at=in_days(301))


@pytest_db
def test_a_letter_that_has_not_begun_holds_it_too(cast, draft):
    submitted(cast, draft, wanted(first=3))

    [why] = what_holds(draft, at=in_days(2))
    assert why.startswith("The approval of University board (12) begins on ")
    assert what_holds(draft, at=in_days(3)) == []


@pytest_db
def test_taking_an_old_letter_off_a_change_does_not_free_runs_of_the_text_before(cast, draft):
    approval = submitted(cast, draft, wanted(last=10))
    TrainingRequest.objects.update(state=RequestState.CHANGING.value)
    acts.remove(approval.pk, actor=cast.chi.user)

    assert what_holds(draft, at=in_days(11))


@pytest_db
def test_only_a_longer_letter_renews_and_it_comes_with_its_file(cast, draft):
    approval = submitted(cast, draft, wanted(last=10))

    with pytest.raises(Incomplete) as refusal:
        acts.renew(approval.pk, actor=cast.chi.user, wanted=wanted(last=10, upload=None))
    assert set(refusal.value.fields) == {"valid_until", "upload"}

    acts.renew(approval.pk, actor=cast.chi.user, wanted=wanted(last=300))
    with pytest.raises(TransitionRefused, match="renewed or taken off"):
        acts.renew(approval.pk, actor=cast.chi.user, wanted=wanted(last=400))


@pytest_db
def test_approvals_stay_while_the_communities_have_the_text(cast, draft):
    approval = submitted(cast, draft, wanted())

    for act in (
        lambda: acts.add(draft.pk, actor=cast.chi.user, wanted=wanted()),
        lambda: acts.remove(approval.pk, actor=cast.chi.user),
    ):
        with pytest.raises(TransitionRefused, match="communities have this text"):
            act()


@pytest_db
def test_a_renewed_letter_is_told_to_the_communities_and_can_be_fetched_by_them(cast, draft):
    approval = submitted(cast, draft, wanted(last=10))
    newer = acts.renew(approval.pk, actor=cast.chi.user, wanted=wanted(last=300))

    told = Alert.objects.filter(key=f"approval:{newer.public_id}:renewed")
    assert {alert.user for alert in told} == {person.user for person in cast.stewards}
    path = f"/attachments/{newer.letter.public_id}/"
    assert cast.amina.client().get(path).status_code == 200
    assert cast.zed.client().get(path).status_code == 404
    page = cast.amina.client().get(f"/reviews/{review_of(draft).public_id}/").content.decode()
    assert path in page
    assert "It renews an older letter." in page


@pytest_db
def test_applicant_and_stewards_are_warned_once_from_thirty_days_before(cast, draft):
    approval = submitted(cast, draft, wanted(last=40))
    today = timezone.localdate()

    assert acts.warn_of_expiry(today + timedelta(days=9)) == []
    told = acts.warn_of_expiry(today + timedelta(days=10))
    assert {alert.user for alert in told} == {
        cast.chi.user,
        *(person.user for person in cast.stewards),
    }
    assert {alert.key for alert in told} == {f"approval:{approval.public_id}:runs-out"}
    assert acts.warn_of_expiry(today + timedelta(days=40)) == []
    late = acts.warn_of_expiry(today + timedelta(days=41))
    assert {alert.key for alert in late} == {f"approval:{approval.public_id}:ran-out"}
    assert acts.warn_of_expiry(today + timedelta(days=42)) == []


@pytest_db
@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_nobody_is_warned_of_what_no_community_has(cast, draft, state):
    submitted(cast, draft, wanted(last=5))
    TrainingRequest.objects.update(state=state)

    assert acts.warn_of_expiry(timezone.localdate()) == []


@pytest_db
def test_the_clock_warns(cast, draft):
    submitted(cast, draft, wanted(last=5))

    tick(timezone.now(), [action for action in ACTIONS if "ethics" in action.__module__])

    assert Alert.objects.filter(key__contains=":runs-out").exists()


@pytest_db
@pytest.mark.parametrize("zone", ["Pacific/Honolulu", "Pacific/Kiritimati"])
def test_a_letters_last_day_ends_in_utc_wherever_the_platform_is(cast, draft, zone):
    submitted(cast, draft, wanted(last=3))
    over = in_days(4)

    with timezone.override(zone):
        assert what_holds(draft, at=over - timedelta(seconds=1)) == []
        assert len(what_holds(draft, at=over)) == 1


@pytest_db
def test_a_letter_by_which_runs_went_on_stays_for_those_who_were_told_of_it(cast, draft):
    old = submitted(cast, draft, wanted())
    other = wanted(last=400, upload=upload("new.pdf", pdf(b"<< >>")))
    new = acts.renew(old.pk, actor=cast.chi.user, wanted=other)
    content = attachments.hand_out(new.letter, actor=cast.amina.user)
    revisions.change(draft.pk, actor=cast.chi.user)

    acts.remove(new.pk, actor=cast.chi.user)
    attachments.remove(new.letter.pk, actor=cast.chi.user)

    kept = attachments_readable_by(cast.amina.user).get(pk=new.letter.pk)
    assert attachments.hand_out(kept, actor=cast.amina.user) == content
