import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.utils import timezone

from consent.actions import notices
from consent.actions.publishing import publish_due
from consent.errors import NoticeRefused
from consent.models import Notice, NoticesList
from consent.queries import notices_list_of, notices_visible_to
from consent.tasks import publish_notices
from governance.models import AccessEvent
from tests.consent.factories import sign_notice
from tests.consent.test_notices import pause, read_as_a_node
from tests.consent.test_requests import open_coast

pytestmark = pytest.mark.django_db


def test_each_issue_has_the_next_number_and_is_signed(cast, charter):
    first = notices.publish(cast.river.pk)
    second = notices.publish(cast.river.pk)

    assert (first.sequence, second.sequence) == (1, 2)
    assert read_as_a_node(cast.river).sequence == 2


def test_only_a_changed_list_is_worth_a_row_in_the_log(cast, grant):
    notices.publish(cast.river.pk)
    notices.publish(cast.river.pk)
    sign_notice(pause(cast), [cast.amina])
    notices.publish(cast.river.pk)

    subjects = AccessEvent.objects.filter(verb="notices.publish").values_list("subject", flat=True)
    assert list(subjects) == ["notices:river:3", "notices:river:1"]


def test_a_community_without_a_charter_has_no_list(cast):
    with pytest.raises(NoticeRefused, match="has no charter yet"):
        notices.publish(cast.river.pk)

    assert (notices_list_of(cast.river).sequence, NoticesList.objects.count()) == (0, 0)


def test_a_list_that_nodes_would_refuse_is_not_issued(cast, charter, settings, tmp_path):
    notices.publish(cast.river.pk)
    other = tmp_path / "other.pem"
    other.write_bytes(
        Ed25519PrivateKey.generate().private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
    )
    settings.KINHOLD_CHECKPOINT_KEY_FILE = str(other)

    with pytest.raises(NoticeRefused, match="The nodes of River would refuse it"):
        notices.publish(cast.river.pk)

    assert notices_list_of(cast.river).sequence == 1


def age(community, seconds):
    NoticesList.objects.filter(community=community).update(
        issued_at=timezone.now() - timedelta(seconds=seconds)
    )


def test_the_task_issues_what_is_due_and_nothing_else(cast, charter):
    open_coast(cast)
    first = publish_notices()
    again = publish_notices()
    age(cast.river, 61)
    third = publish_notices()

    assert (first, again, third) == (2, 0, 1)
    assert notices_list_of(cast.river).sequence == 2
    assert notices_list_of(cast.coast).sequence == 1


def test_the_task_makes_up_for_a_list_that_was_not_issued_on_commit(cast, grant):
    publish_notices()
    sign_notice(pause(cast), [cast.amina])  # its on-commit call never ran

    publish_notices()

    assert read_as_a_node(cast.river).paused == {"all"}


def test_one_list_that_fails_does_not_keep_the_others_back(cast, grant):
    open_coast(cast)
    sign_notice(pause(cast), [cast.amina])
    Notice.objects.update(signed_text='{"ballots":[],"statement":"forged"}')

    assert publish_due() == [cast.coast.pk]


def test_the_list_holds_every_notice_word_for_word(cast, grant):
    notice = pause(cast)
    sign_notice(notice, [cast.amina])

    listed = notices.publish(cast.river.pk)

    assert json.loads(listed.text)["items"] == [notice.signed_text]


def test_notices_are_seen_by_the_communitys_people_only(cast, charter):
    pause(cast)

    seen = {name for name, p in cast.everybody.items() if notices_visible_to(p.user).exists()}
    assert seen == {"steward", "convenor", "custodian", "observer"}
