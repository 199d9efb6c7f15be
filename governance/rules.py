"""Who may do what. Pure: no Django, no clock, no database.

Two kinds of role exist and never mix in one account (R-50): a *platform role* says what somebody is
to the platform, a *community role* what she is to one community. Everything not listed is refused.

Source: docs/adr/0002-roles-and-where-signing-lives.md; the table is repeated by hand in the tests.
"""

from collections.abc import Collection
from enum import StrEnum


class PlatformRole(StrEnum):
    MEMBER = "member"  # belongs to communities; has no power outside them
    RESEARCHER = "researcher"
    AUDITOR = "auditor"
    ADMIN = "admin"


class CommunityRole(StrEnum):
    STEWARD = "steward"
    CONVENOR = "convenor"
    CUSTODIAN = "custodian"
    OBSERVER = "observer"


class Verb(StrEnum):
    READ_LOG = "read the access log"
    READ_OWN_LOG = "read the community's own log"
    READ_PARTS = "see the state of the platform's parts"
    INVITE = "invite people"
    PROPOSE_CHARTER = "propose a charter"
    PROPOSE_PROTOCOL = "propose a protocol"
    DESCRIBE_DATASET = "describe a dataset"
    ENROL_NODE = "enrol a node"
    READ_COMMUNITY = "read the community's pages"
    DECIDE = "sign a decision"
    PAUSE = "pause work on the community's data"
    REVOKE = "propose to take a grant back"
    ASK = "send a request"
    FOLLOW_RUN = "follow the community's runs"
    MANAGE_PEOPLE = "set terms and end roles"
    MEND_PASSKEYS = "help with lost and stolen passkeys"
    NAME_BODIES = "keep the community's own words"
    CONVENE = "keep quiet times"
    PREPARE = "prepare a protocol"
    DELEGATE = "put a delegation to the stewards"
    LABEL = "put labels on data"
    CONFIRM_LABEL = "confirm what a label asks for"
    PUBLISH_DATASET = "publish a dataset under a protocol"
    ATTEND = "look after a request"
    DELIBERATE = "talk in private about a request"
    KEEP_RECORD = "write down a meeting"
    CONFIRM_DONE = "confirm what was promised"
    BLOCK = "keep the block list"
    HANDLE_INCIDENT = "deal with an incident"
    HAND_LETTERS = "hand letters over"


PLATFORM_VERBS: dict[PlatformRole, frozenset[Verb]] = {
    PlatformRole.MEMBER: frozenset(),
    PlatformRole.RESEARCHER: frozenset({Verb.ASK}),
    PlatformRole.AUDITOR: frozenset({Verb.READ_LOG}),
    PlatformRole.ADMIN: frozenset({Verb.READ_LOG, Verb.READ_PARTS}),
}

COMMUNITY_VERBS: dict[CommunityRole, frozenset[Verb]] = {
    CommunityRole.STEWARD: frozenset(
        {
            Verb.READ_COMMUNITY,
            Verb.READ_OWN_LOG,
            Verb.INVITE,
            Verb.PROPOSE_CHARTER,
            Verb.PROPOSE_PROTOCOL,
            Verb.DESCRIBE_DATASET,
            Verb.ENROL_NODE,
            Verb.DECIDE,
            Verb.PAUSE,
            Verb.REVOKE,
            Verb.FOLLOW_RUN,
            Verb.MANAGE_PEOPLE,
            Verb.MEND_PASSKEYS,
            Verb.NAME_BODIES,
            Verb.CONVENE,
            Verb.PREPARE,
            Verb.DELEGATE,
            Verb.LABEL,
            Verb.CONFIRM_LABEL,
            Verb.PUBLISH_DATASET,
            Verb.ATTEND,
            Verb.DELIBERATE,
            Verb.KEEP_RECORD,
            Verb.CONFIRM_DONE,
            Verb.BLOCK,
            Verb.HANDLE_INCIDENT,
            Verb.HAND_LETTERS,
        }
    ),
    CommunityRole.CONVENOR: frozenset(
        {
            Verb.READ_COMMUNITY,
            Verb.READ_OWN_LOG,
            Verb.INVITE,
            Verb.NAME_BODIES,
            Verb.CONVENE,
            Verb.PREPARE,
            Verb.FOLLOW_RUN,
            Verb.ATTEND,
            Verb.DELIBERATE,
            Verb.KEEP_RECORD,
            Verb.HANDLE_INCIDENT,
            Verb.HAND_LETTERS,
        }
    ),
    CommunityRole.CUSTODIAN: frozenset(
        {
            Verb.READ_COMMUNITY,
            Verb.READ_OWN_LOG,
            Verb.DESCRIBE_DATASET,
            Verb.ENROL_NODE,
            Verb.FOLLOW_RUN,
            Verb.LABEL,
        }
    ),
    CommunityRole.OBSERVER: frozenset({Verb.READ_COMMUNITY}),
}


def platform_may(role: PlatformRole, verb: Verb) -> bool:
    return verb in PLATFORM_VERBS[role]


def community_may(roles: Collection[CommunityRole], verb: Verb) -> bool:
    return any(verb in COMMUNITY_VERBS[role] for role in roles)


class StatementKind(StrEnum):
    CHARTER = "charter"
    PROTOCOL = "protocol"
    GRANT = "grant"
    REVOCATION = "revocation"
    PAUSE = "pause"
    RESUME = "resume"
    DELEGATION = "delegation"


class Combine(StrEnum):
    """How several protocols on one dataset go together."""

    ALL = "all"  # a request must fit every one of them
    ANY = "any"  # the researcher asks under one of them


class Channel(StrEnum):
    """How a person is told that something waits."""

    EMAIL = "email"
    LETTER = "letter"  # somebody of the community prints it and takes it along
    NONE = "none"  # she looks by herself


class Pace(StrEnum):
    """How often mails may come."""

    AT_ONCE = "at once"
    DAILY = "daily"
    WEEKLY = "weekly"


class LabelKind(StrEnum):
    LABEL = "label"  # a community's own
    NOTICE = "notice"  # an institution's or a researcher's, taken over by the community


class Offer(StrEnum):
    """What became of a clause that a label suggests."""

    OFFERED = "offered"
    CONFIRMED = "confirmed"
    DECLINED = "declined"


class SecondLookKind(StrEnum):
    """What takes two stewards, one who proposes it and one who confirms it."""

    ROLE_END = "role-end"
    TERM = "term"  # a shorter one
    LEAVE = "leave"  # giving up the say over another's dataset


class SecondLookOutcome(StrEnum):
    CONFIRMED = "confirmed"
    DROPPED = "dropped"
    FELL = "fell"  # too old, under a new charter, or about what is no more


class StatementState(StrEnum):
    OPEN = "open"  # may be signed
    ADOPTED = "adopted"  # the rule is met; the text and its ballots are final
    DECLINED = "declined"  # the rule can no longer be met
    FALLEN = "fallen"  # replaced by another text; its ballots count for nothing


class NodeState(StrEnum):
    ENROLLED = "enrolled"
    CONNECTED = "connected"
    RETIRED = "retired"


# The numbers a protocol sets, each with its least and its greatest value.
# Counts of 20 people and fewer are not published elsewhere either (All of Us, data user rules), so
# no community can go under that floor.
PROTOCOL_NUMBERS: dict[str, tuple[int, int]] = {
    "min_cohort": (20, 1_000_000),  # people at the node
    "max_rounds": (1, 1000),
    "max_months": (1, 60),
    "cooling_off_s": (0, 90 * 86_400),  # seconds between a node's first sight of a yes and its use
    "min_nodes": (1, 100),
}
CODE_POLICIES = ("preinstalled", "pinned")

# What a script may do in the name of its owner, by the owner's role.
ROLE_SCOPES: dict[PlatformRole, tuple[str, ...]] = {
    PlatformRole.MEMBER: (),
    PlatformRole.RESEARCHER: (
        "datasets:read",
        "requests:read",
        "requests:write",
        "runs:read",
        "results:read",
    ),
    PlatformRole.AUDITOR: (),
    PlatformRole.ADMIN: (),
}
