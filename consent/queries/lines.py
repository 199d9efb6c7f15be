"""Which protocols of a community a request is held to, as things stand now."""

from collections.abc import Mapping, Sequence
from typing import Any

from consent.grants.grant import parse_grant
from consent.lines import lines_asked
from consent.models import Review
from governance.models import Community, Dataset, Protocol
from governance.queries import holder_in, protocols_in_force


def protocols_asked(
    document: Mapping[str, Any],
    dataset: Dataset,
    community: Community,
    *,
    fallback: Sequence[str] = (),
) -> list[Protocol]:
    """Return the versions in force of the protocols that the request is held to, by line.

    Args:
        fallback: lines that hold for a community without a say over the dataset any more: what
            was put to it before stays under the rules of the text that it was asked to sign.
    Raises:
        Incomplete: the researcher has to choose one, and the request names none that is there.
    """
    holder = holder_in(dataset, community)
    if holder is None:
        lines = tuple(fallback)
    else:
        lines = lines_asked(
            document,
            community=community.slug,
            name=community.name,
            lines=holder.lines,
            choose=holder.choice,
        )
    return list(protocols_in_force(community).filter(line__in=lines).order_by("line"))


def lines_of_text(review: Review) -> tuple[str, ...]:
    """Return the lines that the text under signature names."""
    return tuple(ref.line for ref in parse_grant(review.statement.text.encode()).protocols)
