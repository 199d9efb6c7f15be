"""Signing, on a page of River's and at the action, as static/js/sign.js and a device do it."""

import json

from django.test import Client
from django.urls import reverse

from consent.grants.statements import Answer
from governance.actions import statements
from governance.models import Protocol, Statement
from tests import factories
from tests.cast import Cast, Person
from tests.factories import assertion, form_fields


def url_of(name: str, *args: object) -> str:
    return reverse(f"governance:{name}", args=["river", *args])


def page_of(client: Client, name: str, *args: object) -> str:
    return client.get(url_of(name, *args)).content.decode()


def text_on(html: str) -> str:
    start = html.index('<script id="statement-text" type="application/json">')
    held = html[html.index(">", start) + 1 : html.index("</script>", start)]
    return str(json.loads(held))


def sign_on_page(person: Person, name: str, pk: int, choice: Answer, /, **changed: str) -> str:
    """Sign what stands on the page, and return the page that follows."""
    client = person.client()
    text = text_on(client.get(url_of(name, pk)).content.decode())
    statement = Statement(text=text, kind=json.loads(text)["type"])
    fields = form_fields(person.passkey, statement, choice) | changed
    return client.post(url_of(f"{name}-sign", pk), fields, follow=True).content.decode()


def draft_protocol(cast: Cast, **settings: int | str) -> Protocol:
    return factories.propose_protocol(cast.river, cast.amina.user, {"NO_COMM": {}}, **settings)


def answer_text(
    text: Statement, person: Person, answer: Answer = Answer.YES, comment: str = ""
) -> statements.CastResult:
    made = assertion(person.passkey, text, answer)
    return statements.cast(
        text.pk, actor=person.user, answer=answer, assertion=made, comment=comment
    )
