"""Plain functions that make what a test needs, through the same actions that the pages use.

Nothing is faked: passkeys are software, their signatures are real.
"""

import json
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings

from consent.grants.charter import NodeKeys
from consent.grants.codec import b64u
from consent.grants.statements import Answer
from governance.actions import (
    charters,
    dataset_holders,
    dataset_protocols,
    datasets,
    labels,
    people,
    protocols,
    voices,
)
from governance.actions.statements import Assertion, CastResult
from governance.models import (
    AppliedLabel,
    Charter,
    ClauseVoice,
    Community,
    Dataset,
    Membership,
    Protocol,
    Statement,
    User,
)
from governance.models.protocols import MAIN
from governance.protocol_content import Content, Law, blank
from governance.queries import protocols_in_force
from governance.rules import CommunityRole, PlatformRole
from tools.soft_passkey import SoftPasskey

PASSWORD = "a long enough phrase"

SETTINGS: dict[str, int | str] = {
    "min_cohort": 100,
    "max_rounds": 20,
    "max_months": 12,
    "cooling_off_s": 0,
    "min_nodes": 1,
    "code_policy": "preinstalled",
}
LAW: Law = {"governing": "River's own law", "disputes": "River's council"}
VARIABLES = [
    {"name": "age", "type": "number", "unit": "years", "label": "Age"},
    {"name": "bmi", "type": "number", "unit": "kg/m2", "label": "Body mass index"},
    {"name": "progression", "type": "number", "unit": "", "label": "Progression after one year"},
]

_numbers = count(1)


def make_user(name: str, role: PlatformRole = PlatformRole.MEMBER, *, email: str = "") -> User:
    """An account with a password and no second factor yet."""
    email = email or f"{name.lower().replace(' ', '-')}-{next(_numbers)}@example.org"
    user = User.objects.create_user(email, name=name, role=role.value, password=PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def make_passkey(user: User, alg: str = "ES256") -> SoftPasskey:
    """A passkey of this person, in allauth's table as its own registration page would put it."""
    passkey = SoftPasskey(alg, settings.KINHOLD_RP_ID, settings.KINHOLD_ORIGIN)
    credential = passkey.make_attestation(b"c" * 32, str(user.pk).encode(), discoverable=True)
    Authenticator.objects.create(
        user=user,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "device", "credential": credential},
    )
    return passkey


def make_community(slug: str = "river", name: str = "") -> Community:
    return Community.objects.create(slug=slug, name=name or slug.title())


def make_membership(
    user: User, community: Community, role: CommunityRole = CommunityRole.STEWARD
) -> Membership:
    return Membership.objects.create(
        user=user, community=community, role=role.value, shown_name=user.name
    )


def threshold(m: int, pause: int = 1) -> dict[str, dict[str, Any]]:
    """Rules of a charter: ``m`` stewards for everything, ``pause`` for a pause."""
    kinds = ("charter", "protocol", "grant", "revocation", "resume", "release")
    rules = {kind: {"rule": "threshold", "m": m} for kind in kinds}
    return rules | {"pause": {"rule": "threshold", "m": pause}}


def assertion(passkey: SoftPasskey, statement: Statement, answer: Answer | str) -> Assertion:
    """Sign an answer to a text, as a browser and a device do together."""
    ballot = passkey.sign(statement.text.encode(), statement.kind, answer)
    return Assertion(
        credential_id=ballot.credential_id,
        authenticator_data=ballot.authenticator_data,
        client_data_json=ballot.client_data_json,
        signature=ballot.signature,
    )


def form_fields(passkey: SoftPasskey, statement: Statement, answer: Answer | str) -> dict[str, str]:
    """The same as the fields of a signing form."""
    made = assertion(passkey, statement, answer)
    return {
        "answer": str(answer),
        "credential_id": b64u(made.credential_id),
        "authenticator_data": b64u(made.authenticator_data),
        "client_data_json": b64u(made.client_data_json),
        "signature": b64u(made.signature),
        "comment": "",
    }


def sign_charter(
    charter: Charter, signers: Sequence[tuple[User, SoftPasskey]], answer: Answer = Answer.YES
) -> CastResult:
    """Have each of the signers answer; return what came of the last answer."""
    for user, passkey in signers:
        made = assertion(passkey, charter.statement, answer)
        result = charters.sign(charter.pk, actor=user, answer=answer, assertion=made)
    return result


def make_charter(
    community: Community,
    signers: Sequence[tuple[User, SoftPasskey]],
    *,
    rules: dict[str, dict[str, Any]] | None = None,
    floor: int = 2,
    nodes: Sequence[NodeKeys] = (),
) -> Charter:
    """A charter in force. All of the community's stewards must be among the signers of a first."""
    charter = charters.draft(
        community_id=community.pk,
        actor=signers[0][0],
        nodes=nodes,
        rules=rules or threshold(2),
        floor=floor,
    )
    result = sign_charter(charter, signers)
    assert result.adopted, result.outcome.missing
    charter.refresh_from_db()
    return charter


def protocol_content(
    clauses: Mapping[str, Mapping[str, str]] | None = None, **settings: int | str
) -> Content:
    """What a protocol is written from: every clause that is on by default, or only ``clauses``.

    All but secure mixing: one community alone, as most tests have it, cannot keep it.
    """
    content = blank()
    content["clauses"].pop("SECAGG_REQUIRED")
    if clauses is not None:
        content["clauses"] = {code: dict(holes) for code, holes in clauses.items()}
    content["settings"] = SETTINGS | settings
    return {**content, "ancestry": "no", "law": {**LAW}}


def propose_protocol(
    community: Community,
    actor: User,
    clauses: Mapping[str, Mapping[str, str]] | None = None,
    *,
    line: str = MAIN,
    title: str = "Our protocol",
    **settings: int | str,
) -> Protocol:
    """A protocol that is put to the stewards."""
    return protocols.propose(
        community_id=community.pk,
        actor=actor,
        content=protocol_content(clauses, **settings),
        line=line,
        title=title,
        known=True,
    )


def make_protocol(
    community: Community,
    signers: Sequence[tuple[User, SoftPasskey]],
    *,
    clauses: Mapping[str, Mapping[str, str]] | None = None,
    line: str = MAIN,
    title: str = "Our protocol",
    **changed: int | str,
) -> Protocol:
    """A protocol in force; its clauses as in ``protocol_content``."""
    protocol = propose_protocol(
        community, signers[0][0], clauses, line=line, title=title, **changed
    )
    for user, passkey in signers:
        made = assertion(passkey, protocol.statement, Answer.YES)
        result = protocols.sign(protocol.pk, actor=user, answer=Answer.YES, assertion=made)
        if result.adopted:
            break
    assert result.adopted, result.outcome.missing
    protocol.refresh_from_db()
    return protocol


def make_dataset(
    community: Community, actor: User, slug: str = "river-diabetes", *, listed: bool = True
) -> Dataset:
    """A described dataset.

    Args:
        listed: whether the actor, a steward then, publishes it under the protocols in force; where
            there is none yet it is only marked as shown, and nobody can ask for it.
    """
    dataset = datasets.register(
        community_id=community.pk,
        actor=actor,
        slug=slug,
        title=slug.replace("-", " ").title(),
        description="Made for tests.",
        variables=VARIABLES,
        size_band="100-199",
    )
    lines = [protocol.line for protocol in protocols_in_force(community)]
    if listed and lines:
        return dataset_protocols.publish(dataset.pk, actor=actor, lines=lines)
    Dataset.objects.filter(pk=dataset.pk).update(listed=listed)
    dataset.refresh_from_db()
    return dataset


def make_label(
    dataset: Dataset, actor: User, code: str = "bcnc", *, community: Community | None = None
) -> AppliedLabel:
    """A label on a dataset, in English, put on for its keeper unless another holder is named."""
    return labels.put_on(
        community_id=(community or dataset.community).pk,
        dataset_id=dataset.pk,
        actor=actor,
        code=code,
        words=labels.Words("en", "Our own words, made for tests."),
    )


def make_voice(
    community: Community,
    writer: User,
    *confirmers: User,
    clause: str = "NO_COMM",
    language: str = "en",
    text: str = "Nobody earns money with it.",
    machine: bool = False,
    audio: bytes = b"",
) -> ClauseVoice:
    """A clause in the community's own words, confirmed if somebody is named who does it."""
    wording = voices.Wording(language, text, machine, audio)
    voice = voices.write(community_id=community.pk, actor=writer, clause=clause, wording=wording)
    for confirmer in confirmers:
        voice = voices.confirm(voice.pk, actor=confirmer)
    return voice


def end_role(whom: Membership, proposer: User, second: User, reason: str = "x") -> Membership:
    """End the role of a steward whom the charter names: two others agree."""
    look = people.propose_end(whom.pk, actor=proposer, reason=reason)
    return people.confirm(look.pk, actor=second)


def give_up_say(dataset: Dataset, community: Community, proposer: User, second: User) -> Dataset:
    """Give up a community's say over another's dataset: two of its stewards agree."""
    look = dataset_holders.propose_leave(
        dataset.pk, actor=proposer, community_id=community.pk, reason="x"
    )
    return dataset_holders.confirm_leave(look.pk, actor=second)


def document_of(statement: Statement) -> dict[str, Any]:
    return dict(json.loads(statement.text))
