"""How a person is told, and the letters that a community hands over."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from governance.actions import alert_choices
from governance.forms.alerts import AlertChoiceForm
from governance.listing import Filter, Rows, Sort, listing
from governance.queries import communities_of, members_of, membership_for
from governance.queries.alerts import choice_of, letters_of, told_to
from governance.queries.quiet import quiet_now
from governance.rules import Channel, Pace, Verb
from governance.views.acting import confirm, fill_in
from governance.views.visitor import community_for, user_of


def _keep(rows: Rows, state: str) -> Rows:
    if state == "sent":
        return rows.filter(sent_at__isnull=False)
    if state == "handed":
        return rows.filter(handed_over_at__isnull=False)
    return rows.filter(sent_at__isnull=True, handed_over_at__isnull=True)


_STATE = Filter(
    "state",
    gettext_lazy("Show"),
    [
        ("sent", gettext_lazy("sent by e-mail")),
        ("handed", gettext_lazy("handed over")),
        ("other", gettext_lazy("neither")),
    ],
    _keep,
)
_SORTS = [
    Sort("newest", gettext_lazy("newest first"), ("-pk",)),
    Sort("oldest", gettext_lazy("oldest first"), ("pk",)),
]


@require_http_methods(["GET", "POST"])
def alert_choice(request: HttpRequest) -> HttpResponse:
    """How we tell you: the choice, and below it all that there was to tell."""
    user = user_of(request)
    choice = choice_of(user)
    form = AlertChoiceForm(
        request.POST or None,
        initial={"channel": choice.channel, "pace": choice.pace},
        letters=communities_of(user).exists(),
    )
    return fill_in(
        request,
        form,
        lambda filled: alert_choices.choose(
            actor=user, channel=Channel(filled["channel"]), pace=Pace(filled["pace"])
        ),
        template="governance/alert_choice.html",
        context={"listing": listing(request, told_to(user), filters=[_STATE], sorts=_SORTS)},
        url=reverse("governance:alert-choice"),
        said=_("We tell you like this from now on."),
    )


@require_safe
def letter_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Slips to print for the people who are told by letter. None says what it is about."""
    community = community_for(request, slug, Verb.HAND_LETTERS)
    waiting = letters_of(community)
    people = members_of(community).filter(user__in=waiting.keys())
    # One slip for each person, whatever number of roles she has.
    once = people.order_by("user", "pk").distinct("user").values("pk")
    found = listing(
        request,
        members_of(community).filter(pk__in=once),
        search=("shown_name__icontains",),
        sorts=[Sort("name", gettext_lazy("by name"), ("shown_name", "pk"))],
    )
    [by, *_rest] = membership_for(user_of(request), community)
    context = {"community": community, "listing": found, "by": by, "quiet": quiet_now(community)}
    return render(request, "governance/letter_list.html", context)


@require_POST
def letter_handed(request: HttpRequest, slug: str, member_id: UUID) -> HttpResponse:
    community = community_for(request, slug, Verb.HAND_LETTERS)
    whom = get_object_or_404(members_of(community), public_id=member_id)
    return confirm(
        request,
        lambda: alert_choices.hand_over(whom.pk, actor=user_of(request)),
        template="",
        context={},
        url=reverse("governance:letters", args=[slug]),
        said=_("Noted: the letter to {name} is handed over.").format(name=whom.shown_name),
    )
