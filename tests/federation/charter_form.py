"""Filling the charter's form in as a browser does, with River's bodies and in Amina's name."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from federation.forms import CharterForm
from governance.models import Body, Membership
from governance.queries import charter_chain
from governance.queries.circle import circle_today
from tests.cast import Cast

URL = reverse("federation:charter_new", args=["river"])
Fields = dict[str, Any]


def seat_bodies(cast: Cast) -> None:
    """Amina and Bo sit in the board, Cleo in the elders, which River calls by names of its own."""
    for slug, name in [("board", "Our board"), ("elders", "Council of elders")]:
        Body.objects.create(community=cast.river, slug=slug, name=name)
    for person, slugs in [(cast.amina, ["board"]), (cast.bo, ["board"]), (cast.cleo, ["elders"])]:
        assert person.membership
        Membership.objects.filter(pk=person.membership.pk).update(bodies=slugs)


def fields_of(cast: Cast) -> Fields:
    """What a browser sends of the form as it is shown first."""
    chain = charter_chain(cast.river)
    form = CharterForm(circle=circle_today(cast.river), before=chain[-1] if chain else None)
    found = {field.html_name: field.value() for part in form.parts.values() for field in part}
    found |= {field.html_name: field.value() for field in form}
    return {name: value for name, value in found.items() if value not in (None, False)}


def send(cast: Cast, *, confirm: bool = False, **changed: Any) -> HttpResponse:
    """Send the form with some fields changed; one that is None is left out, as an empty box is.

    Args:
        changed: names of fields, with two underscores for each dash.
    """
    fields = fields_of(cast) | {key.replace("__", "-"): v for key, v in changed.items()}
    fields |= {"confirm": "yes"} if confirm else {}
    sent = {name: value for name, value in fields.items() if value is not None}
    return cast.amina.client().post(URL, sent)  # type: ignore[return-value]  # Django's own


def st(person: Any) -> str:
    return str(person.membership.steward_id)
