"""The end of a grant is told 90 and 30 days before: pure, at the edges of days."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from consent.actions import expiry, notices
from consent.clock import ACTIONS
from consent.expiry import expiring
from consent.models import Grant
from consent.queries import grants_active
from consent.signals import grants_changed
from governance.models import AccessEvent, Alert
from tests.consent.factories import sign_notice

NOW = datetime(2031, 5, 4, 12, 0, tzinfo=UTC)
ENDS = date(2032, 3, 1)  # after a 29 February
YEAR = ENDS - timedelta(days=365)


@pytest.mark.parametrize(
    ("left", "notice"),
    [
        (365, None),
        (91, None),
        (90, 90),
        (89, 90),
        (31, 90),
        (30, 30),
        (29, 30),
        (1, 30),
        (0, None),
        (-1, None),
    ],
)
def test_each_notice_has_its_span(left, notice):
    assert expiring(ENDS, ENDS - timedelta(days=left), begins=YEAR) == notice


@pytest.mark.parametrize(
    ("length", "left", "notice"),
    [
        (91, 90, 90),
        (90, 90, None),
        (90, 31, None),
        (90, 30, 30),
        (31, 30, 30),
        (30, 30, None),
        (30, 1, None),
        (1, 1, None),
    ],
)
def test_a_short_grant_gets_no_notice_of_a_span_that_it_never_had(length, left, notice):
    begins = ENDS - timedelta(days=length)

    assert expiring(ENDS, ENDS - timedelta(days=left), begins=begins) == notice


# --- by the clock ------------------------------------------------------------------------------


def ends_in(grant: Grant, now: datetime, *, days: float, length: int = 200) -> None:
    ends = now + timedelta(days=days)
    Grant.objects.filter(pk=grant.pk).update(
        not_before=ends - timedelta(days=length), not_after=ends
    )


def told(grant: Grant) -> dict[str, set[int]]:
    """Who was told of what, by occasion."""
    found: dict[str, set[int]] = {}
    for alert in Alert.objects.filter(key__startswith=f"grant:{grant.public_id}:"):
        found.setdefault(alert.key.rpartition(":")[2], set()).add(alert.user_id)
    return found


def concerned(cast) -> set[int]:
    return {cast.chi.user.pk, *(steward.user.pk for steward in cast.stewards)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "occasions"),
    [(92, set()), (90, {"ends-90"}), (31, {"ends-90"}), (30, {"ends-30"}), (1, {"ends-30"})],
)
def test_stewards_and_applicant_are_told_and_nobody_else(cast, grant, days, occasions):
    ends_in(grant, NOW, days=days)

    expiry.warn(NOW)

    assert told(grant) == {occasion: concerned(cast) for occasion in occasions}


@pytest.mark.django_db
def test_each_notice_comes_once_however_often_the_clock_strikes(cast, grant):
    ends_in(grant, NOW, days=100)

    counts = [expiry.warn(NOW + timedelta(hours=hour)) for hour in range(0, 24 * 100, 12)]

    assert sum(counts) == 2 * len(concerned(cast))
    assert told(grant) == {"ends-90": concerned(cast), "ends-30": concerned(cast)}


@pytest.mark.django_db
def test_a_clock_that_stood_still_gives_the_last_notice_only(cast, grant):
    ends_in(grant, NOW, days=100)

    expiry.warn(NOW + timedelta(days=80))

    assert set(told(grant)) == {"ends-30"}


@pytest.mark.django_db
def test_the_day_is_the_day_where_people_live(cast, grant, settings):
    """90 days before in Auckland is 91 days before in Honolulu, at the same moment."""
    now = datetime(2031, 5, 4, 12, 0, tzinfo=UTC)
    ends = datetime(2031, 8, 2, 11, 0, tzinfo=UTC)
    Grant.objects.filter(pk=grant.pk).update(not_before=now - timedelta(days=100), not_after=ends)

    with timezone.override("Pacific/Honolulu"):  # 4 May 02:00 to 2 August 01:00: 90 days
        expiry.warn(now)
        honolulu = set(told(grant))
        Alert.objects.all().delete()
    with timezone.override("Pacific/Auckland"):  # 5 May 00:00 to 2 August 23:00: 89 days
        expiry.warn(now - timedelta(days=1))
        auckland = set(told(grant))

    assert (honolulu, auckland) == ({"ends-90"}, {"ends-90"})


@pytest.mark.django_db
def test_a_grant_that_was_taken_back_ends_without_notice(cast, grant):
    notice = notices.propose_revocation(grant.pk, actor=cast.amina.user, reason="")
    sign_notice(notice, [cast.amina, cast.bo])
    ends_in(grant, NOW, days=20)

    assert expiry.warn(NOW) == 0
    ends_in(grant, NOW, days=-20)
    assert expiry.close(NOW) == 0


@pytest.mark.django_db
def test_when_it_is_over_that_is_noted_once_told_once_and_runs_are_looked_at(
    cast, grant, django_capture_on_commit_callbacks
):
    said: list[int] = []

    def listen(sender, community_id, **_kwargs):
        said.append(community_id)

    grants_changed.connect(listen)
    ends_in(grant, NOW, days=0)
    with django_capture_on_commit_callbacks(execute=True):
        early = expiry.close(NOW - timedelta(seconds=1))
        first, second = expiry.close(NOW), expiry.close(NOW + timedelta(hours=1))
    grants_changed.disconnect(listen)

    assert (early, first, second) == (0, 1, 0)
    assert said == [cast.river.pk]
    event = AccessEvent.objects.get(verb="grant.over")
    assert (event.actor, event.community, event.subject) == (
        None,
        cast.river,
        f"grant:{grant.public_id}",
    )
    assert told(grant) == {"over": concerned(cast)}


@pytest.mark.django_db
def test_five_years_on_a_grant_is_still_over_and_nothing_renewed_it(cast, grant):
    before = Grant.objects.values_list("not_after", "state").get()
    for month in range(60):
        now = grant.not_after + timedelta(days=30 * month)
        expiry.warn(now)
        expiry.close(now)

    assert Grant.objects.values_list("not_after", "state").get() == before
    assert grants_active(grant.review.revision, at=now) == []


def test_the_clock_does_both():
    assert {expiry.warn, expiry.close} <= set(ACTIONS)
