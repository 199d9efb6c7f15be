"""The one place that lists this app's tables."""

from governance.models.audit import AccessEvent
from governance.models.charters import Charter
from governance.models.communities import Community
from governance.models.datasets import Dataset
from governance.models.memberships import Invitation, Membership
from governance.models.protocols import Protocol
from governance.models.statements import Ballot, Statement
from governance.models.tokens import ApiToken
from governance.models.users import User

__all__ = [
    "AccessEvent",
    "ApiToken",
    "Ballot",
    "Charter",
    "Community",
    "Dataset",
    "Invitation",
    "Membership",
    "Protocol",
    "Statement",
    "User",
]
