"""What stands beside a community's decision, for the table of permissions."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tests.cast import Person
from tests.consent.meetings import PDF, write_down
from tests.permissions.words import PRIVATE

if TYPE_CHECKING:
    from tests.permissions.world import Things


def _meeting(things: "Things", stewards: Sequence[Person]) -> Any:
    """A colleague's record of a meeting where the steward was: she may confirm or drop it."""
    word = PRIVATE[things.community.slug]
    made = write_down(
        things.review,
        stewards[1],
        stewards[0],
        place=f"{word} house",
        how=f"{word} spoke first, then everybody.",
        dissent=f"{word} was against it.",
        scan=PDF,
        scan_name="sheet.pdf",
    )
    return made.public_id


DECIDING: dict[str, Callable[["Things", Sequence[Person]], Any]] = {"meeting_id": _meeting}
