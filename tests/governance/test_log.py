"""The access log: nobody changes it, and each sees the part that is hers."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from governance.actions.audit import record
from governance.models import AccessEvent
from governance.queries import events_visible_to
from tests.cast import Cast

pytestmark = pytest.mark.django_db

LOG = reverse("governance:log")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE governance_accessevent SET verb = 'nothing.happened'",
        "DELETE FROM governance_accessevent",
    ],
)
def test_the_database_itself_refuses_to_change_a_row(cast: Cast, statement: str) -> None:
    record("test.act", actor=cast.amina.user, subject="thing:1")

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert [e.verb for e in AccessEvent.objects.all()] == ["test.act"]


def test_the_database_itself_refuses_to_empty_the_table(cast: Cast) -> None:
    """The trigger is off in the test database (tests/cast.py); put it back, try, put it away."""
    record("test.act", actor=cast.amina.user, subject="thing:1")
    alter = "ALTER TABLE governance_accessevent {} TRIGGER access_event_no_truncate"

    with (
        pytest.raises(DatabaseError, match="TRUNCATE refused"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(alter.format("ENABLE"))
        cursor.execute("TRUNCATE governance_accessevent")

    assert AccessEvent.objects.count() == 1


def test_each_sees_the_part_that_is_hers(cast: Cast) -> None:
    record("in.river", actor=cast.amina.user, subject="thing:1", community=cast.river)
    record("in.coast", actor=cast.zed.user, subject="thing:2", community=cast.coast)
    record("on.platform", actor=cast.chi.user, subject="thing:3")

    seen = {
        role: {event.verb for event in events_visible_to(person.user)}
        for role, person in cast.everybody.items()
    }
    whole = {"in.river", "in.coast", "on.platform"}
    assert seen == {
        "steward": {"in.river"},
        "convenor": {"in.river"},
        "custodian": {"in.river"},
        "observer": set(),
        "researcher": set(),
        "outsider": {"in.coast"},
        "auditor": whole,
        "admin": whole,
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["ballot.cast", "charter.propose", "run.dispatch"]),
        ({"verb": "ballot"}, ["ballot.cast"]),
        ({"text": "amina"}, ["charter.propose"]),
        ({"text": "run:7"}, ["run.dispatch"]),
        ({"text": "not her passkey"}, ["ballot.cast"]),
        ({"community": "coast"}, ["ballot.cast"]),
        ({"outcome": "refused"}, ["ballot.cast"]),
        ({"outcome": "done", "community": "river"}, ["charter.propose"]),
        ({"since": "2001-01-01"}, ["ballot.cast", "charter.propose", "run.dispatch"]),
        ({"until": "2001-01-01"}, []),
        ({"since": "yesterday"}, []),
        ({"community": "nowhere"}, []),
        ({"text": "%' OR 1=1"}, []),
    ],
)
def test_filters(cast: Cast, query: dict[str, str], found: list[str]) -> None:
    record("charter.propose", actor=cast.amina.user, subject="statement:1", community=cast.river)
    record(
        "ballot.cast",
        actor=cast.zed.user,
        subject="statement:2",
        community=cast.coast,
        outcome="refused",
        reason="not her passkey",
    )
    record("run.dispatch", actor=None, subject="run:7")

    page = cast.aud.client().get(LOG, query)

    assert page.status_code == 200
    assert sorted(event.verb for event in page.context["events"]) == found


def test_to_and_from_a_day_hold_that_day(cast: Cast) -> None:
    record("test.act", actor=cast.amina.user, subject="thing:1")
    today = timezone.now().date()
    client = cast.aud.client()

    def seen(**query: object) -> int:
        return len(client.get(LOG, query).context["events"])  # type: ignore[arg-type]

    assert (seen(since=today), seen(until=today)) == (1, 1)
    assert (seen(since=today + timedelta(1)), seen(until=today - timedelta(1))) == (0, 0)


def test_a_steward_cannot_filter_her_way_into_another_community(cast: Cast) -> None:
    record("in.coast", actor=cast.zed.user, subject="thing:2", community=cast.coast)

    page = cast.amina.client().get(LOG, {"community": "coast"})

    assert list(page.context["events"]) == []
    assert "Coast" not in page.content.decode()


def test_older_pages_keep_the_filter_and_miss_no_row(cast: Cast) -> None:
    for number in range(120):
        record("test.act", actor=cast.amina.user, subject=f"thing:{number}")
    record("other.act", actor=cast.amina.user, subject="thing:x")
    client, subjects, url = cast.aud.client(), [], LOG + "?verb=test"

    for _ in range(3):
        page = client.get(url)
        subjects += [event.subject for event in page.context["events"]]
        url = f"{LOG}?verb=test&before={page.context['older']}"

    assert page.context["older"] is None
    assert subjects == [f"thing:{number}" for number in reversed(range(120))]
    assert "verb=test" in client.get(LOG + "?verb=test").content.decode()
