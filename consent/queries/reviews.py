"""Reviews as the people of one community may see them."""

from datetime import datetime

from django.db.models import Case, Exists, F, IntegerField, OuterRef, QuerySet, Value, When
from django.utils import timezone

from consent.agreement import Ask, missing_terms, rulebook_of
from consent.document import read_back
from consent.errors import Incomplete
from consent.grants.grant import Claims, parse_grant
from consent.models import Advice, ConditionWish, RequestRevision, Review
from consent.queries.lines import protocols_asked
from consent.rules import ReviewState
from governance.models import Ballot, User
from governance.queries import (
    charter_in_force,
    communities_of,
    communities_where,
)
from governance.rules import Verb


def reviews_visible_to(user: User) -> QuerySet[Review]:
    """Reviews of the communities this person belongs to; open first, then newest first.

    Each row carries ``answered``: whether this person's own answer to the present text is in; what
    its stage follows from, ``advice_waiting`` and ``advice_given``; and ``deliberates``: whether
    her role lets her read what is said in private.
    """
    closed_last = Case(
        When(state=ReviewState.OPEN.value, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return (
        Review.objects.filter(community__in=communities_of(user))
        .select_related(
            "community",
            "dataset__community",
            "statement",
            "revision__request__applicant",
            "assigned_to",
        )
        .annotate(answered=_answered_by(user), deliberates=_deliberates(user), **_advised())
        .order_by(closed_last, F("opened_at").desc(), "-pk")
    )


def reviews_of_steward(user: User) -> QuerySet[Review]:
    """Reviews that this person may decide on, in the same order."""
    return reviews_visible_to(user).filter(community__in=communities_where(user, Verb.DECIDE))


def reviews_to_answer(user: User) -> QuerySet[Review]:
    """Open reviews that this person may decide on and has not answered, newest first."""
    waiting = reviews_of_steward(user).filter(state=ReviewState.OPEN.value)
    return waiting.filter(~_answered_by(user))


def _answered_by(user: User) -> Exists:
    return Exists(
        Ballot.objects.filter(
            statement=OuterRef("statement"), membership__user_id=user.pk, replaced_at__isnull=True
        )
    )


def _deliberates(user: User) -> Exists:
    return Exists(communities_where(user, Verb.DELIBERATE).filter(pk=OuterRef("community")))


def _advised() -> dict[str, Exists]:
    asked = Advice.objects.filter(review=OuterRef("pk"))
    waiting = asked.filter(
        given_at__isnull=True, taken_back_at__isnull=True, expires_at__gt=timezone.now()
    )
    return {
        "advice_waiting": Exists(waiting),
        "advice_given": Exists(asked.filter(given_at__isnull=False)),
    }


def ask_of(revision: RequestRevision, communities: list[str] | None = None) -> Ask:
    """Return the revision as pure facts.

    Args:
        communities: slugs of the communities at whose nodes the data lies; None reads them
            from the reviews. Those that only hold a dataset too are not among them.
    """
    if communities is None:
        reviews = Review.objects.filter(revision=revision)
        communities = list(set(reviews.values_list("dataset__community__slug", flat=True)))
    return Ask(
        request_id=str(revision.request.public_id),
        revision=revision.number,
        digest=revision.digest,
        document=read_back(revision.text),
        communities=tuple(sorted(communities)),
    )


def text_outdated(review: Review, *, at: datetime) -> str:
    """Say why the text under signature could not be used any more, or "" when it can.

    Args:
        at: aware time; a text whose own window is over is of no use to anybody.
    """
    if review.state != ReviewState.OPEN:
        return ""
    claims = parse_grant(review.statement.text.encode())
    charter = charter_in_force(review.community)
    if charter is None or charter.statement.digest != claims.charter_digest:
        return "The community adopted another charter since this text was written."
    if why := _rules_changed(review, claims):
        return why
    if claims.not_after <= at:
        return "The time that this text allows is over."
    return ""


def _rules_changed(review: Review, claims: Claims) -> str:
    named = {ref.line: ref.digest for ref in claims.protocols}
    document = read_back(review.revision.text)
    try:
        now = protocols_asked(document, review.dataset, review.community, fallback=list(named))
    except Incomplete:
        now = []
    if {protocol.line for protocol in now} != set(named):
        return "The community put the data under other protocols since this text was written."
    if any(protocol.statement.digest != named[protocol.line] for protocol in now):
        return "The community adopted another protocol since this text was written."
    if any(missing_terms(rulebook_of(protocol.statement.text.encode())) for protocol in now):
        # Put to the stewards before every protocol had to say it; nobody can say yes to that.
        return "A protocol does not say its law, its end, or what stopping undoes."
    return ""


def wishes_of(review: Review) -> QuerySet[ConditionWish]:
    """Conditions that stewards ask for now, in the order in which they were asked for."""
    wishes = ConditionWish.objects.filter(review=review, replaced_at__isnull=True)
    return wishes.select_related("membership").order_by("pk")


def has_part(review: Review, user: User) -> bool:
    """Say whether this person sent the request or is named in it, and so must not decide on it."""
    if review.revision.request.applicant_id == user.pk:
        return True
    return any(
        person["email"] == user.email.lower()
        or (bool(user.orcid) and person["orcid"] == user.orcid)
        for person in read_back(review.revision.text)["people"]
    )
