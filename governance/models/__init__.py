"""The one place that lists this app's tables."""

from governance.models.alerts import Alert, AlertChoice
from governance.models.audit import AccessEvent
from governance.models.charters import Charter
from governance.models.communities import Body, Community, QuietTime
from governance.models.conflicts import Conflict
from governance.models.datasets import Dataset, DatasetHolder, DatasetProtocol
from governance.models.delegations import Delegation
from governance.models.labels import AppliedLabel, HubProject, LabelClause, LabelText
from governance.models.memberships import Absence, Invitation, Membership
from governance.models.protocols import Protocol, ProtocolDraft
from governance.models.recovery import StoppedPasskey, WayBack
from governance.models.reminders import Reminder
from governance.models.sealing import CommunityKey
from governance.models.second_looks import SecondLook
from governance.models.statements import Ballot, Statement
from governance.models.tokens import ApiToken
from governance.models.users import User
from governance.models.voices import ClauseVoice

__all__ = [
    "Absence",
    "AccessEvent",
    "Alert",
    "AlertChoice",
    "ApiToken",
    "AppliedLabel",
    "Ballot",
    "Body",
    "Charter",
    "ClauseVoice",
    "Community",
    "CommunityKey",
    "Conflict",
    "Dataset",
    "DatasetHolder",
    "DatasetProtocol",
    "Delegation",
    "HubProject",
    "Invitation",
    "LabelClause",
    "LabelText",
    "Membership",
    "Protocol",
    "ProtocolDraft",
    "QuietTime",
    "Reminder",
    "SecondLook",
    "Statement",
    "StoppedPasskey",
    "User",
    "WayBack",
]
