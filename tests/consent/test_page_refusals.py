"""What the pages say when the act behind them is refused; and the small words they use."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import reverse

from consent.actions import notices
from consent.agreement import rulebook_of
from consent.document import read_back
from consent.grants.statements import Answer
from consent.grants.tally import DecisionRule
from consent.labels import rule_in_words
from consent.models import Grant, Notice
from consent.precheck import Verdict, precheck
from consent.templatetags.consent import label, said
from governance.views.visitor import user_of
from tests.consent.factories import sign_notice
from tests.factories import form_fields, make_passkey, make_protocol

pytestmark = pytest.mark.django_db


def post(person, name, thing, data=()):
    address = reverse(f"consent:{name}", args=[thing])
    return person.client().post(address, dict(data), follow=True).content.decode()


def pause(cast, grant=None):
    return notices.pause(community_id=cast.river.pk, actor=cast.amina.user, reason="", grant=grant)


def test_what_is_settled_cannot_be_taken_back(cast, grant):
    notice = pause(cast)
    sign_notice(notice, [cast.amina])

    assert "can no longer be signed" in post(cast.amina, "notice_fall", notice.public_id)


def test_a_grant_that_is_gone_is_not_offered_for_a_pause(cast, grant):
    sign_notice(
        notices.propose_revocation(grant.pk, actor=cast.amina.user, reason=""),
        [cast.amina, cast.bo],
    )

    page = cast.amina.client().get(reverse("consent:pause", args=["river"])).content.decode()
    assert "Only: Weight and illness" not in page


def test_a_second_resume_is_refused_in_words(cast, grant):
    notice = pause(cast, grant)
    sign_notice(notice, [cast.amina])
    chosen = {"pauses": [str(notice.public_id)]}
    post(cast.amina, "resume", "river", chosen)

    assert "still open" in post(cast.bo, "resume", "river", chosen)
    assert Notice.objects.filter(kind="resume").count() == 1


def test_a_stop_that_is_turned_down_changes_nothing(cast, grant):
    notice = notices.propose_revocation(grant.pk, actor=cast.amina.user, reason="")
    pages = [
        post(
            steward,
            "notice_sign",
            notice.public_id,
            form_fields(steward.passkey, notice.statement, Answer.NO),
        )
        for steward in (cast.amina, cast.bo)
    ]

    assert "turned down; nothing changed" in pages[1]
    grant.refresh_from_db()
    assert grant.state == "active"


def test_a_decided_review_takes_no_conditions(cast, review, grant):
    page = post(cast.amina, "review_conditions", review.public_id, {"conditions": "More."})

    assert "You cannot approve a review that is approved." in page


def test_a_late_answer_is_refused_in_words(cast, review, grant):
    fields = form_fields(cast.cleo.passkey, grant.statement, Answer.NO)

    page = post(cast.cleo, "review_sign", review.public_id, fields)

    assert "You cannot approve a review that is approved." in page


def test_renewing_what_is_up_to_date_says_nothing(cast, review):
    assert "A new text is here." not in post(cast.amina, "review_renew", review.public_id)


def test_a_yes_that_todays_rules_make_useless_is_not_taken(cast, review):
    make_protocol(cast.river, cast.signers, min_nodes=3)
    fields = form_fields(cast.amina.passkey, review.statement, Answer.YES)

    page = post(cast.amina, "review_sign", review.public_id, fields)

    assert "at least 3 communities together" in page
    assert not Grant.objects.exists()


def test_where_no_yes_is_possible_no_still_is(cast, review):
    make_protocol(cast.river, cast.signers, min_nodes=3)
    address = reverse("consent:review", args=[review.public_id])
    page = cast.amina.client().get(address).content.decode()

    for steward in (cast.amina, cast.bo):
        fields = form_fields(steward.passkey, review.statement, Answer.NO)
        said_no = post(steward, "review_sign", review.public_id, fields)

    assert "there is nothing to say yes to now" in page
    assert 'value="yes" required' not in page
    assert 'value="no" required' in page
    assert "your community has said no" in said_no
    review.refresh_from_db()
    assert review.state == "declined"


def test_a_steward_whose_passkey_is_not_in_the_charter_is_told_so(cast, review):
    Authenticator.objects.filter(user=cast.amina.user).delete()
    make_passkey(cast.amina.user)

    address = reverse("consent:review", args=[review.public_id])
    page = cast.amina.client().get(address).content.decode()

    assert "None of your passkeys stands in the charter in force" in page
    assert 'name="signature"' not in page


def test_rules_are_said_in_words():
    assert rule_in_words(DecisionRule("consensus"), stewards=3, floor=2) == (
        "Every steward who does not step aside must sign yes, and at least 2."
    )
    decider = DecisionRule("named-decider", steward="st-amina")
    assert rule_in_words(decider, stewards=3, floor=1, names={"st-amina": "Amina"}) == (
        "Amina decides, and must sign yes."
    )


def test_labels_are_words_and_unknown_values_stay_as_they_are():
    assert label("breaks") == "breaks our rule"
    assert label("brand-new") == "brand-new"
    assert said("declined") == "said no"


@pytest.mark.parametrize(
    ("code", "privacy"),
    [
        ("DP_REQUIRED", {"dp": {"epsilon": "1.0"}, "secure_aggregation": False}),
        ("SECAGG_REQUIRED", {"dp": None, "secure_aggregation": True}),
    ],
)
def test_protection_that_is_asked_for_is_still_to_be_compared(cast, review, code, privacy):
    document = read_back(review.revision.text) | {"privacy": privacy}
    protocol = rulebook_of(cast.river.protocols.get().statement.text.encode())
    clause = {"code": code, "text": "Rule.", "enforcement": "people", "params": {}}
    protocol = type(protocol)(**{**vars(protocol), "clauses": (clause,)})

    found = {c.code: c.verdict for c in precheck(document, protocol=protocol, communities=1)}

    assert found[code] is Verdict.UNKNOWN


def test_rows_name_themselves(cast, review, grant):
    review.refresh_from_db()
    assert str(review) == "review by River (approved)"
    assert str(grant) == f"grant {grant.public_id} by River (active)"
    assert str(review.revision) == f"revision 1 of {review.revision.request_id}"
    assert str(review.revision.request) == "Weight and illness"
    assert str(pause(cast)) == "pause by River"
    assert str(notices.publish(cast.river.pk)) == "notices 1 of River"


def test_no_page_of_this_app_runs_without_somebody_signed_in():
    request = RequestFactory().get("/reviews/")
    request.user = AnonymousUser()

    with pytest.raises(TypeError):
        user_of(request)
