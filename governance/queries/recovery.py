"""How it stands with each person's passkeys, for the stewards who help when one is lost."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet
from django.utils import timezone

from consent.grants.charter import Charter, SigningKey, Steward
from consent.grants.codec import b64u, digest
from governance.models import Community, Membership, StoppedPasskey, WayBack
from governance.queries.documents import charter_chain
from governance.queries.passkeys import cose_of


@dataclass(frozen=True)
class KeyStanding:
    """One passkey as other stewards see it: by its public key, never by the device's own name.

    ``credential_id`` is base64url. ``made_at`` is None when it is not on the account.
    """

    credential_id: str
    fingerprint: str
    in_charter: bool
    made_at: datetime | None
    stopped: StoppedPasskey | None


@dataclass(frozen=True)
class PersonStanding:
    """``seat`` is None for who is not named in the charter in force."""

    membership: Membership
    seat: Steward | None
    keys: tuple[KeyStanding, ...]
    way_back: WayBack | None

    @property
    def to_report(self) -> list[KeyStanding]:
        return [key for key in self.keys if key.in_charter and key.stopped is None]

    @property
    def on_account(self) -> list[KeyStanding]:
        return [key for key in self.keys if key.made_at]


def standings_of(community: Community, people: Sequence[Membership]) -> list[PersonStanding]:
    """Return one row for each membership, in four queries whatever their number."""
    chain = charter_chain(community)
    charter = chain[-1] if chain else None
    users = [person.user_id for person in people]
    held: dict[int, list[Authenticator]] = defaultdict(list)
    passkeys = Authenticator.objects.filter(user__in=users, type=Authenticator.Type.WEBAUTHN)
    for row in passkeys.order_by("pk"):
        held[row.user_id].append(row)
    stopped = {
        bytes(row.credential_id): row
        for row in StoppedPasskey.objects.filter(user__in=users, lifted_at__isnull=True)
    }
    ways = {link.user_id: link for link in open_ways_back(community)}
    found = []
    for person in people:
        seat = _seat(charter, person)
        keys = _keys(seat, held[person.user_id], stopped)
        found.append(PersonStanding(person, seat, keys, ways.get(person.user_id)))
    return found


def open_ways_back(community: Community) -> QuerySet[WayBack]:
    """Links that wait to be used."""
    links = WayBack.objects.filter(
        community=community,
        used_at__isnull=True,
        revoked_at__isnull=True,
        expires_at__gt=timezone.now(),
    )
    return links.select_related("user", "issued_by")


def stopped_in(community: Community) -> QuerySet[StoppedPasskey]:
    """Passkeys that were reported here as stolen, and whose report stands."""
    rows = StoppedPasskey.objects.filter(community=community, lifted_at__isnull=True)
    return rows.select_related("user", "reported_by")


def _seat(charter: Charter | None, person: Membership) -> Steward | None:
    stewards = charter.stewards if charter else ()
    return next((steward for steward in stewards if steward.id == person.steward_id), None)


def _keys(
    seat: Steward | None, rows: list[Authenticator], stopped: dict[bytes, StoppedPasskey]
) -> tuple[KeyStanding, ...]:
    """The charter's keys first, then those that are on the account only."""
    made: dict[bytes, datetime] = {}
    loose: list[SigningKey] = []
    named = seat.keys if seat else ()
    for row in rows:
        data = row.wrap().authenticator_data.credential_data
        made[data.credential_id] = row.created_at
        if data.credential_id not in {key.credential_id for key in named}:
            loose.append(SigningKey(data.credential_id, cose_of(data)))
    return tuple(
        KeyStanding(
            credential_id=b64u(key.credential_id),
            fingerprint=digest(key.cose),
            in_charter=key in named,
            made_at=made.get(key.credential_id),
            stopped=stopped.get(key.credential_id),
        )
        for key in (*named, *loose)
    )
