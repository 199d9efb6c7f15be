"""Where promises, publications and yearly reports are; part of ``consent.urls``."""

from django.urls import path

from consent.views import own_promises, own_publications, promises, publications, year_reports

_HERE = "communities/<slug:slug>/"
_PROMISE = _HERE + "promises/<uuid:promise_id>/"
_PUBLICATION = _HERE + "publications/<uuid:publication_id>/"
_REQUEST = "requests/<uuid:request_id>/"
_OWN = _REQUEST + "publications/<uuid:publication_id>/"

promise_patterns = [
    path(_HERE + "promises/", promises.promise_list, name="promises"),
    path(_PROMISE, promises.promise_detail, name="promise"),
    path(_PROMISE + "done/", promises.promise_done, name="promise_done"),
    path(_PROMISE + "send-back/", promises.promise_send_back, name="promise_send_back"),
    path(_PROMISE + "let-off/", promises.promise_let_off, name="promise_let_off"),
    path(_HERE + "publications/", publications.publication_list, name="publications"),
    path(_PUBLICATION, publications.publication_detail, name="publication"),
    path(_HERE + "reports/", year_reports.year_list, name="year_reports"),
    path(_HERE + "reports/<int:year>/", year_reports.year_report_page, name="year_report"),
    path(
        _HERE + "reports/<int:year>/report.<slug:ending>",
        year_reports.year_file,
        name="year_report_file",
    ),
    path(_REQUEST + "promises/", own_promises.own_promises, name="own_promises"),
    path(_REQUEST + "promises/<uuid:promise_id>/", own_promises.own_promise, name="own_promise"),
    path(_REQUEST + "publications/", own_publications.own_publications, name="own_publications"),
    path(_REQUEST + "publications/new/", own_publications.publication_new, name="publication_new"),
    path(_OWN, own_publications.own_publication, name="own_publication"),
    path(_OWN + "again/", own_publications.publication_again, name="publication_again"),
    path(_OWN + "published/", own_publications.publication_out, name="publication_out"),
]
