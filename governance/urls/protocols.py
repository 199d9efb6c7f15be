"""Where a community's protocols and their drafts are; part of ``governance.urls``."""

from django.urls import path

from governance.views import protocol_compare, protocol_drafts, protocol_exchange, protocols

_HERE = "communities/<slug:slug>/protocol/"
_PROTOCOL = _HERE + "<int:protocol_id>/"
_DRAFT = _HERE + "drafts/<uuid:draft_id>/"

protocol_patterns = [
    path(_HERE, protocols.protocol_list, name="protocols"),
    path(_HERE + "new/", protocol_drafts.protocol_new, name="protocol-new"),
    path(_HERE + "compare/", protocol_compare.protocol_compare, name="protocol-compare"),
    path(_HERE + "import/", protocol_exchange.protocol_import, name="protocol-import"),
    path(_HERE + "drafts/", protocol_drafts.draft_list, name="protocol-drafts"),
    path(_DRAFT, protocol_drafts.draft_edit, name="protocol-draft"),
    path(_DRAFT + "save/", protocol_drafts.draft_save, name="protocol-draft-save"),
    path(_DRAFT + "read/", protocol_drafts.draft_read, name="protocol-draft-read"),
    path(_DRAFT + "put/", protocol_drafts.draft_put, name="protocol-draft-put"),
    path(_DRAFT + "drop/", protocol_drafts.draft_drop, name="protocol-draft-drop"),
    path(_PROTOCOL, protocols.protocol_detail, name="protocol"),
    path(_PROTOCOL + "export/", protocol_exchange.protocol_export, name="protocol-export"),
    path(
        _PROTOCOL + "export/protocol.<slug:ending>",
        protocol_exchange.protocol_file,
        name="protocol-file",
    ),
    path(_PROTOCOL + "sign/", protocols.protocol_sign, name="protocol-sign"),
    path(_PROTOCOL + "take-back/", protocols.protocol_take_back, name="protocol-take-back"),
]
