"""Where scripts report promises and put papers; part of ``federation.urls.api``."""

from django.urls import path

from federation.api import promises

_PROMISE = "requests/<uuid:request_id>/promises/"
_PUBLICATION = "requests/<uuid:request_id>/publications/"
_ONE = _PUBLICATION + "<uuid:publication_id>/"

promise_api_patterns = [
    path(_PROMISE, promises.Promises.as_view(), name="promises"),
    path(_PROMISE + "<uuid:promise_id>/", promises.OnePromise.as_view(), name="promise"),
    path(
        _PROMISE + "<uuid:promise_id>/report/",
        promises.ReportPromise.as_view(),
        name="promise_report",
    ),
    path(_PUBLICATION, promises.Publications.as_view(), name="publications"),
    path(_ONE, promises.OnePublication.as_view(), name="publication"),
    path(_ONE + "published/", promises.Published.as_view(), name="publication_published"),
]
