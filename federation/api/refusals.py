"""Errors of ours that are not simply conflicts, as DRF says them."""

from collections.abc import Iterator
from contextlib import contextmanager

from rest_framework.exceptions import APIException

from federation.errors import DescriptionRefused, ReceiptConflict, ReceiptRefused, UnknownRun


class TooLong(APIException):
    status_code = 413
    default_code = "too-long"


class BadReceipt(APIException):
    status_code = 400
    default_code = ReceiptRefused.code


class BadDescription(APIException):
    status_code = 400
    default_code = DescriptionRefused.code


class NoSuchRun(APIException):
    status_code = 404
    default_code = UnknownRun.code


@contextmanager
def as_problems() -> Iterator[None]:
    """Give the errors of the machines' endpoints their own status; the rest stay conflicts."""
    try:
        yield
    except ReceiptConflict:
        raise
    except ReceiptRefused as refusal:
        raise BadReceipt(str(refusal)) from refusal
    except DescriptionRefused as refusal:
        raise BadDescription(str(refusal)) from refusal
    except UnknownRun as refusal:
        raise NoSuchRun(str(refusal)) from refusal
