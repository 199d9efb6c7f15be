"""Errors of the API as problem documents (RFC 9457), each with a code that stays the same."""

from http import HTTPStatus
from typing import Any

from django.http import JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from consent.grants.errors import GrantRefused
from governance.errors import GovernanceError

CONTENT_TYPE = "application/problem+json"

# Errors of our own that are not simply "the request conflicts with how things stand" (409).
STATUS_OF_CODE = {"not-allowed": 403, "malformed": 400, "incomplete": 400}


def problem(
    status: int, *, code: str, detail: str, errors: dict[str, Any] | None = None
) -> JsonResponse:
    """Return a problem document for a view that is not DRF's."""
    body = body_of(status, code=code, detail=detail, errors=errors)
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def body_of(
    status: int, *, code: str, detail: str, errors: dict[str, Any] | None = None
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "type": f"urn:kinhold:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }
    return body | ({"errors": errors} if errors else {})


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what a view raises into a problem document; None lets an unknown error go on its way."""
    if own := _own(error):
        status, code = own
        return _response(body_of(status, code=code, detail=str(error)), {})
    answer = exception_handler(error, context)
    if answer is None:
        return None
    headers = {name: answer[name] for name in ("WWW-Authenticate", "Retry-After") if name in answer}
    return _response(_body_for(error, answer), headers)


def _own(error: Exception) -> tuple[int, str] | None:
    """Return status and code of an error of ours: every app's root class has a ``code``."""
    code = getattr(error, "code", None)
    if isinstance(error, exceptions.APIException) or not isinstance(code, str):
        return None
    if not isinstance(error, GovernanceError | GrantRefused) and not _has_root_of_ours(error):
        return None
    return STATUS_OF_CODE.get(code, 409), code


def _has_root_of_ours(error: Exception) -> bool:
    # The apps above define roots of their own, which this app does not import.
    return type(error).__module__ in {"consent.errors", "federation.errors"}


def _body_for(error: Exception, answer: Response) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        errors = answer.data if isinstance(answer.data, dict) else {"body": answer.data}
        return body_of(
            400,
            code="invalid",
            detail="Some fields are missing or do not fit. See errors.",
            errors=errors,
        )
    status = answer.status_code
    code = getattr(error, "default_code", "") or HTTPStatus(status).phrase.lower()
    detail = answer.data.get("detail", "") if isinstance(answer.data, dict) else ""
    return body_of(status, code=str(code).replace("_", "-").replace(" ", "-"), detail=str(detail))


def _response(body: dict[str, Any], headers: dict[str, str]) -> Response:
    return Response(body, status=body["status"], headers=headers, content_type=CONTENT_TYPE)
