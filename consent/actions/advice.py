"""Advice of somebody outside: asked for by name, given by a link, kept sealed."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.actions.attending import locked_for
from consent.document import read_back
from consent.errors import AdviceRefused, Incomplete, NotNow
from consent.models import Advice, Review
from consent.queries.deliberation import people_who_deliberate
from consent.reading import Reader
from consent.rules import ReviewState
from governance.actions.alerts import tell
from governance.actions.audit import record
from governance.actions.invitations import digest_of
from governance.actions.sealing import seal
from governance.models import User
from governance.queries.communities import people_with
from governance.rules import Verb

DAYS = 30  # that a link works
MOST_WAITING = 5  # links of one review at a time
MAX_ADVICE = 20_000  # characters
MAX_INTERESTS = 400
MAX_QUESTION = 2000
MAX_NAME = 120


@transaction.atomic
def ask(review_id: int, *, actor: User, name: str, email: str, question: str) -> tuple[Advice, str]:
    """Return a request for advice and the token of its link, which is not kept.

    Raises:
        NotAllowed: she does not look after requests here. StandsBack: she has a part in it.
        NotNow: the review is over, or enough people are asked already.
        Incomplete: a field cannot be used, or the person is no outsider.
    """
    review, membership = locked_for(review_id, actor)
    if review.state != ReviewState.OPEN:
        raise NotNow(_("This is over, so no advice is needed any more."))
    name, email, question = _read(review, name, email, question)
    if _waiting(review) >= MOST_WAITING:
        raise NotNow(_("Five people are asked already. Wait for them, or take a link back."))
    token = secrets.token_urlsafe(32)
    advice = Advice.objects.create(
        review=review,
        adviser_name=name,
        adviser_email=email,
        question=question,
        asked_by=membership,
        token_digest=digest_of(token),
        expires_at=timezone.now() + timedelta(days=DAYS),
    )
    _record("advice.ask", advice, actor)
    return advice, token


@transaction.atomic
def take_back(advice_id: int, *, actor: User) -> Advice:
    """Make a link work no more. Advice that was given stays.

    Raises:
        NotAllowed, StandsBack: as for ``ask``. NotNow: it was given, or taken back before.
    """
    review_id = Advice.objects.values_list("review_id", flat=True).get(pk=advice_id)
    locked_for(review_id, actor)
    advice = _locked(advice_id)
    if advice.given_at or advice.taken_back_at:
        raise NotNow(_("There is no link any more that could be taken back."))
    advice.taken_back_at = timezone.now()
    advice.save(update_fields=["taken_back_at"])
    _record("advice.take-back", advice, actor)
    return advice


@transaction.atomic
def opened(token: str) -> Advice:
    """Return what a link is for, and write down that it was opened.

    Advice that was given comes back, too: the page then only says thank you.

    Raises:
        AdviceRefused: unknown, taken back, out of date or not needed any more; which is not told.
    """
    advice = usable(token)
    if advice.given_at is None:
        if advice.opened_at is None:
            advice.opened_at = timezone.now()
            advice.save(update_fields=["opened_at"])
        _record("advice.open", advice, None)
    return advice


@transaction.atomic
def give(token: str, *, interests: str, text: str) -> Advice:
    """Keep the advice, sealed for the community alone, and use the link up.

    Args:
        interests: what ties the adviser to the researchers; "none" is an answer.
    Raises:
        AdviceRefused: the link does not work, or advice was given by it before.
        Incomplete: a field is empty or too long. CannotUnseal: the community's key does not open.
    """
    advice = usable(token)
    if advice.given_at is not None:
        raise AdviceRefused(_("Advice was given by this link before."))
    problems: dict[str, str] = {}
    read = Reader({"interests": interests, "text": text}, problems)
    advice.interests = read.text("interests", MAX_INTERESTS)
    words = read.text("text", MAX_ADVICE)
    if problems:
        raise Incomplete(problems)
    review = advice.review
    advice.sealed = seal(review.community, words, context=f"advice:{advice.public_id}")
    advice.given_at = timezone.now()
    advice.save(update_fields=["interests", "sealed", "given_at"])
    _record("advice.give", advice, None)
    tell(
        [held.user for held in people_who_deliberate(review)],
        key=f"advice:{advice.public_id}:given",
        path=reverse("consent:review_advice", args=[review.public_id]),
        community=review.community,
    )
    return advice


@transaction.atomic
def usable(token: str) -> Advice:
    """Return the locked row that a link stands for, without counting it as opened.

    Raises:
        AdviceRefused: as for ``opened``.
    """
    found = Advice.objects.filter(token_digest=digest_of(token)).values_list("pk", flat=True)
    pk = found.first()
    advice = _locked(pk) if pk is not None else None
    if advice is None or advice.taken_back_at is not None:
        raise _refused()
    if advice.given_at is None and (
        advice.expires_at <= timezone.now() or advice.review.state != ReviewState.OPEN
    ):
        raise _refused()
    return advice


def _locked(advice_id: int) -> Advice:
    rows = Advice.objects.select_for_update(of=("self",))
    rows = rows.select_related(
        "review__community",
        "review__dataset__community",
        "review__statement",
        "review__revision__request__applicant",
        "asked_by",
    )
    return rows.get(pk=advice_id)


def _read(review: Review, name: str, email: str, question: str) -> tuple[str, str, str]:
    problems: dict[str, str] = {}
    read = Reader({"name": name, "email": email, "question": question}, problems)
    name, email = read.text("name", MAX_NAME, line=True), read.email("email")
    question = read.text("question", MAX_QUESTION)
    document = read_back(review.revision.text)
    asking = {person["email"].lower() for person in document["people"]}
    asking.add(review.revision.request.applicant.email.lower())
    if email.lower() in asking:
        read.refuse("email", _("This is one of the researchers. Ask somebody else."))
    own = {user.email.lower() for user in people_with(review.community, Verb.DELIBERATE)}
    if email.lower() in own:
        read.refuse("email", _("She is one of your own. She can write among yourselves."))
    if problems:
        raise Incomplete(problems)
    return name, email, question


def _waiting(review: Review) -> int:
    rows = Advice.objects.filter(review=review, given_at__isnull=True, taken_back_at__isnull=True)
    return rows.filter(expires_at__gt=timezone.now()).count()


def _refused() -> AdviceRefused:
    return AdviceRefused(_("This link does not work, or not any more."))


def _record(verb: str, advice: Advice, actor: User | None) -> None:
    # Neither her name nor her address: the log is read by the platform's auditors.
    record(
        verb,
        actor=actor,
        actor_label="" if actor else "an adviser",
        subject=f"advice:{advice.public_id}",
        community=advice.review.community,
    )
