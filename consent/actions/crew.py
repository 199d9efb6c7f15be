"""The people named in a request: asked by a link of their own, and their answer to the terms."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from consent.actions.attachments import require_writing
from consent.actions.ownership import own
from consent.crew import Person, others_named
from consent.document_parts import people as read_people
from consent.errors import Incomplete, LinkRefused, TransitionRefused
from consent.grants.codec import digest
from consent.models import Collaborator, TrainingRequest
from consent.queries.crew import link_holder, to_invite
from consent.reading import Reader
from consent.rules import RequestState
from consent.terms import TERMS_DIGEST
from governance.actions.alerts import tell
from governance.actions.audit import record
from governance.actions.invitations import open_account
from governance.mail import send_terms_link
from governance.models import User
from governance.rules import PlatformRole
from governance.wake import wake

LINK_DAYS = 30
ANEW_AFTER = timedelta(hours=1)
A_DAY = timedelta(days=1)
MOST_LINKS_A_DAY = 50  # that one researcher causes: addresses are hers to type

_NO_LINK = "This link does not work any more. Ask the person who named you for a new one."


def name_people(request: TrainingRequest, people: Sequence[Person]) -> None:
    """Keep a row for each person named but the applicant, and have new ones asked by mail.

    Called inside the submitting transaction. Who is named no more can read nothing from now on. Who
    took on the terms before need not do it again; who declined is asked anew if she is named anew.

    Args:
        people: as in the request's document.
    """
    wanted = {each["email"]: each for each in others_named(people, request.applicant)}
    rows = Collaborator.objects.select_for_update().filter(request=request).order_by("pk")
    held = {row.email: row for row in rows}
    for email, row in held.items():
        if email not in wanted and row.removed_at is None:
            _end(row)
    for email, person in wanted.items():
        _keep(request, person, held.get(email))
    wake("consent.send_terms_links", request.pk)


@transaction.atomic
def invite_now(request_id: int, *, actor: User) -> int:
    """Ask the people of a request that is being written, before it is sent; return how many.

    Raises:
        governance.errors.NotAllowed, NotAllowed: not a researcher; another one's request.
        TransitionRefused: the communities have it, and so everybody is asked already.
        Incomplete: nobody but the applicant is named with name and address.
    """
    request = own(request_id, actor)
    require_writing(request)
    problems: dict[str, str] = {}
    people = [
        person
        for person in read_people(Reader(request.draft, problems))
        if person["name"] and person["email"]
    ]
    named = others_named(people, request.applicant)
    if problems or not named:
        raise Incomplete(
            {"": "Name the other people in the form first, each with name and e-mail address."}
        )
    if request.state == RequestState.CHANGING:
        # Who stands in the text that the communities have stays asked, whatever is in the form.
        rows = Collaborator.objects.filter(request=request, removed_at__isnull=True)
        known = {person["email"] for person in named}
        people += [
            {"name": row.name, "email": row.email, "orcid": row.orcid}
            for row in rows
            if row.email not in known
        ]
    name_people(request, people)
    record("crew.invite", actor=actor, subject=f"request:{request.public_id}")
    return len(named)


@transaction.atomic
def send_anew(person_id: int, *, actor: User) -> Collaborator:
    """Have a new link sent. The one before works no more.

    Raises:
        governance.errors.NotAllowed, NotAllowed: not a researcher; another one's request.
        TransitionRefused: she answered, or is named no more; the last mail left within the hour,
            or none has left yet; or the request was withdrawn.
    """
    request_id = Collaborator.objects.values_list("request_id", flat=True).get(pk=person_id)
    request = own(request_id, actor)
    row = Collaborator.objects.select_for_update().get(pk=person_id)
    if row.accepted_at or row.declined_at or row.removed_at:
        raise TransitionRefused(f"{row.name} has answered, or is not named any more.")
    if request.state == RequestState.WITHDRAWN:
        raise TransitionRefused("The request was withdrawn.")
    if row.invited_at is None or timezone.now() < row.invited_at + ANEW_AFTER:
        raise TransitionRefused("A link is on its way. Wait an hour before you send another one.")
    row.token_digest, row.invited_at = "", None
    row.save(update_fields=["token_digest", "invited_at"])
    record("crew.invite-anew", actor=actor, subject=f"request:{request.public_id}")
    wake("consent.send_terms_links", request.pk)
    return row


def send_links(request_id: int | None = None) -> int:
    """Mail a link to everybody who waits for one, and return how many left.

    Nobody but the addressee ever sees the link: having it is what verifies her address. What the
    mail server does not take is tried again by the clock.

    Args:
        request_id: only the people of this request; None for all.
    """
    waiting = list(to_invite(request_id).values_list("pk", flat=True))
    return sum(_send_link(pk) for pk in waiting)


def send_waiting(now: datetime) -> int:
    """Have a worker try again what left no mail; return of how many requests. For the clock."""
    waiting = set(to_invite().values_list("request_id", flat=True))
    for request_id in sorted(waiting):
        wake("consent.send_terms_links", request_id)
    return len(waiting)


def usable(token: str) -> Collaborator:
    """Return who is invited by a link.

    Raises:
        LinkRefused: unknown, used or out of date; which of them is not told.
    """
    row = link_holder(digest(token.encode()), at=timezone.now())
    if row is None:
        raise LinkRefused(_NO_LINK)
    return row


@transaction.atomic
def accept(
    token: str,
    *,
    terms_digest: str,
    signed_in: User | None,
    name: str = "",
    password: str | None = None,
) -> User:
    """Take on the terms, in the account of the invited address; use the link up.

    Args:
        terms_digest: of the terms as they stood on the page.
        signed_in: who is signed in now, if anybody: only the invited address's own account may.
        name, password: for a new account; without a password it gets a passkey next.
    Raises:
        LinkRefused: the link does not work, or is for another account or another kind of one.
        Incomplete: the terms are others by now.
    """
    row = _locked(token)
    if terms_digest != TERMS_DIGEST:
        raise Incomplete({"": "The terms were changed a moment ago. Please read them again."})
    user = _account(row, signed_in, name, password)
    row.user, row.accepted_at, row.accepted_digest = user, timezone.now(), TERMS_DIGEST
    row.token_digest = ""
    row.save(update_fields=["user", "accepted_at", "accepted_digest", "token_digest"])
    record(
        "crew.accept",
        actor=user,
        subject=f"request:{row.request.public_id}",
        document_digest=TERMS_DIGEST,
    )
    _tell_applicant(row, "accepted")
    return user


@transaction.atomic
def decline(token: str) -> Collaborator:
    """Say no, by the link alone: nobody needs an account for that.

    Raises:
        LinkRefused: the link does not work.
    """
    row = _locked(token)
    row.declined_at, row.token_digest = timezone.now(), ""
    row.save(update_fields=["declined_at", "token_digest"])
    record(
        "crew.decline",
        actor=None,
        actor_label="a person named in it",
        subject=f"request:{row.request.public_id}",
    )
    _tell_applicant(row, "declined")
    return row


def _keep(request: TrainingRequest, person: Person, row: Collaborator | None) -> None:
    facts = {"name": person["name"], "orcid": person["orcid"]}
    if row is not None and row.declined_at is not None:
        if row.removed_at is None:
            if request.state in (RequestState.DRAFT, RequestState.CHANGING):
                return  # she said no; only a text that is sent with her name asks her again
            _end(row)
        row = None
    if row is None:
        Collaborator.objects.create(request=request, email=person["email"], **facts)
        return
    if row.removed_at is not None and not _mailed_today(row):
        row.token_digest, row.invited_at = "", None
    row.name, row.orcid, row.removed_at = person["name"], person["orcid"], None
    row.save(update_fields=["name", "orcid", "removed_at", "token_digest", "invited_at"])


def _end(row: Collaborator) -> None:
    """Her link opens nothing while she is not named.

    When it was mailed stays: else naming her again and again would send her a mail each time, and
    none of them would be counted.
    """
    row.removed_at = timezone.now()
    row.save(update_fields=["removed_at"])


def _mailed_today(row: Collaborator) -> bool:
    return row.invited_at is not None and timezone.now() < row.invited_at + A_DAY


def _send_link(pk: int) -> bool:
    with transaction.atomic():
        row = to_invite().select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
        if row is None or _sent_today(row.request.applicant_id) >= MOST_LINKS_A_DAY:
            return False
        token = secrets.token_urlsafe(32)
        row.token_digest, row.invited_at = digest(token.encode()), timezone.now()
        row.expires_at = row.invited_at + timedelta(days=LINK_DAYS)
        row.save(update_fields=["token_digest", "invited_at", "expires_at"])
    link: str = settings.KINHOLD_ORIGIN + reverse("consent:terms", args=[token])
    if send_terms_link(row.email, row.name, link, row.expires_at):
        return True
    mine = Collaborator.objects.filter(pk=pk, token_digest=row.token_digest)
    mine.update(token_digest="", invited_at=None)
    return False


def _sent_today(applicant_id: int) -> int:
    day = timezone.now() - A_DAY
    return Collaborator.objects.filter(request__applicant=applicant_id, invited_at__gt=day).count()


def _locked(token: str) -> Collaborator:
    """Return who is invited, read again under the lock: of two answers at once one counts."""
    pk = usable(token).pk
    Collaborator.objects.select_for_update().get(pk=pk)
    row = usable(token)
    if row.pk != pk:
        raise LinkRefused(_NO_LINK)
    return row


def _account(row: Collaborator, signed_in: User | None, name: str, password: str | None) -> User:
    """Return the account of the invited address, made now if there is none.

    The link alone never opens an account that exists: who finds an old mail gets nothing.
    """
    held = User.objects.filter(email=row.email.lower()).first()
    if held is None and signed_in is None:
        name = name or row.name
        return open_account(row.email, name=name, role=PlatformRole.RESEARCHER, password=password)
    if held is None or signed_in is None or held.pk != signed_in.pk:
        raise LinkRefused(
            "This link is for another account. Sign out, or sign in with the address to which it "
            "was sent, and open it again."
        )
    if held.platform_role is not PlatformRole.RESEARCHER:
        raise LinkRefused(
            "Your account has another role on Kinhold, and roles never mix. Ask to be named with "
            "another address."
        )
    return held


def _tell_applicant(row: Collaborator, word: str) -> None:
    request = row.request
    path = reverse("consent:request_files", args=[request.public_id])
    tell([request.applicant], key=f"crew:{row.pk}:{word}:{timezone.now():%Y%m%d%H%M}", path=path)
