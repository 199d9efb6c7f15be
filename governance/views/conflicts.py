"""Conflicts of interest on one text: raise one about another steward, or answer one.

The pages serve every kind of text; where to go back to is asked of the app that shows it.
"""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from governance.actions import conflicts
from governance.forms.conflicts import ConflictForm, NoConflictForm
from governance.models import Statement
from governance.navigation import page_of
from governance.queries.conflicts import conflicts_open_for, statements_visible_to, stewards_named
from governance.rules import StatementState, Verb
from governance.views.acting import fill_in
from governance.views.visitor import community_for, user_of


@require_http_methods(["GET", "POST"])
def conflict_new(request: HttpRequest, slug: str, statement_id: UUID) -> HttpResponse:
    statement = _open(request, slug, statement_id)
    user = user_of(request)
    others = [s for s in stewards_named(statement) if s.user_id != user.pk]
    form = ConflictForm(request.POST or None, others=others)

    def save(filled: dict[str, object]) -> None:
        about = next(s for s in others if s.pk == filled["about"])
        conflicts.raise_conflict(
            statement.pk, actor=user, about=about, reason=str(filled["reason"])
        )

    return fill_in(
        request,
        form,
        save,
        template="governance/conflict_new.html",
        context={"community": statement.community, "url": page_of(statement)},
        url=page_of(statement),
        said=_("It is raised. The person concerned is asked to answer."),
    )


@require_http_methods(["GET", "POST"])
def conflict_answer(request: HttpRequest, slug: str, conflict_id: UUID) -> HttpResponse:
    community = community_for(request, slug, Verb.DECIDE)
    waiting = conflicts_open_for(user_of(request)).filter(statement__community=community)
    conflict = get_object_or_404(waiting, public_id=conflict_id)
    url = page_of(conflict.statement)
    return fill_in(
        request,
        NoConflictForm(request.POST or None),
        lambda filled: conflicts.declare_none(
            conflict.pk, actor=user_of(request), answer=filled["answer"]
        ),
        template="governance/conflict_answer.html",
        context={"community": community, "conflict": conflict, "url": url},
        url=url,
        said=_("Your answer stands beside it."),
    )


def _open(request: HttpRequest, slug: str, statement_id: UUID) -> Statement:
    community = community_for(request, slug, Verb.DECIDE)
    texts = statements_visible_to(user_of(request)).filter(community=community)
    statement = get_object_or_404(texts, public_id=statement_id)
    if statement.state != StatementState.OPEN:
        raise Http404
    return statement
