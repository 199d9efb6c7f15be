"""Where a community's people, bodies, times and delegations are; part of ``governance.urls``."""

from django.urls import path

from governance.views import (
    absences,
    bodies,
    calendar,
    communities,
    conflicts,
    delegations,
    invitations,
    people,
    second_looks,
)

_HERE = "communities/<slug:slug>/"
_BODY = _HERE + "bodies/<slug:body_slug>/"
_MEMBER = _HERE + "people/<uuid:member_id>/"
_INVITATION = _HERE + "people/invitations/<int:invitation_id>/"
_DELEGATION = _HERE + "delegations/<uuid:delegation_id>/"
_LOOK = _HERE + "proposals/<uuid:look_id>/"
_AWAY = _HERE + "away/<int:absence_id>/"

people_patterns = [
    path(_HERE + "settings/", communities.community_settings, name="community-settings"),
    path(_HERE + "settings/tells/", communities.community_tells, name="community-tells"),
    path(_HERE + "bodies/", bodies.body_list, name="bodies"),
    path(_HERE + "bodies/new/", bodies.body_new, name="body-new"),
    path(_BODY + "edit/", bodies.body_edit, name="body-edit"),
    path(_BODY + "end/", bodies.body_end, name="body-end"),
    path(_HERE + "people/", people.people_list, name="people"),
    path(_HERE + "people/invite/", invitations.invite, name="invite"),
    path(_HERE + "people/invitations/", invitations.invitation_list, name="invitations"),
    path(_INVITATION + "anew/", invitations.invitation_anew, name="invitation-anew"),
    path(_INVITATION + "revoke/", invitations.invitation_revoke, name="invitation-revoke"),
    path(_MEMBER, people.member, name="member"),
    path(_MEMBER + "edit/", people.member_edit, name="member-edit"),
    path(_MEMBER + "end/", people.member_end, name="member-end"),
    path(_LOOK, second_looks.second_look, name="second-look"),
    path(_LOOK + "confirm/", second_looks.second_look_confirm, name="second-look-confirm"),
    path(_LOOK + "drop/", second_looks.second_look_drop, name="second-look-drop"),
    path(_HERE + "away/", absences.absence_list, name="absences"),
    path(_HERE + "away/new/", absences.absence_new, name="absence-new"),
    path(_AWAY + "edit/", absences.absence_edit, name="absence-edit"),
    path(_AWAY + "end/", absences.absence_end, name="absence-end"),
    path(_HERE + "quiet/", calendar.quiet_list, name="quiet"),
    path(_HERE + "quiet/new/", calendar.quiet_new, name="quiet-new"),
    path(_HERE + "quiet/<int:quiet_id>/lift/", calendar.quiet_lift, name="quiet-lift"),
    path(_HERE + "delegations/", delegations.delegation_list, name="delegations"),
    path(_HERE + "delegations/new/", delegations.delegation_new, name="delegation-new"),
    path(_DELEGATION, delegations.delegation_detail, name="delegation"),
    path(_DELEGATION + "sign/", delegations.delegation_sign, name="delegation-sign"),
    path(_DELEGATION + "take-back/", delegations.delegation_take_back, name="delegation-take-back"),
    path(
        _HERE + "texts/<uuid:statement_id>/conflict/", conflicts.conflict_new, name="conflict-new"
    ),
    path(
        _HERE + "conflicts/<uuid:conflict_id>/", conflicts.conflict_answer, name="conflict-answer"
    ),
]
