"""Under which of a community's protocols a request stands. Pure.

Where a community says "any of them", the researcher chooses one and the document says which.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from consent.errors import Incomplete


def lines_asked(
    document: Mapping[str, Any],
    *,
    community: str,
    name: str,
    lines: Sequence[str],
    choose: bool,
) -> tuple[str, ...]:
    """Return the lines of one community that a request on one of its datasets is held to.

    Args:
        document: the request; ``protocols`` says, by a community's short name, what was chosen.
        community, name: the community's short name, and the one for people.
        lines: all lines under which it put the dataset.
        choose: whether the researcher chooses one of them; otherwise all of them hold.
    Raises:
        Incomplete: a choice is needed, and there is none that fits.
    """
    if not choose:
        return tuple(lines)
    chosen = document.get("protocols", {}).get(community)
    if chosen in lines:
        return (chosen,)
    among = ", ".join(lines)
    raise Incomplete(
        {f"protocols.{community}": f"Choose under which protocol of {name} you ask: {among}."}
    )
