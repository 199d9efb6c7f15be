"""One world for all tests of a file; what a test does in it is taken back at once."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

if TYPE_CHECKING:
    from tests.permissions.world import World


@pytest.fixture(scope="module")
def world(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator["World"]:
    """River and Coast with one of everything.

    Made before the transaction of the first test begins, so that this one lies inside it.
    """
    from tests.permissions.world import make_world

    media = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media"))
    with media, django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)
