"""Where this app's kinds of text are read and signed."""

from django.urls import reverse

from governance.models import Statement
from governance.navigation import register_page
from governance.rules import StatementKind


def register_all() -> None:
    register_page(StatementKind.GRANT, _review)
    for kind in (StatementKind.PAUSE, StatementKind.RESUME, StatementKind.REVOCATION):
        register_page(kind, _notice)


def _review(statement: Statement) -> str:
    # A text that was replaced belongs to no review any more.
    review = getattr(statement, "review", None)
    return (
        reverse("consent:review", args=[review.public_id]) if review else reverse("consent:reviews")
    )


def _notice(statement: Statement) -> str:
    return reverse("consent:notice", args=[statement.notice.public_id])
