from django.urls import path

from consent.urls.dossiers import dossier_patterns
from consent.urls.files import file_patterns
from consent.urls.incidents import incident_patterns
from consent.urls.meetings import meeting_patterns
from consent.urls.promises import promise_patterns
from consent.urls.revisions import revision_patterns
from consent.urls.talk import talk_patterns
from consent.urls.visas import visa_patterns
from consent.views import (
    acceptance,
    exports,
    grants,
    keeping,
    notices,
    review_list,
    reviews,
    what_if,
)

app_name = "consent"

urlpatterns = [
    path("reviews/", review_list.review_list, name="reviews"),
    path("reviews/<uuid:review_id>/", reviews.review_detail, name="review"),
    path("reviews/<uuid:review_id>/sign/", reviews.review_sign, name="review_sign"),
    path(
        "reviews/<uuid:review_id>/conditions/", reviews.review_conditions, name="review_conditions"
    ),
    path("reviews/<uuid:review_id>/renew/", reviews.review_renew, name="review_renew"),
    *dossier_patterns,
    *file_patterns,
    *incident_patterns,
    *visa_patterns,
    *meeting_patterns,
    *promise_patterns,
    *revision_patterns,
    path("requests/<uuid:request_id>/export/", exports.request_export, name="request_export"),
    path(
        "requests/<uuid:request_id>/export/request.<slug:ending>",
        exports.request_file,
        name="request_file",
    ),
    path(
        "grants/<uuid:grant_id>/export/agreement.<slug:ending>",
        exports.grant_file,
        name="grant_file",
    ),
    path("grants/", grants.grant_list, name="grants"),
    path("grants/<uuid:grant_id>/", grants.grant_detail, name="grant"),
    path("grants/<uuid:grant_id>/accept/", acceptance.grant_accept, name="grant_accept"),
    path("grants/<uuid:grant_id>/revoke/", grants.grant_revoke, name="grant_revoke"),
    path("notices/", notices.notice_list, name="notices"),
    path("notices/<uuid:notice_id>/", notices.notice_detail, name="notice"),
    path("notices/<uuid:notice_id>/sign/", notices.notice_sign, name="notice_sign"),
    path("notices/<uuid:notice_id>/fall/", notices.notice_fall, name="notice_fall"),
    path(
        "communities/<slug:slug>/protocol/drafts/<uuid:draft_id>/what-if/",
        what_if.draft_what_if,
        name="draft_what_if",
    ),
    path(
        "communities/<slug:slug>/protocol/<int:protocol_id>/what-if/",
        what_if.protocol_what_if,
        name="protocol_what_if",
    ),
    path("communities/<slug:slug>/agreements/", keeping.keeping_list, name="keeping"),
    path(
        "communities/<slug:slug>/agreements/<uuid:grant_id>/<int:protocol_id>/",
        keeping.keeping_choose,
        name="keeping_choose",
    ),
    path("communities/<slug:slug>/pause/", notices.pause, name="pause"),
    path(
        "communities/<slug:slug>/delegations/<uuid:delegation_id>/stop/",
        notices.delegation_stop,
        name="delegation_stop",
    ),
    path("communities/<slug:slug>/resume/", notices.resume, name="resume"),
    *talk_patterns,
]
