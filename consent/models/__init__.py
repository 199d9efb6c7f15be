"""The one place that lists this app's tables."""

from consent.models.grants import AgreementChoice, Grant
from consent.models.notices import Notice, NoticesList
from consent.models.requests import RequestRevision, TrainingRequest
from consent.models.reviews import ConditionWish, Review

__all__ = [
    "AgreementChoice",
    "ConditionWish",
    "Grant",
    "Notice",
    "NoticesList",
    "RequestRevision",
    "Review",
    "TrainingRequest",
]
