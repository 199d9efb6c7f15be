"""Finding datasets by what a researcher looks for: words, kinds of variables, allowed use."""

from typing import Any

from django.db.models import Exists, Func, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Concat

from governance.models import Dataset, DatasetProtocol, Protocol

SEARCHED = ("title__icontains", "description__icontains", "spoken__icontains")
"""Where a word is looked for in rows of ``searchable``."""


class _Texts(Func):
    """One member of each variable, as one text: only names and meanings, not the words of JSON."""

    output_field = TextField()

    def __init__(self, member: str) -> None:
        super().__init__(
            "variables",
            template=f"jsonb_path_query_array(%(expressions)s, '$[*].{member}')::text",
        )


def searchable(rows: QuerySet[Dataset]) -> QuerySet[Dataset]:
    """Add ``spoken`` to each row: the names and plain meanings of its variables."""
    return rows.annotate(spoken=Concat(_Texts("name"), _Texts("label"), output_field=TextField()))


def with_kind_of_variable(rows: QuerySet[Any], kind: str) -> QuerySet[Any]:
    return rows.filter(variables__contains=[{"type": kind}])


def with_variable(rows: QuerySet[Any], name: str) -> QuerySet[Any]:
    return rows.filter(variables__contains=[{"name": name}])


def for_use(rows: QuerySet[Any], term: str) -> QuerySet[Any]:
    """Keep datasets of which some protocol, in the version in force, allows this use.

    Args:
        term: the data-use term that the protocol names, such as DUO:0000042.
    """
    newest = (
        Protocol.objects.filter(
            community=OuterRef("community"), line=OuterRef("line"), adopted_at__isnull=False
        )
        .order_by("-number")
        .values("statement__text")[:1]
    )
    # Canonical JSON: nothing stands between name and value, and inside a text quotes are escaped.
    allowing = DatasetProtocol.objects.annotate(text=Subquery(newest)).filter(
        dataset=OuterRef("pk"), removed_at__isnull=True, text__contains=f'"use":"{term}"'
    )
    return rows.filter(Exists(allowing))
