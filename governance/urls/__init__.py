from django.urls import path

from governance.urls.alerts import alert_patterns
from governance.urls.labels import label_patterns
from governance.urls.people import people_patterns
from governance.urls.protocols import protocol_patterns
from governance.urls.voices import voice_patterns
from governance.views import (
    charters,
    communities,
    dataset_forms,
    dataset_sharing,
    datasets,
    diseases,
    home,
    join,
    log,
    recovery,
    tokens,
    way_back,
)

app_name = "governance"

_HERE = "communities/<slug:slug>/"
_CHARTER = _HERE + "charter/<int:charter_id>/"
_PASSKEYS = _HERE + "passkeys/<int:membership_id>/"
_DATASET = _HERE + "datasets/<slug:dataset_slug>/"

urlpatterns = [
    path("", home.home, name="home"),
    path("join/<str:token>/", join.join, name="join"),
    path("communities/", communities.community_list, name="communities"),
    path(_HERE, communities.community_detail, name="community"),
    *people_patterns,
    *label_patterns,
    *alert_patterns,
    path(_HERE + "charter/", charters.charter_list, name="charters"),
    path(_HERE + "charter/chain/", charters.charter_chain, name="charter-chain"),
    path(_CHARTER, charters.charter_detail, name="charter"),
    path(_CHARTER + "compare/", charters.charter_compare, name="charter-compare"),
    path(_CHARTER + "sign/", charters.charter_sign, name="charter-sign"),
    path(_CHARTER + "take-back/", charters.charter_take_back, name="charter-take-back"),
    *protocol_patterns,
    *voice_patterns,
    path(_HERE + "datasets/", datasets.dataset_list, name="datasets"),
    path(_HERE + "datasets/new/", dataset_forms.dataset_new, name="dataset-new"),
    path(_HERE + "datasets/word/", dataset_sharing.dataset_word, name="dataset-word"),
    path(_DATASET, datasets.dataset_detail, name="dataset"),
    path(_DATASET + "edit/", dataset_forms.dataset_edit, name="dataset-edit"),
    path(_DATASET + "provenance/", dataset_forms.dataset_provenance, name="dataset-provenance"),
    path(_DATASET + "provenance.json", datasets.dataset_record, name="dataset-record"),
    path(_DATASET + "publish/", dataset_sharing.dataset_publish, name="dataset-publish"),
    path(_DATASET + "unpublish/", dataset_sharing.dataset_unpublish, name="dataset-unpublish"),
    path(_DATASET + "protocols/", dataset_sharing.dataset_lines, name="dataset-lines"),
    path(_DATASET + "holder/", dataset_sharing.dataset_holder, name="dataset-holder"),
    path(_DATASET + "leave/", dataset_sharing.dataset_leave, name="dataset-leave"),
    path(_HERE + "passkeys/", recovery.passkeys, name="passkeys"),
    path(_PASSKEYS + "way-back/", recovery.way_back_new, name="way-back-new"),
    path(_PASSKEYS + "way-back/take-back/", recovery.way_back_take_back, name="way-back-take-back"),
    path(_PASSKEYS + "replace/", recovery.passkey_replace, name="passkey-replace"),
    path(_PASSKEYS + "stolen/", recovery.passkey_stolen, name="passkey-stolen"),
    path(
        _HERE + "passkeys/stopped/<int:stop_id>/undo/", recovery.passkey_undo, name="passkey-undo"
    ),
    path("way-back/passkey/", way_back.way_back_passkey, name="way-back-passkey"),
    path("way-back/<str:token>/", way_back.way_back, name="way-back"),
    path("diseases/", diseases.disease_list, name="diseases"),
    path("log/", log.log, name="log"),
    path("account/tokens/", tokens.token_list, name="tokens"),
    path("account/tokens/<int:token_id>/revoke/", tokens.token_revoke, name="token-revoke"),
]
