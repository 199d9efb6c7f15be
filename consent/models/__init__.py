"""The one place that lists this app's tables."""

from consent.models.grants import Grant
from consent.models.notices import Notice, NoticesList
from consent.models.requests import RequestRevision, TrainingRequest
from consent.models.reviews import ConditionWish, Review

__all__ = [
    "ConditionWish",
    "Grant",
    "Notice",
    "NoticesList",
    "RequestRevision",
    "Review",
    "TrainingRequest",
]
