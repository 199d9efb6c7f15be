"""The one place that lists this app's tables."""

from consent.models.crew import Collaborator
from consent.models.files import Attachment, EthicsApproval
from consent.models.grants import AgreementChoice, Grant
from consent.models.incidents import Block, Incident, IncidentCommunity, IncidentEntry
from consent.models.meetings import MeetingRecord
from consent.models.notices import Notice, NoticesList
from consent.models.obligations import Obligation, Publication
from consent.models.requests import RequestRevision, TrainingRequest
from consent.models.reviews import ConditionWish, Review
from consent.models.talk import Advice, Message
from consent.models.times import ReviewTimes

__all__ = [
    "Advice",
    "AgreementChoice",
    "Attachment",
    "Block",
    "Collaborator",
    "ConditionWish",
    "EthicsApproval",
    "Grant",
    "Incident",
    "IncidentCommunity",
    "IncidentEntry",
    "MeetingRecord",
    "Message",
    "Notice",
    "NoticesList",
    "Obligation",
    "Publication",
    "RequestRevision",
    "Review",
    "ReviewTimes",
    "TrainingRequest",
]
