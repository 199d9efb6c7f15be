"""A dataset that can be asked for, a request for it in review, and River's yes to that.

Asked for a folder, pytest loads this file before Django is set up: hence the late imports.
"""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from consent.models import Grant, Review
    from governance.models import Dataset, Protocol
    from tests.cast import Cast


@pytest.fixture
def dataset(cast: "Cast", protocol: "Protocol", request: pytest.FixtureRequest) -> "Dataset":
    """River's dataset, listed: the community can be asked."""
    from tests.factories import make_dataset
    from tests.remembered import remembered

    return remembered(request, lambda: make_dataset(cast.river, cast.amina.user))


@pytest.fixture
def review(cast: "Cast", dataset: "Dataset", request: pytest.FixtureRequest) -> "Review":
    """Chi's request, in review at River."""
    from tests.consent import factories
    from tests.remembered import remembered

    return remembered(request, lambda: factories.review_of(factories.make_request(cast.chi.user)))


@pytest.fixture
def grant(cast: "Cast", review: "Review", request: pytest.FixtureRequest) -> "Grant":
    """River's yes to it, by two of three."""
    from tests.consent import factories
    from tests.remembered import remembered

    return remembered(request, lambda: factories.say_yes(review, [cast.amina, cast.bo]))
