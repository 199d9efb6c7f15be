"""What is told when a draft is whole, and a community's own rules rule an agreement out."""

import json

from django.urls import reverse

from consent.terms import TERMS_DIGEST
from federation.actions.catalogue import publish
from governance.models import Statement
from tests.consent.factories import make_draft
from tests.federation.factories import FIELDS, JOB


def test_a_protocol_that_leaves_its_law_open_is_told_to_who_submits(three):
    publish("linear-regression")
    river = three.river
    protocol = river.community.protocols.get()
    document = json.loads(protocol.statement.text)
    del document["law"]
    text = json.dumps(document, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    Statement.objects.filter(pk=protocol.statement_id).update(text=text)
    wanted = FIELDS | {
        "datasets": [f"{place.community.slug}-diabetes" for place in three.all],
        "job": JOB,
    }
    draft = make_draft(three.chi.user, **wanted)

    page = three.chi.client().post(
        reverse("federation:request_submit", args=[draft.public_id]),
        {"terms": TERMS_DIGEST},
        follow=True,
    )

    assert "river does not say which law governs it" in page.content.decode()
    draft.refresh_from_db()
    assert draft.state == "draft"
