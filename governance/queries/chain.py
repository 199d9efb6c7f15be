"""The chain of charters as people carry it to a node: each version, and who signed it."""

from dataclasses import dataclass

from consent.grants.statements import Answer
from governance.models import Ballot, Charter, Community
from governance.queries.documents import charters_of


@dataclass(frozen=True)
class Link:
    """One adopted charter; ``signed_by`` are the names of those who said yes, as shown."""

    charter: Charter
    signed_by: tuple[str, ...]
    is_newest: bool

    @property
    def digest(self) -> str:
        return self.charter.statement.digest


def links_of(community: Community) -> list[Link]:
    """Return the adopted charters, oldest first, in two queries."""
    adopted = list(charters_of(community).filter(adopted_at__isnull=False).order_by("number", "pk"))
    yes = Ballot.objects.filter(
        statement__in=[charter.statement_id for charter in adopted],
        answer=Answer.YES,
        replaced_at__isnull=True,
    )
    names: dict[int, list[str]] = {}
    for ballot in yes.select_related("membership").order_by("membership__shown_name", "pk"):
        names.setdefault(ballot.statement_id, []).append(ballot.membership.shown_name)
    return [
        Link(charter, tuple(names.get(charter.statement_id, ())), charter is adopted[-1])
        for charter in adopted
    ]
